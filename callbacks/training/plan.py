"""What a press of the button would do, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash.development.base_component import Component

from callbacks.training.form import Choices, parse_form
from core.errors import DashboardError
from core.families import FAMILIES
from core.requests import TrainingRequest
from core.tables import check_requests
from core.validation import PROTOCOLS
from layouts import training as view
from layouts import wording
from layouts.run_words import features_in_words


def plan_of(services: Any, owner: str, choices: Choices, active: Any) -> tuple[Component, int, str]:
    """What a click would do, for how many models, and why it cannot be clicked (empty when it can)."""
    try:
        store = services.tracks_for(owner)
        requests = parse_form(choices)
        check_requests(requests, store.table)
        lines, warning = describe_plan(requests, store.facts.tracks)
    except DashboardError as error:
        return view.plan_lines([]), 0, str(error)
    busy = "Your last job is still in progress: wait for it, or cancel it." if active else ""
    return view.plan_lines(lines, warning), len(requests), busy


def describe_plan(requests: Sequence[TrainingRequest], tracks: int) -> tuple[list[str], str]:
    """Say what a list of requests would do: lines, and a warning where one is due."""
    first = requests[0]
    fits = len(requests) * (1 + first.cv_folds)
    protocol = PROTOCOLS[first.protocol]
    folds = (
        f"{first.cv_folds}-fold cross-validation inside the rest, under the same rule"
        if first.cv_folds
        else "no cross-validation, so no spread over folds"
    )
    lines = [
        f"{wording.listed([FAMILIES[one.family].label for one in requests])}, on {features_in_words(first.features)}.",
        f"{wording.share(first.test_share)} of the {wording.count(tracks)} tracks are held out for the test; {folds}.",
        f"{protocol.question} {protocol.label}.",
        f"{wording.counted(fits, 'fit')} in all. Beside each score stand two baselines: the mean and the genre mean.",
    ]
    if protocol.uses_placements:
        lines[1] = f"{wording.share(first.test_share)} of the raw rows are held out for the test; {folds}."
    warning = (
        "Copies of the same track stand in training and test: the score will look better than it is."
        if protocol.is_leaky
        else ""
    )
    return lines, warning
