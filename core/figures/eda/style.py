"""What the Explore figures share: colours that show on light and dark ground, and how axes are named."""

from __future__ import annotations

from functools import cache
from typing import Any

import plotly.graph_objects as go

from core.eda.columns import axis_title, label
from core.eda.points import OTHER, UNKNOWN
from core.figures.theme import OKABE_ITO, QUALITATIVE, template

BLUE = OKABE_ITO["blue"]
MIDDLE_BLUE = "#3D94CC"
"""For thin lines: shows on light and on dark ground."""
VERMILLION = OKABE_ITO["vermillion"]
NEUTRAL = OKABE_ITO["grey"]
BAND = "rgba(86, 180, 233, 0.25)"
TREND_BAND = "rgba(213, 94, 0, 0.22)"


def group_colour(position: int, name: str) -> str:
    """Give the colour of a group by its position; grey for what is left over."""
    if name in (OTHER, UNKNOWN):
        return NEUTRAL
    palette = [colour for colour in QUALITATIVE if colour != NEUTRAL]
    return palette[position % len(palette)]


def figure_of(traces: list[Any], theme: str, **layout: Any) -> go.Figure:
    """Build a figure from traces with the theme's layout.

    Traces and layout are checked as they are made; the template was checked once, and checking it again with every
    figure would take longer than the figure.
    """
    checked = go.Layout(**layout).to_plotly_json()
    return go.Figure(data=traces, layout={**checked, "template": _template(theme)}, _validate=False)


@cache
def _template(theme: str) -> dict[str, Any]:
    return dict(template(theme).to_plotly_json())


def value_axis(column: str, **changes: Any) -> dict[str, Any]:
    """An axis over the values of a column, with label and unit."""
    return {"title": {"text": as_shown(axis_title(column))}, **changes}


def chart_label(column: str) -> str:
    """The words for a column inside a chart."""
    return as_shown(label(column))


def hover_format(column: str) -> str:
    """How a value of a column is written on hover: four telling digits, never as a power of ten.

    Examples
    --------
    >>> hover_format("tempo"), hover_format("release_year")
    (',.4~r', '.4~r')
    """
    return ".4~r" if column == "release_year" else ",.4~r"


def as_shown(text: str) -> str:
    """Charts understand a little HTML and fill in templates: give text so that it is shown as it is.

    Examples
    --------
    >>> as_shown("<b>R&B</b>")
    '&lt;b>R&amp;B&lt;/b>'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def baseline(value: float, text: str, *, vertical: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dotted line across the chart and its words: (shape, annotation)."""
    line = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
    if vertical:
        shape = {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper", "line": line}
        place = {"x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "center"}
    else:
        shape = {"type": "line", "y0": value, "y1": value, "x0": 0, "x1": 1, "xref": "paper", "line": line}
        place = {"y": value, "x": 1, "xref": "paper", "xanchor": "right", "yanchor": "bottom"}
    return shape, {"text": text, "showarrow": False, "font": {"size": 12, "color": NEUTRAL}, **place}
