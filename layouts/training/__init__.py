"""Training view: what to train at the left, what happens at the right."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from core.features import FEATURE_GROUPS, FeatureGroup
from layouts.components import page_header
from layouts.ids import Training
from layouts.run_search import ticking
from layouts.training.board import compared, leaderboard
from layouts.training.families import COMBINED, all_groups, all_models, all_models_by_group, family_choice
from layouts.training.features import feature_choices
from layouts.training.form import DEFAULT_FAMILIES, TrainingForm, TuningForm
from layouts.training.plan import accepted, combined, plan_lines, refusal, submit_words
from layouts.training.results import FirstState, live, recent, results
from layouts.training.settings import DEFAULT, settings_choice
from layouts.training.tuning import tuning_choice
from layouts.training.validation import validation_choice

__all__ = [
    "COMBINED",
    "DEFAULT",
    "DEFAULT_FAMILIES",
    "FirstState",
    "TrainingForm",
    "TuningForm",
    "accepted",
    "all_groups",
    "all_models",
    "all_models_by_group",
    "combined",
    "compared",
    "layout",
    "leaderboard",
    "live",
    "plan_lines",
    "recent",
    "refusal",
    "submit_words",
]


def layout(
    form: TrainingForm,
    nonce: str,
    first: FirstState | None = None,
    groups: Sequence[FeatureGroup] = tuple(FEATURE_GROUPS.values()),
) -> html.Div:
    """Draw the view.

    Parameters
    ----------
    form : TrainingForm
        First values of the form.
    nonce : str
        Key of the next submission: two clicks that carry the same one start one job.
    first : FirstState, optional
        What stands at the right; filled in by callbacks when absent.
    groups : sequence of FeatureGroup
        The features that the table in use offers.
    """
    first = first or FirstState()
    purpose = "Choose models and how to judge them. Training goes on in the background."
    return html.Div(
        [
            page_header("Train", purpose),
            html.Div([_controls(form, groups, first), results(form.origin, first)], className="work train-work"),
            dcc.Store(id=Training.NONCE, data=nonce),
            dcc.Store(id=Training.COMBINE_NONCE, data=str(uuid.uuid4())),
            dcc.Store(id=Training.ACTIVE, data=first.jobs),
            dcc.Store(id=Training.SEEN, data=first.seen),
            dcc.Store(id=Training.CHANGED),
            ticking(Training.TICK, is_active=bool(first.active)),
        ]
    )


def _controls(form: TrainingForm, groups: Sequence[FeatureGroup], first: FirstState) -> html.Div:
    return html.Div(
        [
            _section("Models", family_choice(form)),
            _section("Features", feature_choices(groups, form), folds=True),
            _section("Validation", validation_choice(form)),
            _section("Tuning", tuning_choice(form, first.most_jobs, first.search_seconds), folds=True),
            _section("Settings", settings_choice(form), folds=True),
        ],
        className="view-controls",
        id=Training.FORM,
    )


def _section(title: str, parts: list[Any], *, folds: bool = False) -> html.Section:
    """A part of the form; one that folds starts closed on a phone."""
    if not folds:
        return html.Section([html.H2(title), *parts], className="panel form-section")
    folded = html.Details([html.Summary(html.H2(title)), *parts], open=True, className="folds-on-phone")
    return html.Section(folded, className="panel form-section")
