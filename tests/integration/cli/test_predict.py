"""``predict``: scoring a file with a stored run."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from core.batch import added_columns
from tests.integration.cli.commands import AUDIO, Command, as_text, start


def test_predict_keeps_every_column_and_adds_six(
    shared_home: Path, ridge: dict, tracks_csv: Path, tmp_path: Path, dashboard: Command
) -> None:
    output = tmp_path / "scored.csv"
    code, out, _ = dashboard(
        *("predict", "--home", str(shared_home), "--run", ridge["run_id"]),
        *("--input", str(tracks_csv), "--output", str(output)),
    )
    before, after = as_text(tracks_csv), as_text(output)
    assert (code, out) == (0, "")
    assert list(after.columns) == [*before.columns, *added_columns()]
    assert list(after["track_id"][:2]) == ["NA", "007"]
    assert list(after["track_name"][:3]) == ["'=1+1", "-5.3", 'a "quoted"\nname']
    assert after[before.columns[2:]].equals(before[before.columns[2:]])
    numbers = after[["low", "predicted", "high"]].astype(float)
    assert (numbers["low"] <= numbers["predicted"]).all()
    assert (numbers["predicted"] <= numbers["high"]).all()
    assert numbers.to_numpy().min() >= 0
    assert numbers.to_numpy().max() <= 100


def test_json_states_the_interval_with_its_promise_and_what_it_held(
    shared_home: Path, ridge: dict, tracks_csv: Path, dashboard: Command
) -> None:
    code, out, err = dashboard(
        *("predict", "--home", str(shared_home), "--run", ridge["run_id"], "--input", str(tracks_csv), "--json"),
    )
    found = json.loads(out)
    assert code == 0
    assert found["run_id"] == ridge["run_id"]
    assert found["interval"]["keeps_its_share"] is True
    assert found["interval"]["method"] == "split conformal on cross-validation"
    assert found["interval"]["measured"] == ridge["metrics"]["coverage"]
    assert found["interval"]["promise"] in err
    assert len(found["tracks"]) == 12
    for track in found["tracks"]:
        assert 0 <= track["low"] <= track["predicted"] <= track["high"] <= 100
        assert track["interval"] == f"90%, {track['playlist_genre']} tracks"


def test_what_was_scored_can_be_scored_again_without_a_change_of_its_cells(
    shared_home: Path, ridge: dict, tracks_csv: Path, tmp_path: Path, dashboard: Command
) -> None:
    first = tmp_path / "first.csv"
    base = ("predict", "--home", str(shared_home), "--run", ridge["run_id"])
    assert dashboard(*base, "--input", str(tracks_csv), "--output", str(first))[0] == 0
    code, _, err = dashboard(*base, "--input", str(first), "--output", str(tmp_path / "second.csv"))
    assert code == 5
    assert "predicted" in err
    again = as_text(first).drop(columns=list(added_columns()))
    again.to_csv(tracks_csv, index=False)
    code, out, _ = dashboard(*base, "--input", str(tracks_csv))
    assert code == 0
    assert as_text(io.StringIO(out)).equals(as_text(first))


def test_the_shell_scores_the_held_out_tracks_as_the_run_did(home: Path, tmp_path: Path, dashboard: Command) -> None:
    from dashboard.services import build_services
    from dashboard.settings import Settings

    _, out, _ = dashboard("train", "--home", str(home), "--family", "hist_gradient_boosting", "--cv", "0", "--json")
    run_id = json.loads(out)[0]["run_id"]
    services = build_services(Settings(home=home))
    kept = services.runs.predictions(run_id, None).query("part == 'test'").set_index("track_id")
    source = tmp_path / "tracks.csv"
    services.tracks.dataset.tracks.to_csv(source, index=False)
    code, out, _ = dashboard("predict", "--home", str(home), "--run", run_id, "--input", str(source))
    scored = pd.read_csv(io.StringIO(out)).set_index("track_id")
    assert code == 0
    assert (scored.loc[kept.index, "predicted"] - kept["predicted"]).abs().max() < 1e-6


BAD_TABLES = [
    ("", "empty"),
    ("energy\n0.5\n", "'danceability'"),
    ("danceability,energy,energy\n1,2,3\n", "line 1: 2 columns are named 'energy'"),
    ("HEADER\nROW,1\n", "line 2: Line 2 has 11 fields, 10 were expected"),
    ('HEADER\nROW\n"unclosed', "line 3: A quote that opens in line 3 is never closed"),
    ("HEADER,enrgy\nROW,0\n", None),
    ("HEADER,low\nROW,1\n", "'low'"),
    ("HEADER\nBAD_ENERGY\n", "line 2, column 'energy': expected a number from 0 to 1, got '1.7'"),
    ("HEADER\nHUGE\n", "line 2, column 'energy'"),
    ("HEADER\nROW\nTEXT\n", "line 3, column 'energy'"),
    ("HEADER\nROW\0\n", "NUL"),
]


@pytest.mark.parametrize(("text", "part"), BAD_TABLES, ids=lambda value: repr(value)[:40])
def test_a_table_that_cannot_be_scored_is_refused_with_line_and_column(
    text: str, part: str | None, shared_home: Path, ridge: dict, tmp_path: Path, dashboard: Command
) -> None:
    row = "0.5,{energy},-5,0.1,0.1,0,0.1,0.5,120,200000"
    fillers = {
        "HEADER": AUDIO,
        "BAD_ENERGY": row.format(energy="1.7"),
        "HUGE": row.format(energy="1e999"),
        "TEXT": row.format(energy="loud"),
        "ROW": row.format(energy="0.5"),
    }
    for name, value in fillers.items():
        text = text.replace(name, value)
    source, output = tmp_path / "tracks.csv", tmp_path / "scored.csv"
    source.write_text(text, encoding="utf-8")
    output.write_text("kept", encoding="utf-8")
    code, out, err = dashboard(
        *("predict", "--home", str(shared_home), "--run", ridge["run_id"]),
        *("--input", str(source), "--output", str(output)),
    )
    if part is None:
        assert code == 0
        return
    assert (code, out) == (5, "")
    assert part in err
    assert output.read_text(encoding="utf-8") == "kept"


@pytest.fixture
def songs() -> pd.DataFrame:
    """Thirty tracks as the schema has them, with numbers that survive a change of unit."""
    from data.sample import generate_sample

    raw = generate_sample(200).head(30).round(3)
    return raw.assign(duration_ms=raw["duration_ms"] // 1000 * 1000)


SHARES = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence")


def in_other_words(songs: pd.DataFrame, way: str) -> bytes:
    """The same tracks as other programs write them."""
    if way == "semicolon":
        return songs.to_csv(index=False, sep=";", decimal=",").encode()
    if way == "gzip":
        return gzip.compress(songs.to_csv(index=False).encode())
    if way == "parquet":
        polars = pytest.importorskip("polars")
        buffer = io.BytesIO()
        polars.read_csv(io.StringIO(songs.to_csv(index=False))).write_parquet(buffer)
        return buffer.getvalue()
    seconds = songs["duration_ms"] // 1000
    if way == "clock":
        songs = songs.assign(duration_ms=[f"{value // 60:.0f}:{value % 60:02.0f}" for value in seconds])
    if way == "names":
        songs = songs.assign(duration_ms=seconds).rename(columns={"duration_ms": "duration_s", "tempo": "BPM"})
    if way == "per cent":
        songs = songs.assign(**{name: (songs[name] * 100).round(1) for name in SHARES})
    text = songs.to_csv(index=False)
    return {"comments": "# exported\n", "open ends": ""}.get(way, "").encode() + (
        text.replace("\n", ",\n").encode() if way == "open ends" else text.encode()
    )


@pytest.mark.parametrize("way", ["semicolon", "gzip", "parquet", "clock", "names", "per cent", "comments", "open ends"])
def test_what_the_doctor_accepts_is_scored_as_the_plain_table(
    way: str, songs: pd.DataFrame, shared_home: Path, ridge: dict, tmp_path: Path, dashboard: Command
) -> None:
    base = ("predict", "--home", str(shared_home), "--run", ridge["run_id"])
    plain, other = tmp_path / "plain.csv", tmp_path / "other.csv"
    songs.to_csv(plain, index=False)
    other.write_bytes(in_other_words(songs, way))
    assert dashboard("data", "--check", str(other))[0] == 0
    expected = as_text(io.StringIO(dashboard(*base, "--input", str(plain))[1]))
    code, out, err = dashboard(*base, "--input", str(other))
    assert code == 0, err
    found = as_text(io.StringIO(out))
    added = list(added_columns())
    assert found[added].equals(expected[added])
    if way in {"semicolon", "names", "per cent", "clock"}:
        assert "Converted: " in err


def test_a_cell_that_the_doctor_cannot_read_refuses_the_file_with_the_line_that_check_names(
    songs: pd.DataFrame, shared_home: Path, ridge: dict, tmp_path: Path, dashboard: Command
) -> None:
    songs = songs.rename(columns={"duration_ms": "duration_s"}).assign(duration_s=200.5).astype(object)
    songs.loc[0, "track_name"] = 'one "quoted"\nname'
    songs.loc[1, "duration_s"] = "long"
    source = tmp_path / "songs.csv"
    songs.to_csv(source, index=False)
    checked = json.loads(dashboard("data", "--check", str(source), "--json")[1])["problems"][0]
    command = ("predict", "--home", str(shared_home), "--run", ridge["run_id"], "--input", str(source))
    code, out, err = dashboard(*command)
    assert (code, out) == (5, "")
    assert f"line {checked['line']}: {checked['message']}" in err
    assert checked["line"] == 4
    songs.assign(duration_ms=200_000).drop(columns="duration_s").astype({"energy": object}).assign(
        energy=[0.5, "loud", *[0.5] * 28]
    ).to_csv(source, index=False)
    assert "line 4, column 'energy'" in dashboard(*command)[2]


def test_a_column_of_another_name_can_be_chosen(
    songs: pd.DataFrame, shared_home: Path, ridge: dict, tmp_path: Path, dashboard: Command
) -> None:
    source = tmp_path / "songs.csv"
    songs.rename(columns={"tempo": "speed"}).to_csv(source, index=False)
    command = ("predict", "--home", str(shared_home), "--run", ridge["run_id"], "--input", str(source))
    assert dashboard(*command)[0] == 5
    assert dashboard(*command, "--map", "tempo=speed")[0] == 0
    assert dashboard(*command, "--map", "tempo")[0] == 2


def test_a_missing_column_names_the_nearest_one(
    shared_home: Path, ridge: dict, tmp_path: Path, dashboard: Command
) -> None:
    source = tmp_path / "tracks.csv"
    source.write_text(AUDIO.replace("tempo", "tempoo") + "\n", encoding="utf-8")
    code, _, err = dashboard("predict", "--home", str(shared_home), "--run", ridge["run_id"], "--input", str(source))
    assert code == 5
    assert "'tempo' (nearest: 'tempoo') is missing" in err


def test_an_output_that_cannot_be_written_is_a_storage_error(
    shared_home: Path, ridge: dict, tracks_csv: Path, dashboard: Command
) -> None:
    code, _, err = dashboard(
        *("predict", "--home", str(shared_home), "--run", ridge["run_id"]),
        *("--input", str(tracks_csv), "--output", "/there/is/no/folder/scored.csv"),
    )
    assert code == 7
    assert "cannot be written" in err


def test_a_changed_model_is_refused(home: Path, tracks_csv: Path, dashboard: Command) -> None:
    _, out, _ = dashboard("train", "--home", str(home), "--family", "linear", "--cv", "0", "--json")
    run_id = json.loads(out)[0]["run_id"]
    model = home / "runs" / run_id / "model.skops"
    model.chmod(0o600)
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    code, _, err = dashboard("predict", "--home", str(home), "--run", run_id, "--input", str(tracks_csv))
    assert code == 6
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error_to_shout_about(shared_home: Path, ridge: dict, tmp_path: Path) -> None:
    from data.sample import generate_sample

    source = tmp_path / "many.csv"
    generate_sample(3000).to_csv(source, index=False)
    process = start("predict", "--home", str(shared_home), "--run", ridge["run_id"], "--input", str(source))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 141
    assert b"Traceback" not in process.stderr.read()
