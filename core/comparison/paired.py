"""Differences between models on the same held-out tracks, and which of them are more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.bootstrap import resample_scores
from core.metrics import MEASURES, Ends, Floats, score

CONFIDENCE = 0.99
"""Of all intervals of a comparison together. Stricter than the usual 95%: many pairs are looked at, again and again,
and of two models that differ by luck alone one should hardly ever be called better."""

FEWEST_GROUPS = 10
"""With fewer groups of tracks a resample says nothing: everything is a tie then."""


class Verdict(StrEnum):
    """How a model stands to the best one by a metric."""

    BEST = "best"
    TIED = "tied"
    WORSE = "worse"


@dataclass(frozen=True)
class Difference:
    """How much worse than the best, by one metric.

    Parameters
    ----------
    value : float
        0 or more: in the metric's unit, whichever direction is the better one.
    low, high : float
        Ends of the interval; its low end is above 0 exactly when the verdict is "worse".
    verdict : Verdict
    """

    value: float
    low: float
    high: float
    verdict: Verdict


def compare_paired(
    actual: npt.ArrayLike,
    predicted: Mapping[str, npt.ArrayLike],
    groups: npt.ArrayLike | None = None,
    *,
    ends: Mapping[str, Ends] | None = None,
    confidence: float = CONFIDENCE,
    n_resamples: int = 1000,
    seed: int = 0,
) -> dict[str, dict[str, Difference]]:
    """Compare models with the best of them, metric by metric, by a paired bootstrap over groups of tracks.

    All pairs of models are held to their intervals together (the largest standardised difference over all pairs sets
    their width), as the best one is only known from the same tracks.

    Parameters
    ----------
    actual : array-like of shape (n,)
        Actual popularity, points.
    predicted : mapping of name to array-like of shape (n,)
        Points, by model.
    groups : array-like of shape (n,) or None
        Labels of tracks that are drawn together.
    ends : mapping of name to tuple of two array-likes of shape (n,), optional
        Both ends of the intervals, points, of the models that have them; these are compared by what scores intervals.
    confidence : float
        Chance that all differences lie inside their intervals.

    Returns
    -------
    dict
        Metric to model to `Difference`; a metric without meaning here (R2 of equal values) is left out, as are, by
        one that scores intervals, the models without.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 16.
    Hsu (1996), Multiple Comparisons, chapter 4.
    """
    known = {name: pair for name, pair in (ends or {}).items() if name in predicted}
    scores = {name: score(actual, values, known.get(name)) for name, values in predicted.items()}
    resampled = resample_scores(actual, predicted, groups, ends=known, n_resamples=n_resamples, seed=seed)
    n_groups = len(np.unique(np.asarray(groups))) if groups is not None else len(np.asarray(actual))
    found = {}
    for key, metric in MEASURES.items():
        sign = -1.0 if metric.greater_is_better else 1.0
        losses = {name: sign * values[key] for name, values in scores.items() if key in values}
        if losses and np.isfinite(list(losses.values())).all():
            draws = {name: sign * resampled[name][key] for name in losses}
            found[key] = _against_the_best(losses, draws, confidence, n_groups >= FEWEST_GROUPS)
    return found


def _against_the_best(
    losses: Mapping[str, float], draws: Mapping[str, Floats], confidence: float, is_enough: bool
) -> dict[str, Difference]:
    best = min(losses, key=losses.__getitem__)
    width = _width(losses, draws, confidence) if is_enough else float("inf")
    found = {best: Difference(0.0, 0.0, 0.0, Verdict.BEST)}
    for name in losses:
        if name == best:
            continue
        value = losses[name] - losses[best]
        spread = _spread(draws[name] - draws[best])
        half = width * spread if is_enough else float("inf")
        verdict = Verdict.WORSE if value - half > 0 else Verdict.TIED
        found[name] = Difference(value, value - half, value + half, verdict)
    return {name: found[name] for name in losses}


def _width(losses: Mapping[str, float], draws: Mapping[str, Floats], confidence: float) -> float:
    """In how many standard deviations all differences lie at once."""
    largest = np.zeros(len(next(iter(draws.values()))))
    for one, other in combinations(losses, 2):
        difference = draws[one] - draws[other]
        spread = _spread(difference)
        if spread > 0:
            distance = np.abs(difference - (losses[one] - losses[other])) / spread
            largest = np.fmax(largest, distance)
    return float(np.quantile(largest, confidence))


def _spread(values: Floats) -> float:
    """Standard deviation; what is only rounding counts as none."""
    known = values[np.isfinite(values)]
    spread = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return spread if spread > 1e-12 else 0.0
