"""Fitting one candidate on one fold and scoring it on the rows it has not seen."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.metrics import METRICS, POPULARITY_RANGE
from core.progress import report_nothing
from core.requests import TrainingRequest
from core.search_space import ParamValue
from core.training.fitting import Fitter, Floats, Ints, predict_popularity, ready_to_predict
from core.validation import Split

FEWEST_VALID_SHARE = 1 / 3
"""A candidate that learns from few rows is still scored on this share of the fold, as little else costs less."""

MOST_PREPARED_BYTES = 2**29
"""Prepared features that the processes of a search keep, all of them together."""


@dataclass(frozen=True)
class Trial:
    """One candidate on one fold.

    Parameters
    ----------
    number : int
        Of the candidate, 1 for the first.
    params : mapping
        Its hyperparameters.
    fold : int
        0 for the first fold.
    share : float
        Share of the fold's training rows that it learns from.
    """

    number: int
    params: Mapping[str, ParamValue] = field(hash=False)
    fold: int
    share: float = 1.0


@dataclass(frozen=True)
class Measured:
    """How a candidate did on a fold.

    Parameters
    ----------
    score : float
        In the metric of the search; nan where it has no value.
    seconds : float
    rows : int
        Training rows it learned from.
    """

    score: float
    seconds: float
    rows: int


class Bench:
    """What every candidate is tried on.

    What a family does to the features does not depend on its hyperparameters: it is fitted once a fold, on that fold's
    training rows alone, and shared by the candidates.

    Parameters
    ----------
    request : TrainingRequest
        With ``tuning``.
    X : DataFrame of shape (n_rows, n_columns)
    y : ndarray of shape (n_rows,)
    split : Split
        With the folds of the search.
    n_jobs : int
        Processes that each keep what they have prepared.
    """

    def __init__(self, request: TrainingRequest, X: pd.DataFrame, y: Floats, split: Split, n_jobs: int = 1) -> None:
        assert request.tuning is not None
        self._request = request
        self._metric = METRICS[request.tuning.scoring]
        self._X, self._y, self._split = X, y, split
        self._most_bytes = MOST_PREPARED_BYTES // n_jobs
        self._share = -1.0
        self._prepared: dict[int, tuple[Any, Any, Ints, Ints]] = {}

    @property
    def n_folds(self) -> int:
        return len(self._split.folds)

    def n_rows(self, share: float = 1.0) -> int:
        """Training rows of an average fold of which a candidate sees this share."""
        return round(share * float(np.mean([len(self._capped(train)) for train, _ in self._split.folds])))

    def measure(self, trial: Trial) -> Measured:
        """Fit and score.

        Raises
        ------
        Exception
            Whatever the library raises over such hyperparameters.
        """
        started = time.perf_counter()
        run = self._fitter(trial.params)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if getattr(run.family, "early_stopping", False):
                predicted, train, valid = self._fit_whole(run, trial)
            else:
                predicted, train, valid = self._fit_model(run, trial)
        score = self._metric.function(self._y[valid], predicted)
        return Measured(score, time.perf_counter() - started, len(train))

    def _fitter(self, params: Mapping[str, ParamValue]) -> Fitter:
        chosen = {**self._request.params, **params}
        return Fitter(self._request.model_copy(update={"params": chosen}), report_nothing, 1, split=self._split)

    def _fit_whole(self, run: Fitter, trial: Trial) -> tuple[Floats, Ints, Ints]:
        """The long way, for a family that cuts a part from its rows to know when to stop."""
        train, valid = self._rows(trial)
        pipeline = ready_to_predict(run.fit(self._X, self._y, train))
        return predict_popularity(pipeline, self._X.iloc[valid]), train, valid

    def _fit_model(self, run: Fitter, trial: Trial) -> tuple[Floats, Ints, Ints]:
        """The short way: features as they were prepared for the candidate before."""
        request = run.request
        pipeline = run.family.build(request.params, request.defaults, request.features, request.seed, 1)
        learned, unseen, train, valid = self._prepare(pipeline["prepare"], trial)
        model = pipeline["model"].fit(learned, self._y[train])
        return np.clip(np.asarray(model.predict(unseen), dtype=np.float64), *POPULARITY_RANGE), train, valid

    def _prepare(self, prepare: Any, trial: Trial) -> tuple[Any, Any, Ints, Ints]:
        if trial.share != self._share:  # rounds of more rows do not come back to fewer
            self._share = trial.share
            self._prepared.clear()
        if trial.fold not in self._prepared:
            train, valid = self._rows(trial)
            learned = prepare.fit_transform(self._X.iloc[train], self._y[train])
            unseen = prepare.transform(self._X.iloc[valid])
            if (learned.nbytes + unseen.nbytes) * (len(self._prepared) + 1) > self._most_bytes:
                self._prepared.clear()
            self._prepared[trial.fold] = learned, unseen, train, valid
        return self._prepared[trial.fold]

    def _rows(self, trial: Trial) -> tuple[Ints, Ints]:
        train, valid = self._split.folds[trial.fold]
        train = self._capped(train)
        if trial.share >= 1:
            return train, valid
        seeds = (self._request.seed, trial.fold)
        return (
            sample_rows(train, self._split.group, trial.share, (*seeds, 0)),
            sample_rows(valid, self._split.group, max(trial.share, FEWEST_VALID_SHARE), (*seeds, 1)),
        )

    def _capped(self, rows: Ints) -> Ints:
        return self._fitter({}).capped(rows)


def sample_rows(rows: Ints, group: Ints | None, share: float, seeds: Sequence[int]) -> Ints:
    """About this share of the rows, in their order, whole groups only; a larger share holds all of a smaller one.

    Parameters
    ----------
    rows : ndarray of int
    group : ndarray of int or None
        Label of every row of the table; None where each row is its own group.
    share : float
        Between 0 and 1.
    seeds : sequence of int
        The same seeds give the same rows.
    """
    labels = rows if group is None else group[rows]
    _, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.random.default_rng(list(seeds)).permutation(len(sizes))
    filled = np.cumsum(sizes[order])
    taken = max(1, int(np.searchsorted(filled, round(share * len(rows)), side="right")))
    is_taken: npt.NDArray[np.bool_] = np.zeros(len(sizes), dtype=bool)
    is_taken[order[:taken]] = True
    return rows[is_taken[codes.reshape(-1)]]
