"""Popularity of cohorts: by release year, and by calendar month."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.eda.cohorts import Cohorts
from core.eda.columns import value_words
from core.figures.eda.style import BAND, BLUE, NEUTRAL, VERMILLION, figure_of, value_axis
from core.figures.theme import empty_figure
from data.schema import TARGET

BANDS = {"iqr": ("median", "q1", "q3", "Median, middle half"), "mean": ("mean", "mean_low", "mean_high", "Mean, 95%")}


def plot_years(found: Cohorts, band: str = "iqr", theme: str = "light") -> go.Figure:
    """Draw popularity by release year with a band, above the number of tracks a year."""
    if found.drawn.empty:
        return empty_figure("Popularity by release year", "Too few tracks with a release year.", theme)
    middle, low, high, name = BANDS[band]
    frame = found.drawn
    x = frame["cohort"].to_numpy(np.float32)
    edge = {"width": 0}
    traces: list[Any] = [
        go.Scatter(x=x, y=_f(frame[high]), mode="lines", line=edge, hoverinfo="skip", showlegend=False),
        go.Scatter(x=x, y=_f(frame[low]), mode="lines", line=edge, fill="tonexty", fillcolor=BAND, hoverinfo="skip"),
        go.Scatter(
            x=x,
            y=_f(frame[middle]),
            mode="lines+markers",
            line={"color": BLUE, "width": 2},
            marker={"size": 5},
            name=name,
            customdata=frame[[low, high, "n"]].to_numpy(np.float32),
            hovertemplate=(
                f"%{{x:.0f}}<br>{name.split(',')[0].lower()} %{{y:.1~f}} (%{{customdata[0]:.1~f}} to "
                "%{customdata[1]:.1~f})<br>n = %{customdata[2]:,}<extra></extra>"
            ),
        ),
        go.Bar(
            x=found.frame["cohort"].to_numpy(np.float32),
            y=found.frame["n"].to_numpy(np.int32),
            yaxis="y2",
            marker={"color": NEUTRAL},
            hovertemplate="%{x:.0f}: %{y:,} tracks<extra></extra>",
        ),
    ]
    return figure_of(
        traces,
        theme,
        xaxis={"title": {"text": "Release year"}, "tickformat": "d", "anchor": "y2"},
        yaxis=value_axis(TARGET, domain=[0.3, 1], range=[0, 100]),
        yaxis2={"title": {"text": "Tracks"}, "domain": [0, 0.2], "nticks": 3},
        showlegend=False,
        dragmode="select",
        selectdirection="h",
    )


def plot_months(found: Cohorts, band: str = "iqr", theme: str = "light") -> go.Figure:
    """Draw popularity by calendar month with error bars and the mean of all months."""
    if found.drawn.empty:
        return empty_figure("Popularity by month of release", "Too few tracks with a known month.", theme)
    middle, low, high, name = BANDS[band]
    frame = found.drawn
    points = go.Scatter(
        x=frame["label"].tolist(),
        y=_f(frame[middle]),
        mode="markers",
        marker={"color": BLUE if band == "iqr" else VERMILLION, "size": 10},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": _f(frame[high] - frame[middle]),
            "arrayminus": _f(frame[middle] - frame[low]),
            "thickness": 2,
            "width": 5,
        },
        customdata=frame[[low, high, "n"]].to_numpy(np.float32),
        hovertemplate=(
            f"%{{x}}<br>{name.split(',')[0].lower()} %{{y:.1~f}} (%{{customdata[0]:.1~f}} to %{{customdata[1]:.1~f}})"
            "<br>n = %{customdata[2]:,}<extra></extra>"
        ),
    )
    whole = found.median if band == "iqr" else found.mean
    line = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": whole, "y1": whole, "line": _DOTTED}
    said = f"dotted: {middle} of all months ({value_words(TARGET, whole)})"
    words = {"text": said, "x": 1, "xref": "paper", "y": 1, **_WORDS}
    axis = value_axis(TARGET, **({"range": [0, 100]} if band == "iqr" else {}))
    x = {"title": {"text": "Calendar month of release"}, "showgrid": False}
    return figure_of(
        [points], theme, xaxis=x, yaxis=axis, dragmode=False, shapes=[line], annotations=[words], margin={"t": 28}
    )


def cohorts_table(found: Cohorts) -> pd.DataFrame:
    """The cohorts as a table to read and to download."""
    names = {"label": "Year" if found.by == "year" else "Month", "n": "Tracks", "mean": "Mean"}
    names |= {"mean_low": "Mean, 95% from", "mean_high": "Mean, 95% to", "q1": "25%", "median": "Median", "q3": "75%"}
    return found.frame[list(names)].rename(columns=names)


def _f(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)


_DOTTED = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
_WORDS = {
    "showarrow": False,
    "xanchor": "right",
    "yref": "paper",
    "yanchor": "bottom",
    "font": {"size": 12, "color": NEUTRAL},
}
