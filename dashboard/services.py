"""What pages and callbacks work with: the table in use, the runs, the settings."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DataError, NotFound
from core.files import write_bytes
from core.tables import NEEDS_POPULARITY, TableRef, Tables
from dashboard.settings import Settings

if TYPE_CHECKING:
    from core.batch.store import Scorings
    from core.runs.compared import Comparisons
    from core.runs.exchange import Exchange
    from core.runs.model import Run
    from core.runs.service import Runs
    from data.facts import DatasetFacts
    from data.sources import Dataset

CLEANING_VERSION = 2
"""Raise it when cleaning gives other facts for the same file: cached facts of older versions are ignored."""


STORES_KEPT = 3
"""Uploaded tables that stay in memory, besides the default one."""

BIN_POINTS = 5
"""Width of a bar of the popularity histogram, in points."""


@dataclass(frozen=True)
class TableDigest:
    """What the overview needs of a table.

    Parameters
    ----------
    facts : DatasetFacts
    report : dict
        ``CleaningReport.to_dict()``.
    histogram : tuple of int
        Tracks in each five points of popularity: 0-4, 5-9, ..., 95-100.
    """

    facts: DatasetFacts
    report: dict[str, Any]
    histogram: tuple[int, ...]


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
    _stores: OrderedDict[TableRef, TrackStore] = field(default_factory=OrderedDict, repr=False, compare=False)
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
        return self._store_of(self.tables.current(owner))

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
            return (self._store_of(self.tables.ref(owner, table_id)) if table_id else self.tracks), True
        except NotFound:
            store = self.tracks_for(owner)
            return (store if store.table is None or store.table.can_train else self.tracks), False

    def _store_of(self, table: TableRef | None) -> TrackStore:
        if table is None:
            return self.tracks
        with self._lock:
            store = self._stores.pop(table, None) or TrackStore(
                table.path(self.settings.home), self.settings.home, table
            )
            self._stores[table] = store
            while len(self._stores) > STORES_KEPT:
                self._stores.popitem(last=False)
        return store


class TrackStore:
    """The table in use: loaded once a process, at the first need, by whichever thread comes first.

    Parameters
    ----------
    path : Path or None
        Configured table; None for the public one, or the sample.
    home : Path
        Folder where state is kept.
    table : TableRef, optional
        The uploaded table that lies at the path.
    """

    def __init__(self, path: Path | None, home: Path, table: TableRef | None = None) -> None:
        self._path = path
        self._home = home
        self.table = table
        self._lock = threading.Lock()
        self._dataset: Dataset | None = None
        self._names: np.ndarray | None = None
        self._digest: TableDigest | None = None

    @property
    def extras(self) -> tuple[str, ...]:
        """Further numeric columns of the table, under their own names."""
        return self.table.extras if self.table is not None else ()

    @property
    def is_loaded(self) -> bool:
        """True once the table is in memory."""
        return self._dataset is not None

    @property
    def dataset(self) -> Dataset:
        """The cleaned table with its source and report.

        Raises
        ------
        DataError
            When the configured table cannot be read.
        """
        if self._dataset is None:
            with self._lock:
                if self._dataset is None:
                    self._dataset = self._load()
        return self._dataset

    @property
    def digest(self) -> TableDigest:
        """Facts, cleaning report and popularity histogram; from the cache where the same file was read before."""
        if self._digest is None:
            self._digest = self._read_cache() if self._dataset is None else None
        if self._digest is None:
            self._digest = _digest_of(self.dataset)
        return self._digest

    @property
    def facts(self) -> DatasetFacts:
        """The table's facts, without waiting for the table where they are cached."""
        return self.digest.facts

    @property
    def source_name(self) -> str | None:
        """Name of the table in use, or None while nobody has needed it yet; never waits."""
        return self._digest.facts.source_name if self._digest is not None else None

    def warm(self) -> threading.Thread:
        """Load the table in the background, so that the first view that needs it does not wait."""
        thread = threading.Thread(target=self._warm, name="warm-tracks", daemon=True)
        thread.start()
        return thread

    def search(self, text: str, limit: int = 8) -> list[dict[str, Any]]:
        """Find tracks by title or artist.

        Parameters
        ----------
        text : str
            Words that must all occur, in any order; case does not matter.
        limit : int
            Most results; those that begin with the text come first, then the more popular.

        Returns
        -------
        list of dict
            position (row of ``dataset.tracks``), track_id, name, artist, popularity.
        """
        words = text.replace("\x00", " ").casefold().split()[:8]
        if not words or limit < 1:
            return []
        names = self._search_names()
        hits = np.flatnonzero(np.strings.find(names, words[0]) >= 0)
        for word in words[1:]:
            hits = hits[np.strings.find(names[hits], word) >= 0]
        return self._describe(hits, " ".join(words), limit)

    def _describe(self, hits: np.ndarray, text: str, limit: int) -> list[dict[str, Any]]:
        tracks = self.dataset.tracks
        popularity = tracks["track_popularity"].to_numpy()[hits]
        begins = np.strings.startswith(self._search_names()[hits], text)
        order = np.lexsort((-popularity, ~begins))[: min(limit, 50)]
        found = tracks.iloc[hits[order]]
        return [
            {
                "position": int(position),
                "track_id": row.track_id,
                "name": row.track_name if isinstance(row.track_name, str) else "(no title)",
                "artist": row.track_artist if isinstance(row.track_artist, str) else "(no artist)",
                "popularity": float(row.track_popularity),
            }
            for position, row in zip(hits[order], found.itertuples(), strict=True)
        ]

    def _search_names(self) -> np.ndarray:
        if self._names is None:
            tracks = self.dataset.tracks
            name, artist = tracks["track_name"].fillna(""), tracks["track_artist"].fillna("")
            joined = [f"{one} {other}".casefold()[:120] for one, other in zip(name, artist, strict=True)]
            self._names = np.array(joined, dtype=np.str_)
        return self._names

    def _load(self) -> Dataset:
        from data.errors import DataFileError
        from data.sources import load_dataset

        table = self.table
        if table is not None and not table.can_train:
            raise DataError(NEEDS_POPULARITY)
        identity = self._identity()  # before loading: facts of a file replaced meanwhile are never believed
        try:
            if table is None:
                dataset = load_dataset(self._path, self._home)
            else:
                dataset = load_dataset(self._path, self._home, name=table.name, extras=table.extras)
        except DataFileError as error:
            raise DataError(str(error)) from error
        self._digest = _digest_of(dataset)
        self._write_cache(self._digest, identity)
        return dataset

    def _warm(self) -> None:
        try:
            self._search_names()
        except DataError:
            return  # whoever asks for the table gets the reason

    @cached_property
    def _cache_path(self) -> Path:
        if self.table is None:
            return self._home / "cache" / "facts.json"
        return self.table.path(self._home).with_suffix(".facts.json")

    def _identity(self) -> dict[str, Any]:
        from data.sample import SAMPLE_VERSION

        path = self._path or self._home / "downloads" / "spotify_songs.csv"
        try:
            stat = path.stat()
            file: list[Any] = [str(path.resolve()), stat.st_size, stat.st_mtime_ns]
        except OSError:
            file = [str(path), None, None]
        named = {} if self.table is None else {"name": self.table.name, "extras": list(self.table.extras)}
        return {"file": file, "cleaning": CLEANING_VERSION, "sample": SAMPLE_VERSION, **named}

    def _read_cache(self) -> TableDigest | None:
        from data.facts import DatasetFacts

        try:
            kept = json.loads(self._cache_path.read_text("utf-8"))
            if kept["identity"] != self._identity():
                return None
            return TableDigest(DatasetFacts(**kept["facts"]), kept["report"], tuple(kept["histogram"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # a cache that cannot be used is made anew

    def _write_cache(self, digest: TableDigest, identity: dict[str, Any]) -> None:
        kept = {
            "identity": identity,
            "facts": digest.facts.to_dict(),
            "report": digest.report,
            "histogram": list(digest.histogram),
        }
        try:
            self._cache_path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(self._cache_path, json.dumps(kept).encode())
        except OSError:
            return  # without the cache everything works, only the first page waits


def _digest_of(dataset: Dataset) -> TableDigest:
    edges = np.arange(0, 100 + BIN_POINTS, BIN_POINTS)
    counts = np.histogram(dataset.tracks["track_popularity"].to_numpy(), bins=edges)[0]  # the last bar includes 100
    return TableDigest(dataset.facts(), dataset.report.to_dict(), tuple(int(count) for count in counts))


def build_services(settings: Settings) -> Services:
    """Join the table in use and the runs, both built at the first need."""
    return Services(settings, TrackStore(settings.data, settings.home), lambda: _make_runs(settings))


def _make_runs(settings: Settings) -> Runs:
    from core.runs.service import Runs
    from dashboard.limits import context_of

    return Runs(settings.home, context=context_of(settings))
