"""A button that says what it is doing, and cannot be pressed again, until the server has answered."""

from __future__ import annotations

from typing import Any

from dash import html


def working(button: Any, words: str) -> html.Span:
    """Draw a button that its callback keeps busy for a while; ``assets/busy.js`` does the rest.

    Parameters
    ----------
    button : component
        With an id, and a callback that its press starts.
    words : str
        What is being done, shown beside it meanwhile.
    """
    return html.Span(
        [button, html.Span(className="working-words", role="status")], className="working", **{"data-working": words}
    )
