"""Which strategy explains which model."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.explanation.games import Game
from core.explanation.kernel import GaussianKernel, is_gaussian
from core.explanation.linear import Constant, Linear
from core.explanation.model import Floats, Ints, Strategy
from core.explanation.neighbours import quick_neighbours
from core.explanation.trees import TreePaths, is_additive_ensemble

BUDGETS = {"Network": 16_384, "AdaBoostRegressor": 1_200, "KNeighborsRegressor": 200, "SVR": 160}
"""Mixtures a row, by the kind of model: what a core predicts within 10 to 30 ms."""
BUDGET = 2_000
NEIGHBOURS_AMONG, MOST_OF_NEIGHBOURS = 22_000, 2_000
"""Training rows for which the budget of neighbours was measured; fewer rows take less time, so more can be asked."""


def choose_strategy(model: Any, owners: Ints, n_features: int, background: Floats) -> Strategy:
    """Give the fastest exact strategy for a fitted estimator, else one that asks it.

    Parameters
    ----------
    model : fitted estimator
    owners : ndarray of shape (n_columns,)
        The feature of each column.
    n_features : int
    background : ndarray of shape (n_background, n_columns)
    """
    if not owners.size:
        return Constant(model, n_features)
    if is_additive_ensemble(model):
        return TreePaths(model, owners, n_features)
    if hasattr(model, "coef_"):
        return Linear(model, owners, n_features, background)

    def predict(rows: Floats) -> Floats:
        return np.asarray(model.predict(rows), dtype=np.float64)

    if is_gaussian(model):
        return GaussianKernel(model, predict, owners, n_features, background)
    quick = quick_neighbours(model) if type(model).__name__ == "KNeighborsRegressor" else None
    return Game(predict, owners, n_features, background, _budget(model), quick)


def _budget(model: Any) -> int:
    """Mixtures a row for a model that can only be asked."""
    budget = BUDGETS.get(type(model).__name__, BUDGET)
    if type(model).__name__ != "KNeighborsRegressor":
        return budget
    return max(budget, min(MOST_OF_NEIGHBOURS, budget * NEIGHBOURS_AMONG // max(1, int(model.n_samples_fit_))))
