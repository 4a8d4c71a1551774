"""Which table the numbers on a page come from: real, somebody's own, or the built-in sample."""

from __future__ import annotations

from dash import html

from layouts.components.icon import icon


def source_badge(source_name: str, tracks: int, *, is_synthetic: bool, is_own: bool = False) -> html.Span:
    """Name the table in use, the sample visibly different from a real table.

    Parameters
    ----------
    source_name : str
        Name of the table.
    tracks : int
        Tracks after cleaning.
    is_synthetic : bool
        True for generated data.
    is_own : bool
        True for a table that a person brought: nobody but them knows how real its tracks are.
    """
    count = f"{tracks:,} tracks"
    if is_synthetic:
        words = [html.Strong("Sample data (synthetic)"), html.Span(f" {count}", className="source-count")]
        return html.Span([icon("exclamation-triangle-fill"), *words], className="source-badge source-sample")
    words = [
        html.Strong("Your table" if is_own else "Real table"),
        html.Span(f" {source_name}", className="source-name"),
    ]
    return html.Span(
        [icon("database-check"), *words, html.Span(f" {count}", className="source-count")],
        className="source-badge source-real",
    )
