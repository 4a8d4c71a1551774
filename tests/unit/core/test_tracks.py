"""The table in use: loaded once, quick facts from the cache, quick search."""

from __future__ import annotations

import errno
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import data.sources
from core.errors import DataError
from core.tables.tracks import TrackStore

if TYPE_CHECKING:
    from pathlib import Path

    from data.sources import Dataset


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch, sample_dataset: Dataset) -> list[int]:
    """Give the shared sample instead of loading, and note each load."""
    noted: list[int] = []

    def load(path: Path | None, home: Path) -> Dataset:
        noted.append(1)
        time.sleep(0.05)
        return sample_dataset

    monkeypatch.setattr(data.sources, "load_dataset", load)
    return noted


def test_many_threads_load_the_table_once(home: Path, loads: list[int]) -> None:
    store = TrackStore(None, home)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: store.dataset, range(16)))
    assert len(loads) == 1
    assert all(one is found[0] for one in found)


def test_the_next_process_knows_the_facts_without_loading(home: Path, loads: list[int]) -> None:
    first = TrackStore(None, home)
    assert first.source_name is None
    digest = first.digest
    assert len(loads) == 1
    second = TrackStore(None, home)
    assert second.digest == digest
    assert second.source_name == digest.facts.source_name  # known without the table
    assert len(loads) == 1
    assert not second.is_loaded


def test_facts_of_another_file_are_not_believed(home: Path, tmp_path: Path, loads: list[int]) -> None:
    table = tmp_path / "table.csv"
    table.write_text("one")
    assert TrackStore(table, home).facts
    table.write_text("another")
    assert TrackStore(table, home).facts
    assert len(loads) == 2


def test_facts_of_a_file_replaced_while_it_was_read_are_not_believed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_dataset: Dataset
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("old")
    loads = []

    def load(path: Path | None, home: Path) -> Dataset:
        loads.append(table.read_text())
        table.write_text("replaced")
        return sample_dataset

    monkeypatch.setattr(data.sources, "load_dataset", load)
    assert TrackStore(table, home).facts
    assert TrackStore(table, home).facts
    assert loads == ["old", "replaced"]


def test_facts_of_an_older_sample_are_not_believed(home: Path, loads: list[int], monkeypatch) -> None:
    assert TrackStore(None, home).facts
    monkeypatch.setattr("data.sample.SAMPLE_VERSION", -1)
    assert TrackStore(None, home).facts
    assert len(loads) == 2


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"identity": 1}', "\x00"])
def test_a_broken_cache_is_made_anew(home: Path, loads: list[int], content: str) -> None:
    (home / "cache").mkdir()
    (home / "cache" / "facts.json").write_text(content)
    assert TrackStore(None, home).facts.tracks > 1000
    assert len(loads) == 1
    assert json.loads((home / "cache" / "facts.json").read_text())["facts"]["tracks"] > 1000


def test_facts_that_cannot_be_written_leave_nothing_behind(
    home: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert TrackStore(None, home).facts.tracks > 1000
    assert list((home / "cache").iterdir()) == []


def test_a_table_that_cannot_be_read_is_a_data_error_with_the_reason(home: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv"):
        _ = TrackStore(tmp_path / "none.csv", home).dataset


def test_the_histogram_counts_every_track_once(home: Path, loads: list[int]) -> None:
    store = TrackStore(None, home)
    assert sum(store.digest.histogram) == store.facts.tracks
    assert len(store.digest.histogram) == 20


class TestSearch:
    @pytest.fixture
    def store(self, home: Path, loads: list[int]) -> TrackStore:
        return TrackStore(None, home)

    def test_every_word_must_occur_and_case_does_not_matter(self, store: TrackStore) -> None:
        track = store.dataset.tracks.dropna(subset=["track_name", "track_artist"]).iloc[10]
        text = f"{track.track_artist.upper()} {track.track_name.lower()}"
        found = store.search(text, limit=50)
        assert track.track_id in {one["track_id"] for one in found}
        words = text.casefold().split()[:8]
        assert all(word in f"{one['name']} {one['artist']}".casefold() for one in found for word in words)

    def test_a_position_leads_to_its_track(self, store: TrackStore) -> None:
        for one in store.search("a"):
            assert store.dataset.tracks.iloc[one["position"]].track_id == one["track_id"]

    def test_titles_that_begin_with_the_text_come_first_then_the_popular(self, store: TrackStore) -> None:
        found = store.search("s", limit=50)
        keys = [(not one["name"].casefold().startswith("s"), -one["popularity"]) for one in found]
        assert keys == sorted(keys)

    @pytest.mark.parametrize(("text", "limit"), [("", 8), ("   ", 8), ("a", 0), ("zzqqxx", 8), ("\x00", 8), ("(.*", 8)])
    def test_nothing_asked_or_nothing_there_is_an_empty_list(self, store: TrackStore, text: str, limit: int) -> None:
        assert store.search(text, limit) == []

    def test_the_limit_holds(self, store: TrackStore) -> None:
        assert len(store.search("a", limit=3)) == 3
