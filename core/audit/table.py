"""A table as the checks see it: what several of them need is worked out once."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.grouping import RECORDING, album_groups, artist_groups, recording_codes
from data.report import CleaningReport
from data.schema import AUDIO_FEATURES, EXTRA_PREFIX, TARGET, describe

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SAMPLE_TRACKS = 100_000
"""Larger tables are sampled by the checks whose statistics are settled long before."""
SHOWN = ("track_id", "track_name", "track_artist", TARGET)
KNOWN_NUMBERS = (*AUDIO_FEATURES, "key", "mode", "release_year")


class AuditedTable:
    """A cleaned table with what several checks need.

    Parameters
    ----------
    dataset : Dataset
        Its frames are read only.
    """

    def __init__(self, dataset: Any) -> None:
        self.tracks: pd.DataFrame = dataset.tracks.reset_index(drop=True)
        self.report: CleaningReport = dataset.report

    @cached_property
    def target(self) -> Floats:
        """Popularity of each track."""
        return self.tracks[TARGET].to_numpy(dtype=np.float64)

    @cached_property
    def extras(self) -> tuple[str, ...]:
        """Names of the table's own number columns."""
        names = [name for name in self.tracks.columns if str(name).startswith(EXTRA_PREFIX)]
        return tuple(name for name in names if pd.api.types.is_numeric_dtype(self.tracks[name]))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Number columns that a model may look at."""
        known = [name for name in KNOWN_NUMBERS if name in self.tracks]
        return (*known, *self.extras)

    @cached_property
    def artists(self) -> Ints:
        """Label of each track's artist."""
        return artist_groups(self.tracks)

    @cached_property
    def albums(self) -> Ints:
        """Label of each track's album."""
        return album_groups(self.tracks)

    @cached_property
    def recordings(self) -> Ints:
        """Code of each track's audio values, -1 where too few of them are stated to know the recording by."""
        return recording_codes(self.tracks)

    @cached_property
    def audio_values(self) -> tuple[str, ...]:
        """Which of the twelve audio values the table states at all."""
        return tuple(name for name in RECORDING if name in self.tracks and self.tracks[name].notna().any())

    @cached_property
    def sample(self) -> Ints:
        """Positions of all tracks, or of a fixed random draw where there are very many."""
        n_tracks = len(self.tracks)
        if n_tracks <= SAMPLE_TRACKS:
            return np.arange(n_tracks)
        return np.sort(np.random.default_rng(0).choice(n_tracks, SAMPLE_TRACKS, replace=False))

    @property
    def sample_note(self) -> str:
        """What to add where a check looked at the sample only; empty where it saw all tracks."""
        if len(self.sample) == len(self.tracks):
            return ""
        return f" Judged on {len(self.sample):,} of {len(self.tracks):,} tracks drawn at random."

    def has_any(self, name: str) -> bool:
        """Whether a column of texts or dates is there and states anything."""
        return name in self.tracks and bool(self.tracks[name].notna().any())

    def numbers(self, name: str) -> Floats:
        """Give a column as floats, nan where missing or infinite."""
        values = self.tracks[name].to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isfinite(values), values, np.nan)

    def show(self, positions: npt.ArrayLike, *more: str) -> pd.DataFrame:
        """Give the named tracks for people, with further columns."""
        rows = np.asarray(positions)
        return self.tracks.loc[rows, [*SHOWN, *(name for name in more if name in self.tracks)]].reset_index(drop=True)


def label(name: str) -> str:
    """Name of a column for people.

    Examples
    --------
    >>> label("duration_ms"), label("extra:streams")
    ('Duration', 'streams')
    """
    return describe(name).label


def unit(name: str) -> str:
    """Unit of a column to write after a number, with the space before it; empty for shares and plain numbers.

    Examples
    --------
    >>> unit("duration_ms"), unit("energy")
    (' ms', '')
    """
    given = describe(name).unit
    return f" {given}" if given and "–" not in given else ""


def significant(value: float, digits: int = 3) -> str:
    """Write a number with so many telling digits, never as a power of ten.

    Examples
    --------
    >>> significant(233612.4), significant(37.249), significant(0.04567)
    ('234,000', '37.2', '0.0457')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:.0f}"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, places):,.{max(places, 0)}f}"


def listed(names: list[str], most: int = 4) -> str:
    """Name a few things and say how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"
