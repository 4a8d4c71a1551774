"""Scoring a file: page, download, shell and API say exactly the same, and nobody reaches another's file."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash import Dash
from flask import g
from flask.testing import FlaskClient

from callbacks import batch
from core.batch import added_columns
from core.batch.store import Scorings
from core.batch.working import run_scoring
from core.errors import InvalidRequest, NotFound, Refused
from core.requests import TrainingRequest
from core.runs.model import RunState
from core.runs.press import submit_on_press
from core.tables.choices import NAMED, NOT_THERE
from core.tables.examining import stage
from dashboard.app import create_app
from dashboard.cli.main import main
from dashboard.services import Services, build_services
from dashboard.settings import Settings
from data.sample import generate_sample

FEATURES = ("danceability", "energy", "tempo", "duration_ms", "genre", "release_month", "title_remix")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A home with a run of the shell, and one of somebody else."""
    home = tmp_path_factory.mktemp("batch")
    runs = build_services(Settings(home=home)).runs
    mine = runs.run_inline([TrainingRequest(family="ridge", cv_folds=0, features=FEATURES)])[0]
    theirs = runs.run_inline([TrainingRequest(family="mean", cv_folds=0)], owner="browser:other")[0]
    assert mine.state is theirs.state is RunState.FINISHED
    return home, mine.id, theirs.id


@pytest.fixture
def services(trained: tuple[Path, str, str]) -> Services:
    services = build_services(Settings(home=trained[0], identity="shared"))
    vars(services)["scorings"] = Scorings(services.runs.context, run_scoring)
    return services


@pytest.fixture
def app(services: Services) -> Dash:
    return create_app(services.settings, services)


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    return app.server.test_client()


