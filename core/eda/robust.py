"""A robust straight line in closed form: what statsmodels' RLM fits, without its cost a step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HUBER = 1.345
"""Residuals beyond so many scales lose weight; 95% as efficient as OLS where errors are normal."""
_NORMAL_MAD = 0.6744897501960817
_MAX_STEPS = 50
_TOLERANCE = 1e-10

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HuberLine:
    """``y = level + slope * (x - centre)`` with standard errors.

    With x centred at its plain mean the two estimates are uncorrelated.
    """

    centre: float
    level: float
    slope: float
    level_se: float
    slope_se: float


def huber_line(x: Array, y: Array) -> HuberLine:
    """Fit a line by Huber's M-estimator: iterated weighted least squares, scale from the median absolute residual.

    Parameters
    ----------
    x, y : float arrays of shape (n_tracks,)
        Known values; `x` varies.

    References
    ----------
    Huber (1981), Robust Statistics, sections 7.3 and 7.6; standard errors are his H1.
    """
    centre = float(x.mean())
    a = x - centre
    level, slope = _weighted(a, y, np.ones_like(a))
    scale, before = 0.0, np.inf
    for _ in range(_MAX_STEPS):
        residual = y - level - slope * a
        scale = float(np.median(np.abs(residual))) / _NORMAL_MAD
        if scale == 0:
            break
        size = np.abs(residual) / scale
        loss = float(np.where(size <= HUBER, size**2 / 2, HUBER * size - HUBER**2 / 2).sum())
        if abs(loss - before) < _TOLERANCE * max(len(a), 1):
            break
        before = loss
        level, slope = _weighted(a, y, np.where(size <= HUBER, 1.0, HUBER / np.maximum(size, HUBER)))
    return HuberLine(centre, level, slope, *_errors(a, y - level - slope * a, scale))


def _weighted(a: Array, y: Array, weights: Array) -> tuple[float, float]:
    total = weights.sum()
    mean_a, mean_y = float(weights @ a) / total, float(weights @ y) / total
    weighted = weights * (a - mean_a)
    slope = float(weighted @ y) / float(weighted @ a)
    return float(mean_y - slope * mean_a), slope


def _errors(a: Array, residual: Array, scale: float) -> tuple[float, float]:
    if scale == 0:
        return 0.0, 0.0
    n = len(a)
    bounded = np.clip(residual / scale, -HUBER, HUBER)
    inside = (np.abs(residual / scale) <= HUBER).astype(np.float64)
    mean = float(inside.mean())
    correction = 1 + 2 / n * float(inside.var()) / mean**2
    variance = correction**2 * float(bounded @ bounded) / (n - 2) * scale**2 / mean**2
    return float(np.sqrt(variance / n)), float(np.sqrt(variance / float(a @ a)))
