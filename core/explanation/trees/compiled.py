"""The way down and up the trees, compiled: for one row, and for many at once. Imports numba: import it late.

Both do what `core.explanation.trees.walking` explains. For many rows the innermost loops go over the rows, and whether
a row takes a step is a factor of 0 or 1, so that the processor handles several rows at a time; one row has branches
instead, and divides only where it must.

The arrays are those of `Ensemble`, `Paths` (but ``earlier`` is the level of the earlier step on the same column, 0
where there is none) and `Quadrature`; ``found`` takes the contributions. ``down`` and ``up``, of shape (n_levels,
n_points) or (n_levels, n_points, n_rows), are room for products on the way down and sums on the way up, ``taken``, of
shape (n_levels, n_rows), for whether each row takes the step to each level.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

VECTOR, MATRIX, CUBE, WHOLE = "float64[::1]", "float64[:,::1]", "float64[:,:,::1]", "int32[::1]"
TREES = ", ".join([WHOLE] * 4 + [VECTOR] * 3 + [WHOLE] + [VECTOR] * 2)
ONE = f"void({VECTOR}, {TREES}, {VECTOR}, {MATRIX}, {MATRIX})"
MANY = f"void({MATRIX}, {TREES}, {MATRIX}, {CUBE}, {CUBE}, {MATRIX})"


def walk_one(
    row: Any, starts: Any, left: Any, right: Any, feature: Any, threshold: Any, value: Any, share: Any, earlier: Any,
    points: Any, weights: Any, found: Any, down: Any, up: Any,
) -> None:  # fmt: skip
    """Add the contributions of all trees for a row of shape (n_columns,)."""
    n_points, n_levels = points.shape[0], down.shape[0]
    node, side = np.zeros(n_levels, np.int64), np.zeros(n_levels, np.int64)
    taken = np.ones(n_levels, np.bool_)
    cold = weights / (1.0 - points)
    for tree in range(starts.shape[0] - 1):
        level = 0
        node[0], side[0] = starts[tree], 0
        if left[node[0]] < 0:
            continue
        down[0] = 1.0
        while True:
            here = node[level]
            if left[here] >= 0 and side[level] < 2:
                is_left = side[level] == 0
                child = left[here] if is_left else right[here]
                if is_left:
                    for q in range(n_points):
                        up[level, q] = 0.0
                side[level] += 1
                level += 1
                node[level], side[level] = child, 0
                step, z = earlier[child], share[child]
                z_before = share[node[step]]
                taken[level] = taken[step] and (row[feature[here]] <= threshold[here]) == is_left
                if taken[level]:
                    for q in range(n_points):
                        down[level, q] = down[level - 1, q] * (z + points[q] * (1.0 - z))
                elif taken[step]:
                    for q in range(n_points):
                        down[level, q] = down[level - 1, q] * (z * (1.0 - points[q]))
                else:
                    never = z / z_before if z_before > 0.0 else 0.0
                    for q in range(n_points):
                        down[level, q] = down[level - 1, q] * never
                if step > 0 and taken[step]:
                    for q in range(n_points):
                        down[level, q] /= z_before + points[q] * (1.0 - z_before)
                continue
            if level == 0:
                break
            if left[here] < 0:
                for q in range(n_points):
                    up[level, q] = down[level, q] * value[here]
            step, z = earlier[here], share[here]
            gained = 0.0
            if taken[level]:
                for q in range(n_points):
                    gained += up[level, q] * weights[q] * (1.0 - z) / (z + points[q] * (1.0 - z))
            elif taken[step]:
                for q in range(n_points):
                    gained -= up[level, q] * cold[q]
            if step > 0 and taken[step]:
                z_before = share[node[step]]
                for q in range(n_points):
                    gained -= up[level, q] * weights[q] * (1.0 - z_before) / (z_before + points[q] * (1.0 - z_before))
            found[feature[node[level - 1]]] += gained
            for q in range(n_points):
                up[level - 1, q] += up[level, q]
            level -= 1


def walk_many(
    columns: Any, starts: Any, left: Any, right: Any, feature: Any, threshold: Any, value: Any, share: Any,
    earlier: Any, points: Any, weights: Any, found: Any, down: Any, up: Any, taken: Any,
) -> None:  # fmt: skip
    """Add the contributions of all trees for rows, given by columns: shape (n_columns, n_rows), as is ``found``."""
    n_rows, n_points, n_levels = columns.shape[1], points.shape[0], taken.shape[0]
    node, side = np.zeros(n_levels, np.int64), np.zeros(n_levels, np.int64)
    for tree in range(starts.shape[0] - 1):
        level = 0
        node[0], side[0] = starts[tree], 0
        if left[node[0]] < 0:
            continue
        down[0] = 1.0
        taken[0] = 1.0
        while True:
            here = node[level]
            if left[here] >= 0 and side[level] < 2:
                child = left[here] if side[level] == 0 else right[here]
                is_left = side[level] == 0
                if side[level] == 0:
                    up[level] = 0.0
                side[level] += 1
                level += 1
                node[level], side[level] = child, 0
                split, limit = feature[here], threshold[here]
                own, before = taken[level], taken[earlier[child]]
                for r in range(n_rows):
                    own[r] = before[r] * (1.0 if (columns[split, r] <= limit) == is_left else 0.0)
                z, z_before = share[child], share[node[earlier[child]]]
                never = z / z_before if z_before > 0.0 else 0.0
                for q in range(n_points):
                    t = points[q]
                    hot_before = z_before + t * (1.0 - z_before)
                    missed = z * (1.0 - t) / hot_before
                    if_before, if_own = missed - never, (z + t * (1.0 - z)) / hot_before - missed
                    above, below = down[level - 1, q], down[level, q]
                    for r in range(n_rows):
                        below[r] = above[r] * (never + before[r] * if_before + own[r] * if_own)
                continue
            if level == 0:
                break
            parent, at_leaf = node[level - 1], left[here] < 0
            own, before = taken[level], taken[earlier[here]]
            z, z_before = share[here], share[node[earlier[here]]]
            gained = found[feature[parent]]
            for q in range(n_points):
                t, w = points[q], weights[q]
                cold = w / (1.0 - t)
                if_own = (1.0 - z) * w / (z + t * (1.0 - z)) + cold
                if_before = -((1.0 - z_before) * w / (z_before + t * (1.0 - z_before)) + cold)
                above = up[level - 1, q]
                if at_leaf:
                    answer, product = value[here], down[level, q]
                    for r in range(n_rows):
                        total = answer * product[r]
                        gained[r] += total * (own[r] * if_own + before[r] * if_before)
                        above[r] += total
                else:
                    sums = up[level, q]
                    for r in range(n_rows):
                        gained[r] += sums[r] * (own[r] * if_own + before[r] * if_before)
                        above[r] += sums[r]
            level -= 1


def compile_walks() -> tuple[Any, Any]:
    """Compile both, or read them from the folder of compiled functions; without one they are compiled in memory."""
    return _compile(walk_one, ONE), _compile(walk_many, MANY)


def _compile(function: Any, signature: str) -> Any:
    options: Any = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "nsz", "nnan", "ninf", "reassoc"}}
    try:
        return numba.njit(signature, cache=True, **options)(function)
    except RuntimeError:  # no folder can be written to
        return numba.njit(signature, **options)(function)
