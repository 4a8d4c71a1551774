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
from core.features import FEATURES, feature_frame
from core.inputs import check_frame, check_value, forget_undetected
from core.intervals import describe_interval, keeps_its_share
from core.metrics import POPULARITY_RANGE
from core.requests import TrainingRequest
from core.training import predict_popularity

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Prediction:
    """Popularity of one track, points: the best guess, and an interval for the truth.

    Parameters
    ----------
    popularity, low, high : float
        Points.
    coverage : float
        Share of truths that the interval was made for.
    keeps_its_share : bool
        Whether the interval may be named by its coverage.
    promise : str
        What the interval promises, in a sentence.
    """

    popularity: float
    low: float
    high: float
    coverage: float
    keeps_its_share: bool = True
    promise: str = ""


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

    Attributes
    ----------
    promise : str
        What the interval promises, in a sentence.
    """

    def __init__(self, pipeline: Any, request: TrainingRequest, interval: Mapping[str, Any]) -> None:
        from threadpoolctl import ThreadpoolController

        self.pipeline = pipeline
        self.request = request
        self.coverage = float(interval["coverage"])
        self.half_width = float(interval["half_width"])
        stated = {"protocol": request.protocol, **interval}
        self.keeps_its_share = keeps_its_share(stated)
        self.promise = describe_interval(stated)
        family = FAMILIES[request.family]
        self.columns = family.columns(request.features)
        self.required = request.features if family.uses_features else ()
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
            ``predicted``, ``low``, ``high``, points within 0-100; the index of ``frame``. ``attrs["notices"]`` tells
            what people should know, such as values out of range that were taken for missing.

        Raises
        ------
        InvalidRequest
            When a column is missing or holds something that is not a number.
        """
        if not len(frame):
            return pd.DataFrame({"predicted": [], "low": [], "high": []}, dtype=np.float64, index=frame.index)
        checked, notices = check_frame(frame, self.columns)
        X = feature_frame(checked, self.columns)
        predicted = self._popularity(X)
        low, high = self._bounds(predicted)
        scored = pd.DataFrame({"predicted": predicted, "low": low, "high": high}, index=frame.index)
        scored.attrs["notices"] = notices
        return scored

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
        row: dict[str, list[float | str]] = {}
        for name in self.columns:
            if name not in values and name in self.required:
                raise InvalidRequest(f"No value for feature {name!r}, which the model was trained on.")
            row[name] = [check_value(FEATURES[name], values.get(name))]
        frame, _ = forget_undetected(pd.DataFrame(row, index=[0]), self.columns)
        predicted = self._popularity(feature_frame(frame, self.columns))
        low, high = self._bounds(predicted)
        popularity, bottom, top = (float(values[0]) for values in (predicted, low, high))
        return Prediction(popularity, bottom, top, self.coverage, self.keeps_its_share, self.promise)

    def _popularity(self, X: pd.DataFrame) -> Floats:
        if len(X) == 1 and self._trees is not None:
            return _average_of_trees(self.pipeline["prepare"], self._trees, X)
        with self._threads.limit(limits=1):
            return predict_popularity(self.pipeline, X)

    def _bounds(self, predicted: Floats) -> tuple[Floats, Floats]:
        low = np.clip(predicted - self.half_width, *POPULARITY_RANGE)
        return low, np.clip(predicted + self.half_width, *POPULARITY_RANGE)


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
