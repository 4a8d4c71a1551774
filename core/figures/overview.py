"""The overview's figure: how popularity is spread."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import base_layout, empty_figure

TITLE = "Popularity of the tracks"


def popularity_bins(histogram: Sequence[int]) -> pd.DataFrame:
    """Name the bars of a popularity histogram.

    Parameters
    ----------
    histogram : sequence of int
        Tracks in bars of equal width over 0 to 100 points; the last bar includes 100.

    Returns
    -------
    DataFrame of shape (n_bars, 3)
        popularity ("0–4"), tracks, share (0 to 1; 0 where there is no track at all).

    Examples
    --------
    >>> popularity_bins([3, 1])["popularity"].tolist()
    ['0–49', '50–100']
    """
    width = _width(len(histogram))
    last = len(histogram) - 1
    names = [f"{n * width}–{100 if n == last else (n + 1) * width - 1}" for n in range(len(histogram))]
    total = sum(histogram)
    shares = [count / total if total else 0.0 for count in histogram]
    return pd.DataFrame({"popularity": names, "tracks": list(histogram), "share": shares})


def plot_popularity(bins: pd.DataFrame, theme: str = "light") -> go.Figure:
    """Plot tracks by popularity.

    Parameters
    ----------
    bins : DataFrame
        From :func:`popularity_bins`.
    theme : {"light", "dark"}
    """
    if bins.empty or not bins["tracks"].sum():
        return empty_figure(TITLE, "The table has no track with a popularity.", theme)
    width = _width(len(bins))
    bars = go.Bar(
        x=[position * width + width / 2 for position in range(len(bins))],
        y=bins["tracks"],
        width=width * 0.9,
        customdata=bins[["popularity", "share"]],
        hovertemplate="Popularity %{customdata[0]}<br>%{y:,} tracks (%{customdata[1]:.1%})<extra></extra>",
    )
    figure = go.Figure(bars, layout=base_layout(theme, showlegend=False))
    figure.update_xaxes(title_text="Popularity (points, 0–100)", range=[0, 100], dtick=20, showgrid=False)
    figure.update_yaxes(title_text="Tracks", tickformat=",", rangemode="tozero")
    return figure


def _width(bars: int) -> int:
    return 100 // max(1, bars)
