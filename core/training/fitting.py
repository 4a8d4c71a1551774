"""Fitting one model of a family on some rows, and predicting with it."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import DataError
from core.families import FAMILIES
from core.metrics import POPULARITY_RANGE
from core.progress import Progress, Report, undisturbed
from core.requests import TrainingRequest
from core.training.watching import Watcher, fit_watched
from core.validation import Split, hold_out_inside

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

VALIDATION_SHARE = 0.1
"""Of the rows given to a family that stops early."""
WATCHED_ROWS = 1_000
"""At least as many of a fold, evenly spread, draw its curve as well as all of them."""
FEWEST_ROWS_TO_HOLD_OUT = 50
"""From fewer rows nothing is held out: the part would say nothing."""

FINAL_MODEL = "final model"

_STOPPED = (
    "Stopped as asked: the final model is as far as it had learned by then. The cross-validated scores and the "
    "interval are those of models that learned to the end; the score on the held-out test is its own."
)

log = logging.getLogger(__name__)


def predict_popularity(pipeline: Any, X: pd.DataFrame) -> Floats:
    """Predict popularity points, clipped to 0-100."""
    trees = trees_of_forest(pipeline["model"])
    if trees is not None:
        return average_of_trees(pipeline["prepare"], trees, X)
    predicted: Floats = np.clip(np.asarray(pipeline.predict(X), dtype=np.float64), *POPULARITY_RANGE)
    return predicted


def trees_of_forest(model: Any) -> list[Any] | None:
    """The bare trees of an averaging forest, or None for any other model."""
    from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

    if isinstance(model, ExtraTreesRegressor | RandomForestRegressor):
        return [estimator.tree_ for estimator in model.estimators_]
    return None


def average_of_trees(prepare: Any, trees: list[Any], X: pd.DataFrame) -> Floats:
    """What the forest says, to the bit, without the cost of starting a task for each tree; points within 0-100."""
    values = np.ascontiguousarray(prepare.transform(X), dtype=np.float32)
    total = np.zeros(len(X))
    for tree in trees:
        total += tree.predict(values)[:, 0]
    return np.clip(total / len(trees), *POPULARITY_RANGE)


def ready_to_predict(pipeline: Any) -> Any:
    """Set the estimator to one thread: handing one row to several costs more than it saves."""
    if "n_jobs" in pipeline["model"].get_params(deep=False):
        pipeline.set_params(model__n_jobs=1)
    return pipeline


@contextmanager
def one_native_thread() -> Iterator[None]:
    """Keep OpenMP and BLAS to one thread: on shared cores theirs wait for one another (a fit of 0.5 s took 11 s).

    Only libraries already loaded can be limited, hence the import: it brings the OpenMP of scikit-learn.
    """
    import sklearn.utils._openmp_helpers  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


@contextmanager
def _draws_of_its_own(seed: int) -> Iterator[None]:
    """Seed NumPy's global generator, from which libsvm draws whatever it is told, and put it back."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)


