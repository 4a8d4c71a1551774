"""Means over nearest neighbours, compiled, for many mixtures of a few tracks. Imports numba: import it late."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

SIGNATURE = "void(float64[:,::1], float64[:,::1], float64[::1], int64, boolean, float64[::1])"
EVERY = 16
"""One training row in so many tells about how near the nearest ones are."""
AT_ONCE = 1024
"""Training rows whose distances stay in the cache that is next to a core."""


def mean_of_nearest(rows: Any, columns: Any, target: Any, k: Any, is_squared: Any, said: Any) -> None:
    """Write the mean target of the k nearest training rows of each row into ``said``.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_columns)
    columns : ndarray of shape (n_columns, n_train)
        The training rows, by columns.
    target : ndarray of shape (n_train,)
    k : int
    is_squared : bool
        Whether differences are squared before they are added up, or taken by their size.
    said : ndarray of shape (n_rows,)
    """
    n_columns, n_train = columns.shape
    away, near = np.empty(n_train), np.empty(n_train, np.int64)
    share = min(1.0, 1.5 * k / n_train + 8 * EVERY / n_train)
    for r in range(rows.shape[0]):
        for start in range(0, n_train, AT_ONCE):
            part = away[start : start + AT_ONCE]
            part[:] = 0.0
            for c in range(n_columns):
                value, column = rows[r, c], columns[c, start : start + AT_ONCE]
                if is_squared:
                    for i in range(len(part)):
                        part[i] += (column[i] - value) * (column[i] - value)
                else:
                    for i in range(len(part)):
                        part[i] += abs(column[i] - value)
        some = away[::EVERY].copy()
        place = min(len(some) - 1, int(share * len(some)))
        limit = np.partition(some, place)[place]
        found = 0
        for i in range(n_train):
            near[found] = i
            found += away[i] <= limit
        if found < k:
            found = n_train
            for i in range(n_train):
                near[i] = i
        chosen = near[:found]
        distance = away[chosen]
        farthest = np.partition(distance, k - 1)[k - 1]
        total, taken = 0.0, 0
        for i in range(found):
            if distance[i] < farthest:
                total += target[chosen[i]]
                taken += 1
        for i in range(found):
            if taken < k and distance[i] == farthest:
                total += target[chosen[i]]
                taken += 1
        said[r] = total / k


def compile_nearest() -> Any:
    """Compile it, or read it from the folder of compiled functions."""
    options: Any = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "nsz", "nnan", "ninf", "reassoc"}}
    try:
        return numba.njit(SIGNATURE, cache=True, **options)(mean_of_nearest)
    except RuntimeError:  # no folder can be written to
        return numba.njit(SIGNATURE, **options)(mean_of_nearest)