@pytest.fixture(scope="module")
def tracks_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tracks with awkward names and with gaps, as somebody might bring them."""
    raw = generate_sample(400).head(60).astype(object)
    raw.loc[:5, "track_name"] = ["=1+1", "-5.3", 'a "quoted"\nname', " @home", "'=x", "Song (Remix)"]
    raw.loc[2:4, "tempo"] = ["", "0", "NA"]
    raw.loc[6, "playlist_genre"] = ""
    raw.loc[7:8, "track_album_release_date"] = ["2011", ""]
    raw.loc[9, "duration_ms"] = 1_500_000
    path = tmp_path_factory.mktemp("tracks") / "tracks.csv"
    raw.to_csv(path, index=False)
    return path


def choices(found: Any, **changes: str | None) -> tuple[list[str], list[dict[str, str]]]:
    """What the form sends for the suggested columns."""
    chosen = {target: one.source for target, one in found.mapping.items() if target != "track_popularity"} | changes
    values = [NOT_THERE if source is None else NAMED + source for source in chosen.values()]
    return values, [{"type": "score-mapping-select", "target": target} for target in chosen]


def begin(services: Any, run_id: str, content: bytes, nonce: str | None = None, **changes: str | None) -> Any:
    staged, found = stage(services.tables, "shared", content, "tracks.csv")
    assert staged is not None
    values, ids = choices(found, **changes)
    return batch.begin(services, "shared", staged, run_id, values, ids, nonce or str(uuid.uuid4()), True)


def test_page_download_and_shell_agree_byte_for_byte(
    trained: tuple[Path, str, str], services: Services, client: FlaskClient, tracks_csv: Path, tmp_path: Path
) -> None:
    home, run_id, _ = trained
    scoring = begin(services, run_id, tracks_csv.read_bytes())
    assert (scoring.state, scoring.reason) == (RunState.FINISHED, None)
    answer = client.get(f"/scored/{scoring.id}.csv")
    assert answer.mimetype == "text/csv"
    assert "tracks-scored.csv" in answer.headers["Content-Disposition"]
    output = tmp_path / "shell.csv"
    asked = ("predict", "--home", str(home), "--run", run_id, "--input", str(tracks_csv), "--output", str(output))
    assert main([*asked, "--reasons"]) == 0
    assert answer.data == output.read_bytes()
    table = pd.read_csv(io.BytesIO(answer.data), dtype=str, keep_default_na=False)
    assert list(table)[-len(added_columns(reasons=True)) :] == list(added_columns(reasons=True))
    assert set(table.loc[2:4, "taken_for_missing"]) == {"tempo"}
    assert table.loc[9, "out_of_range"] == "duration_ms"
    first = scoring.summary["head"][0]
    assert [repr(first[name]) for name in ("predicted", "low", "high")] == list(
        table.loc[0, ["predicted", "low", "high"]]
    )


def test_the_api_says_of_single_tracks_what_the_file_says(
    trained: tuple[Path, str, str], services: Services, client: FlaskClient, tracks_csv: Path
) -> None:
    scoring = begin(services, trained[1], tracks_csv.read_bytes())
    scored = pd.read_csv(io.BytesIO(client.get(f"/scored/{scoring.id}.csv").data))
    rows = scored[scored["tempo"].notna() & scored["track_album_release_date"].astype(str).str.len().eq(10)].iloc[10:15]
    sent = [
        {
            **{name: float(row[name]) for name in ("danceability", "energy", "tempo", "duration_ms")},
            "genre": row["playlist_genre"],
            "release_month": int(row["track_album_release_date"][5:7]),
            "track_name": row["track_name"],
        }
        for _, row in rows.iterrows()
    ]
    answer = client.post("/api/v1/predict", json={"run_id": trained[1], "tracks": sent, "reasons": True}).get_json()
    assert [one["predicted"] for one in answer["tracks"]] == pytest.approx(rows["predicted"].tolist(), abs=1e-9)
    assert [one["low"] for one in answer["tracks"]] == pytest.approx(rows["low"].tolist(), abs=1e-9)
    assert [one["reasons"][0]["points"] for one in answer["tracks"]] == rows["points_1"].tolist()
    assert [one["interval"] for one in answer["tracks"]] == rows["interval"].tolist()


def test_columns_of_other_names_and_units_are_understood(
    trained: tuple[Path, str, str], services: Services, tracks_csv: Path
) -> None:
    raw = pd.read_csv(tracks_csv, dtype=str, keep_default_na=False).drop(columns="track_popularity")
    mine = raw.assign(duration_ms=pd.to_numeric(raw["duration_ms"]) / 1000)
    mine = mine.rename(columns={"duration_ms": "length (seconds)", "tempo": "BPM"})
    plain = begin(services, trained[1], raw.to_csv(index=False).encode())
    other = begin(services, trained[1], mine.to_csv(index=False).encode())
    numbers = ("predicted", "low", "high")
    assert [[row[name] for name in numbers] for row in other.summary["head"]] == [
        pytest.approx([row[name] for name in numbers]) for row in plain.summary["head"]
    ]


def test_a_feature_that_the_file_lacks_is_said_before_anything_starts(
    trained: tuple[Path, str, str], services: Services, tracks_csv: Path
) -> None:
    with pytest.raises(InvalidRequest, match="does not have: energy"):
        begin(services, trained[1], tracks_csv.read_bytes(), energy=None)


def test_somebody_elses_run_and_unknown_columns_are_refused(
    trained: tuple[Path, str, str], services: Services, tracks_csv: Path
) -> None:
    content = tracks_csv.read_bytes()
    with pytest.raises(NotFound):
        begin(services, trained[2], content)
    with pytest.raises(InvalidRequest, match="not in the file"):
        begin(services, trained[1], content, tempo="nothing like it")
    with pytest.raises(InvalidRequest, match="no key"):
        begin(services, trained[1], content, "1")


def test_a_scored_file_of_somebody_else_is_as_absent_as_none(
    services: Services, client: FlaskClient, trained: tuple[Path, str, str], tracks_csv: Path
) -> None:
    staged, found = stage(services.tables, "browser:other", tracks_csv.read_bytes(), "t.csv")
    values, ids = choices(found)
    theirs = batch.begin(services, "browser:other", str(staged), trained[1], values, ids, str(uuid.uuid4()), False)
    answers = [client.get(f"/scored/{one}.csv") for one in (theirs.id, str(uuid.uuid4()), "x", "..%2f" + theirs.id)]
    assert {answer.status_code for answer in answers} == {404}
    assert client.get(f"/scored/{theirs.id}.csv").get_json() == answers[1].get_json()


def test_a_scored_file_that_is_cleared_away_while_it_is_asked_for_is_gone_in_words(
    trained: tuple[Path, str, str], services: Services, client: FlaskClient, tracks_csv: Path, monkeypatch: Any
) -> None:
    scoring = begin(services, trained[1], tracks_csv.read_bytes())
    gone = tracks_csv.with_name("gone.csv")
    monkeypatch.setattr(services.scorings, "result", lambda *_: (gone, scoring))
    answer = client.get(f"/scored/{scoring.id}.csv")
    assert answer.status_code == 404
    assert "cleared away" in answer.get_json()["error"]


def test_training_is_refused_while_files_being_scored_fill_the_queue(
    trained: tuple[Path, str, str], tracks_csv: Path
) -> None:
    services = build_services(Settings(home=trained[0], identity="shared", run_slots=1, queue_limit=0))
    vars(services)["scorings"] = Scorings(services.runs.context, lambda *_: None)
    waiting = begin(services, trained[1], tracks_csv.read_bytes())
    ask = (services.runs, services.tables, "browser:me", [TrainingRequest(family="mean")])
    try:
        with pytest.raises(Refused, match="queue is full"):
            submit_on_press(*ask, str(uuid.uuid4()))
    finally:
        services.scorings.cancel("shared", waiting.id)
    job = submit_on_press(*ask, str(uuid.uuid4()))
    services.runs.cancel_job(job.id, "browser:me")


def test_the_page_shows_each_state_of_a_scoring(
    app: Dash, services: Services, trained: tuple[Path, str, str], tracks_csv: Path
) -> None:
    content = tracks_csv.read_bytes()
    vars(services)["scorings"] = Scorings(services.runs.context, lambda *_: None)
    with app.server.test_request_context("/score"):
        g.owner = "shared"
        assert "Choose the tracks" in str(batch.page(services, "shared"))
        staged, _ = stage(services.tables, "shared", content, "tracks.csv")
        shown = str(batch.page(services, "shared", f"?staged={staged}"))
        assert "score-start-button" in shown
        assert "choose it again" in str(batch.page(services, "shared", f"?staged={uuid.uuid4()}"))
        waiting = begin(services, trained[1], content)
        assert "score-job-cancel-button" in str(batch.page(services, "shared", f"?job={waiting.id}"))
        with pytest.raises(Refused):
            begin(services, trained[1], content)
        services.scorings.cancel("shared", waiting.id)
        assert "was cancelled" in str(batch.page(services, "shared", f"?job={waiting.id}"))
        vars(services)["scorings"] = Scorings(services.runs.context, run_scoring)
        done = begin(services, trained[1], content)
        shown = str(batch.page(services, "shared", f"?job={done.id}"))
        assert f"/scored/{done.id}.csv" in shown
        assert "The interval" in shown
        assert "0 to under 5" in shown  # the numbers behind the chart
        with pytest.raises(NotFound):
            batch.page(services, "shared", f"?job={uuid.uuid4()}")
        assert "Scored lately" in str(batch.page(services, "shared"))
