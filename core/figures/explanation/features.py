"""One feature: its contributions along its values, and what the model says when it alone changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.explanation.stored import Stored
from core.features import FEATURES
from core.figures.explanation.style import finish
from core.figures.theme import OKABE_ITO, empty_figure, ink

MOST_DOTS = 600


def plot_dependence(stored: Stored, feature: str, colour: str = "", *, theme: str = "light") -> go.Figure:
    """Contribution of a feature against its value, a dot a track, coloured by the value of another.

    Parameters
    ----------
    stored : Stored
    feature : str
        A feature of the run.
    colour : str
        Another one; "" for none.
    """
    if feature not in stored.inputs or not len(stored.values):
        return empty_figure("Dependence", "The model does not read this feature.", theme)
    x = _axis_values(stored.inputs[feature], feature)
    shown = slice(0, MOST_DOTS)
    marker: dict[str, Any] = {"size": 6, "opacity": 0.7, "color": OKABE_ITO["blue"]}
    if colour in stored.inputs and pd.api.types.is_numeric_dtype(stored.inputs[colour]):
        label = FEATURES[colour].label
        marker |= {
            "color": stored.inputs[colour].iloc[shown], "colorscale": "Cividis", "showscale": True,
            "colorbar": {"title": {"text": label, "side": "top"}, "thickness": 8, "len": 0.7, "outlinewidth": 0},
        }  # fmt: skip
    figure = go.Figure(
        go.Scatter(
            x=x[shown], y=stored.values[shown, stored.features.index(feature)], mode="markers", marker=marker,
            text=stored.tracks["track_name"].fillna("(no title)").iloc[shown],
            hovertemplate="%{text}<br>%{x}: %{y:+.1f} points<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(title=_title(feature))
    figure.update_yaxes(title="Contribution (points)", zeroline=True, zerolinecolor=ink(theme)["line"])
    return finish(figure, theme)


def plot_partial_dependence(told: Mapping[str, Any] | None, feature: str, *, theme: str = "light") -> go.Figure:
    """What the model says of some tracks while one feature takes each of its values: a line a track, and their mean.

    Parameters
    ----------
    told : mapping or None
        With ``grid`` and ``curves`` of shape (n_tracks, n_grid).
    feature : str
    """
    if not told:
        return empty_figure("Change one thing", "Names and titles have no scale to vary, or time was too short.", theme)
    curves, grid = np.array(told["curves"], dtype=float), told["grid"]
    is_name = isinstance(grid[0], str)
    figure = go.Figure()
    x = [*grid, None]
    figure.add_scatter(
        x=x * len(curves), y=[value for curve in curves for value in (*curve, None)], showlegend=False,
        mode="markers" if is_name else "lines", hoverinfo="skip", line={"width": 1, "color": OKABE_ITO["grey"]},
        marker={"size": 4, "color": OKABE_ITO["grey"]}, opacity=0.45,
    )  # fmt: skip
    figure.add_scatter(
        x=list(grid), y=curves.mean(axis=0), mode="markers" if is_name else "lines", name="mean",
        line={"width": 3, "color": OKABE_ITO["vermillion"]}, marker={"size": 11, "color": OKABE_ITO["vermillion"]},
        hovertemplate="%{x}: %{y:.1f} points on average<extra></extra>", showlegend=False,
    )  # fmt: skip
    figure.update_xaxes(title=_title(feature))
    figure.update_yaxes(title="Prediction (points)")
    return finish(figure, theme)


def _axis_values(values: pd.Series, feature: str) -> pd.Series:
    """Numbers as they are, codes by their names; "unknown" where a name is missing."""
    categories = FEATURES[feature].categories
    if categories:
        return values.map(lambda code: "unknown" if pd.isna(code) else categories[int(code)])
    if not pd.api.types.is_numeric_dtype(values):
        return values.fillna("unknown").map(lambda text: str(text)[:24])
    return values


def _title(feature: str) -> str:
    row = FEATURES[feature]
    return f"{row.label} ({row.unit})" if row.unit else row.label
