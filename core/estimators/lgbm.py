"""LightGBM."""

from __future__ import annotations

from typing import Any

from core.estimators.stepwise import Floats, Monitor, StepwiseRegressor, as_array
from core.families.loading import load

LIBRARY_TREES = 100
END = b"end of trees"


class LightGBM(StepwiseRegressor):
    """Gradient boosting by LightGBM; ``n_estimators`` is the number of trees, the rest are its own parameters."""

    library = "lightgbm"
    member = "lightgbm.txt"

    def fit(self, X: Floats, y: Floats, monitor: Monitor | None = None) -> LightGBM:
        """See `StepwiseRegressor.fit`."""
        lightgbm = load("lightgbm")

        settings = dict(self.params or {})
        last = settings.pop("n_estimators", LIBRARY_TREES)
        settings |= {"seed": self.seed, "num_threads": self.n_jobs, "verbosity": -1, "metric": "rmse"}
        settings |= {"deterministic": True, "force_col_wise": True}
        if "subsample" in settings:
            settings["subsample_freq"] = 1  # without it the share of rows would do nothing
        data = lightgbm.Dataset(as_array(X), y, params=settings)
        booster = lightgbm.Booster(settings, data)
        if monitor is not None and monitor.watched is not None:
            features, truth = monitor.watched
            booster.add_valid(lightgbm.Dataset(as_array(features), truth, reference=data, params=settings), "valid")
        for step in range(1, last + 1):
            booster.update()
            if monitor is not None and monitor.is_due(step, last):
                monitor.see(step, _error(booster.eval_train()), _error(booster.eval_valid()))
            if monitor is not None and monitor.is_stopped():
                break
        self._take(lightgbm.Booster(model_str=booster.model_to_string()))  # without the training rows
        return self

    def predict(self, X: Floats) -> Floats:
        """See `StepwiseRegressor.predict`."""
        predicted: Floats = self.booster_.predict(as_array(X), num_threads=self.n_jobs)
        return predicted

    def to_bytes(self) -> bytes:
        """See `StepwiseRegressor.to_bytes`."""
        return str(self.booster_.model_to_string()).encode()

    def read(self, content: bytes) -> None:
        """See `StepwiseRegressor.read`."""
        lightgbm = load("lightgbm")

        if END not in content:  # LightGBM would end the whole process
            raise ValueError("The text of the trees is cut off.")
        try:
            self._take(lightgbm.Booster(model_str=content.decode()))
        except lightgbm.basic.LightGBMError as error:
            raise ValueError("LightGBM cannot read it.") from error

    def _take(self, booster: Any) -> None:
        self.booster_ = booster


def _error(told: list[Any]) -> float | None:
    return float(told[0][2]) if told else None
