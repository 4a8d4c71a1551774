"""What intervals held on tracks that had no part in making them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.intervals.calibration import Floats, Ints
from core.metrics import BAND_EDGES
from core.wilson import wilson_interval

Mask = npt.NDArray[np.bool_]


def measure_coverage(
    actual: Floats, low: Floats, high: Floats, genre: npt.NDArray[np.object_], unit: Ints
) -> dict[str, Any]:
    """Share of truths inside their intervals, and how wide these are: overall, by genre, by band of actual popularity.

    Parameters
    ----------
    actual, low, high : ndarray of shape (n,)
        Points.
    genre : ndarray of shape (n,)
        Genre of each row; rows without one count in the other parts only.
    unit : ndarray of int of shape (n,)
        What was held out together: rows of one unit resemble each other, which widens the interval of the share.

    Returns
    -------
    dict
        ``overall``, ``by_genre`` (most tracks first) and ``by_band``: each with ``coverage`` (0 to 1; None without a
        row), ``coverage_interval`` ([low, high], 95%), ``width`` (mean, points) and ``n``; beside it ``genre`` or
        ``band``.
    """
    is_inside = (actual >= low) & (actual <= high)
    width = high - low
    codes, names = pd.factorize(genre)
    by_genre = [{"genre": str(name), **_part(codes == code, is_inside, width, unit)} for code, name in enumerate(names)]
    by_band = [
        {"band": f"{start}–{end - 1}", **_part((actual >= start) & (actual < end), is_inside, width, unit)}
        for start, end in pairwise(BAND_EDGES)
    ]
    return {
        "overall": _part(np.ones(len(actual), dtype=bool), is_inside, width, unit),
        "by_genre": sorted(by_genre, key=lambda one: (-one["n"], one["genre"])),
        "by_band": by_band,
    }


def _part(rows: Mask, is_inside: Mask, width: Floats, unit: Ints) -> dict[str, Any]:
    n = int(rows.sum())
    if not n:
        return {"coverage": None, "coverage_interval": None, "width": None, "n": 0}
    inside = is_inside[rows]
    return {
        "coverage": float(inside.mean()),
        "coverage_interval": list(share_interval(inside, unit[rows])),
        "width": float(width[rows].mean()),
        "n": n,
    }


def share_interval(is_inside: Mask, unit: Ints) -> tuple[float, float]:
    """A 95% interval for a share, from rows that come in units (artists, songs).

    Wilson's interval for as many independent rows as these are worth: the variance of the share is summed over units.

    References
    ----------
    Korn & Graubard (1998), Confidence Intervals for Proportions with Small Expected Number of Positive Counts, Survey
    Methodology 24(2): the effective sample size.

    Examples
    --------
    >>> low, high = share_interval(np.array([True] * 9 + [False]), np.arange(10))
    >>> round(low, 2), round(high, 2)
    (0.6, 0.98)
    """
    share = float(is_inside.mean())
    codes = np.unique(unit, return_inverse=True)[1].reshape(-1)
    variance = float(np.sum(np.bincount(codes, weights=is_inside - share) ** 2)) / len(is_inside) ** 2
    n = min(share * (1 - share) / variance, len(is_inside)) if variance > 0 else float(codes.max() + 1)
    return wilson_interval(share, n)
