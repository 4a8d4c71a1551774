"""XGBoost."""

from __future__ import annotations

from typing import Any

from core.estimators.stepwise import Floats, Monitor, StepwiseRegressor, as_array
from core.families.loading import load

LIBRARY_TREES = 100


class XGBoost(StepwiseRegressor):
    """Gradient boosting by XGBoost; ``n_estimators`` is the number of trees, the rest are its own parameters."""

    library = "xgboost"
    member = "xgboost.ubj"

    _threads: int

    def fit(self, X: Floats, y: Floats, monitor: Monitor | None = None) -> XGBoost:
        """See `StepwiseRegressor.fit`."""
        xgboost = load("xgboost")

        settings = dict(self.params or {})
        last = settings.pop("n_estimators", LIBRARY_TREES)
        settings |= {"seed": self.seed, "nthread": self.n_jobs, "verbosity": 0}
        data = xgboost.QuantileDMatrix(as_array(X), y, nthread=self.n_jobs, max_bin=settings.get("max_bin"))
        booster = xgboost.Booster(settings, [data])
        measured: list[tuple[Any, str]] = [(data, "train")]
        if monitor is not None and monitor.watched is not None:
            features, truth = monitor.watched
            measured.append((xgboost.DMatrix(as_array(features), truth, nthread=self.n_jobs), "valid"))
        for step in range(1, last + 1):
            booster.update(data, step - 1)
            if monitor is not None and monitor.is_due(step, last):
                monitor.see(step, *_errors(booster.eval_set(measured, step - 1), len(measured)))
            if monitor is not None and monitor.is_stopped():
                break
        booster.reset()  # lets the training rows go
        self._take(booster)
        return self

    def predict(self, X: Floats) -> Floats:
        """See `StepwiseRegressor.predict`."""
        if self._threads != self.n_jobs:
            self.booster_.set_param({"nthread": self.n_jobs})
            self._threads = self.n_jobs
        predicted: Floats = self.booster_.inplace_predict(as_array(X)).astype(float)
        return predicted

    def to_bytes(self) -> bytes:
        """See `StepwiseRegressor.to_bytes`."""
        return bytes(self.booster_.save_raw("ubj"))

    def read(self, content: bytes) -> None:
        """See `StepwiseRegressor.read`."""
        xgboost = load("xgboost")

        try:
            self._take(xgboost.Booster({"nthread": self.n_jobs}, model_file=bytearray(content)))
        except xgboost.core.XGBoostError as error:
            raise ValueError("XGBoost cannot read it.") from error

    def _take(self, booster: Any) -> None:
        self.booster_ = booster
        self._threads = self.n_jobs


def _errors(told: str, number: int) -> tuple[float | None, float | None]:
    r"""Train and valid errors of a line such as ``[9]\ttrain-rmse:20.1\tvalid-rmse:21.3``."""
    values: list[float | None] = [float(part.rpartition(":")[2]) for part in told.split("\t")[1:]]
    return values[0], values[1] if number > 1 else None
