"""Which columns of the tracks can be explored, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from data.schema import AUDIO_FEATURES, EXTRA_PREFIX, TARGET, describe

NUMBERS: tuple[str, ...] = (TARGET, *AUDIO_FEATURES, "release_year", "n_playlists")
"""Numeric columns that every table has, in the order in which they are offered; a table's own come after them."""

FEATURES: tuple[str, ...] = NUMBERS[1:]
"""Numeric columns other than the target."""

LONGEST_LABEL = 40
"""Longer names of own columns are cut where they are shown."""

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
    >>> label("genre"), label("extra:plays")
    ('Genre', 'plays (your column)')
    """
    if is_own(name):
        return f"{_shortened(name.removeprefix(EXTRA_PREFIX))} (your column)"
    return CATEGORIES[name].label if name in CATEGORIES else describe(name).label


def spoken(name: str) -> str:
    """The words for a column in the middle of a sentence; the name of a table's own column stays as it was given.

    Examples
    --------
    >>> spoken("tempo"), spoken("extra:BPM_old")
    ('tempo', 'BPM_old (your column)')
    """
    return label(name) if is_own(name) else label(name).lower()


def is_own(name: str) -> bool:
    """Whether a column is a number column of somebody's own table."""
    return name.startswith(EXTRA_PREFIX)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def unit(name: str) -> str:
    """The unit of a numeric column, or an empty string."""
    return "" if name in CATEGORIES else (describe(name).unit or "")


def axis_title(name: str) -> str:
    """Label and unit as an axis shows them."""
    return f"{label(name)} ({unit(name)})" if unit(name).casefold() not in ("", label(name).casefold()) else label(name)


def number_words(name: str, value: float) -> str:
    """Write a value of a column: six telling digits, thousands separated (but not in years), no power of ten.

    Examples
    --------
    >>> number_words("duration_ms", 1_200_000), number_words("release_year", 2015), number_words("energy", 0.25)
    ('1,200,000', '2015', '0.25')
    """
    text = f"{value:.6g}"
    if "e" in text:
        text = f"{float(text):.0f}" if abs(value) >= 1 else f"{value:.12f}".rstrip("0").rstrip(".")
    whole, point, rest = text.partition(".")
    return text if name == "release_year" or whole == "-0" else f"{int(whole):,}{point}{rest}"


def value_words(name: str, value: float) -> str:
    """Write a value of a column in a sentence, with the unit where it has one that people count in.

    Examples
    --------
    >>> value_words("duration_ms", 204_772), value_words("tempo", 121.99), value_words("energy", 0.7213)
    ('3 min 25 s', '122 BPM', '0.721')
    """
    if name == "duration_ms":
        seconds = round(value / 1000)
        return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
    if name == "release_year":
        return f"{value:.0f}"
    text = number_words(name, float(f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"))
    return (f"{text} {unit(name)}" if unit(name) in ("dB", "BPM") else text).replace("-", "−")


def is_whole(name: str) -> bool:
    """Whether the values are whole numbers with few distinct ones: popularity, years, counts."""
    return name in (TARGET, "release_year", "n_playlists")
