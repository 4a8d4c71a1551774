"""What a model may look at: features in groups, and the ranges that sliders need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from core.errors import InvalidRequest
from data.schema import AUDIO_FEATURES, EXTRA_PREFIX, describe

PITCHES = ("C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B")
MODES = ("Minor", "Major")

EXTRA_GROUP = "extra"
LONGEST_EXTRA = 120

DEFAULT_FEATURES: tuple[str, ...] = tuple(AUDIO_FEATURES)


@dataclass(frozen=True)
class FeatureGroup:
    """Features that belong together for people."""

    key: str
    label: str
    description: str
    features: tuple[str, ...]


@dataclass(frozen=True)
class Feature:
    """One thing a model may look at.

    Parameters
    ----------
    name : str
        Column name in frames and requests.
    label, unit, help : str
        For people; ``unit`` is "" for a plain number.
    group : str
        Key in ``FEATURE_GROUPS``.
    kind : {"number", "category"}
        Whether order and distance mean something.
    low, high, step : float or None
        Bounds of meaning and a sensible step, in ``unit``; None for an open end.
    categories : tuple of str or None
        Names of the codes 0, 1, 2, ... of a coded category; None for a number, or a category named by the data.
    """

    name: str
    label: str
    group: str
    kind: Literal["number", "category"]
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    help: str = ""
    categories: tuple[str, ...] | None = None

    @property
    def is_text(self) -> bool:
        """Whether its values are names (genre) rather than numbers or codes (tempo, key)."""
        return self.kind == "category" and self.categories is None

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value that has a meaning, both included; codes run from 0."""
        if self.categories is not None:
            return 0.0, len(self.categories) - 1.0
        return (-1e30 if self.low is None else self.low), (1e30 if self.high is None else self.high)


@dataclass(frozen=True)
class FeatureRange:
    """What a control for a feature needs, from the data.

    ``low``, ``high`` and ``median`` are numbers in ``unit`` (0 for a category); ``options`` are the names to choose
    from (None for a number) and ``default`` is the median, or the most frequent option.
    """

    low: float
    high: float
    median: float
    step: float
    unit: str
    options: tuple[str, ...] | None
    default: float | str


FEATURE_GROUPS: Mapping[str, FeatureGroup] = MappingProxyType(
    {
        group.key: group
        for group in (
            FeatureGroup("audio", "Audio", "How the recording sounds, as measured by Spotify.", DEFAULT_FEATURES),
            FeatureGroup("tonality", "Tonality", "The key and mode of the recording.", ("key", "mode")),
            FeatureGroup("genre", "Genre", "Where playlists place the track.", ("genre", "subgenre")),
            FeatureGroup("release", "Release", "When the track came out.", ("release_year", "release_month")),
        )
    }
)


def _number(name: str, group: str) -> Feature:
    column = describe(name)
    return Feature(
        name, column.label, group, "number", column.unit or "", column.low, column.high, column.step, column.description
    )


def _category(name: str, group: str, categories: Sequence[str] | None) -> Feature:
    column = describe(name)
    names = None if categories is None else tuple(categories)
    return Feature(name, column.label, group, "category", help=column.description, categories=names)


