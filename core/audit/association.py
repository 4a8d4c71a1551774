"""How much one column tells about another, with numpy alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BINS = 20
FOLDS = 5


def correlation(x: Floats, y: Floats) -> float:
    """Pearson's correlation; 0 where one side does not vary."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    x, y = x - x.mean(), y - y.mean()
    # Sums, not dot products: BLAS wakes a thread on each core for them, which takes longer than the work.
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float(np.clip((x * y).sum() / scale, -1.0, 1.0)) if scale > 0 and np.isfinite(scale) else 0.0


def rank_correlation(x: Floats, y: Floats) -> float:
    """Spearman's correlation; 0 where one side does not vary."""
    return correlation(_ranks(x), _ranks(y))


def _ranks(values: Floats) -> Floats:
    """Ranks from 1, ties sharing their mean rank."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2).astype(np.float64)[where]
    return ranks


def binned_r2(x: Floats, y: Floats, bins: int = BINS, folds: int = FOLDS) -> float:
    """Share of the variance of ``y`` that bins of ``x`` tell about rows that took no part in the bins' means.

    Finds shapes that no correlation sees, such as a fold or a code of the values. Never negative.
    """
    n = len(x)
    if n < 2 * bins or np.ptp(y) == 0 or np.ptp(x) == 0:
        return 0.0
    edges = np.unique(np.quantile(x, np.linspace(0, 1, bins + 1)[1:-1]))
    where = np.searchsorted(edges, x, side="right")
    fold = np.random.default_rng(0).permutation(n) % folds
    cell = where * folds + fold
    n_cells = (len(edges) + 1) * folds
    sums = np.bincount(cell, y, n_cells).reshape(-1, folds)
    counts = np.bincount(cell, minlength=n_cells).reshape(-1, folds)
    overall = y.mean()
    others = counts.sum(axis=1, keepdims=True) - counts
    means = (sums.sum(axis=1, keepdims=True) - sums + overall) / (others + 1)
    error = y - means[where, fold]
    total = y - overall
    return max(0.0, 1.0 - float((error * error).sum()) / float((total * total).sum()))


def cautious(r2: float, n: int) -> float:
    """Lower end of the share of variance explained, two standard errors down: few rows prove little."""
    if n < 4:
        return 0.0
    return max(0.0, r2 - 4 * float(np.sqrt(max(r2, 0.0))) * (1 - r2) / float(np.sqrt(n)))


def significance(rho: float, n: int) -> float:
    """How many standard errors a correlation stands from 0."""
    return abs(rho) * float(np.sqrt(max(n - 1, 0)))


def largest_gap(old: Floats, new: Floats) -> float:
    """Kolmogorov-Smirnov statistic: the largest difference of the two cumulative shares, 0 to 1."""
    if not len(old) or not len(new):
        return 0.0
    old, new = np.sort(old), np.sort(new)
    at = np.concatenate([old, new])
    gaps = np.searchsorted(old, at, side="right") / len(old) - np.searchsorted(new, at, side="right") / len(new)
    return float(np.abs(gaps).max())
