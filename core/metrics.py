"""The measures of error, and how sure one can be of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POPULARITY_RANGE = (0.0, 100.0)
MAX_RESAMPLED_UNITS = 10_000
BAND_EDGES = (0, 20, 40, 60, 80, 101)


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


@dataclass(frozen=True)
class Metric:
    """A measure of how predictions differ from the truth."""

    key: str
    label: str
    unit: str
    greater_is_better: bool
    function: Callable[[Floats, Floats], float]
    explanation: str


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
        ),
    )
}


def score(y: npt.ArrayLike, pred: npt.ArrayLike) -> dict[str, float]:
    """Score predictions with every metric.

    Parameters
    ----------
    y, pred : array-like of shape (n,)
        Actual and predicted popularity, points.

    Returns
    -------
    dict
        One number a metric; ``r2`` is nan when the actual values do not vary.

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
    return {key: metric.function(actual, predicted) for key, metric in METRICS.items()}


def bootstrap_interval(
    y: npt.ArrayLike,
    pred: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    *,
    coverage: float = 0.95,
    n_resamples: int = 1000,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Percentile bootstrap intervals of every metric, resampling whole groups.

    Tracks of one group (an artist, a song) resemble each other: resampling single tracks would make the interval too
    narrow. Each metric is a function of five sums, so a resample is one weighted sum of the groups' sums. Beyond
    10,000 groups they are pooled at random into as many, which keeps the cost bounded and the interval valid.

    Parameters
    ----------
    y, pred : array-like of shape (n,)
        Actual and predicted popularity, points.
    groups : array-like of shape (n,) or None
        Integer or text labels of the groups; None makes each row its own.
    coverage : float
        Share of the resamples inside the interval.

    Returns
    -------
    dict
        (low, high) a metric; nan where the metric is undefined in every resample.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapters 8 and 13.
    """
    found = resample_scores(y, {"": pred}, groups, n_resamples=n_resamples, seed=seed)[""]
    tails = [(1 - coverage) / 2, (1 + coverage) / 2]
    return {key: _percentiles(values, tails) for key, values in found.items()}


def resample_scores(
    y: npt.ArrayLike,
    predictions: Mapping[str, npt.ArrayLike],
    groups: npt.ArrayLike | None = None,
    *,
    n_resamples: int = 1000,
    seed: int = 0,
) -> dict[str, dict[str, Floats]]:
    """Score several predictions of the same tracks on the same resamples of whole groups.

    As every resample draws the same tracks for all of them, the differences between two are paired.

    Parameters
    ----------
    y : array-like of shape (n,)
        Actual popularity, points.
    predictions : mapping of name to array-like of shape (n,)
        Predicted popularity, points.
    groups : array-like of shape (n,) or None
        Labels of the groups; None makes each row its own.

    Returns
    -------
    dict
        Of each name, an array of shape (n_resamples,) for each metric; nan where it is undefined.
    """
    actual = np.asarray(y, dtype=np.float64)
    rng = np.random.default_rng(seed)
    units = _units(groups, len(actual), rng)
    found = [_sums_by_unit(actual, np.asarray(pred, dtype=np.float64), units) for pred in predictions.values()]
    sums, width = np.hstack(found), found[0].shape[1]
    n_units = len(sums)
    resampled = np.empty((n_resamples, sums.shape[1]))
    for i in range(n_resamples):
        times_drawn = np.bincount(rng.integers(0, n_units, n_units), minlength=n_units)
        resampled[i] = times_drawn.astype(np.float64) @ sums
    return {name: _metrics_of_sums(resampled[:, at * width : (at + 1) * width]) for at, name in enumerate(predictions)}


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


def _units(groups: npt.ArrayLike | None, n_rows: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    labels = np.arange(n_rows) if groups is None else np.asarray(groups)
    codes = np.unique(labels, return_inverse=True)[1].reshape(-1)
    n_units = int(codes.max()) + 1
    if n_units > MAX_RESAMPLED_UNITS:
        codes = (rng.permutation(n_units) % MAX_RESAMPLED_UNITS)[codes]
    return codes.astype(np.int64)


def _sums_by_unit(y: Floats, pred: Floats, units: npt.NDArray[np.int64]) -> Floats:
    """Sums (count, squared error, absolute error, y, y squared) a unit; y is centred for accuracy."""
    centred = y - y.mean()
    error = y - pred
    columns = (np.ones_like(y), error**2, np.abs(error), centred, centred**2)
    return np.column_stack([np.bincount(units, weights=column) for column in columns])


def _metrics_of_sums(sums: Floats) -> dict[str, Floats]:
    n, squared, absolute, y, y_squared = sums.T
    total = y_squared - y**2 / n
    safe_total = np.where(total > 1e-9 * np.maximum(1.0, y_squared), total, np.nan)
    return {"r2": 1 - squared / safe_total, "rmse": np.sqrt(squared / n), "mae": absolute / n, "mse": squared / n}


def _percentiles(values: Floats, tails: list[float]) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, tails)
    return float(low), float(high)
