"""The 95% interval of a mean of few or many tracks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.eda.columns import is_own
from data.schema import describe

FEWEST = 5
"""Groups with fewer tracks have no interval: so few values hardly tell how far they vary."""
_SHARE = 0.975


def with_intervals(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Give the same groups with `mean_low` and `mean_high`, the bounds of the 95% interval of the mean.

    By Student's t distribution with n - 1 degrees of freedom, cut at the values that the column can take.

    Parameters
    ----------
    frame : DataFrame with columns n, mean, sd
        One row a group.
    measure : str
        The column that was averaged.

    Returns
    -------
    DataFrame
        NaN where a group has fewer than `FEWEST` tracks.

    References
    ----------
    Student (1908), The probable error of a mean, Biometrika 6, 1-25.
    """
    n, mean = frame["n"].to_numpy(dtype=np.float64), frame["mean"].to_numpy(dtype=np.float64)
    enough = n >= FEWEST
    margin = np.full(len(n), np.nan)
    margin[enough] = t_quantile(n[enough] - 1) * frame["sd"].to_numpy(dtype=np.float64)[enough] / np.sqrt(n[enough])
    low, high = _bounds(measure)
    return frame.assign(mean_low=np.clip(mean - margin, low, high), mean_high=np.clip(mean + margin, low, high))


def t_quantile(degrees: np.ndarray | float) -> np.ndarray:
    """How many standard errors a 95% interval reaches to either side, by degrees of freedom above 0.

    Examples
    --------
    >>> t_quantile([1, 9, 1e9]).round(2).tolist()
    [12.71, 2.26, 1.96]
    """
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.asarray(degrees, dtype=np.float64), _SHARE))


def few_in_words(frame: pd.DataFrame) -> str:
    """Say which groups have no interval; nothing where all have one."""
    few = int((frame["n"] < FEWEST).sum())
    if not few:
        return ""
    which = "One group has" if few == 1 else f"{few:,} groups have"
    return f" {which} fewer than {FEWEST} tracks: too few for an interval."


def _bounds(measure: str) -> tuple[float, float]:
    column = None if is_own(measure) else describe(measure)
    low, high = (None, None) if column is None else (column.low, column.high)
    return -np.inf if low is None else low, np.inf if high is None else high
