"""Models that add up terms: what a term adds beyond its mean is its contribution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.explanation.model import Contributions, Floats, Ints


@dataclass
class Linear:
    """Contributions to ``rows @ coef + intercept``.

    Parameters
    ----------
    model : fitted estimator
        With ``coef_`` and ``intercept_``.
    owners : ndarray of shape (n_columns,)
        The feature of each column.
    n_features : int
    background : ndarray of shape (n_background, n_columns)
        Reference rows, whose mean stands for what is left out.
    """

    model: Any
    owners: Ints
    n_features: int
    background: Floats
    key: str = field(default="linear", init=False)

    def __post_init__(self) -> None:
        self.n_background = len(self.background)
        self._coef = np.ravel(self.model.coef_)
        self._intercept = float(np.ravel(self.model.intercept_)[0])
        self._mean = self.background.mean(axis=0)

    def prepare(self) -> None:
        """Nothing to do."""

    def predict(self, rows: Floats) -> Floats:
        """See `core.explanation.model.Strategy`."""
        predicted: Floats = np.asarray(self.model.predict(rows), dtype=np.float64)
        return predicted

    def contributions(self, rows: Floats) -> Contributions:
        """See `core.explanation.model.Strategy`."""
        values = np.zeros((len(rows), self.n_features))
        np.add.at(values.T, self.owners, ((rows - self._mean) * self._coef).T)
        return Contributions(values, float(self._mean @ self._coef) + self._intercept)


@dataclass
class Constant:
    """A model that says the same for every track.

    Parameters
    ----------
    model : DummyRegressor
    n_features : int
    """

    model: Any
    n_features: int
    key: str = field(default="constant", init=False)
    n_background: int = field(default=0, init=False)

    def prepare(self) -> None:
        """Nothing to do."""

    def predict(self, rows: Floats) -> Floats:
        """See `core.explanation.model.Strategy`."""
        return np.full(len(rows), float(np.ravel(self.model.constant_)[0]))

    def contributions(self, rows: Floats) -> Contributions:
        """See `core.explanation.model.Strategy`."""
        return Contributions(np.zeros((len(rows), self.n_features)), float(np.ravel(self.model.constant_)[0]))
