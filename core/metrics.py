"""The measures of error: of predictions, and of their intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POPULARITY_RANGE = (0.0, 100.0)
BAND_EDGES = (0, 20, 40, 60, 80, 101)
END_LEVELS = (0.05, 0.95)
"""Quantiles that the ends of a 90% interval estimate, half of the rest on either side."""

Ends = tuple[npt.ArrayLike, npt.ArrayLike]
"""Low and high end of each interval, points."""


def r2(y: Floats, pred: Floats) -> float:
    """Share of the variance explained; nan when fewer than two values differ, where it has no meaning."""
    total = float(np.sum((y - y.mean()) ** 2)) if len(y) else 0.0
    if len(y) < 2 or np.ptp(y) == 0 or total == 0:
        return float("nan")
    return 1.0 - float(np.sum((y - pred) ** 2)) / total


def mse(y: Floats, pred: Floats) -> float:
    """Mean squared error, points squared."""
    return float(np.mean((y - pred) ** 2))


def rmse(y: Floats, pred: Floats) -> float:
    """Root mean squared error, points."""
    return float(np.sqrt(mse(y, pred)))


def mae(y: Floats, pred: Floats) -> float:
    """Mean absolute error, points."""
    return float(np.mean(np.abs(y - pred)))


def wmape(y: Floats, pred: Floats) -> float:
    """Weighted mean absolute percentage error: the sum of the errors in per cent of the sum of the actual values.

    The plain mean of percentages has no value where the actual one is 0, and is ruled by what lies just above: in the
    public table the 6% of tracks with popularity 1 to 5 make up 73% of it, and always predicting 10 would win. Dividing
    the sums keeps the reading, per cent of what was to be predicted, for all tracks. nan when all actual values are 0.

    References
    ----------
    Hyndman & Koehler (2006), Another look at measures of forecast accuracy, International Journal of Forecasting 22(4).

    Examples
    --------
    >>> wmape(np.array([0.0, 10.0, 90.0]), np.array([5.0, 20.0, 80.0]))
    25.0
    """
    total = float(np.sum(np.abs(y)))
    return 100.0 * float(np.sum(np.abs(y - pred))) / total if total > 0 else float("nan")


def pinball(y: Floats, low: Floats, high: Floats) -> float:
    """Mean pinball loss of both ends of a 90% interval, as estimates of the 5% and the 95% quantile, points.

    Examples
    --------
    >>> round(pinball(np.array([50.0, 50.0]), np.array([30.0, 60.0]), np.array([70.0, 80.0])), 6)
    3.25
    """
    return float(np.mean(pinball_losses(y, low, high)))


def pinball_losses(y: Floats, low: Floats, high: Floats) -> Floats:
    """Mean pinball loss of the two ends of each interval, shape (n,), points."""
    below, above = END_LEVELS
    of_low = np.where(y >= low, below * (y - low), (1 - below) * (low - y))
    of_high = np.where(y >= high, above * (y - high), (1 - above) * (high - y))
    losses: Floats = (of_low + of_high) / 2
    return losses


@dataclass(frozen=True)
class Metric:
    """A measure of how predictions differ from the truth.

    Parameters
    ----------
    key, label, unit : str
    greater_is_better : bool
    function : callable
        Of actual and predicted values, or of actual values and both ends of their intervals.
    explanation : str
        For people who do not compute.
    decimals : int
        As a score is written; a difference between two has one more.
    """

    key: str
    label: str
    unit: str
    greater_is_better: bool
    function: Callable[..., float]
    explanation: str
    decimals: int = 1


METRICS: Mapping[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "r2",
            "R²",
            "",
            True,
            r2,
            "Share of the differences in popularity that the model accounts for: 1 is perfect, 0 is no better than "
            "always saying the average, below 0 is worse than that.",
            decimals=2,
        ),
        Metric(
            "rmse",
            "RMSE",
            "points",
            False,
            rmse,
            "Typical size of an error in popularity points, where large errors weigh more.",
        ),
        Metric("mae", "MAE", "points", False, mae, "Average size of an error in popularity points."),
        Metric(
            "mse",
            "MSE",
            "points²",
            False,
            mse,
            "Average of the squared errors; the square of RMSE, and what most models minimise.",
            decimals=0,
        ),
        Metric(
            "wmape",
            "Weighted MAPE",
            "%",
            False,
            wmape,
            "All errors together, in per cent of all popularity together. An average of each track's percentage would "
            "have no value for tracks of popularity 0; this one counts them. It puts models in the same order as MAE.",
        ),
    )
}
"""Of predictions. All of them are computed for every run."""

INTERVAL_METRICS: Mapping[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "pinball",
            "Pinball loss",
            "points",
            False,
            pinball,
            "How good the 90% intervals are: narrow ones lose little, and a track outside costs by how far it lies "
            "outside. It is the average loss of both ends, as estimates of the 5% and the 95% quantile.",
            decimals=2,
        ),
    )
}
"""Of the prediction intervals, where these were made without the tracks they are measured on."""

MEASURES: Mapping[str, Metric] = {**METRICS, **INTERVAL_METRICS}


def score(y: npt.ArrayLike, pred: npt.ArrayLike, ends: Ends | None = None) -> dict[str, float]:
    """Score predictions with every metric, and their intervals where there are any.

    Parameters
    ----------
    y, pred : array-like of shape (n,)
        Actual and predicted popularity, points.
    ends : tuple of two array-likes of shape (n,), optional
        Both ends of the 90% intervals, points.

    Returns
    -------
    dict
        One number a metric; ``r2`` is nan when the actual values do not vary. ``pinball`` only with ends.

    Raises
    ------
    ValueError
        When the lengths differ or there is nothing to score.

    Examples
    --------
    >>> score([10, 20, 30], [10, 20, 30])["r2"]
    1.0
    """
    actual, predicted = np.asarray(y, dtype=np.float64), np.asarray(pred, dtype=np.float64)
    if actual.shape != predicted.shape or actual.ndim != 1 or len(actual) == 0:
        raise ValueError(f"Expected two equally long lists, got shapes {actual.shape} and {predicted.shape}.")
    found = {key: metric.function(actual, predicted) for key, metric in METRICS.items()}
    if ends is not None:
        low, high = (np.asarray(end, dtype=np.float64) for end in ends)
        found |= {key: metric.function(actual, low, high) for key, metric in INTERVAL_METRICS.items()}
    return found


def error_by_band(y: npt.ArrayLike, pred: npt.ArrayLike) -> list[dict[str, str | int | float | None]]:
    """Error of each band of actual popularity: count, MAE and bias (predicted minus actual), points.

    Examples
    --------
    >>> error_by_band([10, 90], [20, 50])[0]
    {'band': '0–19', 'n': 1, 'mae': 10.0, 'bias': 10.0}
    """
    actual, predicted = np.asarray(y, dtype=np.float64), np.asarray(pred, dtype=np.float64)
    rows: list[dict[str, str | int | float | None]] = []
    for low, high in pairwise(BAND_EDGES):
        inside = (actual >= low) & (actual < high)
        error = predicted[inside] - actual[inside]
        rows.append(
            {
                "band": f"{low}–{high - 1}",
                "n": int(inside.sum()),
                "mae": float(np.abs(error).mean()) if len(error) else None,
                "bias": float(error.mean()) if len(error) else None,
            }
        )
    return rows
