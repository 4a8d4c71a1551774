"""The scatter of two columns: points in WebGL, few bytes each, and the trend through them."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.eda.columns import axis_title, is_whole, label, spoken
from core.eda.points import Points
from core.eda.table import EdaTable, FloatArray
from core.eda.trends import Trend
from core.figures.eda.style import (
    BLUE,
    TREND_BAND,
    VERMILLION,
    as_shown,
    chart_label,
    figure_of,
    group_colour,
    hover_format,
    value_axis,
)
from core.figures.theme import empty_figure

_LEVELS = 255


def plot_scatter(
    table: EdaTable,
    drawn: Points,
    found: Trend | None,
    *,
    x: str,
    y: str,
    colour: str = "none",
    named: bool = False,
    webgl: bool = True,
    theme: str = "light",
) -> go.Figure:
    """Draw the points and the trend.

    Parameters
    ----------
    named : bool
        Send title and artist with each point for the hover; meant for samples.
    webgl : bool
        False draws SVG marks, for browsers without WebGL; meant for samples.
    """
    if not len(drawn.rows):
        title = f"{label(y)} against {spoken(x)}"
        return empty_figure(title, "No track passes the filter. Clear a filter to see tracks.", theme)
    names = _names(table, drawn) if named else None
    traces = [
        (go.Scattergl if webgl else go.Scatter)(
            _points(drawn, run, position, name, x, y, None if names is None else names[run])
        )
        for position, (name, run) in enumerate(drawn.groups)
    ]
    if drawn.levels is not None:
        traces[0].marker.update(_coloured(drawn, colour))
    is_grouped = bool(drawn.groups[0][0])
    return figure_of(
        traces + ([] if found is None else _trend(found, go.Scattergl if webgl else go.Scatter)),
        theme,
        xaxis=value_axis(x),
        yaxis=value_axis(y),
        dragmode="select",
        showlegend=is_grouped,
        legend={"itemsizing": "constant"},
    )


def _points(
    drawn: Points, run: slice, position: int, name: str, x: str, y: str, names: np.ndarray | None
) -> dict[str, Any]:
    who = "%{customdata}<br>" if names is not None else ""
    group = f"{as_shown(name)}<br>" if name else ""
    at_x, at_y = (f"{chart_label(name)}: %{{{end}:{hover_format(name)}}}" for name, end in ((x, "x"), (y, "y")))
    return {
        "x": _compact(drawn.x[run], x),
        "y": _compact(drawn.y[run], y),
        "mode": "markers",
        "name": name,
        "customdata": names,
        "marker": {
            "size": 6 if len(drawn.rows) < 8_000 else 4,
            "opacity": 0.7 if len(drawn.rows) < 8_000 else 0.4,
            "color": group_colour(position, name) if name else BLUE,
        },
        "hovertemplate": f"{who}{group}{at_x}<br>{at_y}<extra></extra>",
    }


def _compact(values: FloatArray, column: str) -> np.ndarray:
    """Whole numbers travel in one or two bytes instead of four."""
    if is_whole(column) and len(values) and values.min() >= 0 and not (values % 1).any():
        return values.astype(np.uint8 if values.max() < 256 else np.uint16)
    return values


def _coloured(drawn: Points, colour: str) -> dict[str, Any]:
    low, high = drawn.colour_low, drawn.colour_high
    places = np.linspace(0, _LEVELS, 5)
    words = [f"{low + place / _LEVELS * (high - low):.3g}" for place in places]
    return {
        "color": drawn.levels,
        "cmin": 0,
        "cmax": _LEVELS,
        "colorscale": "Viridis",
        "showscale": True,
        "colorbar": {
            "title": {"text": as_shown(axis_title(colour)), "side": "right", "font": {"size": 12}},
            "thickness": 10,
            "outlinewidth": 0,
            "tickvals": places.tolist(),
            "ticktext": words,
        },
    }


def _trend(found: Trend, kind: Any) -> list[Any]:
    """Band and line; in WebGL they must be drawn in WebGL too, or the points would cover them."""
    line = found.line
    x = line["x"].to_numpy(np.float32)
    traces: list[Any] = []
    if found.kind != "lowess":
        traces.append(
            kind(
                x=np.concatenate([x, x[::-1]]),
                y=np.concatenate([line["high"], line["low"][::-1]]).astype(np.float32),
                fill="toself",
                fillcolor=TREND_BAND,
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                showlegend=False,
            )
        )
    traces.append(
        kind(
            x=x,
            y=line["y"].to_numpy(np.float32),
            mode="lines",
            line={"color": VERMILLION, "width": 3},
            name="Trend",
            hovertemplate="Trend: %{y:.4~r} at %{x:.4~r}<extra></extra>",
        )
    )
    return traces


def _names(table: EdaTable, drawn: Points) -> np.ndarray:
    found = table.tracks[["track_name", "track_artist"]].iloc[drawn.rows].fillna("unknown")
    pairs = zip(found["track_name"], found["track_artist"], strict=True)
    return np.array([f"{_safe(name)}, {_safe(artist)}" for name, artist in pairs], dtype=object)


def _safe(text: str) -> str:
    """Hover labels understand a little HTML: show names as they are."""
    return as_shown(text[:60])
