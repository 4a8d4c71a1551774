"""What a view shows while there is nothing to show."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts.components.icon import icon


def empty_state(title: str, text: Any, action: Any = None, *, icon_name: str = "inbox") -> html.Div:
    """Say that there is nothing yet, what to do next, and offer the button that does it.

    Parameters
    ----------
    title : str
        What is not there ("No finished run yet").
    text : str or component
        What to do next.
    action : component, optional
        The button or link that does it.
    icon_name : str
        Name of a Bootstrap icon.
    """
    parts = [icon(icon_name, "empty-icon"), html.H2(title), html.P(text)]
    return html.Div(parts if action is None else [*parts, action], className="empty-state")
