"""What a title tells without being understood: the version that it names, and its shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

NO_YES = ("No", "Yes")

_PATTERNS = {
    "title_guests": r"\b(?:feat|ft|featuring|with)\b",
    "title_remix": r"\b(?:remix|rmx|mix|rework|bootleg)\b",
    "title_live": r"\blive\b",
    "title_acoustic": r"\b(?:acoustic|unplugged|stripped)\b",
    "title_remaster": r"\bremaster(?:ed|izado)?\b",
    "title_edit": r"\b(?:edit|cut)\b",
    "title_version": r"\b(?:version|versión|ver|demo|mono|stereo|instrumental|deluxe|bonus)\b",
    "title_soundtrack": r"\b(?:from|soundtrack|ost|theme)\b",
    "title_brackets": r"[(\[]",
    "title_dash": r"\s[-–—]\s",
}
Texts = list[str]


def _flag(pattern: str) -> Callable[[Texts], list[float]]:
    find = re.compile(pattern, re.IGNORECASE).search
    return lambda titles: [float(find(title) is not None) for title in titles]


_MEASURES: Mapping[str, Callable[[Texts], list[float]]] = MappingProxyType(
    {
        **{name: _flag(pattern) for name, pattern in _PATTERNS.items()},
        "title_capitals": lambda titles: [float(title.isupper()) for title in titles],
        "title_beyond_ascii": lambda titles: [float(not title.isascii()) for title in titles],
        "title_length": lambda titles: [float(len(title)) for title in titles],
        "title_words_count": lambda titles: [float(len(title.split())) for title in titles],
    }
)

TITLE_FLAGS = (*_PATTERNS, "title_capitals", "title_beyond_ascii")


def measure_titles(titles: pd.Series, name: str) -> pd.Series:
    """Give one measure of each title: 0 or 1 for a flag, a count for the others.

    Parameters
    ----------
    titles : Series of shape (n_tracks,)
        Missing ones have no measure (nan).
    name : str
        A title feature that is no text.

    Examples
    --------
    >>> measure_titles(pd.Series(["Song (feat. X)", None]), "title_guests").tolist()
    [1.0, nan]
    """
    known = titles.notna().to_numpy()
    values = np.full(len(titles), np.nan)
    values[known] = _MEASURES[name]([str(title) for title in titles[known]])
    return pd.Series(values, index=titles.index, name=name)
