"""What a model says of a track when one of its values is another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from core.features import FEATURES, feature_frame, is_extra
from core.inputs import check_track, check_value, forget_undetected
from core.release_dates import DATE_FEATURES, in_year

Values = Mapping[str, float | str | None]

STEPS = 41
"""Values of a number at which a curve is drawn."""
REALISTIC = (0.01, 0.99)
"""Quantiles between which a value counts as realistic."""
ENOUGH_OF_A_GENRE = 100
"""Tracks from which a genre's own quantiles are taken; else those of all tracks."""
RARE = 0.005
"""A category that fewer tracks have is not realistic."""


class CanPredict(Protocol):
    """What is needed of a ``core.prediction.Predictor``."""

    columns: Sequence[str]
    required: Sequence[str]

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Columns ``predicted``, ``low``, ``high``, points, for every row."""
        ...


@dataclass(frozen=True)
class Realistic:
    """Values of a feature that tracks of a kind really have.

    Parameters
    ----------
    low, high : float
        Ends for a number, in the table's unit.
    names : tuple of str
        Names of a category; empty for a number.
    """

    low: float = 0.0
    high: float = 0.0
    names: tuple[str, ...] = ()

    def grid(self, steps: int = STEPS) -> list[float | str]:
        """Values from end to end, or all names."""
        if self.names:
            return list(self.names)
        found: list[float | str] = np.linspace(self.low, self.high, steps).tolist()
        return found if self.high > self.low else found[:1]


@dataclass(frozen=True)
class Usual:
    """What tracks of a kind really have.

    Parameters
    ----------
    limits : mapping of str to Realistic
        By feature.
    genre : str
        Whose tracks tell it, but for genre and subgenre themselves; empty for all tracks.
    """

    limits: Mapping[str, Realistic]
    genre: str = ""


def can_vary(name: str, columns: Sequence[str]) -> bool:
    """Whether a feature of a model can be tried at other values: not names, nor parts of a date but its year."""
    if name not in columns or FEATURES[name].encoding or "track_name" in FEATURES[name].sources:
        return False
    return name not in DATE_FEATURES or name == "release_year"


def realistic(tracks: pd.DataFrame, names: Sequence[str], genre: str = "") -> Usual:
    """Values that the tracks of a genre really have: numbers from the 1st to the 99th percentile, names that occur.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, any)
        Clean tracks.
    names : sequence of str
        Features; those that the table does not have are left out.
    genre : str
        Whose tracks count, but for genre and subgenre themselves; all where it is empty or has fewer than 100.

    Returns
    -------
    Usual
        It says whose tracks counted.
    """
    here = [name for name in names if not is_extra(name) or name in tracks]
    frame = feature_frame(tracks, here)
    rows, whose = np.ones(len(tracks), dtype=bool), ""
    if genre and "genre" in tracks:
        of_genre = (tracks["genre"] == genre).to_numpy()
        rows, whose = (of_genre, genre) if of_genre.sum() >= ENOUGH_OF_A_GENRE else (rows, "")
    found = {}
    for name in here:
        values = frame[name] if name in ("genre", "subgenre") else frame[name][rows]
        if (one := _realistic(name, values.dropna())) is not None:
            found[name] = one
    return Usual(found, whose)


def _realistic(name: str, values: pd.Series) -> Realistic | None:
    if not len(values):
        return None
    if FEATURES[name].kind == "number":
        low, high = np.quantile(values.to_numpy(dtype=np.float64), REALISTIC)
        return Realistic(float(low), float(high))
    shares = values.value_counts(normalize=True)
    common = set(shares.index[shares >= RARE])
    names = FEATURES[name].categories
    if names is None:
        return Realistic(names=tuple(sorted(map(str, common))))
    return Realistic(names=tuple(label for code, label in enumerate(names) if code in common))


def try_values(predictor: CanPredict, values: Values, tried: Sequence[tuple[str, float | str]]) -> pd.DataFrame:
    """Predict a track once for each change of one value.

    Parameters
    ----------
    predictor : Predictor
    values : mapping
        The track, as ``Predictor.predict_one`` takes it.
    tried : sequence of (str, float or str)
        Feature and its value, in the table's unit, a category by its name.

    Returns
    -------
    DataFrame of shape (len(tried), 5)
        ``feature``, ``value``, ``predicted``, ``low``, ``high``; points.

    Raises
    ------
    InvalidRequest
        When a value makes no sense.
    """
    frame = rows_of(predictor, values, tried)
    scored = predictor.predict(frame)
    features, given = [name for name, _ in tried], [value for _, value in tried]
    return pd.DataFrame(
        {
            "feature": features,
            "value": pd.Series(given, dtype=object),
            "predicted": scored["predicted"].to_numpy(),
            "low": scored["low"].to_numpy(),
            "high": scored["high"].to_numpy(),
        }
    )


def rows_of(predictor: CanPredict, values: Values, tried: Sequence[tuple[str, float | str]]) -> pd.DataFrame:
    """Write one row for each change, as ``Predictor.predict`` takes it."""
    row = check_track(values, predictor.columns, predictor.required)
    genre = values.get("genre")
    columns: dict[str, Any] = {name: np.full(len(tried), value, dtype=_kind(value)) for name, value in row.items()}
    if "genre" not in columns:
        columns["genre"] = np.full(len(tried), genre if isinstance(genre, str) else "", dtype=object)
    for position, (name, value) in enumerate(tried):
        columns[name][position] = check_value(FEATURES[name], value)
        if name == "release_year" and isinstance(value, float | int):
            for part, moved in in_year(values, round(value)).items():
                if part in DATE_FEATURES and part in columns:
                    columns[part][position] = check_value(FEATURES[part], moved)
    frame, _ = forget_undetected(pd.DataFrame(columns), list(predictor.columns))
    return frame


def _kind(value: float | str) -> Any:
    return object if isinstance(value, str) else np.float64


def sensitivity(
    predictor: CanPredict, values: Values, feature: str, limits: Realistic, steps: int = STEPS
) -> pd.DataFrame:
    """Predict a track over the values of one feature, everything else left as it is.

    Parameters
    ----------
    predictor : Predictor
    values : mapping
        The track, as ``Predictor.predict_one`` takes it.
    feature : str
    limits : Realistic
        From where to where, or which names.
    steps : int
        Values of a number.

    Returns
    -------
    DataFrame
        ``value`` (numbers in order, the track's own among them), ``predicted``, ``low``, ``high``; points.

    Raises
    ------
    InvalidRequest
    """
    tried = [(feature, value) for value in _tried(values, feature, limits, steps)]
    return try_values(predictor, values, tried).drop(columns="feature")


def _tried(values: Values, feature: str, limits: Realistic, steps: int) -> list[float | str]:
    """The values of a feature that its curve goes through, the track's own among them."""
    grid = limits.grid(steps)
    own = values.get(feature)
    if feature == "release_year":
        grid = [float(year) for year in sorted({round(float(one)) for one in grid})]
    if own is None or own in grid:
        return grid
    return [*grid, own] if limits.names else sorted([*map(float, grid), float(own)])


def sweep(predictor: CanPredict, values: Values, limits: Mapping[str, Realistic], steps: int = STEPS) -> pd.DataFrame:
    """Try the realistic values of several features, one feature at a time: those that the curve of each goes through.

    Returns
    -------
    DataFrame
        ``feature``, ``lowest``, ``highest`` (points predicted at least and at most), ``at_lowest``, ``at_highest`` (the
        values there) and ``span`` (points between the two); the feature with the largest span first.

    Raises
    ------
    InvalidRequest
    """
    tried = [(name, value) for name, one in limits.items() for value in _tried(values, name, one, steps)]
    names = ["feature", "lowest", "highest", "at_lowest", "at_highest", "span"]
    if not tried:
        return pd.DataFrame(columns=names)
    scored = try_values(predictor, values, tried)
    rows = []
    for feature in limits:
        of_feature = scored["feature"] == feature
        predicted, given = scored["predicted"][of_feature].to_numpy(), scored["value"][of_feature].to_list()
        least, most = int(np.argmin(predicted)), int(np.argmax(predicted))
        span = predicted[most] - predicted[least]
        rows.append((feature, predicted[least], predicted[most], given[least], given[most], span))
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values("span", ascending=False, kind="stable").reset_index(drop=True)
