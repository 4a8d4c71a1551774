"""Where one prediction sits among the popularities of all tracks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import OKABE_ITO, empty_figure, template


def compute_popularity_bins(popularity: pd.Series, width: float = 5.0) -> pd.DataFrame:
    """Share of tracks in bins of popularity.

    Returns
    -------
    DataFrame with columns ``low``, ``high`` (points), ``n`` and ``share`` (0 to 1); 100 belongs to the last bin.
    """
    edges = np.arange(0, 100 + width, width)
    found, _ = np.histogram(popularity.dropna(), bins=edges)
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "n": found, "share": found / max(found.sum(), 1)})


def name_bins(bins: pd.DataFrame) -> pd.DataFrame:
    """Write bins as the table behind their chart: popularity, number and share of tracks (%).

    Examples
    --------
    >>> name_bins(compute_popularity_bins(pd.Series([0.0, 100.0])))["Popularity (points)"].tolist()[-2:]
    ['90 to under 95', '95 to 100']
    """
    last = len(bins) - 1
    ends = [
        f"{low:.0f} to {high:.0f}" if at == last else f"{low:.0f} to under {high:.0f}"
        for at, (low, high) in enumerate(zip(bins["low"], bins["high"], strict=True))
    ]
    return pd.DataFrame({"Popularity (points)": ends, "Tracks": bins["n"], "Share (%)": (100 * bins["share"]).round(2)})


def plot_popularity_position(bins: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Distribution of popularity, ready to take the marks of `position_marks`."""
    if bins.empty or not bins["n"].sum():
        return empty_figure("Popularity of all tracks", "There are no tracks to compare with.", theme=theme)
    figure = go.Figure(
        go.Bar(
            x=((bins["low"] + bins["high"]) / 2).astype("float32"),
            y=(bins["share"] * 100).astype("float32"),
            width=4.6,
            marker_color=OKABE_ITO["grey"],
            opacity=0.45,
            customdata=np.column_stack([bins["low"], bins["high"], bins["n"]]),
            hovertemplate="%{customdata[0]:.0f}–%{customdata[1]:.0f} points<br>%{y:.1f}% of tracks, "
            "n = %{customdata[2]:,}<extra></extra>",
        )
    )
    figure.update_xaxes(title="Popularity (points, 0–100)", range=[0, 100], dtick=20, zeroline=False)
    figure.update_yaxes(title="Share of tracks (%)", rangemode="tozero")
    return figure.update_layout(
        template=template(theme), showlegend=False, height=240, margin={"l": 56, "r": 16, "t": 28, "b": 48}
    )


def position_marks(
    predicted: float, low: float, high: float, *, actual: float | None = None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Shapes and annotations for a prediction, its interval and, where known, the actual popularity.

    Parameters
    ----------
    predicted, low, high : float, points
    actual : float, points, or None

    Returns
    -------
    shapes, annotations : lists of plotly dicts
    """
    shapes = [
        _span("rect", low, high, fillcolor=OKABE_ITO["blue"], opacity=0.16, line={"width": 0}),
        _span("line", predicted, predicted, line={"color": OKABE_ITO["blue"], "width": 3}),
    ]
    left = actual is not None and predicted < actual
    notes = [_note(predicted, f"predicted {predicted:.0f}", "right" if left or predicted > 80 else "left")]
    if actual is not None and np.isfinite(actual):
        dashed = {"color": OKABE_ITO["vermillion"], "width": 2, "dash": "dash"}
        shapes.append(_span("line", actual, actual, line=dashed))
        notes.append(_note(actual, f"actual {actual:.0f}", "left" if left and actual < 80 else "right", -16))
    return shapes, notes


def _span(kind: str, x0: float, x1: float, **style: Any) -> dict[str, Any]:
    return {"type": kind, "xref": "x", "yref": "paper", "x0": x0, "x1": x1, "y0": 0, "y1": 1, **style}


def _note(x: float, text: str, anchor: str, shift: int = 0) -> dict[str, Any]:
    return {
        "x": x,
        "y": 1,
        "xref": "x",
        "yref": "paper",
        "text": text,
        "showarrow": False,
        "xanchor": anchor,
        "yanchor": "top",
        "xshift": 5 if anchor == "left" else -5,
        "yshift": shift,
        "font": {"size": 13},
    }
