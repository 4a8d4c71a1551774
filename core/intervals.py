"""Prediction intervals that hold without assumptions on the model."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

COVERAGE = 0.9
WHOLE_RANGE = 100.0


def conformal_half_width(residuals: npt.ArrayLike, coverage: float = COVERAGE) -> float:
    """Half the width of a split-conformal prediction interval, in popularity points.

    The ``ceil((n + 1) * coverage)``-th smallest absolute residual on rows the model was not fitted to. For a new track
    exchangeable with those rows, prediction plus or minus this value covers the truth with at least the stated
    probability, on average over tracks; for a single kind of track (hits, say) coverage can be lower.

    Parameters
    ----------
    residuals : array-like of shape (n,)
        Actual minus predicted on held-out rows, points.
    coverage : float
        Between 0 and 1, exclusive.

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
    if not 0 < coverage < 1:
        raise ValueError(f"Coverage is a share between 0 and 1, got {coverage!r}.")
    sizes = np.sort(np.abs(np.asarray(residuals, dtype=np.float64)))
    if not np.isfinite(sizes).all():
        raise ValueError("Residuals must be finite numbers.")
    # The tiny subtraction keeps (n + 1) * coverage from crossing a whole number through rounding alone.
    rank = math.ceil((len(sizes) + 1) * coverage - 1e-9)
    if rank > len(sizes):
        return WHOLE_RANGE
    return float(min(sizes[rank - 1], WHOLE_RANGE))
