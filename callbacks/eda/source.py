"""The table in use as the Explore view's compact columns, made once a process and table, kept no longer than it."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from callbacks.identity import current_owner
from callbacks.same_table import store_of
from core.eda.table import EdaTable, build_table
from core.keeping import Kept

_lock = threading.Lock()
_tables: weakref.WeakKeyDictionary[Any, Kept[int, EdaTable]] = weakref.WeakKeyDictionary()


def file_name(services: Any, name: str) -> str:
    """Give the name of a file made from the table in use; that of the synthetic sample says so."""
    return f"synthetic-{name}" if services.tracks_for(current_owner()).facts.is_synthetic else name


def table_of(services: Any) -> EdaTable:
    """Give the compact columns of the table that the asking owner works with, for a callback of the page.

    Raises
    ------
    TableChanged
        When the page was drawn for another table.
    DataError
        When the configured table cannot be read.
    """
    return columns_of(store_of(services))


def columns_of(store: Any) -> EdaTable:
    """Give the compact columns of a table, made once; nobody waits for those of another table.

    Raises
    ------
    DataError
        When the configured table cannot be read.
    """
    tracks = store.dataset.tracks
    with _lock:
        made = _tables.setdefault(store, Kept(1))
    return made.of(id(tracks), lambda: (build_table(tracks), 1))  # what is kept holds the tracks: no other has their id
