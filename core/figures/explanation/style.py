"""What the figures of explanations share."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from core.figures.theme import template

UP, DOWN = "#D55E00", "#0072B2"
UP_DARK, DOWN_DARK = "#F0813A", "#3B9BDC"
POINTS: Final = "points"
MOST_LABEL: Final = 22


def colours(theme: str) -> tuple[str, str]:
    """Colours of what raises and of what lowers a prediction."""
    return (UP_DARK, DOWN_DARK) if theme == "dark" else (UP, DOWN)


def short(label: str, most: int = MOST_LABEL) -> str:
    """A label that leaves room for the chart on a phone.

    Examples
    --------
    >>> short("Instrumentalness of everything", 10)
    'Instrumen…'
    """
    return label if len(label) <= most else f"{label[: most - 1]}…"


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign, a true minus included."""
    return f"{value:+.{decimals}f}".replace("-", "\u2212")


def finish(figure: go.Figure, theme: str, **changes: object) -> go.Figure:
    """Give a figure the theme and small margins."""
    figure.update_layout(template=template(theme), margin={"l": 8, "r": 16, "t": 8, "b": 8}, **changes)
    return figure
