r"""Support vector regression with a Gaussian kernel: exact contributions against reference tracks.

The likeness to a support vector is a product of one factor a feature, so mixing a track with a reference track picks
each factor from one or the other. As for the leaves of a tree (`core.explanation.trees.walking`), the Shapley values of
such a product are integrals of a polynomial, which a few points give exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.explanation.compiler import compiled, is_compiled
from core.explanation.model import Contributions, Floats, Ints
from core.explanation.trees.walking import quadrature_for

PRODUCTS = ("core.explanation.products", "compile_products")
EFFORT = 8e6
"""Products a row: some 10 ms on one core, 50 ms without a compiler. One rule for a track and for many, so that what is
said of a track is the same wherever it is said."""
MOST_REFERENCES = 20
FEW_PRODUCTS = 1e8
"""Followed without a compiler in about the time that loading one takes."""
MANY_PRODUCTS = 1e6
"""A row takes some 6 ms without a compiler."""
ALMOST_NOTHING = 1e-30
"""In place of a likeness that is too small for a number: it changes no answer, and can be divided by."""
VECTORS_AT_ONCE = 512
"""Their products fit into the cache of a core."""


def is_gaussian(model: Any) -> bool:
    """Whether an estimator is a support vector regression with a Gaussian kernel."""
    return type(model).__name__ == "SVR" and model.kernel == "rbf"


@dataclass
class GaussianKernel:
    """Exact Shapley values of a support vector regression.

    Parameters
    ----------
    model : SVR
        Fitted, with kernel "rbf".
    predict : callable
        Rows to outputs.
    owners : ndarray of shape (n_columns,)
        The feature of each column.
    n_features : int
    background : ndarray of shape (n_background, n_columns)
        Reference rows; as many of the first ones are used as the effort allows.
    """

    model: Any
    predict: Callable[[Floats], Floats]
    owners: Ints
    n_features: int
    background: Floats
    key: str = field(default="kernel", init=False)
    n_background: int = field(init=False)
    _is_prepared: bool = field(default=False, init=False)
    _followed: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.players = np.unique(self.owners)
        self._quadrature = quadrature_for(len(self.players))
        products = len(self.players) * len(self._quadrature.points) * len(self.model.support_)
        affordable = max(1, min(MOST_REFERENCES, int(EFFORT / max(1, products))))
        self.n_background = min(affordable, len(self.background))
        self._products_a_row = products * self.n_background

    def prepare(self) -> None:
        """Work out the factors of the reference rows."""
        if self._is_prepared:
            return
        references = self.background[: self.n_background]
        self._base = float(self.predict(references).mean())
        self._of_references = np.stack([self._factors(row) for row in references])
        self._weight = np.ascontiguousarray(self.model.dual_coef_[0], dtype=np.float64)
        self._is_prepared = True

    def compile(self, n_rows: int = 1) -> None:
        """Load or make what is compiled for so many rows; a few of small models are as quick without it."""
        self.prepare()
        if self._products_a_row >= MANY_PRODUCTS or n_rows * self._products_a_row >= FEW_PRODUCTS:
            compiled(*PRODUCTS)

    def contributions(self, rows: Floats) -> Contributions:
        """See `core.explanation.model.Strategy`."""
        self.prepare()
        values = np.zeros((len(rows), self.n_features))
        for number, row in enumerate(rows):
            values[number, self.players] = self._one(self._factors(row))
        return Contributions(values, self._base)

    def _factors(self, row: Floats) -> Floats:
        """What each feature contributes to the likeness to each support vector, shape (n_players, n_vectors)."""
        squares = np.square(self.model.support_vectors_ - row)
        apart = np.stack([squares[:, self.owners == player].sum(axis=1) for player in self.players])
        factors: Floats = np.maximum(np.exp(-self.model._gamma * apart), ALMOST_NOTHING)
        return factors

    def _one(self, of_row: Floats) -> Floats:
        total = np.zeros(len(self.players))
        if (add := self._compiled()) is not None:
            points, shares = self._quadrature.points, self._quadrature.weights
            add(np.ascontiguousarray(of_row), self._of_references, self._weight, points, shares, total)
            return total / len(self._of_references)
        for of_reference in self._of_references:
            for start in range(0, len(self._weight), VECTORS_AT_ONCE):
                part = slice(start, start + VECTORS_AT_ONCE)
                total += self._of_products(of_row[:, part], of_reference[:, part], self._weight[part])
        return total / len(self._of_references)

    def _compiled(self) -> Any:
        """The compiled way; None where there is none, or as long as loading it would take longer than without."""
        self._followed += self._products_a_row
        if self._followed < FEW_PRODUCTS and not is_compiled(*PRODUCTS):
            return None
        return compiled(*PRODUCTS)

    def _of_products(self, present: Floats, absent: Floats, weight: Floats) -> Floats:
        t, w = self._quadrature.points[:, None], self._quadrature.weights
        mixed = absent[:, None, :] + t * (present - absent)[:, None, :]
        others = np.ones_like(mixed)
        before, after = np.ones_like(mixed[0]), np.ones_like(mixed[0])
        for number in range(1, len(mixed)):
            before *= mixed[number - 1]
            others[number] *= before
            after *= mixed[-number]
            others[-number - 1] *= after
        found: Floats = np.einsum("pqv,q,pv->p", others, w, (present - absent) * weight, optimize=True)
        return found
