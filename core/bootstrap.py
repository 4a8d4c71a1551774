"""How sure one can be of a score: the bootstrap over groups of tracks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from core.metrics import Ends, Floats, pinball_losses

MAX_RESAMPLED_UNITS = 10_000


def bootstrap_interval(
    y: npt.ArrayLike,
    pred: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    *,
    ends: Ends | None = None,
    coverage: float = 0.95,
    n_resamples: int = 1000,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Percentile bootstrap intervals of every metric, resampling whole groups.

    Tracks of one group (an artist, a song) resemble each other: resampling single tracks would make the interval too
    narrow. Each metric is a function of six sums, so a resample is one weighted sum of the groups' sums. Beyond
    10,000 groups they are pooled at random into as many, which keeps the cost bounded and the interval valid.

    Parameters
    ----------
    y, pred : array-like of shape (n,)
        Actual and predicted popularity, points.
    groups : array-like of shape (n,) or None
        Integer or text labels of the groups; None makes each row its own.
    ends : tuple of two array-likes of shape (n,), optional
        As for `score`.
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
    of_one = None if ends is None else {"": ends}
    found = resample_scores(y, {"": pred}, groups, ends=of_one, n_resamples=n_resamples, seed=seed)[""]
    tails = [(1 - coverage) / 2, (1 + coverage) / 2]
    return {key: _percentiles(values, tails) for key, values in found.items()}


def resample_scores(
    y: npt.ArrayLike,
    predictions: Mapping[str, npt.ArrayLike],
    groups: npt.ArrayLike | None = None,
    *,
    ends: Mapping[str, Ends] | None = None,
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
    ends : mapping of name to tuple of two array-likes of shape (n,), optional
        As for `score`, of those whose intervals are known.

    Returns
    -------
    dict
        Of each name, an array of shape (n_resamples,) for each metric; nan where it is undefined.
    """
    actual = np.asarray(y, dtype=np.float64)
    rng = np.random.default_rng(seed)
    units = _units(groups, len(actual), rng)
    known = ends or {}
    found = [
        _sums_by_unit(actual, np.asarray(pred, dtype=np.float64), units, known.get(name))
        for name, pred in predictions.items()
    ]
    sums, width = np.hstack(found), found[0].shape[1]
    n_units = len(sums)
    resampled = np.empty((n_resamples, sums.shape[1]))
    for i in range(n_resamples):
        times_drawn = np.bincount(rng.integers(0, n_units, n_units), minlength=n_units)
        resampled[i] = times_drawn.astype(np.float64) @ sums
    level = float(actual.mean())
    scored = {}
    for at, name in enumerate(predictions):
        scored[name] = _metrics_of_sums(resampled[:, at * width : (at + 1) * width], level)
        if name not in known:
            del scored[name]["pinball"]
    return scored


def _units(groups: npt.ArrayLike | None, n_rows: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    labels = np.arange(n_rows) if groups is None else np.asarray(groups)
    codes = np.unique(labels, return_inverse=True)[1].reshape(-1)
    n_units = int(codes.max()) + 1
    if n_units > MAX_RESAMPLED_UNITS:
        codes = (rng.permutation(n_units) % MAX_RESAMPLED_UNITS)[codes]
    return codes.astype(np.int64)


def _sums_by_unit(y: Floats, pred: Floats, units: npt.NDArray[np.int64], ends: Ends | None) -> Floats:
    """Sums (count, squared error, absolute error, y, y squared, pinball) a unit; y is centred for accuracy."""
    centred = y - y.mean()
    error = y - pred
    pinballs = np.zeros_like(y)
    if ends is not None:
        low, high = (np.asarray(end, dtype=np.float64) for end in ends)
        pinballs = pinball_losses(y, low, high)
    columns = (np.ones_like(y), error**2, np.abs(error), centred, centred**2, pinballs)
    return np.column_stack([np.bincount(units, weights=column) for column in columns])


def _metrics_of_sums(sums: Floats, level: float) -> dict[str, Floats]:
    """Every metric of each resample; ``level`` is what y was centred by. Popularity is never below 0."""
    n, squared, absolute, y, y_squared, pinballs = sums.T
    total = y_squared - y**2 / n
    safe_total = np.where(total > 1e-9 * np.maximum(1.0, y_squared), total, np.nan)
    actual = y + n * level
    return {
        "r2": 1 - squared / safe_total,
        "rmse": np.sqrt(squared / n),
        "mae": absolute / n,
        "mse": squared / n,
        "wmape": 100 * absolute / np.where(actual > 1e-9 * n, actual, np.nan),
        "pinball": pinballs / n,
    }


def _percentiles(values: Floats, tails: list[float]) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, tails)
    return float(low), float(high)
