"""The controls of the prediction view: a slider, a choice or a field for each thing that a model reads, in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from core.features import FEATURES, feature_groups
from core.inputs import TEXTS
from core.release_dates import DATE, DATE_FEATURES
from core.scenarios import NAMED
from layouts.components.markup import Element, markup


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
    DATE: "Year, month, day and weekday go together. Empty: not known.",
}
TEXT_LABELS: Mapping[str, str] = {**TEXTS, DATE: "Release date"}
TEXT_GROUPS: Mapping[str, str] = {"track_name": "title", "track_artist": "artist", DATE: "release"}


@dataclass(frozen=True)
class FeatureControl:
    """A slider or a choice for one feature, or a field for a text; numbers in the unit that is shown.

    A text is the column that features are worked out from; its ``options`` are suggestions. ``spread`` is how many
    tracks have each value: the shape behind a slider, as `layouts.prediction.spread.draw_spread` writes it.
    """

    name: str
    value: float | str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    unit: str = ""
    options: tuple[str, ...] | None = None
    is_text: bool = False
    spread: str = ""

    @property
    def is_date(self) -> bool:
        return self.name == DATE

    @property
    def is_slider(self) -> bool:
        return not self.is_text and self.options is None

    @property
    def label(self) -> str:
        return TEXT_LABELS[self.name] if self.is_text else FEATURES[self.name].label

    @property
    def label_with_unit(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def help(self) -> str:
        return TEXT_HELP.get(self.name, "") if self.is_text else FEATURES[self.name].help

    @property
    def group(self) -> str:
        """Key of the group of features that it stands in."""
        return TEXT_GROUPS.get(self.name, "playlists") if self.is_text else FEATURES[self.name].group


def control_of(feature: str, controls: Sequence[str]) -> str:
    """The control that decides a feature: its own, or that of the text or date that it comes from.

    Examples
    --------
    >>> control_of("title_remix", ["energy", "track_name"]), control_of("release_day", ["release_date"])
    ('track_name', 'release_date')
    """
    if feature in controls:
        return feature
    if feature in DATE_FEATURES and DATE in controls:
        return DATE
    return next((source for source in FEATURES[feature].sources if source in controls), feature)


def draw_controls(run_id: str, controls: Sequence[FeatureControl]) -> dict[str, str]:
    """Give the controls of a run as HTML text, for the page's store."""
    return {"run": run_id, "html": markup(feature_controls(controls))}


def leave_controls(run_id: str) -> dict[str, Any]:
    """Let the controls stand as they are, for a run that is not there any more: another one takes their values."""
    return {"run": run_id, "html": None}


def feature_controls(controls: Sequence[FeatureControl]) -> list[Any]:
    """Draw the controls in their groups; on a phone all but the first are folded."""
    if not controls:
        return [html.P("This model looks at nothing: it always says the same.", className="control-help")]
    extras = [one.name.partition(":")[2] for one in controls if ":" in one.name]
    grouped = [(group, [one for one in controls if one.group == group.key]) for group in feature_groups(extras)]
    grouped = [(group, members) for group, members in grouped if members]
    if len(grouped) == 1:
        return [_draw(one) for one in grouped[0][1]]
    return [
        html.Details(
            [html.Summary(group.label, title=group.description), *map(_draw, members)],
            open=True,
            className="control-group folds-on-phone" if number else "control-group",
        )
        for number, (group, members) in enumerate(grouped)
    ]


def _draw(one: FeatureControl) -> html.Div:
    if one.is_date:
        return _date(one)
    return _text(one) if one.is_text else _choice(one) if one.options is not None else _slider(one)


def _text(one: FeatureControl) -> html.Div:
    names = f"prediction-names-{one.name}"
    told = {"list": names} if one.options else {}
    field = _field(
        one, "input", type="text", value=one.value, maxlength=LONGEST_NAME, autocomplete="off",
        placeholder=PLACEHOLDERS.get(one.name, "Unknown"), **told,
    )  # fmt: skip
    parts: list[Any] = [html.Label([_name(one), field], className="param-label")]
    if one.options:
        options = [Element("option", {"value": name}) for name in one.options]
        parts.append(Element("datalist", {"id": names}, options))
    return html.Div(parts, className="slider-control")


def _date(one: FeatureControl) -> html.Div:
    field = _field(one, "input", type="date", value=one.value, min="1900-01-01", max="2099-12-31")
    return html.Div(html.Label([_name(one), field], className="param-label"), className="slider-control")


def _choice(one: FeatureControl) -> html.Div:
    options = [
        Element("option", {"value": value, "selected": value == one.value}, value) for value in one.options or ()
    ]
    select = _field(one, "select", options)
    return html.Div(html.Label([_name(one), select], className="param-label"), className="slider-control")


def _field(one: FeatureControl, tag: Any, children: Any = None, **attributes: Any) -> Element:
    kind = "form-select form-select-sm" if tag == "select" else "form-control form-control-sm"
    return Element(tag, {"class": kind, "data-control": one.name, **attributes}, children)


def _slider(one: FeatureControl) -> html.Div:
    value = f"{one.value:.9g}"
    # no bounds: a browser gives nothing beyond them, so that it could not be brought back
    number = Element(
        "input", {"type": "number", "class": "form-control", "data-exact": one.name, "value": value, "step": "any"}
    )
    ends = {"min": f"{one.low:g}", "max": f"{one.high:.9g}", "step": f"{one.step:g}"}
    told = {"type": "range", "class": "form-control", "data-control": one.name, **ends, "value": value}
    if one.name in NAMED:
        told["data-named"] = NAMED[one.name]
    name = html.Span(f"{one.label}, exact value", className="visually-hidden")
    exact = html.Label([name, number], className="mb-0", title=f"{one.low:g} to {one.high:g}")
    unit = html.Span(one.unit, className="slider-unit")
    hidden = html.Span(one.label, className="visually-hidden")
    moved = html.Label([hidden, Element("input", told)], className="d-block mb-0")
    head = html.Div([_name(one), html.Div([exact, unit], className="slider-number")], className="slider-head")
    return html.Div([head, *_spread(one), moved], className="slider-control", style={"--at": _place(one)})


def _spread(one: FeatureControl) -> list[Any]:
    if not one.spread:
        return []
    shape = html.Div(className="slider-spread", style={"--spread": one.spread}, **{"aria-hidden": "true"})
    return [html.Div([shape, html.Div(className="slider-mark")], className="slider-ground", title=SPREAD_HELP)]


SPREAD_HELP = "How many tracks have each value: the higher, the more. The line is the value that is set."


def _place(one: FeatureControl) -> str:
    """Where the value stands between the ends of its slider, 0 to 1."""
    width = one.high - one.low
    share = (float(one.value) - one.low) / width if width > 0 else 0.5
    return f"{min(max(share, 0.0), 1.0):.4f}"


def _name(one: FeatureControl) -> html.Span:
    return html.Span(one.label, className="has-help", title=one.help, tabIndex=0)
