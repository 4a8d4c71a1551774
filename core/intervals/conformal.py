"""The quantile at the heart of every conformal interval."""

from __future__ import annotations

import math
from bisect import bisect_left

import numpy as np
import numpy.typing as npt

COVERAGE = 0.9
WHOLE_RANGE = 100.0


def conformal_half_width(
    residuals: npt.ArrayLike, coverage: float = COVERAGE, units: npt.ArrayLike | None = None
) -> float:
    """Half the width of a split-conformal prediction interval, in popularity points.

    The ``ceil((n + 1) * coverage)``-th smallest absolute residual on rows the model was not fitted to. For a new track
    exchangeable with those rows, prediction plus or minus this value covers the truth with at least the stated
    probability, on average over tracks; for a single kind of track (hits, say) coverage can be lower.

    Parameters
    ----------
    residuals : array-like of shape (n,)
        Errors on held-out rows, points; which way round makes no difference.
    coverage : float
        Between 0 and 1, exclusive.
    units : array-like of shape (n,), optional
        Label a row of what was held out together (song, artist), as for `conformal_margin`.

    Returns
    -------
    float
        Never more than 100, the whole scale, which is also the answer when there are too few residuals.

    Raises
    ------
    ValueError
        When coverage is not between 0 and 1, or a residual is not finite.

    References
    ----------
    Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), Distribution-Free Predictive Inference for Regression, JASA
    113(523), section 2.2. Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World.

    Examples
    --------
    >>> conformal_half_width(range(1, 20), coverage=0.9)
    18.0
    """
    return conformal_margin(np.abs(np.asarray(residuals, dtype=np.float64)), coverage, units)


def conformal_margin(
    scores: npt.ArrayLike,
    coverage: float = COVERAGE,
    units: npt.ArrayLike | None = None,
    *,
    confidence: float | None = None,
) -> float:
    """How far an interval must be moved outwards to hold its share of the truths, in popularity points.

    Parameters
    ----------
    scores : array-like of shape (n,)
        By how much each held-out truth lies outside its interval, points; negative inside.
    coverage : float
        Between 0 and 1, exclusive.
    units : array-like of shape (n,), optional
        Label a row of what was held out together. Rows of one artist resemble each other, so the finite-sample
        correction counts the artists, not their rows; it is the usual one when every row is a unit of its own.
    confidence : float, optional
        Without it the coverage is reached on average over the held-out rows that chance might have drawn. With it, the
        coverage is reached in this share of the draws (Vovk's training-conditional validity).

    Returns
    -------
    float
        Between -100 and 100; 100 when there are too few units.

    References
    ----------
    Vovk (2012), Conditional Validity of Inductive Conformal Predictors, ACML, proposition 2b.

    Raises
    ------
    ValueError
        When coverage is not between 0 and 1, or a score is not finite.

    Examples
    --------
    >>> conformal_margin([-5, -3, 1, 4], coverage=0.75)
    4.0
    """
    if not 0 < coverage < 1:
        raise ValueError(f"Coverage is a share between 0 and 1, got {coverage!r}.")
    values = np.asarray(scores, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("Residuals must be finite numbers.")
    n_units = len(values) if units is None else len(np.unique(np.asarray(units)))
    rank_of_units = rank_of(n_units, coverage, confidence)
    if rank_of_units > n_units:
        return WHOLE_RANGE
    rank = math.ceil(len(values) * rank_of_units / n_units - 1e-9)
    return float(np.clip(np.partition(values, rank - 1)[rank - 1], -WHOLE_RANGE, WHOLE_RANGE))


def is_enough(n: int, coverage: float = COVERAGE, confidence: float | None = None) -> bool:
    """Whether n units can carry an interval of this coverage (nine for 90%; 22 where 90% of draws shall reach it).

    Examples
    --------
    >>> is_enough(9), is_enough(8), is_enough(22, confidence=0.9), is_enough(21, confidence=0.9)
    (True, False, True, False)
    """
    return rank_of(n, coverage, confidence) <= n


def rank_of(n: int, coverage: float, confidence: float | None = None) -> int:
    """Which of the n scores in order is the margin; beyond n when there are too few."""
    if confidence is None:
        # The tiny subtraction keeps (n + 1) * coverage from crossing a whole number through rounding alone.
        return math.ceil((n + 1) * coverage - 1e-9)
    from scipy.special import bdtr

    # The k-th of n covers a share drawn from Beta(k, n + 1 - k): above c as often as Binomial(n, c) stays below k.
    return bisect_left(range(n), confidence, key=lambda below: float(bdtr(below, n, coverage)) + 1e-12) + 1
