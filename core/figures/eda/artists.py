"""Artists by number of tracks, and by mean popularity with its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.eda.artists import Artists
from core.figures.eda.style import BLUE, NEUTRAL, VERMILLION, baseline, figure_of, value_axis
from core.figures.theme import empty_figure
from data.schema import TARGET

_NO_ARTIST = "No track with a known artist passes the filter."


def plot_artists_by_count(found: Artists, theme: str = "light") -> go.Figure:
    """Draw the artists with most tracks."""
    frame = found.by_count.iloc[::-1]
    if frame.empty:
        return empty_figure("Artists with most tracks", _NO_ARTIST, theme)
    bar = go.Bar(
        x=frame["n"].to_numpy(np.int32),
        y=_names(frame),
        orientation="h",
        marker={"color": BLUE},
        text=[f"{n:,}" for n in frame["n"]],
        textposition="outside",
        cliponaxis=False,
        customdata=frame["mean"].to_numpy(np.float32),
        hovertemplate="%{y}: %{x:,} tracks<br>mean popularity %{customdata:.0f}<extra></extra>",
    )
    axis = {"title": {"text": "Tracks"}, "range": [0, float(frame["n"].max()) * 1.12]}
    return figure_of([bar], theme, xaxis=axis, yaxis=_ROWS, dragmode=False, bargap=0.3)


def plot_artists_by_mean(found: Artists, theme: str = "light") -> go.Figure:
    """Draw the highest shrunken means with their 95% intervals, the plain means and the mean over artists."""
    frame = found.by_mean.iloc[::-1]
    if frame.empty:
        return empty_figure("Artists with the highest mean", _NO_ARTIST, theme)
    names = _names(frame)
    plain = go.Scatter(
        x=frame["mean"].to_numpy(np.float32),
        y=names,
        mode="markers",
        name="Plain mean",
        marker={"color": NEUTRAL, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
        customdata=frame["n"].to_numpy(np.int32),
        hovertemplate="%{y}: plain mean %{x:.1f} over %{customdata:,} tracks<extra></extra>",
    )
    shrunken = go.Scatter(
        x=frame["shrunken"].to_numpy(np.float32),
        y=names,
        mode="markers",
        name="Shrunken mean, 95% interval",
        marker={"color": VERMILLION, "size": 8},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (frame["high"] - frame["shrunken"]).to_numpy(np.float32),
            "arrayminus": (frame["shrunken"] - frame["low"]).to_numpy(np.float32),
            "thickness": 1.5,
            "width": 4,
        },
        customdata=frame[["low", "high", "n"]].to_numpy(np.float32),
        hovertemplate=(
            "%{y}: %{x:.1f} (95%: %{customdata[0]:.0f} to %{customdata[1]:.0f})"
            "<br>n = %{customdata[2]:,}<extra></extra>"
        ),
    )
    shape, words = baseline(found.overall, "mean over artists", vertical=True)
    axis = value_axis(TARGET)
    return figure_of(
        [plain, shrunken], theme, xaxis=axis, yaxis=_ROWS, dragmode=False, shapes=[shape], annotations=[words],
        legend={"y": 1.05}, margin={"t": 40},
    )  # fmt: skip


def artists_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Artists as a table to read and to download."""
    names = {"artist": "Artist", "n": "Tracks", "mean": "Mean popularity", "shrunken": "Shrunken mean"}
    names |= {"low": "95% from", "high": "95% to"}
    return frame[list(names)].rename(columns=names)


def _names(frame: pd.DataFrame) -> list[str]:
    return [str(name)[:40].replace("&", "&amp;").replace("<", "&lt;") for name in frame["artist"]]


_ROWS = {"showgrid": False, "fixedrange": True, "type": "category"}
