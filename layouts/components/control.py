"""A form control with its label and its help."""

from __future__ import annotations

import json
from typing import Any

import dash_bootstrap_components as dbc
from dash import html


def control(label: str, component: Any, help: Any = "", *, term: str = "") -> html.Div:
    """Draw a control under its label, with one line of help.

    Parameters
    ----------
    label : str
        Name of the control, in plain words.
    component : component
        The control; its id joins it to its label. A group (radio buttons, checklist) is named by ``role="group"``.
    help : str or component
        One line below the control.
    term : str
        The term of art, shown on hover and focus of the label.
    """
    target = getattr(component, "id", None)
    is_group = type(component).__name__ in {"RadioItems", "Checklist", "Div", "RangeSlider"}
    named: dict[str, Any] = {"title": term, "tabIndex": 0} if term else {}
    title: Any = html.Span(label, className="has-help" if term else "", **named)
    if is_group or not isinstance(target, str | dict):
        head, extra = html.Div(title, className="control-label"), {"role": "group", "aria-label": label}
    else:
        head, extra = dbc.Label(title, html_for=_written(target), class_name="control-label"), {}
    parts = [head, component]
    if help:
        parts.append(html.Div(help, className="control-help"))
    return html.Div(parts, className="control", **extra)


def _written(component_id: str | dict[str, Any]) -> str:
    """Write an id as Dash writes it into the document."""
    if isinstance(component_id, str):
        return component_id
    return json.dumps(component_id, sort_keys=True, separators=(",", ":"))
