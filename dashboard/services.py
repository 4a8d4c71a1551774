"""What pages and callbacks work with: the table in use, the runs, the settings."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.errors import NotFound
from core.tables import TableRef, Tables
from core.tables.tracks import TrackStore
from dashboard.settings import Settings

if TYPE_CHECKING:
    from core.batch.store import Scorings
    from core.runs.compared import Comparisons
    from core.runs.exchange import Exchange
    from core.runs.model import Run
    from core.runs.service import Runs

STORES_KEPT = 3
"""Uploaded tables that stay in memory, besides the default one."""


@dataclass(frozen=True)
class Services:
    """The services of one process.

    Parameters
    ----------
    settings : Settings
    tracks : TrackStore
        The default table, loaded at the first need; ``tracks_for`` gives the one an owner works with.
    runs_factory : callable, optional
        Gives the runs; called once, at the first need.
    """

    settings: Settings
    tracks: TrackStore
    runs_factory: Any = None
    _stores: OrderedDict[tuple[str, TableRef], TrackStore] = field(
        default_factory=OrderedDict, repr=False, compare=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @cached_property
    def runs(self) -> Runs:
        """The runs: registry, bundles and queue."""
        return self.runs_factory()

    @cached_property
    def comparisons(self) -> Comparisons:
        """The comparisons of finished runs, computed once."""
        from core.runs.compared import Comparisons

        return Comparisons(self.runs)

    @cached_property
    def exchange(self) -> Exchange:
        """Export and import of runs, with the key of the settings or else the home's own."""
        from core.runs.sealing import sealing_key
        from dashboard.secret import exchange_key

        return self.runs.exchange(sealing_key(exchange_key(self.settings)))

    @cached_property
    def scorings(self) -> Scorings:
        """The files that people score."""
        from core.batch.store import Scorings
        from core.batch.working import start_process

        return Scorings(self.runs.context, start_process)

    @cached_property
    def tables(self) -> Tables:
        """The tables that people uploaded."""
        return Tables(self.settings.home, lambda: self.tracks.facts)

    def tracks_for(self, owner: str) -> TrackStore:
        """Give the table that an owner works with: the uploaded one they chose, else the default one."""
        return self._store_of(owner, self.tables.current(owner))

    def tracks_of_run(self, run: Run, owner: str) -> tuple[TrackStore, bool]:
        """Give the table that a run was trained on.

        Returns
        -------
        TrackStore
            The one that the owner works with now, where the run's own is gone.
        bool
            Whether it is the run's own.
        """
        table_id = run.data.get("table")
        try:
            return (self._store_of(owner, self.tables.ref(owner, table_id)) if table_id else self.tracks), True
        except NotFound:
            store = self.tracks_for(owner)
            return (store if store.table is None or store.table.can_train else self.tracks), False

    def _store_of(self, owner: str, table: TableRef | None) -> TrackStore:
        with self._lock:
            self._forget_gone(owner)
            if table is None:
                return self.tracks
            key = owner, table
            store = self._stores.pop(key, None) or TrackStore(table.path(self.settings.home), self.settings.home, table)
            self._stores[key] = store
            while len(self._stores) > STORES_KEPT:
                self._stores.popitem(last=False)
        return store

    def _forget_gone(self, owner: str) -> None:
        """Let go of the tables that an owner has deleted, or renamed, in whichever process."""
        for key in [key for key in self._stores if key[0] == owner]:
            try:
                is_here = self.tables.ref(owner, key[1].id) == key[1]
            except NotFound:
                is_here = False
            if not is_here:
                del self._stores[key]


def build_services(settings: Settings) -> Services:
    """Join the table in use and the runs, both built at the first need."""
    return Services(settings, TrackStore(settings.data, settings.home), lambda: _make_runs(settings))


def _make_runs(settings: Settings) -> Runs:
    from core.runs.service import Runs
    from dashboard.limits import context_of

    return Runs(settings.home, context=context_of(settings))
