"""Groups of tracks against one another, genres, and features that depend on one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.explanation.stored import Stored
from core.features import FEATURES
from core.figures.cells import written
from core.figures.explanation.style import finish, short, signed
from core.figures.theme import OKABE_ITO, SEQUENTIAL, empty_figure

MOST_FEATURES = 10


def plot_by_genre(by_genre: pd.DataFrame, order: list[str], *, theme: str = "light") -> go.Figure:
    """Heat map of mean size of contribution, features by genres.

    Parameters
    ----------
    by_genre : DataFrame
        As `Stored.by_genre` gives it.
    order : list of str
        Labels, the most important first.
    """
    if by_genre.empty:
        return empty_figure("By genre", "The sample has too few tracks of each genre.", theme)
    shown = by_genre.loc[order[:MOST_FEATURES]].iloc[::-1]
    return _heat(shown.to_numpy(), list(shown.columns), list(shown.index), "%{y}, %{x}: %{z:.2f} points", theme)


def plot_interactions(told: Mapping[str, Any] | None, *, theme: str = "light") -> go.Figure:
    """Heat map of how far what one feature does depends on another.

    Parameters
    ----------
    told : mapping or None
        With ``features`` and ``size``, as `core.explanation.effects.interactions` gives it, points.
    """
    if not told:
        return empty_figure("Interactions", "There was no time to measure them.", theme)
    labels = [FEATURES[name].label for name in told["features"]]
    size = np.array(told["size"], dtype=float)
    np.fill_diagonal(size, np.nan)
    return _heat(size[::-1], labels, labels[::-1], "%{y} with %{x}: %{z:.2f} points", theme)


def read_interactions(told: Mapping[str, Any] | None) -> str:
    """Name the pair that acts together most, and say how to read the map."""
    if not told:
        return "There was no time to measure them."
    labels, size = [FEATURES[name].label for name in told["features"]], np.array(told["size"], dtype=float)
    np.fill_diagonal(size, -1.0)
    i, j = np.unravel_index(int(size.argmax()), size.shape)
    return (
        "In each cell, points: how far what one feature does depends on the other (mean size of the difference). Pairs "
        f"near 0 merely add up. Most: {labels[i]} with {labels[j]}, {size[i, j]:.1f} points."
    )


def read_by_genre(by_genre: pd.DataFrame) -> str:
    """Name what moves predictions most in each genre, and say how to read the map."""
    if by_genre.empty:
        return "The sample has too few tracks of each genre."
    how = "In each cell: mean size of contribution among the tracks of the genre, points."
    leads = by_genre.idxmax()
    if len(leads) > 1 and leads.nunique() == 1:
        return f"{how} {leads.iloc[0]} moves predictions most in every genre."
    said = [f"{label} ({', '.join(map(str, own.index))})" for label, own in leads.groupby(leads, sort=False)]
    return f"{how} Most is moved by {', '.join(said)}."


def read_cohorts(cohorts: pd.DataFrame, names: tuple[str, str]) -> str:
    """Say where two groups differ most, and how to read the bars."""
    bars = f"Plain bars: {names[0]}; striped: {names[1]}"
    how = f"Mean contribution of each feature, the widest difference on top. {bars}."
    first = cohorts.iloc[0]
    if abs(first["difference"]) < 0.05:
        return f"{how} The groups hardly differ."
    return (
        f"{how} Farthest apart: {first['label']}, {signed(float(first['first']))} against "
        f"{signed(float(first['second']))} points."
    )


def _heat(size: np.ndarray, columns: list[str], rows: list[str], hover: str, theme: str) -> go.Figure:
    words = np.array([["" if np.isnan(value) else f"{value:.1f}" for value in row] for row in size], dtype=object)
    high = float(np.nanmax(size)) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=size, x=[short(name, 16) for name in columns], y=[short(name, 16) for name in rows],
            colorscale=SEQUENTIAL, hovertemplate=f"{hover}<extra></extra>", xgap=1, ygap=1, zmin=0, zmax=high,
            **written(words, size, SEQUENTIAL, 0, high),
            showscale=False,
        )
    )  # fmt: skip
    figure.update_xaxes(tickangle=-40, showgrid=False)
    figure.update_yaxes(showgrid=False)
    return finish(figure, theme)


def compute_cohorts(stored: Stored, first: str, second: str) -> pd.DataFrame:
    """Mean contribution of each feature in two groups of tracks.

    Returns
    -------
    DataFrame
        ``label``, ``first``, ``second`` (points) and ``difference``, the widest difference first.
    """
    groups = stored.cohorts()
    a, b = (stored.values[groups[name]].mean(axis=0) for name in (first, second))
    frame = pd.DataFrame({"label": stored.labels, "first": a, "second": b, "difference": a - b})
    return frame.iloc[np.argsort(-np.abs(frame["difference"].to_numpy()), kind="stable")].reset_index(drop=True)


def plot_cohorts(cohorts: pd.DataFrame, names: tuple[str, str], *, theme: str = "light") -> go.Figure:
    """Mean contribution of each feature in two groups, beside one another.

    Parameters
    ----------
    cohorts : DataFrame
        As `compute_cohorts` gives it.
    names : tuple of two str
    """
    shown = cohorts.head(MOST_FEATURES).iloc[::-1]
    labels = [short(label) for label in shown["label"]]
    figure = go.Figure()
    for column, name, colour, pattern in (("first", names[0], "orange", ""), ("second", names[1], "blue", "/")):
        figure.add_bar(
            x=shown[column], y=labels, orientation="h", name=short(name, 34),
            marker={"color": OKABE_ITO[colour], "pattern": {"shape": pattern}},
            hovertemplate="%{y}: %{x:+.1f} points on average<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title="Mean contribution (points)", zeroline=True)
    return finish(figure, theme, barmode="group")
