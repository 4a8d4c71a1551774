"""Shapley values of sums of products of one factor a feature, compiled. Imports numba: import it late."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

SIGNATURE = "void(float64[:,::1], float64[:,:,::1], float64[::1], float64[::1], float64[::1], float64[::1])"
AT_ONCE = 128
"""Products that are followed together: their parts stay in the cache that is next to a core."""


def add_products(present: Any, absent: Any, weight: Any, points: Any, shares: Any, total: Any) -> None:
    """Add to ``total`` what each factor adds to the products when it takes the place of that of each reference.

    Parameters
    ----------
    present : ndarray of shape (n_factors, n_products)
        None is 0, nor in ``absent``: what all others make is the whole product divided by one of them.
    absent : ndarray of shape (n_references, n_factors, n_products)
    weight : ndarray of shape (n_products,)
    points, shares : ndarray of shape (n_points,)
        Of the quadrature: see `core.explanation.trees.walking.Quadrature`.
    total : ndarray of shape (n_factors,)
    """
    n_factors, n_products = present.shape
    mixed, gained, whole = np.empty((n_factors, AT_ONCE)), np.empty((n_factors, AT_ONCE)), np.empty(AT_ONCE)
    for start in range(0, n_products, AT_ONCE):
        size = min(AT_ONCE, n_products - start)
        for r in range(absent.shape[0]):
            for p in range(n_factors):
                for v in range(size):
                    gained[p, v] = present[p, start + v] - absent[r, p, start + v]
            for q in range(points.shape[0]):
                for v in range(size):
                    whole[v] = weight[start + v] * shares[q]
                for p in range(n_factors):
                    for v in range(size):
                        mixed[p, v] = absent[r, p, start + v] + points[q] * gained[p, v]
                        whole[v] *= mixed[p, v]
                for p in range(n_factors):
                    added = 0.0
                    for v in range(size):
                        added += whole[v] * gained[p, v] / mixed[p, v]
                    total[p] += added


def compile_products() -> Any:
    """Compile it, or read it from the folder of compiled functions."""
    options: Any = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "nsz", "nnan", "ninf", "reassoc"}}
    try:
        return numba.njit(SIGNATURE, cache=True, **options)(add_products)
    except RuntimeError:  # no folder can be written to
        return numba.njit(SIGNATURE, **options)(add_products)
