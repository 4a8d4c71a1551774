"""Which table is loaded, how it is named, and its facts."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from data import sources
from data.errors import DataFileError
from data.sources import PUBLIC_NAME, SAMPLE_NAME, load_dataset
from tests.unit.data.messy import raw_table


@pytest.fixture
def own_table(tmp_path: Path) -> Path:
    path = tmp_path / "my.csv"
    raw_table({}, {"playlist_id": "p2"}, {"track_id": "t2", "track_popularity": 0}).to_csv(path, index=False)
    return path


def test_without_any_file_the_sample_is_loaded_and_says_that_it_is_synthetic(home: Path) -> None:
    dataset = load_dataset(None, home)
    assert (dataset.source.kind, dataset.source.name, dataset.source.path) == ("sample", SAMPLE_NAME, None)
    assert dataset.source.is_synthetic
    assert dataset.facts().is_synthetic


def test_a_configured_table_comes_first_and_carries_its_own_name_and_digest(own_table: Path, home: Path) -> None:
    dataset = load_dataset(own_table, home)
    assert (dataset.source.kind, dataset.source.name, dataset.source.is_synthetic) == ("file", "my.csv", False)
    assert dataset.sha256 == hashlib.sha256(own_table.read_bytes()).hexdigest()
    assert len(dataset.tracks) == 2


def test_a_configured_table_that_cannot_be_read_is_an_error_and_no_reason_to_take_the_sample(home: Path) -> None:
    with pytest.raises(DataFileError, match="There is no file"):
        load_dataset(home / "absent.csv", home)


def test_a_table_of_which_no_row_can_be_used_is_refused(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "my.csv"
    raw_table({"track_popularity": 101}, {"track_id": ""}).to_csv(path, index=False)
    with pytest.raises(DataFileError, match="none of its 2 rows"):
        load_dataset(path, home)


def test_one_unreadable_cell_does_not_make_a_column_of_numbers_written_as_text(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "my.csv"
    rows = ({"track_id": "t1", "energy": "loud"}, {"track_id": "t2", "energy": 0.5}, {"track_id": "t3", "energy": 0.25})
    raw_table(*rows).to_csv(path, index=False)
    dataset = load_dataset(path, home)
    assert dataset.report.count("number written as text") == 0
    assert dataset.report.count("not a number", "energy") == 1
    assert dataset.tracks["energy"].tolist()[1:] == [0.5, 0.25]


def test_a_cached_download_is_used_when_its_digest_is_right(
    own_table: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = home / "downloads" / "spotify_songs.csv"
    cached.parent.mkdir()
    cached.write_bytes(own_table.read_bytes())
    monkeypatch.setattr(sources, "PUBLIC_SHA256", hashlib.sha256(cached.read_bytes()).hexdigest())
    dataset = load_dataset(None, home)
    assert (dataset.source.kind, dataset.source.name, dataset.source.path) == ("download", PUBLIC_NAME, cached)


def test_a_cached_download_with_another_digest_is_not_used(
    own_table: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cached = home / "downloads" / "spotify_songs.csv"
    cached.parent.mkdir()
    cached.write_bytes(own_table.read_bytes())
    with caplog.at_level(logging.WARNING):
        dataset = load_dataset(None, home)
    assert dataset.source.kind == "sample"
    assert "is not the public table" in caplog.text


def test_the_facts_count_tracks_and_what_is_missing(own_table: Path, home: Path) -> None:
    facts = load_dataset(own_table, home).facts()
    assert (facts.rows_read, facts.repeated_rows, facts.tracks) == (3, 1, 2)
    assert (facts.artists, facts.albums, facts.genres, facts.subgenres, facts.playlists) == (1, 1, 1, 1, 2)
    assert (facts.period_first, facts.period_last) == ("2019-06-14", "2019-06-14")
    assert (facts.popularity_mean, facts.popularity_zero_share) == (25.0, 0.5)
    assert facts.missing == {}


def test_the_facts_are_json_even_of_a_bare_table(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "bare.csv"
    bare = raw_table({}).drop(columns=["track_album_release_date", "track_artist", "key", "playlist_id"])
    bare.to_csv(path, index=False)
    facts = load_dataset(path, home).facts()
    values = json.loads(json.dumps(facts.to_dict(), allow_nan=False))
    assert values["period_first"] is None
    assert values["popularity_sd"] is None
    assert values["missing"] == {"track_artist": 1, "release_date": 1, "key": 1}


def test_the_facts_are_computed_once(sample_dataset: sources.Dataset) -> None:
    assert sample_dataset.facts() is sample_dataset.facts()


def test_loading_imports_no_heavy_library() -> None:
    code = (
        "import sys; from pathlib import Path; import data.sources as s; s.load_dataset(None, Path('absent'));"
        "print([n for n in ('sklearn', 'scipy', 'requests', 'pooch', 'dash', 'flask', 'core') if n in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.real_data
def test_the_public_table_is_known_by_its_digest_wherever_it_lies(real_dataset: sources.Dataset) -> None:
    facts = real_dataset.facts()
    assert (facts.source_name, facts.source_kind) == (PUBLIC_NAME, "file")
    assert (facts.tracks, facts.artists, facts.genres, facts.subgenres) == (28_356, 10_692, 6, 24)
    assert facts.period_first == "1957-01-01"
    assert facts.missing["track_artist"] == 4
