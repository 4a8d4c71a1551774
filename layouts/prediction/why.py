"""What each value adds to the prediction: bars to both sides, in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from core.explanation.model import Method
from layouts import wording

SHOWN = 10
"""Bars; what is left is summed up in one more, where it is more than one."""


@dataclass(frozen=True)
class Contribution:
    """What a value adds, points.

    Parameters
    ----------
    label : str
        The feature, or the control that decides several.
    value : str
        As it is set.
    points : float
    """

    label: str
    value: str
    points: float


def contributions(
    parts: Sequence[Contribution],
    base: float,
    predicted: float,
    method: Method,
    sampled: float | None = None,
    references: int = 0,
) -> list[Any]:
    """Draw what each value adds to the prediction.

    Parameters
    ----------
    parts : sequence of Contribution
    base, predicted : float
        What the model says where nothing is known, and what it says now; points.
    method : Method
        How the contributions were found.
    sampled : float, optional
        Largest standard error of a contribution, where chance took part; points.
    references : int
        Tracks that stand for what is left out; 0 where the model itself knows.
    """
    ordered = sorted(parts, key=lambda one: -abs(one.points))
    n_shown = SHOWN + (len(ordered) == SHOWN + 1)
    shown = ordered[:n_shown]
    if rest := ordered[n_shown:]:
        shown.append(Contribution(f"{wording.counted(len(rest), 'other')}", "", sum(one.points for one in rest)))
    most = max((abs(one.points) for one in shown), default=0.0)
    if most < 0.05:
        return [html.P("The model says the same whatever the values are.", className="control-help")]
    rows = [_row(one, most) for one in shown]
    table = html.Table(
        [
            html.Caption("Contributions to the prediction", className="visually-hidden"),
            html.Thead(html.Tr([html.Th(name, scope="col") for name in ("Feature", "Effect", "Points")])),
            html.Tbody(rows),
        ],
        className="why-table",
    )
    begins = f"Starts from {wording.points(base)}, what the model says where nothing is known of a track. "
    named = html.Span(method.label, title=method.help, className="has-help", tabIndex=0)
    against = f", against {wording.counted(references, 'reference track')}" if references else ""
    unsure = f" Chance leaves up to {wording.error_points(sampled)} points." if sampled else ""
    return [
        html.P(f"{begins}{_in_words(ordered)} Together: {wording.points(predicted)}.", className="control-help"),
        table,
        html.P(
            [named, f"{against}.{unsure} ", CAUTION],
            className="control-help",
        ),
    ]


CAUTION = "This is how the model comes to its answer, not what makes a track popular."


def _in_words(ordered: Sequence[Contribution]) -> str:
    up = [one for one in ordered if one.points >= 0.5][:3]
    down = [one for one in ordered if one.points <= -0.5][:3]
    said = []
    for word, some in (("Up", up), ("Down", down)):
        if some:
            named = wording.listed([wording.lower_first(one.label) for one in some])
            said.append(f"{word}: {named}.")
    return " ".join(said) or "No value moves it by half a point."


def _row(one: Contribution, most: float) -> html.Tr:
    direction = "up" if one.points > 0 else "down"
    bar = html.Div(className=f"why-bar why-{direction}", style={"--share": f"{abs(one.points) / most:.3f}"})
    said = wording.signed_points(one.points, 1)
    name = html.Th([one.label, html.Span(one.value, className="why-value")], scope="row")
    return html.Tr(
        [
            name,
            html.Td(html.Div(bar, className="why-lane"), **{"aria-hidden": "true"}),
            html.Td(said, className="number", **{"data-value": f"{one.points:.6g}"}),
        ]
    )
