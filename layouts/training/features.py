"""Choice of features, by group and one by one."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from core.features import EXTRA_GROUP, FEATURES, FeatureGroup
from layouts import wording
from layouts.ids import Training
from layouts.training.form import TrainingForm


def feature_choice(group: FeatureGroup, form: TrainingForm) -> html.Div:
    """Draw the checklist of one group of features."""
    options = [
        {
            "value": name,
            "label": html.Span(FEATURES[name].label, className="has-help", title=FEATURES[name].help, tabIndex=0),
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
        # Another table's own columns are another choice.
        persistence=f"{form.persistence}:{','.join(group.features)}" if group.key == EXTRA_GROUP else form.persistence,
        persistence_type="session",
        class_name="feature-columns",
    )
    return html.Div(
        [head, checklist], role="group", className="form-group", **{"aria-label": f"Features: {group.label}"}
    )


def _pick_button(kind: str, group: FeatureGroup, word: str) -> html.Button:
    return html.Button(
        word,
        id={"type": kind, "group": group.key},
        type="button",
        className="quiet-button",
        **{"aria-label": f"{word} of the {wording.lower_first(group.label)} features"},
    )
