"""What is predicted over the values of one feature."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import OKABE_ITO, empty_figure, ink, template

HEIGHT = 300


def plot_sensitivity(
    curve: pd.DataFrame, label: str, now: float | str | None, *, mean: float | None = None, theme: str = "light"
) -> go.Figure:
    """Prediction and interval over the values of a feature, everything else left as it is.

    Parameters
    ----------
    curve : DataFrame
        ``value`` (in the unit that is shown), ``predicted``, ``low``, ``high``: see `core.what_if.sensitivity`.
    label : str
        The feature with its unit.
    now : float, str or None
        The track's own value.
    mean : float, points, optional
        Mean popularity of all tracks, drawn as the baseline.
    theme : {"light", "dark"}
    """
    if curve.empty:
        return empty_figure(label, "This model gives the same answer for every value.", theme=theme)
    is_names = any(isinstance(value, str) for value in curve["value"])
    figure = _names(curve, now) if is_names else _line(curve, now)
    points = {"title": "Predicted popularity (points)", "range": [0, 100], "zeroline": False}
    if mean is not None:
        line = {"line": {"color": ink(theme)["quiet"], "width": 1, "dash": "dot"}}
        _ = figure.add_vline(mean, **line) if is_names else figure.add_hline(mean, **line)
    if is_names:
        figure.update_xaxes(points)
        figure.update_yaxes(title=None, type="category", showgrid=False)
    else:
        figure.update_xaxes(title=label, zeroline=False)
        figure.update_yaxes(points)
    height = max(HEIGHT, 64 + 22 * len(curve)) if is_names else HEIGHT
    margin = {"l": 8, "r": 16, "t": 12, "b": 8}
    return figure.update_layout(template=template(theme), showlegend=False, height=height, margin=margin)


def _line(curve: pd.DataFrame, now: float | str | None) -> go.Figure:
    x = curve["value"].astype("float64")
    blue = OKABE_ITO["blue"]
    end = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure = go.Figure(
        [
            go.Scatter(x=x, y=curve["low"].astype("float32"), **end),
            go.Scatter(x=x, y=curve["high"].astype("float32"), fill="tonexty", fillcolor="rgba(0,114,178,0.16)", **end),
            go.Scatter(
                x=x,
                y=curve["predicted"].astype("float32"),
                mode="lines",
                line={"color": blue, "width": 2.5},
                customdata=curve[["low", "high"]].to_numpy(),
                hovertemplate="%{x:.3~g}: %{y:.0f} points<br>between %{customdata[0]:.0f} and %{customdata[1]:.0f}"
                "<extra></extra>",
            ),
        ]
    )
    here = curve[x == now]
    if len(here):
        figure.add_scatter(
            x=[now],
            y=here["predicted"].head(1).astype("float32"),
            mode="markers",
            marker={"color": blue, "size": 11, "line": {"color": "white", "width": 2}},
            hovertemplate="now %{x:.3~g}: %{y:.0f} points<extra></extra>",
        )
    return figure


def _names(curve: pd.DataFrame, now: float | str | None) -> go.Figure:
    rows = curve.sort_values("predicted", kind="stable")
    sizes = [13 if value == now else 8 for value in rows["value"]]
    colours = [OKABE_ITO["blue"] if value == now else OKABE_ITO["grey"] for value in rows["value"]]
    return go.Figure(
        go.Scatter(
            x=rows["predicted"].astype("float32"),
            y=[f"<b>{value}</b>" if value == now else str(value) for value in rows["value"]],
            mode="markers",
            marker={"color": colours, "size": sizes},
            error_x={
                "array": (rows["high"] - rows["predicted"]).astype("float32"),
                "arrayminus": (rows["predicted"] - rows["low"]).astype("float32"),
                "symmetric": False,
                "thickness": 1,
                "width": 0,
                "color": OKABE_ITO["grey"],
            },
            customdata=rows[["low", "high"]].to_numpy(),
            hovertemplate="%{y}: %{x:.0f} points<br>between %{customdata[0]:.0f} and %{customdata[1]:.0f}"
            "<extra></extra>",
        )
    )
