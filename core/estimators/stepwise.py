"""What the estimators that learn step by step have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin

Floats = npt.NDArray[np.float64]
Self = TypeVar("Self", bound="StepwiseRegressor")

SEEDS = 2**31
"""Some libraries keep their random state in a signed 32-bit number."""


class Monitor(Protocol):
    """Looks on while an estimator learns; see `core.training.watching.Watcher`."""

    watched: tuple[Floats, Floats] | None
    """Rows to measure on that are not learned from: features as the estimator gets them, popularity in points."""

    def is_due(self, step: int, last: int) -> bool:
        """Whether the error is to be measured after this step (the first is 1)."""

    def see(self, step: int, train: float | None, valid: float | None) -> None:
        """Take the root mean squared errors after a step, points."""

    def is_stopped(self) -> bool:
        """Whether the person wants what there is; asked after each step."""


class StepwiseRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """An estimator around another library.

    Parameters
    ----------
    params : mapping or None
        Hyperparameters by that library's names; what is not named stays as the library has it.
    random_state : int
    n_jobs : int
        Threads, for fitting and for predicting.
    """

    library: ClassVar[str]
    """Name of the distribution whose version a stored model depends on; "" for none."""
    member: ClassVar[str]
    """Name of the file that holds the fitted state, in the library's own format."""

    def __init__(self, params: Mapping[str, Any] | None = None, random_state: int = 0, n_jobs: int = 1) -> None:
        self.params = params
        self.random_state = random_state
        self.n_jobs = n_jobs

    @property
    def seed(self) -> int:
        """The random state in the range that every library takes."""
        return self.random_state % SEEDS

    def fit(self: Self, X: Floats, y: Floats, monitor: Monitor | None = None) -> Self:
        """Learn from rows without gaps.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        y : ndarray of shape (n_rows,)
        monitor : Monitor, optional
            Sees the errors as they fall, and may ask to stop; the steps made until then are kept.
        """
        raise NotImplementedError

    def predict(self, X: Floats) -> Floats:
        """Predict points, not clipped."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """The fitted state in the library's own format."""
        raise NotImplementedError

    def read(self, content: bytes) -> None:
        """Take the fitted state that `to_bytes` gave.

        Raises
        ------
        ValueError
            When it is damaged.
        """
        raise NotImplementedError


def as_array(X: Any) -> Floats:
    """Rows in the one form that all libraries take without a copy."""
    return np.ascontiguousarray(X, dtype=np.float64)
