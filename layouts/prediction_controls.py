"""The controls of the prediction view: a slider, a choice or a field for each thing that a model reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from core.features import FEATURES
from core.inputs import TEXTS
from layouts.ids import Prediction


@dataclass(frozen=True)
class Shown:
    """A unit that people read more easily than the table's: what one of it is worth in the table's unit."""

    factor: float
    unit: str
    step: float


SHOWN_IN: Mapping[str, Shown] = {"duration_ms": Shown(1000.0, "s", 1.0)}
LONGEST_NAME = 300
PLACEHOLDERS: Mapping[str, str] = {"track_name": "Unknown title", "track_artist": "Unknown artist"}
TEXT_HELP: Mapping[str, str] = {
    "track_name": "What the title says: its words, its length, whether it names guests or a version.",
    "track_artist": "How the artist's tracks in the table did. Empty, or a name that is not in the table: a newcomer.",
}


@dataclass(frozen=True)
class FeatureControl:
    """A slider or a choice for one feature, or a field for a text; numbers in the unit that is shown.

    A text is the column that features are worked out from; its ``options`` are suggestions.
    """

    name: str
    value: float | str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    unit: str = ""
    options: tuple[str, ...] | None = None
    is_text: bool = False

    @property
    def label(self) -> str:
        return TEXTS[self.name] if self.is_text else FEATURES[self.name].label

    @property
    def help(self) -> str:
        return TEXT_HELP.get(self.name, "") if self.is_text else FEATURES[self.name].help


def feature_controls(controls: Sequence[FeatureControl]) -> list[Any]:
    """Draw a slider for each number and a choice for each category."""
    if not controls:
        return [html.P("This model looks at nothing: it always says the same.", className="control-help")]
    return [
        _text(one) if one.is_text else _choice(one) if one.options is not None else _slider(one) for one in controls
    ]


def _text(one: FeatureControl) -> html.Div:
    suggestions = f"{Prediction.SELECT}-{one.name}-names"
    field = dbc.Input(
        id={"type": Prediction.SELECT, "name": one.name}, type="text", value=one.value, debounce=300, size="sm",
        maxlength=LONGEST_NAME, placeholder=PLACEHOLDERS.get(one.name, "Unknown"), autocomplete="off",
        **({"list": suggestions} if one.options else {}),
    )  # fmt: skip
    parts: list[Any] = [html.Label([_name(one), field], className="param-label")]
    if one.options:
        parts.append(html.Datalist([html.Option(value=name) for name in one.options], id=suggestions))
    return html.Div(parts, className="slider-control")


def _choice(one: FeatureControl) -> html.Div:
    part = {"type": Prediction.SELECT, "name": one.name}
    options = [{"value": value, "label": value} for value in one.options or ()]
    select = dbc.Select(id=part, options=options, value=one.value, size="sm")
    label = html.Label([_name(one), select], className="param-label")
    return html.Div(label, className="slider-control")


def _slider(one: FeatureControl) -> html.Div:
    named = {"min": one.low, "max": one.high}
    number = dbc.Input(
        id={"type": Prediction.NUMBER, "name": one.name},
        type="number",
        value=one.value,
        step="any",
        debounce=True,  # and no bounds: a browser gives nothing beyond them, so that it could not be brought back
    )
    slider = dbc.Input(
        id={"type": Prediction.SLIDER, "name": one.name}, type="range", value=one.value, step=one.step, **named
    )
    name = html.Span(f"{one.label}, exact value", className="visually-hidden")
    exact = html.Label([name, number], className="mb-0", title=f"{one.low:g} to {one.high:g}")
    unit = html.Span(one.unit, className="slider-unit")
    return html.Div(
        [
            html.Div([_name(one), html.Div([exact, unit], className="slider-number")], className="slider-head"),
            html.Label([html.Span(one.label, className="visually-hidden"), slider], className="d-block mb-0"),
        ],
        className="slider-control",
    )


def _name(one: FeatureControl) -> html.Span:
    return html.Span(one.label, className="has-help", title=one.help, tabIndex=0)
