"""Scores, baselines and stored predictions of a fitted model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.families import FAMILIES
from core.features import feature_frame
from core.metrics import METRICS, bootstrap_interval, error_by_band, score
from core.plain_json import as_plain
from core.training.fitting import Fitter, Floats, Ints, predict_popularity
from core.validation import Split

BASELINE_KEYS = ("mean", "genre_mean")
MAX_SCORED_TRAINING_ROWS = 1_000

Predicted = tuple[int, Ints, Floats]
"""Fold (0 for the test), its rows and what is predicted for them, points."""


def metrics_of(
    run: Fitter,
    split: Split,
    y: Floats,
    predicted: Floats,
    learned: tuple[Ints, Floats],
    cross_validated: list[Predicted],
) -> dict[str, Any]:
    """Give ``TrainingResult.metrics``.

    Parameters
    ----------
    run : Fitter
    split : Split
    y : ndarray of shape (n_rows,)
        Actual popularity of every row of the split's table, points.
    predicted : ndarray of shape (n_test,)
        Points predicted for the test part.
    learned : tuple of (ndarray, ndarray)
        Some rows that the model was fitted on, and the points predicted for them.
    cross_validated : list of Predicted
    """
    actual = y[split.test]
    groups = split.resampling_unit[split.test]
    sample, of_sample = learned
    metrics = {
        "test": score(actual, predicted),
        "test_interval": bootstrap_interval(actual, predicted, groups, seed=run.request.seed),
        "train": score(y[sample], of_sample),
        "cv": _spread(y, cross_validated),
        "baselines": {key: {"test": _baseline(key, split, y)} for key in BASELINE_KEYS},
        "by_band": error_by_band(actual, predicted),
        "n_train": len(split.train),
        "n_train_fitted": len(run.capped(split.train)),
        "n_test": len(split.test),
        "n_train_scored": len(sample),
    }
    return {key: as_plain(value) for key, value in metrics.items()}


def scored_sample(rows: Ints, seed: int) -> Ints:
    """Fitted rows to score: a sample says as much, and some models predict as slowly as they learn."""
    if len(rows) <= MAX_SCORED_TRAINING_ROWS:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, MAX_SCORED_TRAINING_ROWS, replace=False))


def _baseline(key: str, split: Split, y: Floats) -> dict[str, float]:
    actual = y[split.test]
    if key == "mean":
        return score(actual, np.full(len(actual), y[split.train].mean()))
    family = FAMILIES[key]
    pipeline = family.build({}, "recommended", ())
    X = feature_frame(split.table, family.columns(()))
    pipeline.fit(X.iloc[split.train], y[split.train])
    return score(actual, predict_popularity(pipeline, X.iloc[split.test]))


def _spread(y: Floats, cross_validated: list[Predicted]) -> dict[str, Any] | None:
    if not cross_validated:
        return None
    folds = [score(y[valid], predicted) for _, valid, predicted in cross_validated]
    spread = {}
    for key in METRICS:
        values = np.array([fold[key] for fold in folds])
        spread[key] = {"mean": float(values.mean()), "sd": float(values.std(ddof=1)), "folds": values.tolist()}
    return spread


def predictions_of(split: Split, y: Floats, parts: list[Predicted]) -> pd.DataFrame:
    """Give ``TrainingResult.predictions``."""
    frames = []
    for fold, rows, predicted in parts:
        frame = split.table[["track_id", "track_name", "track_artist"]].iloc[rows]
        part = "test" if fold == 0 else "cv"
        frames.append(frame.assign(part=part, fold=fold, actual=y[rows], predicted=predicted))
    return pd.concat(frames, ignore_index=True)
