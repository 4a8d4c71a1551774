"""Choice of what is held out, and of the folds."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from core.validation import PROTOCOLS, Protocol
from layouts.components import control, icon
from layouts.ids import Training
from layouts.training.form import TrainingForm
from layouts.training.numbers import number_field

FOLDS_TERM = "Cross-validation (KFold); 0 for none"


def validation_choice(form: TrainingForm) -> list[Any]:
    """Draw the choice of protocol, the share of the test, folds and seed."""
    options = [{"value": key, "label": _protocol_label(protocol)} for key, protocol in PROTOCOLS.items()]
    radio = dbc.RadioItems(
        id=Training.PROTOCOL, options=options, value=form.protocol, persistence=form.kept_among(PROTOCOLS),
        persistence_type="session", class_name="protocol-choice",
    )  # fmt: skip
    kept = {"persistence": form.persistence, "persistence_type": "session"}
    return [
        control("What is held out", radio),
        html.Div(
            [
                number_field("Test, %", Training.TEST_SHARE, form.test_percent, "5 to 50", kept, whole=False),
                number_field("Folds", Training.FOLDS, form.cv_folds, "2 to 20, or 0", kept, term=FOLDS_TERM),
                number_field("Seed", Training.SEED, form.seed, "any whole number", kept, term="random_state"),
            ],
            className="number-row",
        ),
    ]


def _protocol_label(protocol: Protocol) -> html.Span:
    name: list[Any] = [html.Span(protocol.label, className="has-help", title=protocol.term, tabIndex=0)]
    if protocol.is_leaky:
        name = [icon("exclamation-triangle"), " ", *name]
    return html.Span([*name, html.Span(protocol.question, className="control-help d-block")])
