"""What a training gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class TrainingResult:
    """What one run gives.

    Parameters
    ----------
    pipeline : sklearn Pipeline
        Fitted on the training part, set to predict with one thread.
    metrics : dict
        JSON-safe. ``test``, ``train`` and each of ``baselines`` (scores by metric), ``test_interval`` (95% bootstrap
        over groups, [low, high] a metric), ``cv`` (mean, sd, folds a metric; None without folds), ``by_band``,
        ``n_train`` (rows of the training part), ``n_train_fitted`` (those the model learned from, fewer under a cap),
        ``n_test``, ``n_train_scored`` (those of the fitted ones that were scored), ``coverage`` (what the prediction
        interval held on the test part, as ``core.intervals.measure_coverage`` gives it; None without folds). R2 is None
        where the actual values do not vary. ``pinball`` stands in ``test`` where ``coverage`` was measured.
        ``search`` (as ``core.tuning.SearchResult.to_metrics`` gives it) after one.
    predictions : DataFrame
        ``track_id, track_name, track_artist, part ("test" | "cv"), fold (0 for the test, 1.. for folds), actual,
        predicted``; points, clipped to 0-100. Of the test part also ``low, high`` (ends of its interval) and, for
        each of ``baseline_mean`` and ``baseline_genre_mean``, its prediction and its ends (``_low``, ``_high``).
    timings : dict
        ``split_seconds, cv_seconds, fit_seconds, interval_seconds, score_seconds, total_seconds``,
        ``predict_seconds`` (part of the scoring: predicting ``n_test`` and ``n_train_scored`` rows), and
        ``search_seconds`` after a search; ``explain_seconds`` where the model was explained. The ``fit_seconds`` of a
        stack hold those of its runs, which were made before it, and its own ``weighing_seconds``.
    notices : list of str
        What people should know: rows sampled, tracks without a date, a leaky protocol.
    interval : dict
        Of the prediction interval: ``coverage``, ``tails`` ([low, high], where the ends start from, points from the
        prediction; None where they start from quantiles), ``half_width`` (points outwards from there), ``method``,
        ``calibrated_on`` ("cross-validation" or "test"), ``n`` rows in ``units`` groups, ``protocol``, ``by_genre``
        ({genre: {half_width, n, tails}}) and ``measured`` (as ``metrics["coverage"]``). In runs of earlier versions
        there are no tails: the ends lie as far from the prediction on either side.
    quantiles : tuple of two sklearn Pipelines or None
        Models of the low and the high quantile, where the interval is made of them.
    ranges : dict of str to [low, high]
        Lowest and highest value of each number that the model reads, in the whole table.
    explanation : dict or None
        JSON-safe, as ``core.explanation.study.Study.of_final`` gives it; None where none was asked for.
    """

    pipeline: Any
    metrics: dict[str, Any]
    predictions: pd.DataFrame
    timings: dict[str, float]
    notices: list[str]
    interval: dict[str, Any]
    quantiles: tuple[Any, Any] | None = None
    ranges: dict[str, list[float]] = field(default_factory=dict)
    explanation: dict[str, Any] | None = None
