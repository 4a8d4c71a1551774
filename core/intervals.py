"""Prediction intervals that hold without assumptions on the model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from core.validation import PROTOCOLS

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
    rank = _rank(len(sizes), coverage)
    if rank > len(sizes):
        return WHOLE_RANGE
    return float(min(sizes[rank - 1], WHOLE_RANGE))


def keeps_its_share(interval: Mapping[str, Any]) -> bool:
    """Whether the interval may be named by its coverage: its residuals were not leaked, and there were enough of them.

    Parameters
    ----------
    interval : mapping
        ``TrainingResult.interval``; of an older run ``n`` or ``protocol`` may be absent.
    """
    return not _is_leaky(interval) and _has_enough(interval)


def describe_interval(interval: Mapping[str, Any]) -> str:
    """Say in a sentence what the interval promises: that depends on the protocol and on how many tracks were held out.

    Parameters
    ----------
    interval : mapping
        As for `keeps_its_share`.

    Examples
    --------
    >>> describe_interval({"coverage": 0.9, "protocol": "song", "n": 5000})
    'The interval holds the truth for about 90% of tracks like those held out.'
    """
    share = f"{100 * interval['coverage']:.0f}%"
    if not _has_enough(interval):
        return f"Too few tracks were held out ({interval['n']}) for a {share} interval: it is the whole scale."
    if _is_leaky(interval):
        return (
            f"The interval is too narrow: it held the truth for {share} of held-out rows, but their tracks were in the "
            "training as well. Of new tracks it holds fewer."
        )
    protocol = PROTOCOLS.get(interval.get("protocol", ""))
    if protocol is not None and protocol.by_time:
        return (
            f"The interval held the truth for {share} of the newest tracks in the table; what comes out next "
            "may differ, so that is no promise."
        )
    return f"The interval holds the truth for about {share} of tracks like those held out."


def _is_leaky(interval: Mapping[str, Any]) -> bool:
    protocol = PROTOCOLS.get(interval.get("protocol", ""))
    return protocol is not None and protocol.is_leaky


def _has_enough(interval: Mapping[str, Any]) -> bool:
    n = interval.get("n")
    return n is None or _rank(n, interval["coverage"]) <= n


def _rank(n: int, coverage: float) -> int:
    """Which of the n sizes in order is the half-width; beyond n when there are too few."""
    # The tiny subtraction keeps (n + 1) * coverage from crossing a whole number through rounding alone.
    return math.ceil((n + 1) * coverage - 1e-9)
