"""What people should know of a training: said with its result, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.features import FEATURES, unknowable
from core.requests import TrainingRequest
from core.training.fitting import Fitter
from core.validation import PROTOCOLS, Split

FEW_TEST_ROWS = 30
"""Below this number of held-out rows a score is mostly chance, and the run says so."""


def notices_of(request: TrainingRequest, split: Split, run: Fitter, metrics: Mapping[str, Any]) -> list[str]:
    """Give the sentences that go with a result: about the split, the features, the scores, the rows and the solver."""
    notices = list(split.notes)
    if PROTOCOLS[request.protocol].is_leaky:
        notices.append(
            "This protocol lets the same track stand in training and test: its scores are better than the truth. "
            "Use it for contrast only."
        )
    notices += notices_of_features(request.features if run.family.uses_features else ())
    notices += _notices_of_scores(metrics)
    cap = run.family.row_cap
    if cap is not None and len(split.train) > cap:
        notices.append(
            f"{run.family.label} learns from a random sample of {cap:,} of the {len(split.train):,} training rows, "
            "because its cost grows with the square of the rows."
        )
    notices += run.stops
    if run.unsettled:
        notices.append(f"The solver stopped before it settled: {run.family.advice}.")
    return notices


def notices_of_features(features: Sequence[str]) -> list[str]:
    """Say which features are not known before a release: a score made with them is no forecast."""
    names = unknowable(features)
    if not names:
        return []
    labels = ", ".join(FEATURES[name].label for name in names)
    return [
        f"Not a forecast: it looks at what is only known after the release ({labels}), so its scores are better than "
        "anything that could be said before."
    ]


def _notices_of_scores(metrics: Mapping[str, Any]) -> list[str]:
    """What to know of scores that rest on little."""
    notices = []
    if metrics["n_test"] < FEW_TEST_ROWS:
        notices.append(
            f"Only {metrics['n_test']} rows were held out: with fewer than {FEW_TEST_ROWS} a score is mostly chance."
        )
    folds = metrics["cv"]["r2"]["folds"] if metrics["cv"] else []
    if undefined := folds.count(None):
        notices.append(
            f"R² has no value in {undefined} of the {len(folds)} folds, as popularity does not vary there, so it has "
            "no mean over the folds: read RMSE or MAE, or ask for fewer folds."
        )
    return notices
