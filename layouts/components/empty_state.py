"""What a view shows while there is nothing to show."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts.components.icon import icon


def empty_state(title: str, text: Any, action: Any = None, *, icon_name: str = "inbox", level: int = 2) -> html.Div:
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
    level : {1, 2}
        1 where it is the whole page, as a page has one ``h1``.
    """
    heading = html.H1 if level == 1 else html.H2
    parts = [icon(icon_name, "empty-icon"), heading(title), html.P(text)]
    return html.Div(parts if action is None else [*parts, action], className="empty-state")
