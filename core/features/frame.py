"""From clean tracks to the columns that a model looks at, and the ranges that sliders need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from core.errors import InvalidRequest
from core.features.model import Feature, FeatureRange
from core.features.registry import FEATURES
from core.features.titles import measure_titles
from core.grouping import normalise_title

_PRECISION_CODES = MappingProxyType({"year": 0.0, "month": 1.0, "day": 2.0})


def feature_frame(tracks: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Take the named features out of a table of tracks, in the types that pipelines expect.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, any)
        Clean tracks. What has no column of its own is worked out from the one that it comes from: the month from
        ``release_date`` and ``release_precision``, the flags of a title from ``track_name``.
    names : sequence of str
        Names from ``FEATURES``.

    Returns
    -------
    DataFrame of shape (n_tracks, len(names))
        float64 for numbers and codes (nan when missing), object with nan for names, also for those (artist, title)
        that the pipeline turns into numbers; the index is kept.

    Raises
    ------
    InvalidRequest
        When a column is missing.
    """
    columns = {name: _column(tracks, FEATURES[name]) for name in names}
    return pd.DataFrame(columns, index=tracks.index, columns=list(names))


def _column(tracks: pd.DataFrame, feature: Feature) -> pd.Series:
    if feature.name in tracks.columns:
        values = tracks[feature.name]
    else:
        for needed in feature.sources or (feature.name,):
            if needed not in tracks.columns:
                raise InvalidRequest(f"The table has no column {needed!r}, which the model needs.")
        values = _WORKED_OUT[feature.sources[0]](tracks, feature)
    if feature.is_text:
        text = values.astype(object)
        return text.where(text.notna(), np.nan)
    return values.astype(np.float64)


def release_month(tracks: pd.DataFrame) -> pd.Series:
    """Month of release, 1 to 12; nan where the date is missing or states only a year."""
    return _of_release(tracks, FEATURES["release_month"])


def _of_release(tracks: pd.DataFrame, feature: Feature) -> pd.Series:
    dates = pd.to_datetime(tracks["release_date"])
    stated = tracks["release_precision"] if "release_precision" in tracks.columns else None
    if feature.name == "release_exactness":
        if stated is None:
            return pd.Series(np.nan, tracks.index)
        return pd.Series([_PRECISION_CODES.get(word, np.nan) for word in stated], tracks.index, dtype=np.float64)
    part, enough = _DATE_PARTS[feature.name]
    values: pd.Series = getattr(dates.dt, part).astype(np.float64)
    return values if stated is None else values.where(stated.isin(enough).to_numpy())


_DATE_PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "release_month": ("month", ("day", "month")),
        "release_day": ("day", ("day",)),
        "release_weekday": ("day_of_week", ("day",)),
    }
)


def _of_title(tracks: pd.DataFrame, feature: Feature) -> pd.Series:
    titles: pd.Series = tracks["track_name"]
    return titles if feature.encoding else measure_titles(titles, feature.name)


def _of_several(tracks: pd.DataFrame, feature: Feature) -> pd.Series:
    return tracks[feature.sources[0]].map(len).astype(np.float64)


def _is_single(tracks: pd.DataFrame, feature: Feature) -> pd.Series:
    """Whether album and track have the same name, but for brackets, guests and versions; nan where one is missing."""
    names = tracks[list(feature.sources)]
    known = names.notna().all(axis=1).to_numpy()
    same = np.full(len(tracks), np.nan)
    same[known] = [normalise_title(str(a)) == normalise_title(str(b)) for a, b in names[known].to_numpy()]
    return pd.Series(same, index=tracks.index)


def _same(tracks: pd.DataFrame, feature: Feature) -> pd.Series:
    names: pd.Series = tracks[feature.sources[0]]
    return names


_WORKED_OUT: Mapping[str, Callable[[pd.DataFrame, Feature], pd.Series]] = MappingProxyType(
    {
        "release_date": _of_release,
        "track_name": _of_title,
        "track_album_name": _is_single,
        "track_artist": _same,
        "track_album_id": _same,
        "genres": _of_several,
        "subgenres": _of_several,
    }
)


def feature_ranges(tracks: pd.DataFrame, names: Sequence[str] | None = None) -> dict[str, FeatureRange]:
    """Give range, step, unit and default of each feature from the tracks.

    Features whose every value is missing are left out, and so are those that come from the name of an artist, an
    album or a title: such names have no range.
    """
    wanted = [name for name in (FEATURES if names is None else names) if not FEATURES[name].encoding]
    frame = feature_frame(tracks, wanted)
    return {name: _range(FEATURES[name], frame[name].dropna()) for name in map(str, frame) if frame[name].notna().any()}


def number_ranges(tracks: pd.DataFrame, names: Sequence[str]) -> dict[str, list[float]]:
    """Give the lowest and the highest value of each number among some features; other kinds have no range."""
    numbers = [name for name in names if FEATURES[name].kind == "number"]
    return {name: [found.low, found.high] for name, found in feature_ranges(tracks, numbers).items()}


def _range(feature: Feature, values: pd.Series) -> FeatureRange:
    if feature.kind == "number":
        low, high, median = float(values.min()), float(values.max()), float(values.median())
        return FeatureRange(low, high, median, feature.step or (high - low) / 100 or 1.0, feature.unit, None, median)
    counts = values.value_counts()
    most_frequent = counts.index[0]
    if feature.categories is None:
        return FeatureRange(0, 0, 0, 0, "", tuple(sorted(counts.index)), str(most_frequent))
    return FeatureRange(0, 0, 0, 0, "", feature.categories, feature.categories[int(most_frequent)])
