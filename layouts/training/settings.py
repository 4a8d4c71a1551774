"""Fields of the training form for the settings of a model family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from core.families import FAMILIES
from core.families.model import ModelFamily
from core.search_space import Choice, Float, Int, Param
from layouts import wording
from layouts.components import control
from layouts.ids import Training
from layouts.training.form import TrainingForm

DEFAULT = "default"
"""What a choice is set to while it keeps the default."""

Values = Mapping[tuple[str, str], Any]


def settings_choice(form: TrainingForm) -> list[Any]:
    """Draw where the settings start from, and the fields of each family."""
    options = [
        {"value": "recommended", "label": _choice("Recommended", "Chosen to do well on this kind of data.")},
        {"value": "library", "label": _choice("Library", "scikit-learn's own, for comparison with other work.")},
    ]
    radio = dbc.RadioItems(
        id=Training.DEFAULTS,
        options=options,
        value=form.defaults,
        persistence=form.persistence,
        persistence_type="session",
    )
    sections = [
        setting_fields(family, form.params, form.persistence, hidden=family.key not in form.families)
        for family in FAMILIES.values()
        if family.params
    ]
    empty = html.P("The chosen models have nothing to adjust.", id=Training.SETTINGS_EMPTY, hidden=True)
    details = html.Details(
        [
            html.Summary("Adjust settings"),
            html.P(
                "An empty field keeps the default. Numbers in grey are the recommended ones.", className="control-help"
            ),
            empty,
            *sections,
        ],
        open=bool(form.params),
    )
    return [control("Start from", radio), details]


def _choice(name: str, words: str) -> html.Span:
    return html.Span([name, html.Span(words, className="control-help d-block")])


def setting_fields(family: ModelFamily, values: Values, persistence: str | bool, *, hidden: bool) -> html.Div:
    """Draw a field for each setting of a family.

    Parameters
    ----------
    family : ModelFamily
    values : mapping
        From (family, setting) to a value that differs from the default.
    persistence : str or bool
        Under what the browser keeps changes.
    hidden : bool
        True for a family that is not chosen.
    """
    fields = [_param(family, param, values.get((family.key, param.name)), persistence) for param in family.params]
    return html.Div(
        [html.H3(family.label, className="form-group-title"), html.Div(fields, className="param-grid")],
        id={"type": Training.PARAMS, "family": family.key},
        hidden=hidden,
        role="group",
        className="form-group",
        **{"aria-label": f"Settings of {family.label}"},
    )


def _param(family: ModelFamily, param: Param, value: Any, persistence: str | bool) -> html.Div:
    part = {"type": Training.PARAM, "family": family.key, "name": param.name}
    kept = {"persistence": persistence, "persistence_type": "session"}
    if isinstance(param, Choice):
        options = [{"value": DEFAULT, "label": "Default"}] + [
            {"value": _text(one), "label": _text(one)} for one in param.values
        ]
        component: Any = dbc.Select(id=part, options=options, value=DEFAULT if value is None else _text(value), **kept)
    else:
        shown = family.recommended.get(param.name)
        component = dbc.Input(
            id=part, type="text", inputmode="decimal" if isinstance(param, Float) else "numeric", debounce=True,
            placeholder="default" if shown is None else _text(shown),
            value="" if value is None else _text(value), **kept,
        )  # fmt: skip
    title = html.Span(param.label, className="has-help", title=f"{param.help} ({param.name})", tabIndex=0)
    return html.Div(
        [html.Label([title, component], className="param-label"), html.Div(_bounds(param), className="control-help")]
    )


def _bounds(param: Param) -> str:
    if isinstance(param, (Float, Int)):
        also = [_text(one) for one in param.also]
        return f"{_bound(param.low)} to {_bound(param.high)}" + (f", or {', '.join(also)}" if also else "")
    return ""


def _bound(value: float) -> str:
    return wording.count(value) if abs(value) >= 1000 else f"{value:g}"


def _text(value: Any) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else f"{value}"
