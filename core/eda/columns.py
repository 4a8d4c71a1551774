"""Which columns of the tracks can be explored, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from data.schema import AUDIO_FEATURES, TARGET, describe

NUMBERS: tuple[str, ...] = (TARGET, *AUDIO_FEATURES, "release_year", "n_playlists")
"""Numeric columns, in the order in which they are offered."""

FEATURES: tuple[str, ...] = NUMBERS[1:]
"""Numeric columns other than the target."""

KEY_NAMES: tuple[str, ...] = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
MODE_NAMES: tuple[str, ...] = ("Minor", "Major")


@dataclass(frozen=True)
class CategoryColumn:
    """A column whose values are groups of tracks."""

    name: str
    label: str
    note: str = ""


CATEGORIES: Mapping[str, CategoryColumn] = MappingProxyType(
    {
        "genre": CategoryColumn("genre", "Genre", "each track once, under its main genre"),
        "subgenre": CategoryColumn("subgenre", "Subgenre", "each track once, under its main subgenre"),
        "key": CategoryColumn("key", "Key"),
        "mode": CategoryColumn("mode", "Mode"),
        "decade": CategoryColumn("decade", "Decade", "decade of the release date"),
    }
)


def label(name: str) -> str:
    """The words for a column.

    Examples
    --------
    >>> label("genre")
    'Genre'
    """
    return CATEGORIES[name].label if name in CATEGORIES else describe(name).label


def unit(name: str) -> str:
    """The unit of a numeric column, or an empty string."""
    return "" if name in CATEGORIES else (describe(name).unit or "")


def axis_title(name: str) -> str:
    """Label and unit as an axis shows them."""
    return f"{label(name)} ({unit(name)})" if unit(name) else label(name)


def is_whole(name: str) -> bool:
    """Whether the values are whole numbers with few distinct ones: popularity, years, counts."""
    return name in (TARGET, "release_year", "n_playlists")
