"""Where the table comes from: a configured file, the cached public table, or the built-in sample."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd

from data.cleaning import CleaningReport, clean
from data.download import PUBLIC_FILE, PUBLIC_SHA256, fetch_public_table
from data.errors import DataFileError
from data.facts import DatasetFacts, compute_facts
from data.reading import file_sha256, read_table
from data.sample import generate_sample, sample_sha256

__all__ = ["PUBLIC_NAME", "SAMPLE_NAME", "Dataset", "DatasetFacts", "Source", "fetch_public_table", "load_dataset"]

log = logging.getLogger(__name__)

PUBLIC_NAME = "Spotify songs (TidyTuesday 2020-01-21)"
SAMPLE_NAME = "Built-in sample (synthetic)"


@dataclass(frozen=True)
class Source:
    """Where a table came from.

    Parameters
    ----------
    kind : {"file", "download", "sample"}
        A configured file, the cached public table, or the built-in sample.
    name : str
        Name for people.
    path : Path or None
        The file, where there is one.
    is_synthetic : bool
        Whether the tracks are invented; every number computed from them has to say so.
    """

    kind: Literal["file", "download", "sample"]
    name: str
    path: Path | None
    is_synthetic: bool


@dataclass(frozen=True)
class Dataset:
    """A cleaned table with its provenance. Its frames are shared: derive new ones, do not change them.

    Parameters
    ----------
    source : Source
        Where it came from.
    tracks, placements : DataFrame
        As in :class:`data.cleaning.CleanTable`.
    report : CleaningReport
        What cleaning decided.
    sha256 : str
        Digest of the raw bytes (of the sample: of its CSV bytes).
    """

    source: Source
    tracks: pd.DataFrame
    placements: pd.DataFrame
    report: CleaningReport
    sha256: str

    def facts(self) -> DatasetFacts:
        """Give the facts of the table, computed once."""
        return self._facts

    @cached_property
    def _facts(self) -> DatasetFacts:
        return compute_facts(self)


def load_dataset(path: Path | None, home: Path, *, name: str | None = None, extras: Sequence[str] = ()) -> Dataset:
    """Load and clean the table: the configured one, else the cached public one, else the built-in sample.

    Parameters
    ----------
    path : Path or None
        A CSV table to load instead of the public one.
    home : Path
        Folder of the program's state; a download lies in ``home/downloads``.
    name : str, optional
        What people call the configured table; its file's name by default.
    extras : sequence of str
        Number columns of the configured table that are not in the schema; tracks carry them as ``extra:<name>``.

    Raises
    ------
    DataFileError
        If the configured table cannot be read or no row of it can be used.
    """
    if path is not None:
        return _from_file(Path(path), name=name, extras=extras)
    cached = home / "downloads" / PUBLIC_FILE
    if cached.is_file():
        try:
            return _from_file(cached, expected_sha256=PUBLIC_SHA256)
        except DataFileError as error:
            log.warning("The downloaded table is not used: %s", error)
    return load_sample()


def load_sample() -> Dataset:
    """Give the built-in sample, cleaned; it is synthetic and says so."""
    raw = generate_sample()
    table = clean(raw)
    source = Source("sample", SAMPLE_NAME, None, is_synthetic=True)
    return Dataset(source, table.tracks, table.placements, table.report, sample_sha256(raw))


def _from_file(
    path: Path, expected_sha256: str | None = None, name: str | None = None, extras: Sequence[str] = ()
) -> Dataset:
    sha256 = file_sha256(path)
    if expected_sha256 not in (None, sha256):
        raise DataFileError(f"{path} is not the public table: its sha256 is {sha256[:12]}…. Fetch it again.")
    raw, ignored = read_table(path, extras)
    table = clean(raw, ignored_columns=ignored, extras=extras, is_from_text=True)
    if table.tracks.empty:
        raise DataFileError(
            f"{name or path.name}: none of its {table.report.rows_read:,} rows has both a track id "
            "and a popularity (0 to 100)."
        )
    is_public = sha256 == PUBLIC_SHA256
    kind: Literal["file", "download"] = "download" if expected_sha256 else "file"
    source = Source(kind, name or (PUBLIC_NAME if is_public else path.name), path, is_synthetic=False)
    return Dataset(source, table.tracks, table.placements, table.report, sha256)
