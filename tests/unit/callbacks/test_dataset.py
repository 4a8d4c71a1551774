"""How the Dataset view reads addresses, files and forms, and finds rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from callbacks.dataset import audit
from callbacks.dataset.dictionary import dictionary_frame
from callbacks.dataset.doctor import table_name
from callbacks.dataset.gap import cancel_runs, content
from callbacks.dataset.preview import find_tracks, preview_frame
from callbacks.dataset.section import section_of
from callbacks.dataset.tables import _rename, _undo, clean_name
from callbacks.dataset.upload import _make, _offered
from core.audit import optimism_requests
from core.errors import InvalidRequest, NotFound
from core.runs.model import RunState
from core.runs.press import submit_on_press
from data.schema import AUDIO_FEATURES
from layouts.dataset.audit import CANCEL_ALL
from layouts.ids import Dataset as Ids
from tests.fakes.finished import make_run, metrics

if TYPE_CHECKING:
    from data.sources import Dataset


@pytest.mark.parametrize("query", ["", "?section=", "?section=<script>", "?other=1", "???", "?section=table"])
def test_any_address_leads_to_a_section(query: str) -> None:
    assert section_of(query) == "table"


def test_a_name_is_one_line_and_never_empty() -> None:
    assert clean_name(" a\n b ") == "a b"
    assert len(clean_name("x" * 500)) == 80
    for name in ("", "  ", None, 3):
        with pytest.raises(InvalidRequest):
            clean_name(name)


def test_a_table_is_first_called_as_its_file() -> None:
    assert table_name("top_songs.CSV") == "top songs"
    assert table_name(".csv") == "My table"


def test_rows_are_found_by_all_words_in_any_column(sample_dataset: Dataset) -> None:
    tracks = sample_dataset.tracks
    row = tracks[tracks["track_name"].notna() & tracks["track_artist"].notna()].iloc[10]
    found = find_tracks(tracks, f"{row.track_artist.split()[0].upper()} {row.track_name.split()[0]}")
    assert row.name in found
    assert len(found) < len(tracks)
    assert list(find_tracks(tracks, row.track_id)) == [row.name]
    assert len(find_tracks(tracks, "no such words anywhere")) == 0


def test_rows_come_in_the_order_asked_for(sample_dataset: Dataset) -> None:
    tracks = sample_dataset.tracks
    popular = tracks["track_popularity"].iloc[find_tracks(tracks, "", "popular")]
    assert popular.is_monotonic_decreasing
    dates = tracks["release_date"].iloc[find_tracks(tracks, "", "newest")].dropna()
    assert dates.is_monotonic_decreasing
    assert list(find_tracks(tracks, "")) == list(range(len(tracks)))


def test_a_shown_row_states_the_date_as_it_was_given(sample_dataset: Dataset) -> None:
    tracks = sample_dataset.tracks
    year = tracks[tracks["release_precision"] == "year"].head(1)
    assert len(preview_frame(year)["Release date"].iloc[0]) == 4


def test_own_columns_stand_in_preview_and_dictionary(sample_dataset: Dataset) -> None:
    tracks = sample_dataset.tracks.head(5).assign(**{"extra:my.score": [1.0, 2.0, None, 4.0, 5.0]})
    assert "my.score (yours)" in preview_frame(tracks)
    row = dictionary_frame(tracks).iloc[-1]
    assert row["Name"] == "my.score"
    assert row["Tracks without a value"] == 1


def test_the_dictionary_explains_every_feature(sample_dataset: Dataset) -> None:
    frame = dictionary_frame(sample_dataset.tracks).set_index("Column")
    assert set(AUDIO_FEATURES) <= set(frame.index)
    assert frame.loc["loudness", "Allowed range"] == "−60 to 6"
    assert (frame["Meaning"].str.len() > 5).all()


def test_a_measurement_that_failed_gives_its_reason() -> None:
    said = str(content([make_run(RunState.FAILED, reason="Out of memory.")], "light"))
    assert "Out of memory." in said


def test_the_scores_of_a_measurement_are_shown_though_one_validation_failed() -> None:
    runs = [make_run(protocol=key) for key in ("rows", "track", "artist")]
    failed = make_run(RunState.FAILED, protocol="time", reason="Out of memory.")
    view = content([*runs, failed], "light")
    said = str(view)
    assert "under 3 of 4 validations" in said
    assert "Out of memory." in said
    (graph,) = [part for part in view._traverse() if getattr(part, "id", None) == Ids.GAP_GRAPH]
    assert len(graph.figure.data[0].y) == 3


def test_all_that_is_left_of_a_measurement_is_cancelled_at_once() -> None:
    job, cancelled = "5c0ffee5-0000-4000-8000-000000000000", []
    found = [
        replace(make_run(RunState.RUNNING), request=request, job_id=job, data={}) for request in optimism_requests()
    ]
    runs = SimpleNamespace(list=lambda owner, limit: found, cancel_job=lambda *place: cancelled.append(place))
    store = SimpleNamespace(facts=SimpleNamespace(sha256="ab"))
    cancel_runs(SimpleNamespace(runs=runs, tracks_for=lambda owner: store), "me", CANCEL_ALL)
    assert cancelled == [(job, "me")]


def test_every_validation_without_a_score_says_why() -> None:
    cancelled = make_run(RunState.CANCELLED, protocol="time")
    undefined = make_run(protocol="artist", metrics=metrics(None))
    said = str(content([make_run(protocol="rows"), undefined, cancelled], "light"))
    assert "it was cancelled." in said
    assert "R² is not defined" in said


@pytest.mark.parametrize("nonce", ["no uuid", "", None, 7, ["a"]])
def test_a_press_needs_its_key(nonce: object) -> None:
    with pytest.raises(InvalidRequest, match="Reload the page"):
        submit_on_press(SimpleNamespace(), SimpleNamespace(), "me", (), nonce)


class Shelf:
    """Tables that give every second one a number, as another has its name."""

    def rename(self, _owner: str, _table: str, name: str) -> Any:
        return SimpleNamespace(name=f"{name} (2)")

    def restore(self, _owner: str, _table: str) -> Any:
        return SimpleNamespace(name="Mine (2)")

    def list(self, _owner: str) -> list[Any]:
        return [SimpleNamespace(id="a", name="Mine"), SimpleNamespace(id="b", name="Mine (2)")]


def test_a_name_that_another_table_has_is_told() -> None:
    assert "Another table of yours is called “Mine”, so this one is called “Mine (2)” now." in str(
        _rename(Shelf(), "me", "b", "Mine")
    )
    assert "as “Mine (2)”: another one is called “Mine” now." in str(_undo(Shelf(), "me", "b", None))


def test_a_second_click_gets_the_table_of_the_first_and_a_lost_file_is_told() -> None:
    def gone(_owner: str, _staged: str) -> Any:
        raise NotFound("The uploaded file is no longer here. Upload it again.")

    made = SimpleNamespace(name="Mine")
    tables = SimpleNamespace(staged=gone, made_of=lambda owner, staged: made if staged == "known" else None)
    services = SimpleNamespace(tables=tables)
    assert _make(services, "me", "known", "Mine", [], [], []) is made
    with pytest.raises(NotFound, match="Upload it again"):
        _make(services, "me", "lost", "Mine", [], [], [])


@pytest.mark.parametrize("options", [None, "x", 3, [None], ["a"], [{}], [{"value": 1}], {"value": "x"}])
def test_offered_columns_of_another_shape_are_none(options: Any) -> None:
    assert _offered(options) == []
    assert _offered([{"value": "mood"}]) == ["mood"]


def test_the_audit_of_one_table_waits_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, made = threading.Event(), threading.Event(), []

    def slow(dataset: Any) -> str:
        made.append(dataset.sha256)
        if dataset.sha256 == "slow":
            begun.set()
            assert go_on.wait(10)
        return SimpleNamespace(words=f"report of {dataset.sha256}", findings=[])

    monkeypatch.setattr("core.audit.audit", slow)
    monkeypatch.setattr(audit, "_kept", OrderedDict())
    first, second = (SimpleNamespace(sha256=name, tracks=pd.DataFrame()) for name in ("slow", "quick"))
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(audit.report_of, first) for _ in range(2)]
        assert begun.wait(10)
        assert audit.report_of(second).words == "report of quick"
        go_on.set()
        assert [one.result(10).words for one in asked] == ["report of slow"] * 2
    assert sorted(made) == ["quick", "slow"]


def test_reports_of_very_many_rows_are_not_kept_beside_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "KEPT_ROWS", 100)
    monkeypatch.setattr(audit, "_kept", OrderedDict())
    finding = SimpleNamespace(table=pd.DataFrame({"a": range(80)}))
    monkeypatch.setattr("core.audit.audit", lambda dataset: SimpleNamespace(findings=[finding]))
    for sha256 in "abc":
        audit.report_of(SimpleNamespace(sha256=sha256, tracks=pd.DataFrame()))
    assert [key[0] for key in audit._kept] == ["c"]
