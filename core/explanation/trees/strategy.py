"""The strategy for sums of trees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.explanation.compiler import compiled, is_compiled
from core.explanation.model import Contributions, Floats, Ints
from core.explanation.trees.ensemble import follow_paths
from core.explanation.trees.readers import READERS, read_ensemble
from core.explanation.trees.walking import levels_of, quadrature_for, walk_in_levels

WALKS = ("core.explanation.trees.compiled", "compile_walks")
FEW_STEPS = 500_000
"""Nodes times rows that are walked without a compiler in a third of a second, about what loading one takes."""
MANY_NODES = 15_000
"""A row takes some 8 ms without a compiler."""
ROWS_AT_ONCE = 64
"""Their products fit into the cache of a core."""


def is_additive_ensemble(model: Any) -> bool:
    """Whether an estimator's answer is a sum of those of trees that can be read."""
    return type(model).__name__ in READERS


@dataclass
class TreePaths:
    """Exact path-dependent Shapley values of a sum of trees.

    Parameters
    ----------
    model : fitted estimator
    owners : ndarray of shape (n_columns,)
        The feature of each column.
    n_features : int
    """

    model: Any
    owners: Ints
    n_features: int
    key: str = field(default="tree_paths", init=False)
    n_background: int = field(default=0, init=False)
    _is_prepared: bool = field(default=False, init=False)
    _walked: int = field(default=0, init=False)

    def prepare(self) -> None:
        """Read the trees and follow their paths."""
        if self._is_prepared:
            return
        self._trees = read_ensemble(self.model)
        self._paths = follow_paths(self._trees, len(self.owners))
        self._quadrature = quadrature_for(self._paths.most_columns)
        self._levels = levels_of(self._paths)
        self._n_levels = len(self._levels) + 1
        self._arrays = self._flat()
        self._is_prepared = True

    def compile(self, n_rows: int = 1) -> None:
        """Load or make what is compiled for so many rows; a few of small trees are as quick without it."""
        self.prepare()
        nodes = len(self._trees.left)
        if nodes >= MANY_NODES or n_rows * nodes >= FEW_STEPS:
            compiled(*WALKS)

    def predict(self, rows: Floats) -> Floats:
        """See `core.explanation.model.Strategy`."""
        from core.training.fitting import trees_of_forest

        forest = trees_of_forest(self.model)
        if forest is None:
            return np.asarray(self.model.predict(rows), dtype=np.float64)
        singles = np.ascontiguousarray(rows, dtype=np.float32)
        total = np.zeros(len(rows))
        for tree in forest:
            total += tree.predict(singles)[:, 0]
        return total / len(forest)

    def contributions(self, rows: Floats) -> Contributions:
        """See `core.explanation.model.Strategy`."""
        self.prepare()
        if self._trees.is_single:
            rows = rows.astype(np.float32).astype(np.float64)
        walks = self._walks(len(rows))
        if walks is None:
            of_columns = walk_in_levels(self._trees, self._paths, self._quadrature, self._levels, rows)
        elif len(rows) == 1:
            of_columns = self._walk_one(walks[0], rows)
        else:
            of_columns = self._walk_many(walks[1], rows)
        values = np.zeros((len(rows), self.n_features))
        np.add.at(values.T, self.owners, of_columns.T)
        return Contributions(values, self._paths.expected)

    def _walks(self, n_rows: int) -> Any:
        """The compiled walks; None where there are none, or as long as loading them would take longer than without."""
        self._walked += n_rows * len(self._trees.left)
        if self._walked < FEW_STEPS and not is_compiled(*WALKS):
            return None
        return compiled(*WALKS)

    def _walk_one(self, walk: Any, rows: Floats) -> Floats:
        found = np.zeros_like(rows)
        down, up = (np.ones((self._n_levels, len(self._quadrature.points))) for _ in range(2))
        walk(rows[0], *self._arrays, found[0], down, up)
        return found

    def _walk_many(self, walk: Any, rows: Floats) -> Floats:
        found = np.empty_like(rows)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = np.ascontiguousarray(rows[start : start + ROWS_AT_ONCE].T)
            gained, taken = np.zeros_like(part), np.ones((self._n_levels, part.shape[1]))
            down, up = (np.ones((self._n_levels, len(self._quadrature.points), part.shape[1])) for _ in range(2))
            walk(part, *self._arrays, gained, down, up, taken)
            found[start : start + ROWS_AT_ONCE] = gained.T
        return found

    def _flat(self) -> tuple[Any, ...]:
        """What the compiled walks take of the trees, in small types."""
        trees, paths = self._trees, self._paths
        whole = (trees.starts, trees.left, trees.right, trees.feature, paths.level[paths.earlier])
        starts, left, right, feature, earlier = (np.ascontiguousarray(each, dtype=np.int32) for each in whole)
        points, weights = self._quadrature.points, self._quadrature.weights
        return starts, left, right, feature, trees.threshold, trees.value, paths.share, earlier, points, weights
