"""Choice of what is held out, and of the folds."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from core.validation import PROTOCOLS, Protocol
from layouts.components import control, icon
from layouts.ids import Training
from layouts.training.form import TrainingForm


def validation_choice(form: TrainingForm) -> list[Any]:
    """Draw the choice of protocol, the share of the test, folds and seed."""
    options = [{"value": key, "label": _protocol_label(protocol)} for key, protocol in PROTOCOLS.items()]
    radio = dbc.RadioItems(
        id=Training.PROTOCOL, options=options, value=form.protocol, persistence=form.kept_among(PROTOCOLS),
        persistence_type="session", class_name="protocol-choice",
    )  # fmt: skip
    return [
        control("What is held out", radio),
        html.Div(
            [
                _number("Test, %", Training.TEST_SHARE, form.test_percent, 5, 50, "5 to 50", form),
                _number("Folds", Training.FOLDS, form.cv_folds, 0, 20, "0 for none", form, "Cross-validation (KFold)"),
                _number("Seed", Training.SEED, form.seed, 0, 2**32 - 1, "any number", form, "random_state"),
            ],
            className="number-row",
        ),
    ]


def _protocol_label(protocol: Protocol) -> html.Span:
    name: list[Any] = [html.Span(protocol.label, className="has-help", title=protocol.term, tabIndex=0)]
    if protocol.is_leaky:
        name = [icon("exclamation-triangle"), " ", *name]
    return html.Span([*name, html.Span(protocol.question, className="control-help d-block")])


def _number(
    label: str, part: str, value: float, low: float, high: float, help: str, form: TrainingForm, term: str = ""
) -> Any:
    field_ = dbc.Input(
        id=part, type="number", value=value, min=low, max=high, step=1, persistence=form.persistence,
        persistence_type="session",
    )  # fmt: skip
    return control(label, field_, help, term=term)
