"""The board of kept predictions: named, compared, used again, cleared, written to a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import html

from core.scenarios import LONGEST_NAME, Kept, Scenario, differing
from layouts import wording
from layouts.components import icon
from layouts.ids import Prediction
from layouts.links import run_address
from layouts.prediction.answer import value_in_words
from layouts.prediction.controls import SHOWN_IN
from layouts.prediction.models import strip
from layouts.run_words import feature_in_words

HEADS = ("Name", "Predicted", "Between", "Model", "Started from", "Changed", "")
SIDE_BY_SIDE = 6
"""Kept predictions whose values are shown beside one another: the newest."""


def kept_list(read: Kept, *, can_undo: bool, address_of: Callable[[Scenario], str] | None = None) -> Any:
    """Draw the kept predictions, newest first; nothing when there are none and none to bring back.

    Parameters
    ----------
    read : Kept
        What the browser kept, and what of it could not be read.
    can_undo : bool
        Whether some were just cleared.
    address_of : callable, optional
        Gives the address that shows a scenario again.
    """
    undo = [_act("Undo", "undo", className="btn btn-link p-0 ms-2")] if can_undo else []
    kept, lost = read.scenarios, _lost(read)
    if not kept:
        shown = ["Kept predictions were cleared.", *undo] if can_undo else [lost] if lost else []
        return html.Div(shown, className="callout" if shown else "d-none", role="status")
    newest = list(reversed(kept))
    clear = _act([icon("trash"), " Clear"], "clear")
    csv = html.Button([icon("download"), " CSV"], id=Prediction.CSV, type="button", className="quiet-button")
    head = html.Div([html.H2("Kept predictions"), html.Div([*undo, csv, clear])], className="panel-head")
    table = html.Table(
        [
            html.Caption("Kept predictions, newest first", className="visually-hidden"),
            html.Thead(html.Tr([html.Th(name, scope="col") for name in HEADS[:-1]] + [html.Td()])),
            html.Tbody([_row(one, address_of) for one in newest]),
        ],
        className="runs-table kept-table",
    )
    notes = [html.P(lost, className="callout", role="status")] if lost else []
    said = html.P(_spread(kept), className="control-help")
    return html.Section([head, said, *notes, table, *_side_by_side(newest)], className="panel")


def _lost(read: Kept) -> str:
    """Say what another version kept in a way that this one does not understand."""
    said = []
    if n := read.n_unreadable:
        said.append(f"{wording.counted(n, 'kept prediction')} could not be read and {_were(n)} left out.")
    if n := read.n_without_values:
        said.append(f"{wording.counted(n, 'kept prediction')} cannot be used again: {'its' if n == 1 else 'their'} "
                    "values are of another version of this page.")  # fmt: skip
    return " ".join(said)


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


def _spread(kept: Sequence[Scenario]) -> str:
    if len(kept) < 2:
        return "Keep another one to compare it with. What is kept lasts as long as this tab."
    low, high = (pick(kept, key=lambda one: one.predicted) for pick in (min, max))
    apart = wording.counted(round(high.predicted) - round(low.predicted), "point")
    return f"From {wording.points(low.predicted)} to {wording.points(high.predicted)}: {apart} apart."


def _row(one: Scenario, address_of: Callable[[Scenario], str] | None) -> html.Tr:
    name = html.Span(one.name or "Without a name", className="kept-name", title="Name")
    told = {"data-board": "name", "data-id": one.id, "data-name": one.name}
    rename = html.Button(icon("pencil"), type="button", className="quiet-button", **told, **_said("Rename", one))
    cells: list[Any] = [
        [html.Strong(wording.points(one.predicted)), strip(one.predicted, one.low, one.high)],
        f"{wording.points(one.low)} and {wording.points(one.high)}",
        html.A(one.title, href=run_address(one.run)),
        one.start,
        wording.listed(one.changes) or "nothing",
    ]
    drawn = [html.Td(cell, **{"data-label": label}) for cell, label in zip(cells, HEADS[1:-1], strict=True)]
    return html.Tr([html.Th([name, rename], scope="row"), *drawn, html.Td(_actions(one, address_of))])


def _actions(one: Scenario, address_of: Callable[[Scenario], str] | None) -> html.Div:
    remove = _act(icon("x-lg"), "remove", one, **_said("Remove", one))
    if not one.values:
        return html.Div(remove, className="kept-actions")
    again = {"data-begin": "scenario", "data-id": one.id, "title": "Set the controls to these values"}
    use = html.Button("Use", type="button", className="quiet-button", **again)
    link: list[Any] = []
    if address_of is not None:
        told = {"data-copy": address_of(one), **_said("Copy the link of", one)}
        link = [html.Button(icon("link-45deg"), type="button", className="quiet-button", **told)]
    return html.Div([use, *link, remove], className="kept-actions")


def _side_by_side(newest: Sequence[Scenario]) -> list[Any]:
    shown = [one for one in newest if one.values][:SIDE_BY_SIDE]
    names = differing(shown)
    if len(shown) < 2 or not names:
        return []
    heads = [one.name or f"{wording.points(one.predicted)}, {one.start}"[:40] for one in shown]
    rows = [
        html.Tr([html.Th(_label(name), scope="row"), *(html.Td(value_in_words(one.values.get(name))) for one in shown)])
        for name in names
    ]
    said = html.Tr([html.Th("Predicted", scope="row"), *(html.Td(wording.points(one.predicted)) for one in shown)])
    table = html.Table(
        [
            html.Caption("Values in which kept predictions differ", className="visually-hidden"),
            html.Thead(html.Tr([html.Th("Value", scope="col"), *(html.Th(head, scope="col") for head in heads)])),
            html.Tbody([said, *rows]),
        ],
        className="plain-table",
    )
    scroll = html.Div(table, className="table-scroll", tabIndex=0, role="region", **{"aria-label": "Side by side"})
    return [html.Details([html.Summary("Side by side: only what differs"), scroll], className="side-by-side")]


def _label(name: str) -> str:
    words = "release date" if name == "release_date" else feature_in_words(name)
    unit = f" ({SHOWN_IN[name].unit})" if name in SHOWN_IN else ""
    return f"{words[:1].upper()}{words[1:]}{unit}"


def _act(
    words: Any, kind: str, one: Scenario | None = None, className: str = "quiet-button", **more: str
) -> html.Button:
    told = {"data-board": kind, **({"data-id": one.id} if one else {}), **more}
    return html.Button(words, type="button", className=className, **told)


def _said(what: str, one: Scenario) -> dict[str, str]:
    words = f"{what} {one.name or 'the kept prediction'}"[: LONGEST_NAME + 30]
    return {"aria-label": words, "title": words}
