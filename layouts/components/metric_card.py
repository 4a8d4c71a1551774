"""One number with its name and what it rests on."""

from __future__ import annotations

from typing import Any

from dash import html


def metric_card(label: str, value: Any, detail: Any = "", *, help: str = "", id: Any = None) -> html.Div:
    """Draw a card with one number.

    Parameters
    ----------
    label : str
        Name of the number ("R2 on the test part").
    value : str or component
        The number as people should read it, with its unit.
    detail : str or component
        What it rests on: spread, interval, baseline, n.
    help : str
        Explanation, shown on hover and focus.
    id : str or dict, optional
        Id of the card.
    """
    name: dict[str, Any] = {"className": "metric-label"}
    if help:
        name |= {"title": help, "tabIndex": 0, "className": "metric-label has-help"}
    parts = [html.Dt(label, **name), html.Dd(value, className="metric-value")]
    if detail:
        parts.append(html.Dd(detail, className="metric-detail"))
    return html.Div(html.Dl(parts), className="metric-card panel", **({} if id is None else {"id": id}))


def metric_row(cards: list[Any]) -> html.Div:
    """Lay metric cards side by side, as many in a row as fit."""
    return html.Div(cards, className="metric-row")