class _Features(Mapping[str, Feature]):
    """The features that every table has; ``extra:<column>`` is understood as well, as a number without bounds."""

    def __init__(self, known: Mapping[str, Feature]) -> None:
        self._known = known

    def __getitem__(self, name: str) -> Feature:
        return self._known[name] if name in self._known else _extra(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def is_extra(name: object) -> bool:
    """Whether a name is that of a column of somebody's own table; there may be no such column.

    Examples
    --------
    >>> is_extra("extra:followers"), is_extra("tempo"), is_extra("extra:")
    (True, False, False)
    """
    if not isinstance(name, str) or not name.startswith(EXTRA_PREFIX):
        return False
    return len(EXTRA_PREFIX) < len(name) <= len(EXTRA_PREFIX) + LONGEST_EXTRA and name.isprintable()


def _extra(name: str) -> Feature:
    if not is_extra(name):
        raise KeyError(name)
    label = name.removeprefix(EXTRA_PREFIX)
    return Feature(name, label, EXTRA_GROUP, "number", help=f"The column {label} of your own table.")


def feature_groups(extras: Sequence[str] = ()) -> tuple[FeatureGroup, ...]:
    """The groups of features that a table offers.

    Parameters
    ----------
    extras : sequence of str
        Further numeric columns of the table, under their own names.
    """
    if not extras:
        return tuple(FEATURE_GROUPS.values())
    names = tuple(EXTRA_PREFIX + name for name in extras)
    own = FeatureGroup(EXTRA_GROUP, "Your columns", "Further numeric columns of your own table.", names)
    return (*FEATURE_GROUPS.values(), own)


FEATURES: Mapping[str, Feature] = _Features(
    {
        feature.name: feature
        for feature in (
            *(_number(name, "audio") for name in DEFAULT_FEATURES),
            _category("key", "tonality", PITCHES),
            _category("mode", "tonality", MODES),
            _category("genre", "genre", None),
            _category("subgenre", "genre", None),
            _number("release_year", "release"),
            Feature(
                "release_month",
                "Release month",
                "release",
                "number",
                low=1,
                high=12,
                step=1,
                help="Month of release, 1 to 12; unknown where only the year is stated.",
            ),
        )
    }
)


def feature_frame(tracks: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Take the named features out of a table of tracks, in the types that pipelines expect.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, any)
        Clean tracks. ``release_month`` is worked out from ``release_date`` and ``release_precision`` when absent.
    names : sequence of str
        Names from ``FEATURES``.

    Returns
    -------
    DataFrame of shape (n_tracks, len(names))
        float64 for numbers and codes (nan when missing), object with nan for names; the index is kept.

    Raises
    ------
    InvalidRequest
        When a column is missing.
    """
    columns = {}
    for name in names:
        if name == "release_month" and name not in tracks.columns and "release_date" in tracks.columns:
            columns[name] = release_month(tracks)
        elif name not in tracks.columns:
            raise InvalidRequest(f"The table has no column {name!r}, which the model needs.")
        elif FEATURES[name].is_text:
            text = tracks[name].astype(object)
            columns[name] = text.where(text.notna(), np.nan)
        else:
            columns[name] = tracks[name].astype(np.float64)
    return pd.DataFrame(columns, index=tracks.index, columns=list(names))


def release_month(tracks: pd.DataFrame) -> pd.Series:
    """Month of release, 1 to 12; nan where the date is missing or states only a year."""
    month = pd.to_datetime(tracks["release_date"]).dt.month.astype(np.float64)
    if "release_precision" in tracks.columns:
        month = month.where(tracks["release_precision"].isin(["day", "month"]).to_numpy())
    return month


def feature_ranges(tracks: pd.DataFrame, names: Sequence[str] | None = None) -> dict[str, FeatureRange]:
    """Give range, step, unit and default of each feature from the tracks.

    Features whose every value is missing are left out.
    """
    frame = feature_frame(tracks, list(FEATURES) if names is None else names)
    return {name: _range(FEATURES[name], frame[name].dropna()) for name in map(str, frame) if frame[name].notna().any()}


def _range(feature: Feature, values: pd.Series) -> FeatureRange:
    if feature.kind == "number":
        low, high, median = float(values.min()), float(values.max()), float(values.median())
        return FeatureRange(low, high, median, feature.step or (high - low) / 100 or 1.0, feature.unit, None, median)
    counts = values.value_counts()
    most_frequent = counts.index[0]
    if feature.categories is None:
        return FeatureRange(0, 0, 0, 0, "", tuple(sorted(counts.index)), str(most_frequent))
    return FeatureRange(0, 0, 0, 0, "", feature.categories, feature.categories[int(most_frequent)])
