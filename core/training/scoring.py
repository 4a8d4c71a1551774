"""Scores, baselines and stored predictions of a fitted model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.bootstrap import bootstrap_interval
from core.comparison import BASELINE_PREFIX
from core.families.baseline import GENRE_SMOOTHING
from core.metrics import END_LEVELS, METRICS, Ends, error_by_band, score
from core.plain_json import as_plain
from core.preprocessing import MAX_NAMES
from core.training.fitting import Fitter, Floats, Ints
from core.validation import Split

BASELINE_KEYS = ("mean", "genre_mean")
ENOUGH_FOR_QUANTILES = 200
"""Tracks from which a genre has quantiles of its own; below, those of all tracks stand for it."""
MAX_SCORED_TRAINING_ROWS = 1_000

_MISSING = "\uffff"
"""In place of a genre; comes after all names, as a missing one does in scikit-learn's order."""

Predicted = tuple[int, Ints, Floats]
"""Fold (0 for the test), its rows and what is predicted for them, points."""


def metrics_of(
    run: Fitter,
    split: Split,
    y: Floats,
    predicted: Floats,
    learned: tuple[Ints, Floats],
    cross_validated: list[Predicted],
    ends: Ends | None = None,
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
    ends : tuple of two ndarrays of shape (n_test,), optional
        Of the intervals of the test part, where these were made without it.
    """
    actual = y[split.test]
    groups = split.resampling_unit[split.test]
    sample, of_sample = learned
    metrics = {
        "test": score(actual, predicted, ends),
        "test_interval": bootstrap_interval(actual, predicted, groups, ends=ends, seed=run.request.seed),
        "train": score(y[sample], of_sample),
        "cv": _spread(y, cross_validated),
        "baselines": {
            key: {"test": score(actual, _baseline(key, split, y), _baseline_ends(key, split, y))}
            for key in BASELINE_KEYS
        },
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


def _baseline(key: str, split: Split, y: Floats) -> Floats:
    """What a baseline predicts for the test part, points."""
    learned = y[split.train]
    if key == "mean":
        return np.full(len(split.test), learned.mean())
    genres = split.table["genre"]
    return smoothed_means(genres.iloc[split.train], learned, genres.iloc[split.test], GENRE_SMOOTHING)


def _baseline_ends(key: str, split: Split, y: Floats) -> tuple[Floats, Floats]:
    """What is known of the test part without any model: the 5% and 95% quantile of the training part, or of a genre."""
    learned = y[split.train]
    low, high = (np.full(len(split.test), end) for end in np.quantile(learned, END_LEVELS))
    if key == "mean":
        return low, high
    names = split.table["genre"].astype(object).fillna(_MISSING).astype(str).to_numpy()
    of_train, of_test = names[split.train], names[split.test]
    for name, n in zip(*np.unique(of_train, return_counts=True), strict=True):
        if n >= ENOUGH_FOR_QUANTILES:
            rows = of_test == name
            low[rows], high[rows] = np.quantile(learned[of_train == name], END_LEVELS)
    return low, high


def smoothed_means(genres: pd.Series, y: Floats, asked: pd.Series, smoothing: float) -> Floats:
    """Give what the family ``genre_mean`` predicts, without the cost of a pipeline: it stands beside every score.

    Parameters
    ----------
    genres, y : Series and ndarray of shape (n_train,)
        Genre and popularity of the training part; missing counts as a genre of its own, and beyond ``MAX_NAMES``
        genres the rare ones are taken together.
    asked : Series of shape (n_test,)
        Genres to predict for; one that is not known gets the mean of the rare ones, or else the general level.
    smoothing : float, tracks
    """
    names, codes = np.unique(genres.astype(object).fillna(_MISSING).astype(str), return_inverse=True)
    rare = np.argsort(np.bincount(codes), kind="stable")[: max(0, len(names) - MAX_NAMES + 1)]
    place = np.arange(len(names))
    if len(names) > MAX_NAMES:
        place[rare] = rare[0]
    codes = place[codes]
    n = np.bincount(codes, minlength=len(names))
    total = np.bincount(codes, weights=y, minlength=len(names))
    used = n > 0
    level = np.average(total[used] / n[used], weights=n[used] / (n[used] + smoothing))
    means = (total + smoothing * level) / (n + smoothing)
    known = pd.Series(means[place], index=names)
    otherwise = means[rare[0]] if len(names) > MAX_NAMES else level
    return np.asarray(asked.astype(object).fillna(_MISSING).astype(str).map(known).fillna(otherwise), dtype=np.float64)


def _spread(y: Floats, cross_validated: list[Predicted]) -> dict[str, Any] | None:
    if not cross_validated:
        return None
    folds = [score(y[valid], predicted) for _, valid, predicted in cross_validated]
    spread = {}
    for key in METRICS:
        values = np.array([fold[key] for fold in folds])
        spread[key] = {"mean": float(values.mean()), "sd": float(values.std(ddof=1)), "folds": values.tolist()}
    return spread


def predictions_of(split: Split, y: Floats, parts: list[Predicted], ends: tuple[Floats, Floats]) -> pd.DataFrame:
    """Give ``TrainingResult.predictions``; ``ends`` are those of the intervals of the test part."""
    frame = rows_of(split, y, parts)
    of_test = pd.DataFrame({"low": ends[0], "high": ends[1], **_of_baselines(split, y)})
    of_test.index = frame.index[frame["part"] == "test"]
    return pd.concat([frame, of_test], axis=1)


def rows_of(split: Split, y: Floats, parts: list[Predicted]) -> pd.DataFrame:
    """The rows of some parts, with what is true and what was predicted, as ``TrainingResult.predictions`` has them."""
    frames = []
    for fold, rows, predicted in parts:
        frame = split.table[["track_id", "track_name", "track_artist"]].iloc[rows]
        part = "test" if fold == 0 else "cv"
        frames.append(frame.assign(part=part, fold=fold, actual=y[rows], predicted=predicted))
    return pd.concat(frames, ignore_index=True)


def _of_baselines(split: Split, y: Floats) -> dict[str, Floats]:
    """What each baseline says of the test part, and both ends of its intervals, by column."""
    found = {}
    for key in BASELINE_KEYS:
        column = BASELINE_PREFIX + key
        found[column] = _baseline(key, split, y)
        found[column + "_low"], found[column + "_high"] = _baseline_ends(key, split, y)
    return found
