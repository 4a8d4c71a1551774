"""What stands on top of every view: title, purpose, main action."""

from __future__ import annotations

from typing import Any

from dash import html


def page_header(title: str, purpose: str, action: Any = None) -> html.Header:
    """Draw the head of a view.

    Parameters
    ----------
    title : str
        Name of the view; the page's only ``h1``.
    purpose : str
        One sentence: what one can do here.
    action : component or list of components, optional
        The main action, at the right.
    """
    words = html.Div([html.H1(title), html.P(purpose, className="page-purpose")], className="page-words")
    parts = [words] if action is None else [words, html.Div(action, className="page-action")]
    return html.Header(parts, className="page-header")
