"""Choice of features: ready sets, by group and one by one; what is only known after release stands behind a switch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from core.features import EXTRA_AFTERWARDS_GROUP, EXTRA_GROUP, FEATURE_SETS, FEATURES, FeatureGroup, unknowable
from layouts import wording
from layouts.components import icon
from layouts.ids import Training
from layouts.training.form import TrainingForm

OWN_GROUPS = (EXTRA_GROUP, EXTRA_AFTERWARDS_GROUP)


def feature_choices(groups: Sequence[FeatureGroup], form: TrainingForm) -> list[Any]:
    """Draw the ready sets, the groups that are known before release, and the others behind their switch.

    Parameters
    ----------
    groups : sequence of FeatureGroup
        What the table in use offers.
    form : TrainingForm
        First values.
    """
    before = [group for group in groups if group.knowable]
    after = [group for group in groups if not group.knowable]
    return [_ready_sets(), *(feature_choice(group, form) for group in before), *_afterwards(after, form)]


def _ready_sets() -> html.Div:
    buttons = [
        dbc.Button(
            each.label,
            id={"type": Training.FEATURE_SET, "key": each.key},
            type="button",
            title=each.help,
            color="primary",
            outline=True,
            size="sm",
        )
        for each in FEATURE_SETS
    ]
    note = html.Span("All of it is known before release.", className="control-help")
    return html.Div(
        [html.Div(buttons, className="button-row"), note],
        role="group",
        className="form-group feature-sets",
        **{"aria-label": "Ready choices of features"},
    )


def _afterwards(groups: Sequence[FeatureGroup], form: TrainingForm) -> list[Any]:
    if not groups:
        return []
    is_on = bool(unknowable(form.features))
    switch = dbc.Switch(
        id=Training.UNKNOWABLE,
        label="Also offer what is only known after release",
        value=is_on,
        persistence=form.persistence,
        persistence_type="session",
    )
    warning = html.Div(
        [
            icon("exclamation-triangle-fill"),
            " Nobody knows these before a release, so a model that looks at them explains the past and forecasts "
            "nothing. Every score made with them carries a warning.",
        ],
        className="callout callout-warning",
    )
    hidden = html.Div(
        [warning, *(feature_choice(group, form) for group in groups)], id=Training.AFTERWARDS, hidden=not is_on
    )
    return [switch, hidden]


def feature_choice(group: FeatureGroup, form: TrainingForm) -> html.Div:
    """Draw the checklist of one group of features."""
    options = [
        {
            "value": name,
            "label": html.Span(FEATURES[name].label, className="has-help", title=_help(name), tabIndex=0),
        }
        for name in group.features
    ]
    head = html.Div(
        [
            html.H3(group.label, className="form-group-title", title=group.description),
            _pick_button(Training.ALL, group, "All"),
            _pick_button(Training.NONE, group, "None"),
        ],
        className="form-group-head",
    )
    checklist = dbc.Checklist(
        id={"type": Training.FEATURES, "group": group.key},
        options=options,
        value=[name for name in group.features if name in form.features],
        persistence=form.kept_among(group.features),
        persistence_type="session",
        class_name="feature-columns",
    )
    return html.Div(
        [head, checklist], role="group", className="form-group", **{"aria-label": f"Features: {group.label}"}
    )


def _help(name: str) -> str:
    feature = FEATURES[name]
    return feature.help if feature.knowable else f"{feature.help} {feature.why_not}"


def _pick_button(kind: str, group: FeatureGroup, word: str) -> html.Button:
    return html.Button(
        word,
        id={"type": kind, "group": group.key},
        type="button",
        className="quiet-button",
        **{"aria-label": f"{word} of the {wording.lower_first(group.label)} features"},
    )
