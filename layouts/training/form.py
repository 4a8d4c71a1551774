"""What the training form shows at first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.features import DEFAULT_FEATURES

DEFAULT_FAMILIES = ("ridge", "random_forest", "hist_gradient_boosting")


@dataclass(frozen=True)
class TuningForm:
    """First values of the search for better settings.

    Parameters
    ----------
    is_on : bool
    method, tries, folds, scoring, n_jobs
        As in ``core.requests.TuningRequest``.
    minutes : float or None
        Time limit; None for none.
    """

    is_on: bool = False
    method: str = "random"
    tries: int = 20
    folds: int = 5
    scoring: str = "rmse"
    minutes: float | None = None
    n_jobs: int = 1


@dataclass(frozen=True)
class TrainingForm:
    """What the form shows at first: a default, or the settings of an earlier run."""

    families: tuple[str, ...] = DEFAULT_FAMILIES
    features: tuple[str, ...] = DEFAULT_FEATURES
    protocol: str = "song"
    test_percent: float = 20
    cv_folds: int = 5
    seed: int = 42
    defaults: str = "recommended"
    interval: str = "split"
    params: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    tuning: TuningForm = field(default_factory=TuningForm)
    origin: str = ""
    run_id: str = ""

    @property
    def persistence(self) -> str | bool:
        """Under what the browser keeps changes: a form filled from a run has a memory of its own."""
        return self.run_id or True

    def kept_among(self, names: Iterable[str]) -> str:
        """Under what it keeps a choice of some names: where others can be chosen, it is another choice."""
        return f"{self.persistence}:{','.join(names)}"
