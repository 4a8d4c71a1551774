"""How often tracks for which a model said much the same were hits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.wilson import wilson_interval

Floats = npt.NDArray[np.float64]

HIT = 70.0
"""Popularity from which a track counts as a hit, points."""
NEAREST = 500
"""Predictions that an answer rests on; a tenth of all where there are fewer than 5,000."""
FEWEST = 100


@dataclass(frozen=True)
class Odds:
    """How often something was seen.

    Parameters
    ----------
    share, low, high : float
        Seen share and its 95% interval, 0 to 1.
    n : int
        Tracks that were looked at.
    """

    share: float
    low: float
    high: float
    n: int


class HitOdds:
    """Share of hits among the tracks whose held-out predictions are nearest to a given one.

    No shape is assumed: the answer for a prediction is what was seen of the tracks that were predicted like it, by
    models that had not seen them. It is that of predictions, not of tracks like this one in other ways.

    Parameters
    ----------
    predicted, actual : ndarray of shape (n,)
        Points, of rows that no model had been fitted to before it predicted them.
    """

    def __init__(self, predicted: Floats, actual: Floats) -> None:
        order = np.argsort(predicted, kind="stable")
        self._predicted = np.asarray(predicted, dtype=np.float64)[order]
        is_hit = np.asarray(actual, dtype=np.float64)[order] >= HIT
        self._hits = np.concatenate([[0], np.cumsum(is_hit)])
        self.n = len(self._predicted)
        self.base = float(is_hit.mean()) if self.n else 0.0
        self._nearest = min(NEAREST, max(FEWEST, self.n // 10))

    def at(self, predicted: float) -> Odds:
        """The odds of a track for which so many points are predicted."""
        begin = nearest_run(self._predicted, predicted, self._nearest)
        end = begin + min(self._nearest, self.n)
        return wilson(int(self._hits[end] - self._hits[begin]), end - begin)

    def predictions_below(self, predicted: float) -> float:
        """Share of the held-out predictions that are lower, 0 to 1; ties count half."""
        return share_below(self._predicted, predicted)


def hit_odds(predictions: pd.DataFrame) -> HitOdds | None:
    """Make the odds from what cross-validation predicted.

    Parameters
    ----------
    predictions : DataFrame
        As ``Runs.predictions`` gives them; only rows with ``part`` "cv" count.

    Returns
    -------
    HitOdds or None
        None where there was no cross-validation, or fewer than 100 tracks in it.
    """
    rows = predictions[predictions["part"] == "cv"]
    if len(rows) < FEWEST:
        return None
    return HitOdds(rows["predicted"].to_numpy(dtype=np.float64), rows["actual"].to_numpy(dtype=np.float64))


def nearest_run(ordered: Floats, value: float, count: int) -> int:
    """Position at which the ``count`` numbers nearest to a value begin, in numbers that are in order.

    Examples
    --------
    >>> nearest_run(np.array([1.0, 2.0, 5.0, 6.0, 9.0]), 5.2, 3)
    1
    """
    last = len(ordered) - count
    if last <= 0:
        return 0
    low, high = 0, last
    while low < high:  # the run begins where its right neighbour is not nearer than its first
        middle = (low + high) // 2
        if value - ordered[middle] > ordered[middle + count] - value:
            low = middle + 1
        else:
            high = middle
    return low


def share_below(ordered: Floats, value: float) -> float:
    """Share of numbers, given in order, that lie below a value; equal ones count half.

    Examples
    --------
    >>> share_below(np.array([0.0, 0.0, 50.0, 80.0]), 50.0)
    0.625
    """
    if not len(ordered):
        return math.nan
    left, right = np.searchsorted(ordered, value, "left"), np.searchsorted(ordered, value, "right")
    return float(left + right) / (2 * len(ordered))


def wilson(hits: int, n: int) -> Odds:
    """A share with its 95% interval.

    Examples
    --------
    >>> odds = wilson(0, 500)
    >>> odds.share, odds.low, round(odds.high, 3)
    (0.0, 0.0, 0.008)
    """
    if n <= 0:
        return Odds(math.nan, math.nan, math.nan, 0)
    return Odds(hits / n, *wilson_interval(hits / n, n), n)
