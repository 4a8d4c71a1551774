"""What tests of the prediction view ask: two models of one home, their controls, what is kept of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callbacks.prediction.beginning import Beginning
from callbacks.prediction.board import make_scenario
from callbacks.prediction.controls import make_controls
from callbacks.prediction.knowledge import Knowledge
from core.features import DEFAULT_FEATURES, FEATURE_GROUPS
from core.requests import TrainingRequest
from core.runs.model import Run
from core.scenarios import Scenario
from dashboard.services import Services
from layouts import prediction as view

FEATURES = (*DEFAULT_FEATURES, "key", "genre", *FEATURE_GROUPS["release"].features, *FEATURE_GROUPS["title"].features)
Made = tuple[Services, Run, Run]


@contextlib.contextmanager
def two_models(home: Path) -> Iterator[Made]:
    """A ridge regression with every kind of control, and nearest neighbours without cross-validation."""
    from dashboard.services import build_services
    from dashboard.settings import Settings

    services = build_services(Settings(home=home))
    requests = [
        TrainingRequest(family="ridge", cv_folds=2, features=FEATURES),
        TrainingRequest(family="knn", cv_folds=0, features=("energy", "valence", "mode")),
    ]
    ridge, knn = services.runs.run_inline(requests)
    try:
        yield services, ridge, knn
    finally:
        services.runs.close()


def controls_of(made: Made, **values: Any) -> list[view.FeatureControl]:
    services, run, _ = made
    return make_controls(services.tracks.dataset.tracks, run, values)


def of_page(services: Services, run: Run, **start: Any) -> Beginning:
    """What sets the controls of a page on which those of a run are drawn."""
    return Beginning(services, Knowledge(services), "me", {"run": run.id, **start})


def kept_from(made: Made, start: view.Start, **values: Any) -> Scenario:
    """A prediction that was kept of a model which does not look at the genre."""
    services, _, knn = made
    asked = {"run": knn.id, "values": {**start.values, **values}}
    return make_scenario(services, "me", asked, start.to_dict(knn.id), ())
