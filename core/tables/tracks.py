"""A table to explore and search, the default or an uploaded one: loaded at the first need, its facts even before."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import DataError
from core.tables.digests import TableDigest, digest_of, identity_of, read_digest, write_digest
from core.tables.finding import Names, find_tracks, searchable_names, words_of
from core.tables.model import NEEDS_POPULARITY, TableRef

if TYPE_CHECKING:
    from data.facts import DatasetFacts
    from data.sources import Dataset


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
        self._names: Names | None = None
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
            self._digest = read_digest(self._cache_path, self._identity()) if self._dataset is None else None
        if self._digest is None:
            self._digest = digest_of(self.dataset)
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
        words = words_of(text)
        if not words or limit < 1:
            return []
        return find_tracks(self.dataset.tracks, self._search_names(), words, limit)

    def _search_names(self) -> Names:
        if self._names is None:
            self._names = searchable_names(self.dataset.tracks)
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
        self._digest = digest_of(dataset)
        write_digest(self._cache_path, self._digest, identity)
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
        path = self._path or self._home / "downloads" / "spotify_songs.csv"
        named = {} if self.table is None else {"name": self.table.name, "extras": list(self.table.extras)}
        return identity_of(path, **named)
