"""One feature: its contributions along its values, and what the model says when it alone changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.explanation.stored import Stored, unit_of, value_in_words
from core.features import FEATURES
from core.figures.explanation.style import NEITHER, finish, flat_scale, goes_with, ranks, signed
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
    if is_ordered(stored, colour):
        label, height = FEATURES[colour].label, ranks(stored, colour)[shown]
        marker |= {
            "size": 4 + 5 * np.where(np.isnan(height), 0.5, height),
            "color": stored.inputs[colour].iloc[shown], "colorscale": "Cividis", "showscale": True,
            "line": {"width": 0}, "colorbar": flat_scale(label),
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


def is_ordered(stored: Stored, colour: str) -> bool:
    """Whether dots can be coloured and sized by a feature: its values are numbers, not names."""
    return colour in stored.features and bool(np.isfinite(ranks(stored, colour)).any())


def read_dependence(stored: Stored, feature: str, colour: str = "") -> str:
    """Say which way the contributions of a feature go, and how to read the chart."""
    if feature not in stored.inputs or not len(stored.values):
        return "The model does not read this feature."
    label, points = FEATURES[feature].label, stored.values[:, stored.features.index(feature)]
    way = goes_with(stored, feature)
    along = "" if way in ("", NEITHER) else f"; higher values go with {way}"
    said = (
        f"One dot a track. {label} moves predictions by {signed(float(points.min()))} to "
        f"{signed(float(points.max()))} points{along}."
    )
    if not is_ordered(stored, colour):
        return said
    return (
        f"{said} Larger, brighter dots have more {FEATURES[colour].label}: where these lie apart from the smaller ones "
        "at the same place, both features act together."
    )


def read_partial_dependence(told: Mapping[str, Any] | None, feature: str) -> str:
    """Say where the mean prediction is lowest and highest while one feature takes each value, and how to read it."""
    if not told:
        return NOT_VARIED
    mean, grid = np.array(told["curves"], dtype=float).mean(axis=0), told["grid"]
    low, high = int(mean.argmin()), int(mean.argmax())
    is_name = isinstance(grid[0], str)
    lines = "small dots, their mean a large one" if is_name else "a thin line, their mean the thick one"
    lowest, highest = (f"{mean[place]:.1f} points (at {value_in_words(feature, grid[place])})" for place in (low, high))
    return (
        f"What the model would say of some tracks if only this were different (ICE): each {lines} (partial "
        f"dependence). The mean goes from {lowest} to {highest}. Combinations that no real track has count as well."
    )


NOT_VARIED = "Names and titles have no scale to vary, or time was too short."


def plot_partial_dependence(told: Mapping[str, Any] | None, feature: str, *, theme: str = "light") -> go.Figure:
    """What the model says of some tracks while one feature takes each of its values: a line a track, and their mean.

    Parameters
    ----------
    told : mapping or None
        With ``grid`` and ``curves`` of shape (n_tracks, n_grid).
    feature : str
    """
    if not told:
        return empty_figure("Change one thing", NOT_VARIED, theme)
    curves, grid = np.array(told["curves"], dtype=float), told["grid"]
    is_name = isinstance(grid[0], str)
    grid = grid if is_name else [value / unit_of(feature)[0] for value in grid]
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
    return values / unit_of(feature)[0]


def _title(feature: str) -> str:
    label, unit = FEATURES[feature].label, unit_of(feature)[1]
    return f"{label} ({unit})" if unit and unit != "year" else label
