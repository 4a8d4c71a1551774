"""``train`` and ``audit`` on a file of one's own: other names, other units, and what cannot be trained on."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.integration.cli.commands import Command

TRAIN = ("train", "--family", "ridge", "--cv", "0", "--json")


@pytest.fixture
def own_csv(tmp_path: Path) -> Path:
    """A table as a playlist exporter writes it."""
    from data.sample import generate_sample

    raw = generate_sample(600).head(300)
    raw["duration_ms"] = raw["duration_ms"] / 1000
    names = {"track_id": "Track URI", "track_artist": "Artist Name(s)", "track_popularity": "Popularity"}
    raw = raw.rename(columns={**names, "duration_ms": "Duration (s)", "tempo": "BPM"})
    path = tmp_path / "my songs.csv"
    raw.to_csv(path, index=False, sep=";")
    return path


def test_a_file_with_other_names_and_units_is_trained_on(home: Path, own_csv: Path, dashboard: Command) -> None:
    code, out, err = dashboard(*TRAIN, "--home", str(home), "--data", str(own_csv))
    assert code == 0, err
    (run,) = json.loads(out)
    assert (run["state"], run["data"]["source_name"], run["data"]["is_synthetic"]) == (
        "finished",
        "my songs.csv",
        False,
    )
    assert "300 of 300 rows" in err
    assert "seconds to milliseconds" in err


@pytest.mark.parametrize(
    ("column", "factor", "said"),
    [("danceability", 100, "300 of 300 rows can be used"), ("duration_ms", 0.001, "It is read as it stands")],
)
def test_units_are_never_shifted_in_silence_though_the_names_are_the_schemas(
    column: str, factor: float, said: str, home: Path, tmp_path: Path, dashboard: Command
) -> None:
    from data.sample import generate_sample

    raw = generate_sample(600).head(300)
    path = tmp_path / "units.csv"
    raw.assign(**{column: raw[column] * factor}).to_csv(path, index=False)
    code, _, err = dashboard(*TRAIN, "--no-explain", "--features", "energy", "--home", str(home), "--data", str(path))
    assert code == 0, err
    assert said in err


@pytest.mark.parametrize("names", ["ours", "the schema's"])
def test_columns_of_ones_own_are_said_to_be_left_out(
    names: str, home: Path, own_csv: Path, tmp_path: Path, dashboard: Command
) -> None:
    from data.sample import generate_sample

    raw = pd.read_csv(own_csv, sep=";") if names == "ours" else generate_sample(600).head(300)
    path = tmp_path / "more.csv"
    raw.assign(mood=range(len(raw)), remark="x").to_csv(path, index=False)
    code, _, err = dashboard(*TRAIN, "--no-explain", "--home", str(home), "--data", str(path))
    assert code == 0, err
    assert "not used as features: mood. " in err
    assert "page Dataset" in err


def test_a_file_with_other_names_is_audited(home: Path, own_csv: Path, dashboard: Command) -> None:
    code, out, _ = dashboard("audit", "--home", str(home), "--data", str(own_csv), "--json")
    assert code == 0
    assert json.loads(out)["rows"] == 300


@pytest.mark.parametrize("command", [TRAIN, ("audit", "--json")])
def test_a_table_without_popularity_is_refused_in_words(
    command: tuple[str, ...], home: Path, own_csv: Path, dashboard: Command
) -> None:
    text = own_csv.read_text(encoding="utf-8").replace("Popularity", "label")
    own_csv.write_text(text, encoding="utf-8")
    code, out, err = dashboard(*command, "--home", str(home), "--data", str(own_csv))
    assert (code, out) == (5, "")
    assert "has no popularity column" in err
    assert not list(home.rglob("*.csv"))


def test_a_file_that_is_no_table_is_refused_in_words(home: Path, tmp_path: Path, dashboard: Command) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    code, out, err = dashboard(*TRAIN, "--home", str(home), "--data", str(path))
    assert (code, out) == (5, "")
    assert "picture" in err
