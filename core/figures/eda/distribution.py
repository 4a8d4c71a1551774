"""Histogram with a density line, or one density line a group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.eda.columns import number_words, spoken
from core.eda.distribution import Distribution
from core.figures.eda.style import BLUE, VERMILLION, baseline, figure_of, group_colour, hover_format, value_axis
from core.figures.theme import empty_figure

_SHARE = "Share of tracks (%)"


def plot_distribution(found: Distribution, theme: str = "light") -> go.Figure:
    """Draw how the values of a column are spread; with a split, one line a group on the same scale."""
    title = f"Distribution of {spoken(found.column)}"
    if found.n == 0:
        return empty_figure(title, "No track passes the filter. Clear a filter to see tracks.", theme)
    is_split = found.split != "none"
    traces = _lines(found) if is_split else [_bars(found), _line(found.density)]
    shapes, notes = [], []
    if not is_split:
        shape, note = baseline(float(found.groups["median"].iloc[0]), "median", vertical=True)
        shapes, notes = [shape], [note]
    return figure_of(
        traces,
        theme,
        xaxis=value_axis(found.column),
        yaxis={"title": {"text": f"{_SHARE}, bins of {_width(found.bins)}"}, "rangemode": "tozero"},
        bargap=0.04,
        showlegend=is_split,
        shapes=shapes,
        annotations=notes,
        dragmode="select",
        selectdirection="h",
        margin={"t": 24},
    )


def distribution_table(found: Distribution) -> pd.DataFrame:
    """The bins as a table to read and to download; empty bins left out."""
    bins = found.bins[found.bins["n"] > 0]
    if found.split != "none":
        wide = bins.pivot_table(index=["low", "high"], columns="group", values="n", fill_value=0, sort=False)
        wide = wide.sort_index().astype(int).reset_index().rename_axis(columns=None)
        return wide.rename(
            columns={"low": "From", "high": "Below"} | {name: f"{name}, tracks" for name in wide.columns[2:]}
        )
    table = {"From": bins["low"], "Below": bins["high"], "Tracks": bins["n"], "Share (%)": bins["share"]}
    return pd.DataFrame(table).reset_index(drop=True)


def _width(bins: pd.DataFrame) -> str:
    return number_words("", float(bins["high"].iloc[0] - bins["low"].iloc[0]))


def _bars(found: Distribution) -> Any:
    bins, digits = found.bins, hover_format(found.column)
    width = float(bins["high"].iloc[0] - bins["low"].iloc[0])
    return go.Bar(
        x=(bins["low"] + width / 2).to_numpy(np.float32),
        y=bins["share"].to_numpy(np.float32),
        width=width * 0.96,
        customdata=np.column_stack([bins["low"], bins["high"], bins["n"]]).astype(np.float32),
        marker={"color": BLUE, "opacity": 0.65},
        name="Tracks",
        hovertemplate=(
            f"%{{customdata[0]:{digits}}} to %{{customdata[1]:{digits}}}<br>%{{customdata[2]:,}} tracks "
            "(%{y:.1f}%)<extra></extra>"
        ),
    )


def _line(density: pd.DataFrame) -> Any:
    return go.Scatter(
        x=density["value"].to_numpy(np.float32),
        y=density["share"].to_numpy(np.float32),
        mode="lines",
        line={"color": VERMILLION, "width": 2},
        name="Density",
        hoverinfo="skip",
    )


def _lines(found: Distribution) -> list[Any]:
    traces, digits = [], hover_format(found.column)
    sizes = dict(zip(found.groups["group"], found.groups["n"], strict=True))
    for position, (name, part) in enumerate(found.density.groupby("group", sort=False)):
        traces.append(
            go.Scatter(
                x=part["value"].to_numpy(np.float32),
                y=part["share"].to_numpy(np.float32),
                mode="lines",
                line={"color": group_colour(position, str(name)), "width": 2, "dash": _DASHES[position // 7]},
                name=str(name),
                hovertemplate=f"{name} (n = {sizes[name]:,})<br>%{{x:{digits}}}: %{{y:.1f}}%<extra></extra>",
            )
        )
    return traces


_DASHES = ("solid", "dash")
