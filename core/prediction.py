"""From the values of a track to a popularity, with its interval."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cautions import cautions
from core.explanation import Explainer, Explanation, make_explainer
from core.families import FAMILIES
from core.features import feature_frame
from core.inputs import check_frame, track_row
from core.intervals import bounds, describe_interval, keeps_its_share
from core.metrics import POPULARITY_RANGE
from core.names import known_names, read_name, read_names
from core.preprocessing.quick import QuickRows
from core.requests import TrainingRequest
from core.stacking import Stacked
from core.training import predict_popularity
from core.training.fitting import average_of_trees, trees_of_forest

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
    genre : str
        The genre whose own interval it is; "" for that of all tracks.
    """

    popularity: float
    low: float
    high: float
    coverage: float
    keeps_its_share: bool = True
    promise: str = ""
    genre: str = ""


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
    ends : sequence of sklearn Pipeline
        Fitted models of the low and the high end, where the interval is made of quantiles; else empty.
    background : DataFrame, optional
        Reference tracks of the explanations, with the model's columns.
    ranges : mapping, optional
        Lowest and highest value of each number in the table that the model was made from.

    Attributes
    ----------
    promise : str
        What the interval promises, in a sentence.
    cautions : tuple of str
        What the model's score is not good for, in sentences; empty where it is an honest one.
    """

    def __init__(
        self,
        pipeline: Any,
        request: TrainingRequest,
        interval: Mapping[str, Any],
        ends: Sequence[Any] = (),
        background: pd.DataFrame | None = None,
        ranges: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        from threadpoolctl import ThreadpoolController

        self.pipeline = pipeline
        self.request = request
        self.coverage = float(interval["coverage"])
        self.interval = {"protocol": request.protocol, **interval}
        self.keeps_its_share = keeps_its_share(self.interval)
        self.promise = describe_interval(self.interval)
        self.cautions = tuple(one.sentence for one in cautions(request))
        self.genres = frozenset(interval.get("by_genre") or ())
        family = FAMILIES[request.family]
        self.columns = family.columns(request.features)
        self._quick = _quickened(pipeline, self.columns)
        self._ends = tuple(_quickened(end, self.columns) for end in ends)
        self.required = request.features if family.uses_features else ()
        self._trees = trees_of_forest(pipeline["model"])
        self._threads = ThreadpoolController()
        self.ranges = {name: (float(low), float(high)) for name, (low, high) in (ranges or {}).items()}
        self._background = background
        self._building = threading.Lock()

    @property
    def explainer(self) -> Explainer:
        """What explains the predictions; built at the first need."""
        with self._building:
            return self._explainer

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """Names that the model met in training, by feature; another one tells it nothing."""
        return known_names(self.pipeline, self.columns)

    @cached_property
    def understood(self) -> Mapping[str, frozenset[str]]:
        """Names that are read regardless of case: the model's, and genres with an interval of their own."""
        return {"genre": self.genres, **self.names}

    def unmet(self, values: Mapping[str, float | str | None]) -> dict[str, str]:
        """The names of a track that the model never met, by feature."""
        given = self._as_known(values)
        named = {name: given[name] for name in self.names if given.get(name)}
        return {name: str(value) for name, value in named.items() if value not in self.names[name]}

    def warm(self) -> None:
        """Prepare what every explanation needs, and load what is compiled where that pays."""
        self.explainer.warm()

    @cached_property
    def _explainer(self) -> Explainer:
        return make_explainer(self._quick, self.request, self._background)

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Predict every row.

        Parameters
        ----------
        frame : DataFrame of shape (n_tracks, any)
            With the model's columns; missing values are filled as in training. Names of the raw table
            (``playlist_genre``, ``track_album_release_date``) are understood. A column ``genre`` also tells whose
            interval to use, whether or not the model looks at it.

        Returns
        -------
        DataFrame of shape (n_tracks, 3)
            ``predicted``, ``low``, ``high``, points within 0-100; the index of ``frame``. ``attrs["notices"]`` tells
            what people should know, such as values out of range that were taken for missing; ``attrs["genres"]`` is
            the list of genres whose own interval was used, a row each, "" for that of all tracks.

        Raises
        ------
        InvalidRequest
            When a column is missing or holds something that is not a number.
        """
        if not len(frame):
            empty = pd.DataFrame({"predicted": [], "low": [], "high": []}, dtype=np.float64, index=frame.index)
            empty.attrs |= {"notices": [], "genres": []}
            return empty
        checked, notices = self._checked(frame)
        X = feature_frame(checked, self.columns)
        predicted = self._popularity(X)
        genres = self._known(checked["genre"] if "genre" in checked else [""] * len(checked))
        low, high = self._bounds(X, predicted, genres)
        scored = pd.DataFrame({"predicted": predicted, "low": low, "high": high}, index=frame.index)
        scored.attrs |= {"notices": notices, "genres": genres}
        return scored

    def predict_one(self, values: Mapping[str, float | str | None]) -> Prediction:
        """Predict one track.

        Parameters
        ----------
        values : mapping
            Feature name to value; a category by its name or its code. In place of what comes from the title or the
            artist, ``track_name`` and ``track_artist`` as texts; None says that it is not known. What the model needs
            beyond the chosen features (the genre of the genre mean) may be left out. ``genre`` also tells whose
            interval to use, whether or not the model looks at it.

        Raises
        ------
        InvalidRequest
            When a chosen feature is absent or its value makes no sense.
        """
        values = self._as_known(values)
        X = self._features_of(values)
        return self._prediction(X, self._popularity(X), values)

    def answer_one(self, values: Mapping[str, float | str | None]) -> tuple[Prediction, Explanation]:
        """Predict one track and explain it: what `predict_one` and `explain_one` give, with the row prepared once.

        Parameters
        ----------
        values : mapping
            As for `predict_one`.

        Raises
        ------
        InvalidRequest
            When a chosen feature is absent or its value makes no sense.
        """
        values = self._as_known(values)
        X = self._features_of(values)
        explained = self._explain(X)
        is_sum = explained.method == "parts"  # of a stack, the parts of which are clipped one by one
        predicted = self._popularity(X) if is_sum else np.clip(explained.predicted, *POPULARITY_RANGE)
        return self._prediction(X, predicted, values), explained

    def _prediction(self, X: pd.DataFrame, predicted: Floats, values: Mapping[str, float | str | None]) -> Prediction:
        genres = self._known([values.get("genre")])
        low, high = self._bounds(X, predicted, genres)
        popularity, bottom, top = (float(found[0]) for found in (predicted, low, high))
        promise = describe_interval(self.interval, genres[0]) if genres[0] else self.promise
        return Prediction(popularity, bottom, top, self.coverage, self.keeps_its_share, promise, genres[0])

    def explain(self, frame: pd.DataFrame) -> Explanation:
        """Say what each feature adds to the prediction of every row, before it is clipped to 0-100.

        Parameters
        ----------
        frame : DataFrame of shape (n_tracks, any)
            As for `predict`.

        Raises
        ------
        InvalidRequest
            When a column is missing or holds something that is not a number.
        """
        checked, _ = self._checked(frame)
        return self._explain(feature_frame(checked, self.columns))

    def explain_one(self, values: Mapping[str, float | str | None]) -> Explanation:
        """Say what each feature adds to the prediction of one track, before it is clipped to 0-100.

        Parameters
        ----------
        values : mapping
            As for `predict_one`.

        Raises
        ------
        InvalidRequest
            When a chosen feature is absent or its value makes no sense.
        """
        return self._explain(self._features_of(self._as_known(values)))

    def _explain(self, X: pd.DataFrame) -> Explanation:
        with self._threads.limit(limits=1):
            return self.explainer.explain(X)

    def _checked(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
        """Values that the model may see, names as it knows them, and what was done for it."""
        checked, notices = check_frame(frame, self.columns)
        checked, read = read_names(checked, self.understood)
        return checked, notices + read

    def _as_known(self, values: Mapping[str, float | str | None]) -> Mapping[str, float | str | None]:
        read = {name: read_name(values[name], met) for name, met in self.understood.items() if name in values}
        return {**values, **read}

    def _features_of(self, values: Mapping[str, float | str | None]) -> pd.DataFrame:
        """The row that the pipeline takes."""
        return track_row(values, self.columns, self.required)

    def _popularity(self, X: pd.DataFrame) -> Floats:
        if len(X) == 1 and self._trees is not None:
            return average_of_trees(self._quick["prepare"], self._trees, X)
        with self._threads.limit(limits=1):
            return predict_popularity(self._quick, X)

    def _bounds(self, X: pd.DataFrame, predicted: Floats, genres: Sequence[str]) -> tuple[Floats, Floats]:
        if not self._ends:
            return bounds(self.interval, predicted, genres)
        with self._threads.limit(limits=1):
            low, high = (predict_popularity(end, X) for end in self._ends)
        return bounds(self.interval, predicted, genres, (low, high))

    def _known(self, genres: Iterable[Any]) -> list[str]:
        """Each genre that has an interval of its own; "" for any other, and for none."""
        return [genre if isinstance(genre, str) and genre in self.genres else "" for genre in genres]


def _quickened(pipeline: Any, columns: Sequence[str]) -> Any:
    """The same pipeline, or stack of them, with a short way to prepare a few rows; the given one stays as it is."""
    from sklearn.pipeline import Pipeline

    if isinstance(pipeline, Stacked):
        pairs = zip(pipeline.pipelines, pipeline.columns, strict=True)
        return Stacked([_quickened(part, own) for part, own in pairs], pipeline.columns, pipeline.weights.tolist())
    return Pipeline([("prepare", QuickRows(pipeline["prepare"], columns)), ("model", pipeline["model"])])
