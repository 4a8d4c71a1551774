"""Trees of any library as flat arrays, and what their paths are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.explanation.model import Floats, Ints

NODES_AT_ONCE = 200_000


@dataclass(frozen=True)
class Ensemble:
    """Trees whose answers are added up.

    A row goes left where its value is at most the threshold.

    Parameters
    ----------
    left, right : ndarray of shape (n_nodes,)
        Positions of the children; -1 for a leaf.
    feature : ndarray of shape (n_nodes,)
        Column that a node asks about.
    threshold : ndarray of shape (n_nodes,)
    cover : ndarray of shape (n_nodes,)
        Training rows (or their weight) that came by.
    value : ndarray of shape (n_nodes,)
        Answer of a leaf, points.
    starts : ndarray of shape (n_trees + 1,)
        Position of each tree's first node, which is its root; the nodes of a tree lie together.
    base : float
        What is added to the sum of the trees, points.
    is_single : bool
        Whether the library compares in single precision.
    """

    left: Ints
    right: Ints
    feature: Ints
    threshold: Floats
    cover: Floats
    value: Floats
    starts: Ints
    base: float
    is_single: bool


@dataclass(frozen=True)
class Paths:
    """What of the paths does not depend on the row.

    Each node stands for the step that leads to it. Where the same column is asked about several times on a path, the
    steps count as one: the last of them carries the product of all.

    Parameters
    ----------
    share : ndarray of shape (n_nodes,)
        Of the rows at the parent that take this step, times that of the earlier steps on the same column; 1 for roots.
    earlier : ndarray of shape (n_nodes,)
        Node of the last earlier step on the same column; the root where there is none.
    parent, level : ndarray of shape (n_nodes,)
        The root is its own parent, at level 0.
    most_columns : int
        Most different columns on one path.
    expected : float
        Mean answer of all trees together, leaves weighed by the rows they answered, points.
    """

    share: Floats
    earlier: Ints
    parent: Ints
    level: Ints
    most_columns: int
    expected: float


def follow_paths(trees: Ensemble, n_columns: int) -> Paths:
    """Work out the paths, level by level over many trees at once.

    Parameters
    ----------
    trees : Ensemble
    n_columns : int
        Of the rows that the trees take.
    """
    n_nodes = len(trees.left)
    share, reach = np.ones(n_nodes), np.ones(n_nodes)
    earlier, level = np.arange(n_nodes), np.zeros(n_nodes, dtype=np.int64)
    parent = np.arange(n_nodes)
    n_on_path = np.zeros(n_nodes, dtype=np.int64)
    for roots in _some_trees(trees):
        nodes, depth = roots, 0
        last = np.repeat(roots[:, None], n_columns, axis=1)  # the node of the last step on each column
        while len(nodes):
            is_inner = trees.left[nodes] >= 0
            inner, last, depth = nodes[is_inner], last[is_inner], depth + 1
            nodes = np.concatenate([trees.left[inner], trees.right[inner]])
            above = np.concatenate([inner, inner])
            last = np.concatenate([last, last])
            column, row = trees.feature[above], np.arange(len(nodes))
            before, level[nodes], parent[nodes] = last[row, column], depth, above
            cover = trees.cover[above]
            ratio = np.divide(trees.cover[nodes], cover, out=np.full(len(nodes), 0.5), where=cover > 0)
            share[nodes], reach[nodes], earlier[nodes] = ratio * share[before], ratio * reach[above], before
            n_on_path[nodes] = n_on_path[above] + (level[before] == 0)
            last[row, column] = nodes
    is_leaf = trees.left < 0
    expected = trees.base + float(reach[is_leaf] @ trees.value[is_leaf])
    return Paths(share, earlier, parent, level, int(n_on_path.max(initial=0)), expected)


def _some_trees(trees: Ensemble) -> Iterator[Ints]:
    """Roots of trees of some 200,000 nodes together, so that memory stays small."""
    batch = trees.starts[:-1] // NODES_AT_ONCE
    for number in np.unique(batch):
        yield trees.starts[:-1][batch == number]