@dataclass
class Fitter:
    """One run under way: it fits what is asked for, and knows how many of its fits are done.

    Parameters
    ----------
    request : TrainingRequest
    report : callable
        Hears of progress; may raise to end the run.
    n_jobs : int
        Threads for estimators that can use several.
    split : Split, optional
        By which a family that stops early holds out rows inside those it is given; without it, at random.
    """

    request: TrainingRequest
    report: Report
    n_jobs: int
    done: int = 0
    split: Split | None = None
    unsettled: bool = False
    costs: list[float] = field(default_factory=list)
    """Seconds a row of each finished fit."""
    stops: list[str] = field(default_factory=list)
    """What ended early because the person asked for it, in sentences."""

    def __post_init__(self) -> None:
        self.family = FAMILIES[self.request.family]
        self.total = self.models_a_fold * (self.request.cv_folds + 1)

    @property
    def models_a_fold(self) -> int:
        """How many fits a part takes: the model itself, and both ends of an interval made of quantiles."""
        return 3 if self.request.interval == "quantile" else 1

    def tell(self, stage: str, rows_left: int | None = None) -> None:
        """Report a step; the time left follows from the rows still to be fitted."""
        left = float(np.mean(self.costs)) * rows_left if self.costs and rows_left is not None else None
        self.report(Progress(stage, self.done, self.total, left))

    def fit(
        self,
        X: pd.DataFrame,
        y: Floats,
        rows: Ints,
        *,
        quantile: float | None = None,
        name: str = FINAL_MODEL,
        watch: Ints | None = None,
    ) -> Any:
        """A pipeline fitted on these rows (a sample of them beyond the family's cap).

        A family that learns in steps tells its learning curve. The final model keeps what it has when the person asks
        for it while it learns; a fold is always learned to its end.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : ndarray of shape (n_rows,)
        rows : ndarray of int
            Positions in X and y.
        quantile : float, optional
            Fit this quantile instead of the mean, for a family that can; its curve is not told.
        name : str
            Of the curve: "final model", "fold 1", ...
        watch : ndarray of int, optional
            Positions of rows that the curve is measured on: those of a fold that are not learned from. They decide
            nothing.

        Raises
        ------
        DataError
            When the rows are too few for the parameters.
        """
        rows = self.capped(rows)
        request = self.request
        kind = {} if quantile is None else {"quantile": quantile}
        pipeline = self.family.build(
            request.params, request.defaults, request.features, request.seed, self.n_jobs, **kind
        )
        neighbours = pipeline["model"].get_params(deep=False).get("n_neighbors", 0)
        if neighbours > len(rows):
            raise DataError(
                f"{self.family.label} averages {neighbours} tracks, but only {len(rows)} are there to learn from. "
                "Ask for fewer neighbours (n_neighbors), or for fewer folds."
            )
        started = time.perf_counter()
        with warnings.catch_warnings(record=True) as caught, _draws_of_its_own(request.seed):
            warnings.simplefilter("always")
            self._learn(pipeline, X, y, rows, watch, None if quantile is not None else name)
        self.hear(caught)
        self.done += 1
        self.costs.append((time.perf_counter() - started) / len(rows))
        return pipeline

    def _learn(
        self, pipeline: Any, X: pd.DataFrame, y: Floats, rows: Ints, watch: Ints | None, name: str | None
    ) -> None:
        """Do as ``pipeline.fit``, with the model watched where its family learns in steps."""
        held_out = None
        if self.family.early_stopping and len(rows) >= FEWEST_ROWS_TO_HOLD_OUT:
            rows, held_out = self._hold_out(rows)
        prepare, model = pipeline[:-1], pipeline["model"]
        prepared = prepare.fit_transform(X.iloc[rows], y[rows])
        further = {}
        if held_out is not None:
            further["validation"] = (prepare.transform(X.iloc[held_out]), y[held_out])
        if self.family.learns_in_steps and name is not None:
            watch = None if watch is None else watch[:: max(1, len(watch) // WATCHED_ROWS)]
            watched = None if watch is None else (prepare.transform(X.iloc[watch]), y[watch])
            is_final = name == FINAL_MODEL  # a fold that ended early would say nothing of the final model
            report = self.report if is_final else undisturbed(self.report)
            watcher = Watcher(report, name, self.family.learns_in_steps, watched)
            fit_watched(model, prepared, y[rows], watcher, **further)
            if watcher.was_stopped:
                self.stops.append(_STOPPED)
        else:
            model.fit(prepared, y[rows], **further)

    def _hold_out(self, rows: Ints) -> tuple[Ints, Ints]:
        seed, share = self.request.seed, VALIDATION_SHARE
        if self.split is not None:
            return hold_out_inside(self.split, self.request.protocol, rows, share, seed)
        is_held = np.random.default_rng(seed).permutation(len(rows)) < share * len(rows)
        return rows[~is_held], rows[is_held]

    def hear(self, caught: Sequence[warnings.WarningMessage]) -> None:
        """Turn what concerns people into a notice, pass over what small tables always cause, and log the rest."""
        from sklearn.exceptions import ConvergenceWarning

        for warning in caught:
            if issubclass(warning.category, ConvergenceWarning):
                self.unsettled = True
            elif "n_quantiles" not in str(warning.message):
                log.warning("%s: %s", self.family.key, warning.message)

    def capped(self, rows: Ints) -> Ints:
        """A seeded sample of the rows, in their order, when the family has a cap below their number."""
        cap = self.family.row_cap
        if cap is None or len(rows) <= cap:
            return rows
        chosen = np.random.default_rng(self.request.seed).choice(len(rows), cap, replace=False)
        return rows[np.sort(chosen)]
