"""One track: from what the model says of any track to what it says of this one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.explanation.style import colours, finish, short, signed
from core.figures.theme import ink

MOST_STEPS = 9
OTHERS = "All others"
MOST_NAMED = 2
"""Features that words name on each side of a track's bar."""


def compute_steps(labels: Sequence[str], values: Sequence[float], most: int = MOST_STEPS) -> pd.DataFrame:
    """The largest contributions, and all others in one row at the end; a single other one stands for itself.

    Returns
    -------
    DataFrame
        ``label`` and ``points``, the largest size first.

    Examples
    --------
    >>> compute_steps(["a", "b", "c"], [1.0, -3.0, 0.5], most=2)["points"].tolist()
    [-3.0, 1.0, 0.5]
    """
    points = np.asarray(values, dtype=float)
    order = np.argsort(-np.abs(points), kind="stable")
    most += len(order) == most + 1
    kept, rest = order[:most], order[most:]
    frame = pd.DataFrame({"label": [labels[i] for i in kept], "points": points[kept]})
    if not len(rest):
        return frame
    return pd.concat([frame, pd.DataFrame({"label": [OTHERS], "points": [points[rest].sum()]})], ignore_index=True)


def plot_waterfall(
    steps: pd.DataFrame, base: float, interval: tuple[float, float] | None = None, *, theme: str = "light"
) -> go.Figure:
    """Steps from the average prediction to this one, the smallest first, up in vermillion and down in blue.

    The axis is that of the steps: where the interval is wider, its line leaves the chart, and words say its ends.

    Parameters
    ----------
    steps : DataFrame
        As `compute_steps` gives it.
    base : float
        What the model says where nothing is known, points.
    interval : (float, float), optional
        Ends of the interval of the prediction, points.
    """
    up, down = colours(theme)
    shown = steps.iloc[::-1]
    labels = ["Average prediction", *(short(label, 26) for label in shown["label"]), "This prediction"]
    total = base + float(shown["points"].sum())
    figure = go.Figure(
        go.Waterfall(
            orientation="h", y=labels, x=[base, *shown["points"], 0],
            measure=["absolute", *["relative"] * len(shown), "total"],
            text=[f"{base:.1f}", *(signed(points) for points in shown["points"]), f"{total:.1f}"],
            textposition="outside", cliponaxis=False,
            increasing={"marker": {"color": up}}, decreasing={"marker": {"color": down}},
            totals={"marker": {"color": ink(theme)["quiet"]}},
            connector={"line": {"color": ink(theme)["line"], "width": 1}},
            hovertemplate="%{y}: %{text} points<extra></extra>",
        )
    )  # fmt: skip
    reached = base + np.concatenate([[0.0], np.cumsum(shown["points"])])
    room = max(float(np.ptp(reached)), 4.0)
    ends = (float(reached.min()) - 0.5 * room, float(reached.max()) + 0.4 * room)
    if interval is not None:
        _add_interval(figure, interval, ends, theme)
    figure.update_xaxes(title="Popularity (points)", range=list(ends))
    return finish(figure, theme, showlegend=False)


def _add_interval(figure: go.Figure, interval: tuple[float, float], ends: tuple[float, float], theme: str) -> None:
    """Draw the interval under the bar of the prediction, as far as the chart goes, with its ends in words."""
    low, high = interval
    colour = ink(theme)["text"]
    figure.add_scatter(
        x=[max(low, ends[0]), min(high, ends[1])], y=[INTERVAL, INTERVAL], mode="lines", hoverinfo="skip",
        line={"color": colour, "width": 3}, showlegend=False,
    )  # fmt: skip
    for end, edge, text, anchor in (
        (low, ends[0], f"{ARROW_LEFT if low < ends[0] else ''} {low:.0f}", "left"),
        (high, ends[1], f"{high:.0f} {ARROW_RIGHT if high > ends[1] else ''}", "right"),
    ):
        place = max(end, edge) if anchor == "left" else min(end, edge)
        figure.add_annotation(
            x=place, y=INTERVAL, text=text.strip(), showarrow=False, xanchor=anchor, yanchor="bottom", font={"size": 12}
        )


INTERVAL = "Its interval"
ARROW_LEFT, ARROW_RIGHT = "\u2190", "\u2192"


def read_force(steps: pd.DataFrame) -> str:
    """Say how to read the bar, and name the largest two on each side: on a phone no name has room in it."""
    said = []
    for sign, words in ((1, "At the left, what raises it"), (-1, "At the right, what lowers it")):
        own = steps[(steps["points"] * sign > 0) & (steps["label"] != OTHERS)].head(MOST_NAMED)
        named = [
            f"{label} ({signed(float(points))})" for label, points in zip(own["label"], own["points"], strict=True)
        ]
        said.append(f"{words}, most of all {' and '.join(named)}" if named else f"{words}: no single feature")
    return f"{'. '.join(said)}. Both meet at the prediction."


def plot_force(steps: pd.DataFrame, base: float, *, theme: str = "light") -> go.Figure:
    """One bar: what raises the prediction to the left of it, what lowers it to the right, meeting where it stands.

    Parameters
    ----------
    steps : DataFrame
        As `compute_steps` gives it.
    base : float
        Points.
    """
    up, down = colours(theme)
    total = base + float(steps["points"].sum())
    figure = go.Figure()
    for colour, sign in ((up, 1), (down, -1)):
        edge = total
        for label, points in zip(steps["label"], steps["points"], strict=True):
            if points * sign <= 0:
                continue
            size = abs(float(points))
            figure.add_bar(
                x=[size], base=[edge - size if sign > 0 else edge], y=[""], orientation="h", marker_color=colour,
                marker_line={"width": 1, "color": ink(theme)["ground"]}, name=label, showlegend=False,
                text=label if size > 0.12 * steps["points"].abs().sum() else "",
                textangle=0, textposition="inside", insidetextanchor="middle",
                textfont={"color": "#FFFFFF" if theme != "dark" else "#000000"},
                hovertemplate=f"{label}: {signed(float(points))} points<extra></extra>",
            )  # fmt: skip
            edge -= sign * size
    for value, name, is_left in (
        (total, f"this {total:.1f}", total < base),
        (base, f"average {base:.1f}", base <= total),
    ):
        dash = "solid" if name.startswith("this") else "dot"
        figure.add_vline(x=value, line={"color": ink(theme)["text"], "width": 1, "dash": dash})
        figure.add_annotation(
            x=value,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=name,
            showarrow=False,
            xanchor="right" if is_left else "left",
        )
    figure.update_xaxes(title="Popularity (points)")
    figure.update_yaxes(visible=False)
    finish(figure, theme, barmode="overlay", uniformtext={"minsize": 11, "mode": "hide"})
    figure.update_layout(margin={"t": 28})
    return figure
