"""The one filter that all charts of the Explore view share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.eda.columns import label, number_words
from core.eda.results import kept_on_table
from core.eda.table import EdaTable, IntArray, Rows
from data.schema import TARGET


@dataclass(frozen=True)
class Span:
    """Values from `low` to `high`, both included; None leaves that side open."""

    column: str
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        low, high = (None if end is None else number_words(self.column, end) for end in (self.low, self.high))
        if low is None:
            return f"up to {high}"
        return f"from {low}" if high is None else f"{low}–{high}"


@dataclass(frozen=True)
class Filter:
    """Which tracks are looked at; conditions of different kinds must all hold.

    Parameters
    ----------
    genres, subgenres : tuple of str
        A track is kept when any of its genres (it may have several) is among them; empty keeps all.
    artist : str
        Part of the artist's name, in upper or lower case; empty keeps all.
    spans : tuple of Span
        At most one a numeric column. Tracks without the value do not pass.
    """

    genres: tuple[str, ...] = ()
    subgenres: tuple[str, ...] = ()
    artist: str = ""
    spans: tuple[Span, ...] = ()

    def span(self, column: str) -> Span:
        """The range asked for of a column; open on both sides where none is."""
        return next((span for span in self.spans if span.column == column), Span(column))

    def with_span(self, span: Span) -> Filter:
        """The same filter with the range of one column replaced."""
        others = tuple(other for other in self.spans if other.column != span.column)
        asked = () if span.low is None and span.high is None else (span,)
        return replace(self, spans=tuple(sorted(others + asked, key=lambda item: item.column)))


@dataclass(frozen=True)
class Chip:
    """One condition of a filter in words, and the filter without it."""

    key: str
    text: str
    without: Filter


def chips(asked: Filter) -> Iterator[Chip]:
    """Each condition of the filter, removable by itself."""
    for name in asked.genres:
        rest = tuple(other for other in asked.genres if other != name)
        yield Chip(f"genre:{name}", f"Genre: {name}", replace(asked, genres=rest))
    for name in asked.subgenres:
        rest = tuple(other for other in asked.subgenres if other != name)
        yield Chip(f"subgenre:{name}", f"Subgenre: {name}", replace(asked, subgenres=rest))
    if asked.artist:
        yield Chip("artist", f"Artist contains “{asked.artist}”", replace(asked, artist=""))
    for span in asked.spans:
        subject = {"release_year": "Released", TARGET: "Popularity"}.get(span.column, label(span.column))
        yield Chip(f"span:{span.column}", f"{subject}: {span}", asked.with_span(Span(span.column)))


@dataclass(frozen=True, eq=False)
class Selection:
    """The rows that pass a filter."""

    rows: Rows
    n: int

    def positions(self) -> IntArray:
        """The rows as positions in the table, ascending."""
        return np.arange(self.n, dtype=np.int32) if isinstance(self.rows, slice) else self.rows


@kept_on_table(most=16)
def select(table: EdaTable, asked: Filter) -> Selection:
    """Rows of the table that pass the filter; computed once a filter."""
    masks = list(_masks(table, asked))
    if not masks:
        return Selection(slice(None), table.n_tracks)
    rows = np.flatnonzero(np.logical_and.reduce(masks)).astype(np.int32)
    rows.setflags(write=False)
    return Selection(rows, len(rows))


def _masks(table: EdaTable, asked: Filter) -> Iterator[NDArray[np.bool_]]:
    for kind, names in (("genre", asked.genres), ("subgenre", asked.subgenres)):
        if names:
            yield _carries_any(table, kind, names)
    if asked.artist:
        yield _artist_contains(table, asked.artist)
    for span in asked.spans:
        column = table.numbers[span.column]
        low = -np.inf if span.low is None else span.low
        high = np.inf if span.high is None else span.high
        yield (column >= np.float32(low)) & (column <= np.float32(high))


def _carries_any(table: EdaTable, kind: str, names: tuple[str, ...]) -> NDArray[np.bool_]:
    mask = np.zeros(table.n_tracks, dtype=bool)
    for name in names:
        mask[table.members[kind].get(name, np.empty(0, dtype=np.int32))] = True
    return mask


def _artist_contains(table: EdaTable, text: str) -> NDArray[np.bool_]:
    wanted = text.casefold()
    hits = np.array([wanted in artist for artist in _folded_artists(table)] + [False], dtype=bool)
    return np.asarray(hits[table.artist_codes])


@kept_on_table(most=1)
def _folded_artists(table: EdaTable) -> tuple[str, ...]:
    return tuple(str(artist).casefold() for artist in table.artists)
