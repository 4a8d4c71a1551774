"""Settings of each model family: one family's fields at a time, made from its hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.families import FAMILIES
from core.families.model import ModelFamily
from core.search_space import Choice, Float, Param
from layouts import wording
from layouts.components import control, icon
from layouts.ids import Training
from layouts.training.form import TrainingForm

DEFAULT = "default"
"""What a choice is set to while it keeps the default."""


def settings_choice(form: TrainingForm) -> list[Any]:
    """Draw where the settings start from, the fields of each family, and where intervals come from."""
    options = [
        {"value": "recommended", "label": _choice("Recommended", "Chosen to do well on this kind of data.")},
        {"value": "library", "label": _choice("Library", "The library's own, for comparison with other work.")},
    ]
    radio = dbc.RadioItems(
        id=Training.DEFAULTS,
        options=options,
        value=form.defaults,
        persistence=form.persistence,
        persistence_type="session",
    )
    sections = [_section(family, form) for family in FAMILIES.values() if family.params]
    empty = html.P("The chosen models have nothing to adjust.", id=Training.SETTINGS_EMPTY, hidden=True)
    return [
        control("Start from", radio),
        html.Div("Change settings of", className="control-label"),
        empty,
        html.Div(sections, className="family-list"),
        *interval_choice(form),
        dcc.Store(id=Training.RULES, data=rules()),
        dcc.Store(id=Training.TYPED, data=first_typed(form)),
    ]


def first_typed(form: TrainingForm) -> dict[str, Any]:
    """Give what is typed at first; the browser puts what it remembers under ``key`` in its place.

    Typed settings live here and not in their fields: those are drawn when someone opens them, as the fields of all
    families would make the page slow.
    """
    values: dict[str, dict[str, str]] = {}
    for (family, name), value in form.params.items():
        values.setdefault(family, {})[name] = _text(value)
    return {"key": form.run_id, "values": values, "is_first": True}


def _section(family: ModelFamily, form: TrainingForm) -> html.Details:
    """Draw the name of a family; its fields come when it is pressed, or at once where a run filled some."""
    given = {name: value for (key, name), value in form.params.items() if key == family.key}
    changed = html.Span(id={"type": Training.PARAMS_CHANGED, "family": family.key}, className="quiet-note")
    fields = family_settings(family, given, form.persistence) if given else None
    return html.Details(
        [
            html.Summary([family.label, changed], id={"type": Training.PARAMS_OPEN, "family": family.key}),
            html.Div(fields, id={"type": Training.PARAMS_BODY, "family": family.key}),
        ],
        id={"type": Training.PARAMS, "family": family.key},
        hidden=family.key not in form.families,
        open=bool(given),
        className="family-settings",
    )


def family_settings(family: ModelFamily, values: Mapping[str, Any], persistence: str | bool) -> html.Div:
    """Draw the fields of a family, the advanced ones folded away.

    Parameters
    ----------
    family : ModelFamily
    values : mapping
        From setting to a value that differs from the default.
    persistence : str or bool
        Under what the browser keeps changes.
    """
    given = {param.name: values.get(param.name) for param in family.params}
    plain = [_param(family, param, given[param.name], persistence) for param in family.params if not param.advanced]
    deeper = [param for param in family.params if param.advanced]
    reset = html.Button(
        [icon("arrow-counterclockwise"), " Reset"],
        id={"type": Training.RESET, "family": family.key},
        type="button",
        className="quiet-button",
        **{"aria-label": f"Reset the settings of {family.label}"},
    )
    return html.Div(
        [
            html.P("An empty field keeps the default, shown in grey.", className="control-help"),
            html.Div(plain, className="param-grid"),
            *([_advanced(family, deeper, given, persistence)] if deeper else []),
            reset,
        ],
        role="group",
        **{"aria-label": f"Settings of {family.label}"},
    )


def _advanced(
    family: ModelFamily, params: list[Param], given: Mapping[str, Any], persistence: str | bool
) -> html.Details:
    fields = [_param(family, param, given[param.name], persistence) for param in params]
    return html.Details(
        [html.Summary(f"Advanced ({len(params)})"), html.Div(fields, className="param-grid")],
        open=any(given[param.name] is not None for param in params),
        className="advanced-settings",
    )


def _param(family: ModelFamily, param: Param, value: Any, persistence: str | bool) -> html.Div:
    part = {"type": Training.PARAM, "family": family.key, "name": param.name}
    kept = {"persistence": persistence, "persistence_type": "session"}
    default = family.recommended.get(param.name) if param.name in family.recommended else None
    has_default = param.name in family.recommended
    if isinstance(param, Choice):
        first = f"Default ({_text(default)})" if has_default else "Default"
        options = [{"value": DEFAULT, "label": first}] + [
            {"value": _text(one), "label": _text(one)} for one in param.values
        ]
        component: Any = dbc.Select(id=part, options=options, value=DEFAULT if value is None else _text(value), **kept)
    else:
        component = dbc.Input(
            id=part, type="text", inputmode="decimal" if isinstance(param, Float) else "numeric", debounce=0.4,
            placeholder=_text(default) if has_default else LIBRARY_DEFAULT, autocomplete="off",
            value="" if value is None else _text(value), **kept,
        )  # fmt: skip
    title = html.Span(param.label, className="has-help", title=f"{param.help} ({param.name})", tabIndex=0)
    said = {"type": Training.PARAM_SAID, "family": family.key, "name": param.name}
    return html.Div(
        [
            html.Label([title, component], className="param-label"),
            html.Div(bounds(param), className="control-help"),
            html.Div(id=said, className="field-problem", role="status"),
        ]
    )


LIBRARY_DEFAULT = "library default"


def rules() -> dict[str, dict[str, dict[str, Any]]]:
    """What the browser needs to check a field at once: bounds, words and default, by family and setting."""
    return {
        family.key: {param.name: _rule(family, param) for param in family.params}
        for family in FAMILIES.values()
        if family.params
    }


def _rule(family: ModelFamily, param: Param) -> dict[str, Any]:
    shown = _text(family.recommended[param.name]) if param.name in family.recommended else LIBRARY_DEFAULT
    if isinstance(param, Choice):
        return {"default": shown}
    return {
        "default": shown,
        "low": param.low,
        "high": param.high,
        "whole": not isinstance(param, Float),
        "also": [_text(one) for one in param.also],
        "expected": bounds(param),
    }


def bounds(param: Param) -> str:
    """Say what a setting may be: "1 to 2,000 trees, or none"; nothing for a choice, which shows what there is.

    Examples
    --------
    >>> bounds(FAMILIES["ridge"].allowed["alpha"]).startswith("0")
    True
    """
    if isinstance(param, Choice):
        return ""
    also = [_text(one) for one in param.also]
    unit = f" {param.unit}" if param.unit else ""
    return f"{_bound(param.low)} to {_bound(param.high)}{unit}" + (f", or {' or '.join(also)}" if also else "")


def interval_choice(form: TrainingForm) -> list[Any]:
    """Draw where the interval around a prediction comes from."""
    options = [
        {
            "value": "split",
            "label": _choice("From its errors", "As wide as its errors on tracks it had not seen: for every model."),
        },
        {
            "value": "quantile",
            "label": _choice(
                "From quantiles", "Wider where the model is less sure; only for models that can learn quantiles."
            ),
        },
    ]
    radio = dbc.RadioItems(
        id=Training.INTERVAL,
        options=options,
        value=form.interval,
        persistence=form.persistence,
        persistence_type="session",
    )
    inside = control("Where intervals come from", radio, term="Split conformal, or conformalised quantile regression")
    return [html.Details([html.Summary("Prediction intervals"), inside], open=form.interval != "split",
                         className="advanced-settings")]  # fmt: skip


def _choice(name: str, words: str) -> html.Span:
    return html.Span([name, html.Span(words, className="control-help d-block")])


def _bound(value: float) -> str:
    return wording.count(value) if abs(value) >= 1000 else f"{value:g}"


def _text(value: Any) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else f"{value}"
