"""CatBoost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from core.estimators.stepwise import Floats, Monitor, StepwiseRegressor, as_array
from core.families.loading import load

LIBRARY_TREES = 1000
POINTS = 40
"""Of a curve, at the least: CatBoost would measure each tree, a sixth of the time of a fit."""


class CatBoost(StepwiseRegressor):
    """Gradient boosting by CatBoost, with its own parameters (``iterations`` is the number of trees)."""

    library = "catboost"
    member = "catboost.cbm"

    def fit(self, X: Floats, y: Floats, monitor: Monitor | None = None) -> CatBoost:
        """See `StepwiseRegressor.fit`."""
        catboost = load("catboost")

        settings: dict[str, Any] = {"loss_function": "RMSE", "iterations": LIBRARY_TREES} | dict(self.params or {})
        settings |= {"random_seed": self.seed, "thread_count": self.n_jobs}
        # Nothing is written beside the model, and the watched rows choose nothing: all trees are kept.
        settings |= {"allow_writing_files": False, "logging_level": "Silent", "use_best_model": False}
        further: dict[str, Any] = {}
        if monitor is not None:
            further["callbacks"] = [_Listener(monitor, settings["iterations"])]
            if monitor.watched is not None:
                features, truth = monitor.watched
                settings["metric_period"] = max(1, settings["iterations"] // POINTS)
                further["eval_set"] = catboost.Pool(as_array(features), truth, thread_count=self.n_jobs)
        booster = catboost.CatBoost(settings)
        booster.fit(catboost.Pool(as_array(X), y, thread_count=self.n_jobs), **further)
        self._take(booster)
        return self

    def predict(self, X: Floats) -> Floats:
        """See `StepwiseRegressor.predict`."""
        predicted: Floats = self.booster_.predict(as_array(X), thread_count=self.n_jobs)
        return predicted

    def to_bytes(self) -> bytes:
        """See `StepwiseRegressor.to_bytes`."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / self.member
            self.booster_.save_model(str(path), format="cbm")
            return path.read_bytes()

    def read(self, content: bytes) -> None:
        """See `StepwiseRegressor.read`."""
        catboost = load("catboost")

        booster = catboost.CatBoost()
        try:
            booster.load_model(blob=content)
        except catboost.CatBoostError as error:
            raise ValueError("CatBoost cannot read it.") from error
        self._take(booster)

    def _take(self, booster: Any) -> None:
        self.booster_ = booster


class _Listener:
    """What CatBoost calls after each tree."""

    def __init__(self, monitor: Monitor, last: int) -> None:
        self._monitor = monitor
        self._last = last

    def after_iteration(self, info: Any) -> bool:
        """Whether to go on."""
        if self._monitor.is_due(info.iteration, self._last) and info.metrics:
            found = {part: next(iter(values.values()))[-1] for part, values in info.metrics.items()}
            self._monitor.see(info.iteration, found.get("learn"), found.get("validation"))
        return not self._monitor.is_stopped()
