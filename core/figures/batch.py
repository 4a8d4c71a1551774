"""How the predictions of many tracks are spread."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from core.figures.prediction import plot_popularity_position


def bins_of(counts: Sequence[int]) -> pd.DataFrame:
    """Counts in equal bins from 0 to 100 as a frame.

    Returns
    -------
    DataFrame with columns ``low``, ``high`` (points), ``n`` and ``share`` (0 to 1).

    Examples
    --------
    >>> bins_of([1, 3])["share"].tolist()
    [0.25, 0.75]
    """
    width = 100 / max(len(counts), 1)
    n = pd.Series(list(counts), dtype="int64")
    low = pd.Series([width * position for position in range(len(n))], dtype="float64")
    return pd.DataFrame({"low": low, "high": low + width, "n": n, "share": n / max(int(n.sum()), 1)})


def plot_predictions(counts: Sequence[int], *, theme: str = "light") -> go.Figure:
    """Distribution of the predicted popularities.

    Parameters
    ----------
    counts : sequence of int
        Tracks in equal bins from 0 to 100 points.
    theme : {"light", "dark"}
    """
    figure = plot_popularity_position(bins_of(counts), theme=theme)
    figure.update_xaxes(title="Predicted popularity (points, 0–100)")
    return figure


def number_predictions(counts: Sequence[int]) -> pd.DataFrame:
    """The numbers behind `plot_predictions`, a row a bar.

    Examples
    --------
    >>> number_predictions([1, 3])["Predicted popularity (points)"].tolist()
    ['0 to under 50', '50 to 100']
    """
    bins = bins_of(counts)
    ends = [f"{low:.0f} to under {high:.0f}" for low, high in zip(bins["low"], bins["high"], strict=True)]
    ends[-1:] = [one.replace("under ", "") for one in ends[-1:]]
    share = (100 * bins["share"]).round(1)
    return pd.DataFrame({"Predicted popularity (points)": ends, "Tracks": bins["n"], "Share of tracks (%)": share})
