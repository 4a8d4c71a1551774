"""The Explore view's columns of a table: made once, and nobody waits for another table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from callbacks.eda import source


class Store:
    """Holds a table, as the one of the services does."""

    def __init__(self) -> None:
        self.dataset = SimpleNamespace(tracks=pd.DataFrame({"track_popularity": [1.0, 2.0]}))


def test_one_look_at_a_table_waits_only_for_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, quick, began, go_on = Store(), Store(), Event(), Event()
    built, build = [], source.build_table

    def build_slowly(tracks: pd.DataFrame) -> Any:
        built.append(tracks)
        if tracks is slow.dataset.tracks:
            began.set()
            assert go_on.wait(5)
        return build(tracks)

    monkeypatch.setattr(source, "build_table", build_slowly)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(source.columns_of, slow) for _ in range(2)]
        try:
            assert began.wait(5)
            assert pool.submit(source.columns_of, quick).result(2).n_tracks == 2
        finally:
            go_on.set()
        assert waiting[0].result(5) is waiting[1].result(5)
    assert len(built) == 2


def test_other_tracks_of_the_same_store_are_other_columns() -> None:
    store = Store()
    first = source.columns_of(store)
    assert source.columns_of(store) is first
    store.dataset.tracks = pd.DataFrame({"track_popularity": [1.0]})
    assert source.columns_of(store).n_tracks == 1
