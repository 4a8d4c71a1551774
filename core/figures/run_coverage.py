"""What the prediction intervals of a run held on its test part: the numbers, what they say in words, and the plot.

Every function takes a frame of `compute_coverage`: one row a genre, or a band of actual popularity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import OKABE_ITO, empty_figure, template

MOST_ROWS = 12
NOT_MEASURED = "What the intervals hold was not measured."
_GREY = OKABE_ITO["grey"]


def compute_coverage(parts: Sequence[Mapping[str, Any]], name: str) -> pd.DataFrame:
    """Coverage and width of each part of the test.

    Parameters
    ----------
    parts : sequence of mapping
        ``by_genre`` or ``by_band`` of the measured coverage.
    name : {"genre", "band"}

    Returns
    -------
    DataFrame with columns ``genre`` or ``band``, ``inside``, ``low``, ``high`` (share of the truths inside their
    interval, and its 95% interval, per cent), ``width`` (mean, points) and ``n``; parts without a track are left out.
    """
    rows = [
        {
            name: one[name],
            "inside": 100 * one["coverage"],
            "low": 100 * one["coverage_interval"][0],
            "high": 100 * one["coverage_interval"][1],
            "width": one["width"],
            "n": one["n"],
        }
        for one in parts
        if one["n"]
    ]
    return pd.DataFrame(rows, columns=[name, "inside", "low", "high", "width", "n"])


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same numbers under names for people."""
    first = str(frame.columns[0]).capitalize()
    return frame.set_axis([first, "Inside, %", "95% from, %", "95% to, %", "Width, points", "Tracks"], axis=1)


def plot_coverage(frame: pd.DataFrame, promised: float, *, theme: str = "light") -> go.Figure:
    """Share inside of each part, with its 95% interval, the line it was made for, tracks and widths beside it.

    Parameters
    ----------
    frame : DataFrame
        Of `compute_coverage`; at most the first twelve rows are drawn.
    promised : float
        Share that the intervals were made for, per cent.
    """
    if frame.empty:
        return empty_figure("What the intervals held", NOT_MEASURED, theme=theme)
    shown = frame.head(MOST_ROWS)
    labels = [f"{label}<br>n = {n:,}" for label, n in zip(shown.iloc[:, 0], shown["n"], strict=True)]
    is_short = is_clearly_short(shown, promised)
    figure = go.Figure(
        go.Scatter(
            x=shown["inside"],
            y=labels,
            mode="markers",
            cliponaxis=False,
            marker={
                "size": 11,
                "color": np.where(is_short, OKABE_ITO["vermillion"], OKABE_ITO["blue"]),
                "symbol": np.where(is_short, "diamond", "circle"),
            },
            error_x={
                "array": shown["high"] - shown["inside"],
                "arrayminus": shown["inside"] - shown["low"],
                "symmetric": False,
                "color": _GREY,
                "thickness": 2,
                "width": 4,
            },
            customdata=np.column_stack([shown["low"], shown["high"], shown["width"], shown["n"]]),
            hovertemplate="%{x:.0f}% inside (%{customdata[0]:.0f}–%{customdata[1]:.0f}%)<br>"
            "%{customdata[2]:.0f} points wide<br>n = %{customdata[3]:,}<extra></extra>",
        )
    )
    start = max(0.0, 5 * np.floor((min(shown["low"].min(), promised) - 3) / 5))
    figure.add_vline(x=promised, line_color=_GREY, line_width=2, line_dash="dash")
    side = "right" if promised > (start + 101) / 2 else "center"
    figure.add_annotation(_beside(promised, 1.0, f"made for {promised:.0f}%", "x", side, "bottom"))
    figure.add_annotation(_beside(1.01, 1.0, "width", "paper", "left", "bottom"))
    for label, width in zip(labels, shown["width"], strict=True):
        figure.add_annotation({**_beside(1.01, label, f"{width:.0f}", "paper", "left", "middle"), "yref": "y"})
    figure.update_xaxes(title="Tracks inside their interval (%)", range=[start, 101], zeroline=False)
    figure.update_yaxes(autorange="reversed", type="category", title=None)
    margin = {"l": 72, "r": 52, "t": 32, "b": 52}
    return figure.update_layout(template=template(theme), showlegend=False, margin=margin)


def is_clearly_short(frame: pd.DataFrame, promised: float) -> pd.Series:
    """Whether each part holds less than it was made for by more than chance explains."""
    return frame["high"] < promised


def read_coverage_by_genre(frame: pd.DataFrame, promised: float) -> str:
    """Say between what the genres lie, how wide their intervals are, and which fall short."""
    if frame.empty:
        return "The tracks of the test have no genre."
    low, high = frame["inside"].min(), frame["inside"].max()
    narrow, wide = frame.iloc[int(frame["width"].argmin())], frame.iloc[int(frame["width"].argmax())]
    held = f"{low:.0f}%" if round(low) == round(high) else f"{low:.0f}% to {high:.0f}%"
    said = f"Inside were {held} of the tracks of each genre. "
    if len(frame) > 1:
        said += (
            f"Intervals are widest for {wide['genre']} ({wide['width']:.0f} points) and narrowest for "
            f"{narrow['genre']} ({narrow['width']:.0f}). "
        )
    short = frame.loc[is_clearly_short(frame, promised), "genre"].tolist()
    if short:
        said += f"Diamonds hold clearly less than they were made for: {', '.join(short)}. "
    left_out = f" The {MOST_ROWS} genres with most tracks are drawn." if len(frame) > MOST_ROWS else ""
    return f"{said}Whiskers: what chance alone allows (95%).{left_out}"


def read_coverage_by_band(frame: pd.DataFrame, promised: float) -> str:
    """Say plainly that hits, or unpopular tracks, are inside less often than the rest."""
    if frame.empty:
        return ""
    top, bottom = frame.iloc[-1], frame.iloc[0]
    short = is_clearly_short(frame, promised)
    meant = f"An interval is made to hold {promised:.0f}% of all tracks, not of every kind."
    if short.iloc[-1] and len(frame) > 1:
        said = f"Hits are covered less: of the tracks at {top['band']} points {top['inside']:.0f}% are inside"
        both = f", and of those at {bottom['band']} {bottom['inside']:.0f}%" if short.iloc[0] else ""
        return f"{said}{both}. {meant}"
    if short.any():
        worst = frame.iloc[int(frame["inside"].argmin())]
        return f"Of the tracks at {worst['band']} points only {worst['inside']:.0f}% are inside. {meant}"
    return f"No band holds clearly less than it was made for. {meant}"


def _beside(x: Any, y: Any, text: str, xref: str, xanchor: str, yanchor: str) -> dict[str, Any]:
    place = {"x": x, "y": y, "xref": xref, "yref": "paper", "xanchor": xanchor, "yanchor": yanchor}
    return {**place, "text": text, "showarrow": False, "font": {"size": 12}}
