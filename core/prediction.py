"""From the values of a track to a popularity, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InvalidRequest
from core.families import FAMILIES
from core.features import FEATURES, Feature, feature_frame
from core.metrics import POPULARITY_RANGE
from core.requests import TrainingRequest
from core.training import predict_popularity

Floats = npt.NDArray[np.float64]

# Other names of the same thing, as in the raw public table.
RAW_NAMES = {"playlist_genre": "genre", "playlist_subgenre": "subgenre"}


@dataclass(frozen=True)
class Prediction:
    """Popularity of one track, points: the best guess, and the range that holds the truth with ``coverage``."""

    popularity: float
    low: float
    high: float
    coverage: float


class Predictor:
    """A fitted pipeline that answers for frames and for single tracks.

    Parameters
    ----------
    pipeline : sklearn Pipeline
        Fitted.
    request : TrainingRequest
        What it was trained for.
    interval : mapping
        With ``coverage`` and ``half_width`` (points), as in ``TrainingResult.interval``.
    """

    def __init__(self, pipeline: Any, request: TrainingRequest, interval: Mapping[str, Any]) -> None:
        self.pipeline = pipeline
        self.request = request
        self.coverage = float(interval["coverage"])
        self.half_width = float(interval["half_width"])
        self.columns = FAMILIES[request.family].columns(request.features)
        from threadpoolctl import ThreadpoolController

        self._trees = _trees_of_forest(pipeline["model"])
        self._threads = ThreadpoolController()

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Predict every row.

        Parameters
        ----------
        frame : DataFrame of shape (n_tracks, any)
            With the model's columns; missing values are filled as in training. Names of the raw table
            (``playlist_genre``, ``track_album_release_date``) are understood.

        Returns
        -------
        DataFrame of shape (n_tracks, 3)
            ``predicted``, ``low``, ``high``, points within 0-100; the index of ``frame``.

        Raises
        ------
        InvalidRequest
            When a column is missing or holds something that is not a finite number.
        """
        if not len(frame):
            return pd.DataFrame({"predicted": [], "low": [], "high": []}, dtype=np.float64, index=frame.index)
        X = feature_frame(_numbers_checked(_with_clean_names(frame), self.columns), self.columns)
        predicted = self._popularity(X)
        low = np.clip(predicted - self.half_width, *POPULARITY_RANGE)
        high = np.clip(predicted + self.half_width, *POPULARITY_RANGE)
        return pd.DataFrame({"predicted": predicted, "low": low, "high": high}, index=frame.index)

    def _popularity(self, X: pd.DataFrame) -> Floats:
        if len(X) == 1 and self._trees is not None:
            return _average_of_trees(self.pipeline["prepare"], self._trees, X)
        with self._threads.limit(limits=1):
            return predict_popularity(self.pipeline, X)

    def predict_one(self, values: Mapping[str, float | str | None]) -> Prediction:
        """Predict one track.

        Parameters
        ----------
        values : mapping
            Feature name to value; a category by its name or its code. What the model needs beyond the chosen features
            (the genre of the genre mean) may be left out.

        Raises
        ------
        InvalidRequest
            When a chosen feature is absent or its value makes no sense.
        """
        row: dict[str, Any] = {}
        for name in self.columns:
            if name not in values and name in self.request.features and FAMILIES[self.request.family].uses_features:
                raise InvalidRequest(f"No value for feature {name!r}, which the model was trained on.")
            row[name] = _value(FEATURES[name], values.get(name))
        found = self.predict(pd.DataFrame([row], columns=list(self.columns)))
        predicted, low, high = (float(found[name].iloc[0]) for name in ("predicted", "low", "high"))
        return Prediction(predicted, low, high, self.coverage)


def _trees_of_forest(model: Any) -> list[Any] | None:
    """The bare trees of an averaging forest, or None for any other model."""
    from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

    if isinstance(model, ExtraTreesRegressor | RandomForestRegressor):
        return [estimator.tree_ for estimator in model.estimators_]
    return None


def _average_of_trees(prepare: Any, trees: list[Any], X: pd.DataFrame) -> Floats:
    """What the forest would say for a few rows, to the bit, without the cost of starting a task for each tree."""
    values = np.ascontiguousarray(prepare.transform(X), dtype=np.float32)
    total = np.zeros(len(X))
    for tree in trees:
        total += tree.predict(values)[:, 0]
    return np.clip(total / len(trees), *POPULARITY_RANGE)


def _value(feature: Feature, value: object) -> float | str:
    """One value in the form that the table has."""
    if value is None:
        return np.nan
    if feature.is_text:
        if not isinstance(value, str):
            raise InvalidRequest(f"Feature {feature.name!r} expects a name, got {str(value)[:80]!r}.")
        return value
    if isinstance(value, str) and feature.categories and value in feature.categories:
        return float(feature.categories.index(value))
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        expected = "a finite number" + (f" or one of {', '.join(feature.categories)}" if feature.categories else "")
        raise InvalidRequest(f"Feature {feature.name!r} expects {expected}, got {str(value)[:80]!r}.")
    return float(value)


def _with_clean_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the clean names of columns that came under their raw ones."""
    present = {raw: clean for raw, clean in RAW_NAMES.items() if raw in frame and clean not in frame}
    added: dict[str, Any] = {clean: frame[raw] for raw, clean in present.items()}
    if "track_album_release_date" in frame and "release_date" not in frame:
        text = frame["track_album_release_date"].astype("string").str.strip()
        dates = pd.to_datetime(text, format="ISO8601", errors="coerce")
        precision = text.str.len().map({4: "year", 7: "month", 10: "day"}).fillna("")
        added |= {"release_date": dates, "release_precision": precision}
        if "release_year" not in frame:
            added["release_year"] = dates.dt.year.astype(np.float64)
    return frame.assign(**added) if added else frame


def _numbers_checked(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Make number columns numeric, or say which row is not."""
    checked = {}
    for name in columns:
        if name not in frame or FEATURES[name].is_text:
            continue
        numbers = pd.to_numeric(frame[name], errors="coerce").astype(np.float64)
        wrong = (numbers.isna() & frame[name].notna()) | np.isinf(numbers)
        if wrong.any():
            row = int(np.argmax(wrong.to_numpy()))
            got = str(frame[name].iloc[row])[:80]
            raise InvalidRequest(f"Column {name!r}, row {row + 1}: expected a finite number, got {got!r}.")
        checked[name] = numbers
    return frame.assign(**checked) if checked else frame
