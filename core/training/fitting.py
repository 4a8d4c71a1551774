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
from core.progress import Progress, Report
from core.requests import TrainingRequest

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

log = logging.getLogger(__name__)


def predict_popularity(pipeline: Any, X: pd.DataFrame) -> Floats:
    """Predict popularity points, clipped to 0-100."""
    predicted: Floats = np.clip(np.asarray(pipeline.predict(X), dtype=np.float64), *POPULARITY_RANGE)
    return predicted


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
    """

    request: TrainingRequest
    report: Report
    n_jobs: int
    done: int = 0
    unsettled: bool = False
    costs: list[float] = field(default_factory=list)
    """Seconds a row of each finished fit."""

    def __post_init__(self) -> None:
        self.family = FAMILIES[self.request.family]
        models = 3 if self.request.interval == "quantile" else 1
        self.total = models * (self.request.cv_folds + 1)

    def tell(self, stage: str, rows_left: int | None = None) -> None:
        """Report a step; the time left follows from the rows still to be fitted."""
        left = float(np.mean(self.costs)) * rows_left if self.costs and rows_left is not None else None
        self.report(Progress(stage, self.done, self.total, left))

    def fit(self, X: pd.DataFrame, y: Floats, rows: Ints, *, quantile: float | None = None) -> Any:
        """A pipeline fitted on these rows (a sample of them beyond the family's cap).

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : ndarray of shape (n_rows,)
        rows : ndarray of int
            Positions in X and y.
        quantile : float, optional
            Fit this quantile instead of the mean, for a family that can.

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
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pipeline.fit(X.iloc[rows], y[rows])
        self.hear(caught)
        self.done += 1
        self.costs.append((time.perf_counter() - started) / len(rows))
        return pipeline

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
