"""Watching one fit: its learning curve as it grows, and whether the person wants what there is."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from core.progress import Curve, Report, is_asked_to_stop

Floats = npt.NDArray[np.float64]

POINTS = 40
"""A curve has at most twice as many: measuring each tree would cost up to a fifth of the fit, these some per cent."""
TELL_EVERY_S = 0.25


class Watcher:
    """Looks on while one model learns, and tells a `Curve` of root mean squared errors as it grows.

    Parameters
    ----------
    report : callable
        Hears of the curve; may be asked whether the person wants what there is.
    fit : str
        Which fit: "fold 1", ..., "final model".
    unit : {"epoch", "tree"}
        What the steps count.
    watched : tuple of (ndarray, ndarray) or None
        Rows to measure on that are not learned from: features as the estimator gets them, popularity in points.
    """

    def __init__(self, report: Report, fit: str, unit: str, watched: tuple[Floats, Floats] | None = None) -> None:
        self.watched = watched
        self._report = report
        self._fit, self._unit = fit, unit
        self._steps: list[int] = []
        self._train: list[float | None] = []
        self._valid: list[float | None] = []
        self._told_at = time.monotonic()
        self._was_asked_before = is_asked_to_stop(report)
        self.was_stopped = False

    def is_due(self, step: int, last: int) -> bool:
        """Whether the error is to be measured after this step of so many."""
        return step % max(1, last // POINTS) == 0 or step == last

    def see(self, step: int, train: float | None, valid: float | None) -> None:
        """Take the errors after a step, points; None where they are not measured."""
        self._steps.append(step)
        self._train.append(train)
        self._valid.append(valid)
        now = time.monotonic()
        if now - self._told_at >= TELL_EVERY_S:
            self._told_at = now
            self._tell()

    def is_stopped(self) -> bool:
        """Whether the person asked for what there is since this fit began.

        What was asked before it ended something else, a search say: this model is to be whole.
        """
        self.was_stopped = self.was_stopped or (not self._was_asked_before and is_asked_to_stop(self._report))
        return self.was_stopped

    def end(self, best: int | None = None) -> None:
        """Tell the whole curve; ``best`` is the step that is kept, where later ones are given up."""
        if self._steps:
            self._tell(best)

    def _tell(self, best: int | None = None) -> None:
        curve = Curve(
            self._fit,
            self._unit,
            "rmse",
            tuple(self._steps),
            _measured(self._train),
            _measured(self._valid),
            best,
        )
        self._report(curve)


def _measured(values: list[float | None]) -> tuple[float | None, ...]:
    """Empty where nothing was measured at all."""
    return tuple(values) if any(value is not None for value in values) else ()


def fit_watched(model: Any, X: Any, y: Floats, watcher: Watcher, **further: Any) -> None:
    """Fit an estimator whose family learns in steps, and tell its curve.

    Ours are watched while they learn. Those of scikit-learn are asked afterwards what they said step by step on the
    watched rows; the classic gradient boosting can be ended early as well.
    """
    from sklearn.ensemble import AdaBoostRegressor, GradientBoostingRegressor

    from core.estimators.stepwise import StepwiseRegressor

    if isinstance(model, StepwiseRegressor):
        model.fit(X, y, monitor=watcher, **further)
        watcher.end(getattr(model, "best_", None))
        return
    if isinstance(model, GradientBoostingRegressor):
        model.fit(X, y, monitor=lambda *_: watcher.is_stopped())
    else:
        model.fit(X, y)
    if watcher.watched is not None:
        features, truth = watcher.watched
        stages = _adaboost_stages(model, features) if isinstance(model, AdaBoostRegressor) else _stages(model, features)
        for step, last, predicted in stages:
            if watcher.is_due(step, last):
                watcher.see(step, None, float(np.sqrt(np.mean((predicted - truth) ** 2))))
        watcher.end()


def _stages(model: Any, X: Floats) -> Any:
    """Step, last step and what boosting says after that step."""
    last = model.n_estimators_ if hasattr(model, "n_estimators_") else model.n_iter_
    for step, predicted in enumerate(model.staged_predict(X), start=1):
        yield step, last, predicted


def _adaboost_stages(model: Any, X: Floats) -> Any:
    """As ``staged_predict``, which would ask each tree again at each stage, for every few stages only."""
    said = np.column_stack([tree.predict(X) for tree in model.estimators_])
    weights = model.estimator_weights_[: said.shape[1]]
    last = said.shape[1]
    every = max(1, last // ADABOOST_POINTS)
    for step in sorted({*range(every, last + 1, every), last}):
        order = np.argsort(said[:, :step], axis=1)
        reached = np.cumsum(weights[order], axis=1)
        median = np.argmax(reached >= reached[:, -1:] / 2, axis=1)
        yield step, step, said[np.arange(len(X)), order[np.arange(len(X)), median]]


ADABOOST_POINTS = 10
"""Weighted medians over all trees are dear."""
