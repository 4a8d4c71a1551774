"""Boxes of precomputed quantiles with the mean and its interval, one a group."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.eda.columns import CATEGORIES, label, value_words
from core.eda.groups import Groups
from core.figures.eda.style import MIDDLE_BLUE, VERMILLION, figure_of, hover_format, value_axis
from core.figures.theme import empty_figure
from data.schema import TARGET


def plot_groups(found: Groups, theme: str = "light") -> go.Figure:
    """Draw the spread in the largest groups: box from the 25th to the 75th percentile, whiskers to the 5th and 95th."""
    if found.frame.empty:
        return empty_figure(groups_title(found), "No track passes the filter. Clear a filter to see tracks.", theme)
    frame = found.drawn.iloc[::-1]
    names = [_row_name(name, n) for name, n in zip(frame["group"], frame["n"], strict=True)]
    box = go.Box(
        y=names,
        orientation="h",
        **{name: frame[column].to_numpy(np.float32) for name, column in _PARTS.items()},
        fillcolor="rgba(61, 148, 204, 0.3)",
        line={"color": MIDDLE_BLUE, "width": 1.5},
        hoverinfo="skip",
        showlegend=False,
    )
    digits = hover_format(found.measure)
    mean = go.Scatter(
        x=frame["mean"].to_numpy(np.float32),
        y=names,
        mode="markers",
        marker={"color": VERMILLION, "size": 8, "symbol": "diamond"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(frame["mean_high"] - frame["mean"]).astype(np.float32),
            "arrayminus": np.nan_to_num(frame["mean"] - frame["mean_low"]).astype(np.float32),
            "color": VERMILLION,
            "thickness": 1.5,
            "width": 4,
        },
        customdata=frame[["q1", "median", "q3"]].to_numpy(np.float32),
        text=_intervals(frame, found.measure),
        hovertemplate=(
            f"%{{y}}<br>median %{{customdata[1]:{digits}}}, half between %{{customdata[0]:{digits}}} and "
            f"%{{customdata[2]:{digits}}}<br>mean %{{x:{digits}}} (%{{text}})<extra></extra>"
        ),
        showlegend=False,
    )
    return figure_of(
        [box, mean],
        theme,
        xaxis=value_axis(found.measure, **({"range": [-1, 101]} if found.measure == TARGET else {})),
        yaxis={"showgrid": False, "fixedrange": True, "type": "category", "range": [-0.6, len(frame) - 0.4]},
        dragmode=False,
        boxgap=0.35,
    )


def _row_name(name: str, n: int) -> str:
    return f"{escape(name)}<br><span style='font-size:11px'>n = {n:,}</span>"


def _intervals(frame: pd.DataFrame, measure: str) -> list[str]:
    ends = zip(frame["mean_low"], frame["mean_high"], strict=True)
    return [
        "too few tracks for an interval"
        if np.isnan(low)
        else f"95%: {value_words(measure, low)} to {value_words(measure, high)}"
        for low, high in ends
    ]


def groups_title(found: Groups) -> str:
    """The subject of the chart."""
    return f"{label(found.measure)} by {CATEGORIES[found.category].label.lower()}"


def groups_table(found: Groups) -> pd.DataFrame:
    """The groups as a table to read and to download."""
    names = {"group": CATEGORIES[found.category].label, "n": "Tracks", "mean": "Mean", "mean_low": "Mean, 95% from"}
    names |= {"mean_high": "Mean, 95% to", "low": "5%", "q1": "25%", "median": "Median", "q3": "75%", "high": "95%"}
    return found.frame[list(names)].rename(columns=names)


def groups_height(found: Groups) -> int:
    """Pixels that the chart needs, so that every group that is drawn keeps its row."""
    return max(240, 38 * len(found.drawn) + 80)


_PARTS = {"lowerfence": "low", "q1": "q1", "median": "median", "q3": "q3", "upperfence": "high"}
