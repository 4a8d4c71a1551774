"""What went wrong, in one sentence."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts.components.icon import icon


def problem_callout(message: Any, kind: str = "warning") -> html.Div:
    """Draw what went wrong, in one sentence."""
    return html.Div([icon("exclamation-triangle-fill"), " ", html.Span(message)], className=f"callout callout-{kind}")
