"""The tracks as compact columns: what every number of the Explore view is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.eda.columns import CATEGORIES, KEY_NAMES, MODE_NAMES, NUMBERS, is_own
from core.eda.results import Results, kept_on_table

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]
Rows = slice | IntArray
"""Positions of rows in the table; a slice where all rows are meant, so that nothing is copied."""


@dataclass(frozen=True, eq=False)
class Category:
    """A column of groups.

    Parameters
    ----------
    codes : int32 array of shape (n_tracks,)
        Position in `names`; -1 where unknown. Every track of a table may have a group of its own.
    names : tuple of str
        Groups in the order in which they are shown.
    """

    codes: IntArray
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class EdaTable:
    """Columns of one table of tracks. Compared and hashed by identity: one table, one object.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
        Cleaned tracks, one row a track; never changed.
    numbers : mapping of str to float32 array of shape (n_tracks,)
        NaN where unknown; the table's own number columns (``extra:<name>``) after those that every table has.
    categories : mapping of str to Category
        Groups by main genre, subgenre, key, mode and decade.
    members : mapping of str to mapping of str to int32 array
        For ``genre`` and ``subgenre``: positions of all tracks that carry the name, main or not.
    artist_codes : int32 array of shape (n_tracks,)
        Position in `artists`; -1 where unknown.
    artists : object array of str
    results : Results
        What was worked out from the table.
    """

    tracks: pd.DataFrame
    numbers: Mapping[str, FloatArray]
    categories: Mapping[str, Category]
    members: Mapping[str, Mapping[str, IntArray]]
    artist_codes: IntArray
    artists: NDArray[np.object_]
    results: Results = field(default_factory=Results, init=False, repr=False)

    @property
    def n_tracks(self) -> int:
        """Number of tracks in the table."""
        return len(self.tracks)

    @property
    def own(self) -> tuple[str, ...]:
        """Names of the table's own number columns."""
        return tuple(self.numbers)[len(NUMBERS) :]


def build_table(tracks: pd.DataFrame) -> EdaTable:
    """Turn cleaned tracks into compact columns; columns that are absent become all unknown."""
    artist_codes, artists = pd.factorize(_column(tracks, "track_artist"))
    return EdaTable(
        tracks=tracks,
        numbers={name: _number(tracks, name) for name in (*NUMBERS, *_own(tracks))},
        categories={name: _category(tracks, name) for name in CATEGORIES},
        members={"genre": _members(tracks, "genres"), "subgenre": _members(tracks, "subgenres")},
        artist_codes=artist_codes.astype(np.int32),
        artists=np.asarray(artists, dtype=object),
    )


@dataclass(frozen=True, eq=False)
class Ranks:
    """Distinct values of a column, and where each row's value stands among them.

    Parameters
    ----------
    codes : int32 array of shape (n_tracks,)
        Position in `values`; -1 where unknown.
    values : float64 array of shape (n_distinct,)
        Sorted ascending; exactly as the table states them.
    """

    codes: IntArray
    values: NDArray[np.float64]


@kept_on_table(most=4 * len(NUMBERS))
def ranks(table: EdaTable, name: str) -> Ranks:
    """Dense ranks of a numeric column over the whole table, computed once and shared by all filters."""
    column = pd.to_numeric(_column(table.tracks, name), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(table.numbers[name])
    values, inverse = np.unique(column[known], return_inverse=True)
    codes = np.full(len(column), -1, dtype=np.int32)
    codes[known] = inverse
    return Ranks(codes, values)


@kept_on_table(most=1)
def limits(table: EdaTable) -> Mapping[str, tuple[float, float]]:
    """Lowest and highest known value of each numeric column; (0, 0) where nothing is known."""
    return {name: _span(column) for name, column in table.numbers.items()}


def _span(column: FloatArray) -> tuple[float, float]:
    known = column[~np.isnan(column)]
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)


def _own(tracks: pd.DataFrame) -> list[str]:
    names = [name for name in map(str, tracks.columns) if is_own(name)]
    return [name for name in names if pd.api.types.is_numeric_dtype(tracks[name])]


def _column(tracks: pd.DataFrame, name: str) -> pd.Series[Any]:
    return tracks[name] if name in tracks else pd.Series(np.nan, index=tracks.index, name=name)


def _number(tracks: pd.DataFrame, name: str) -> FloatArray:
    values = pd.to_numeric(_column(tracks, name), errors="coerce").to_numpy(dtype=np.float32, na_value=np.nan)
    values = np.where(np.isfinite(values), values, np.float32(np.nan)).astype(np.float32)
    values.setflags(write=False)
    return values


def _category(tracks: pd.DataFrame, name: str) -> Category:
    if name == "decade":
        return _decades(_number(tracks, "release_year"))
    if name in ("key", "mode"):
        names = KEY_NAMES if name == "key" else MODE_NAMES
        values = _number(tracks, name)
        known = (values >= 0) & (values < len(names))
        return Category(np.where(known, values, -1).astype(np.int32), names)
    codes, names_found = pd.factorize(_column(tracks, name), sort=True)
    return Category(codes.astype(np.int32), tuple(str(value) for value in names_found))


def _decades(years: FloatArray) -> Category:
    known = ~np.isnan(years)
    decades, inverse = np.unique(years[known] // 10 * 10, return_inverse=True)
    codes = np.full(len(years), -1, dtype=np.int32)
    codes[known] = inverse
    return Category(codes, tuple(f"{decade:.0f}s" for decade in decades))


def _members(tracks: pd.DataFrame, name: str) -> dict[str, IntArray]:
    if name not in tracks or tracks.empty:
        return {}
    exploded = tracks[name].reset_index(drop=True).explode().dropna()
    codes, names = pd.factorize(exploded, sort=True)
    positions = exploded.index.to_numpy(dtype=np.int32)
    return dict(zip(map(str, names), split_by_code(codes, positions, len(names)), strict=True))


def split_by_code(codes: NDArray[np.integer], positions: IntArray, n_groups: int) -> list[IntArray]:
    """Split positions by the group of each, in one pass however many groups there are; -1 is left out.

    Parameters
    ----------
    codes, positions : int arrays of shape (n,)
        Group of each position, from -1 to ``n_groups - 1``.

    Examples
    --------
    >>> [part.tolist() for part in split_by_code(np.array([1, 0, 1, -1]), np.array([5, 6, 7, 8]), 3)]
    [[6], [5, 7], []]
    """
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes + 1, minlength=n_groups + 1))
    return np.split(positions[order], ends)[1:-1]
