"""Figures of runs side by side: predictions, residuals, errors by group, agreement, times.

Every function takes ``predicted``: run label to points, all for the same held-out tracks in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.axes import wrapped
from core.figures.cells import written
from core.figures.run import SIGNED_ERROR
from core.figures.theme import QUALITATIVE, SEQUENTIAL, empty_figure, ink, template
from core.metrics import BAND_EDGES, Floats

Predicted = Mapping[str, Floats]
FEWEST = 20
STAGES = {"search_seconds": "search", "cv_seconds": "cross-validation", "fit_seconds": "final model",
          "interval_seconds": "interval", "score_seconds": "scoring", "weighing_seconds": "weighing"}  # fmt: skip
"""What a run's timings are called."""
_NAMES = {"run": "Run", "predicted": "Predicted (points)", "actual": "Actual (points)",
          "error": "Predicted minus actual (points)", "share": "Share of the tracks",
          "mae": "MAE (points)", "n": "Tracks"}  # fmt: skip
MOST_GROUPS = 12
SAME = 1e-6
"""Points within which two predictions are one: what a model that always says the same differs by in its last digits."""


def named(frame: pd.DataFrame, group: str = "") -> pd.DataFrame:
    """The numbers of a chart under names for people.

    Parameters
    ----------
    frame : DataFrame
        Of `compute_calibration`, `compute_residuals` or `compute_errors`.
    group : str
        What the groups are.
    """
    return frame.rename(columns={**_NAMES, "group": group.capitalize()})


def named_times(names: Sequence[str], seconds: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """Seconds of each run by stage and in all, under names for people."""
    seconds = [_spent(each) for each in seconds]
    columns = {**STAGES, "total_seconds": "all together"}
    known = {key: label for key, label in columns.items() if any(each.get(key) is not None for each in seconds)}
    stages = {f"{label.capitalize()} (s)": [each.get(key) for each in seconds] for key, label in known.items()}
    return pd.DataFrame({"Run": list(names), **stages})


def _spent(seconds: Mapping[str, float]) -> dict[str, float]:
    """Seconds of the run itself: the runs of a stack were fitted before it."""
    return {key: each for key, each in seconds.items() if key != "fit_seconds" or "weighing_seconds" not in seconds}


def compute_calibration(actual: Floats, predicted: Predicted) -> pd.DataFrame:
    """Mean actual popularity in ten equally large steps of each run's predictions; equal ones share a step.

    Returns
    -------
    DataFrame with columns ``run``, ``predicted``, ``actual`` (points, means of a step), ``n``.
    """
    rows = []
    for name, values in predicted.items():
        steps = _steps(values, min(10, max(1, len(values) // FEWEST)))
        rows += [(name, float(values[at].mean()), float(actual[at].mean()), len(at)) for at in steps]
    return pd.DataFrame(rows, columns=["run", "predicted", "actual", "n"])


def _steps(values: Floats, n: int) -> list[np.ndarray]:
    """Positions of the values of each step, in their order; where equal ones would be divided, the first has them."""
    order = np.argsort(values, kind="stable")
    step = np.concatenate([np.full(len(part), at) for at, part in enumerate(np.array_split(order, n))])
    starts = np.concatenate([[True], np.diff(values[order]) > SAME])
    step = step[np.flatnonzero(starts)][np.cumsum(starts) - 1]
    return [order[step == at] for at in np.unique(step)]


def plot_calibration(frame: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Actual against predicted popularity, a line a run, beside the line of perfect prediction."""
    figure = go.Figure()
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", name="perfect", hoverinfo="skip",
                       line={"color": ink(theme)["quiet"], "dash": "dash", "width": 1})  # fmt: skip
    for at, (name, part) in enumerate(frame.groupby("run", sort=False)):
        figure.add_scatter(x=part["predicted"], y=part["actual"], mode="lines+markers", name=str(name), line=_line(at))
    low, high = (
        min(frame["predicted"].min(), frame["actual"].min()),
        max(frame["predicted"].max(), frame["actual"].max()),
    )
    figure.update_xaxes(title="Predicted popularity (points)", range=[low - 3, high + 3])
    figure.update_yaxes(title="Actual popularity (points, mean)", range=[low - 3, high + 3])
    return _finish(figure, theme)


def compute_residuals(actual: Floats, predicted: Predicted, width: float = 5.0) -> pd.DataFrame:
    """Share of the tracks by error (predicted minus actual): columns ``run``, ``error`` (middle, points), ``share``."""
    edges = np.arange(-100, 100 + width, width)
    rows = []
    for name, values in predicted.items():
        counts, _ = np.histogram(values - actual, bins=edges)
        share = counts / max(1, counts.sum())
        rows += [(name, middle, each) for middle, each in zip(edges[:-1] + width / 2, share, strict=True) if each > 0]
    return pd.DataFrame(rows, columns=["run", "error", "share"])


def plot_residuals(frame: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Distribution of the errors of each run, over one another."""
    figure = go.Figure()
    for at, (name, part) in enumerate(frame.groupby("run", sort=False)):
        figure.add_scatter(x=part["error"], y=part["share"], mode="lines", name=str(name), line=_line(at))
    figure.add_vline(x=0, line_color=ink(theme)["quiet"], line_width=1)
    figure.update_xaxes(title=SIGNED_ERROR)
    figure.update_yaxes(title="Share of the tracks", tickformat=".0%", rangemode="tozero")
    return _finish(figure, theme)


def bands_of(actual: Floats) -> pd.Series:
    """The band of popularity of each track, as ordered text."""
    labels = [f"{low}–{high - 1}" for low, high in pairwise(BAND_EDGES)]
    return pd.Series(pd.cut(actual, BAND_EDGES, right=False, labels=labels))


def compute_errors(actual: Floats, predicted: Predicted, groups: pd.Series) -> pd.DataFrame:
    """Mean absolute error of each run in each group of at least 20 tracks.

    Returns
    -------
    DataFrame with columns ``run``, ``group``, ``mae`` (points), ``n``; groups in their order, at most the 12 largest.
    """
    counts = groups.value_counts()
    large = [group for group in counts.index[:MOST_GROUPS] if counts[group] >= FEWEST]
    order = list(groups.cat.categories) if isinstance(groups.dtype, pd.CategoricalDtype) else sorted(large)
    rows = []
    for group in (each for each in order if each in large):
        inside = (groups == group).to_numpy()
        for name, values in predicted.items():
            error = float(np.abs(values[inside] - actual[inside]).mean())
            rows.append((name, str(group), error, int(inside.sum())))
    return pd.DataFrame(rows, columns=["run", "group", "mae", "n"])


def plot_errors(frame: pd.DataFrame, subject: str, *, theme: str = "light") -> go.Figure:
    """Mean absolute error by group, a dot a run."""
    if frame.empty:
        return empty_figure(f"Error by {subject}", f"No group has {FEWEST} held-out tracks.", theme)
    figure = go.Figure()
    for at, (name, part) in enumerate(frame.groupby("run", sort=False)):
        labels = [f"{row.group} (n = {row.n:,})" for row in part.itertuples()]
        figure.add_scatter(x=part["mae"], y=labels, mode="markers", name=str(name), marker=_marker(at))
    figure.update_xaxes(title="Mean absolute error (points)")
    figure.update_yaxes(autorange="reversed")
    return _finish(figure, theme)


def compute_agreement(predicted: Predicted) -> pd.DataFrame:
    """Correlation between the predictions of each two runs: a square frame with run labels on both sides.

    nan where one of them says the same of every track, as there is no order to compare then.
    """
    values = np.vstack(list(predicted.values()))
    spread = np.ptp(values, axis=1) > SAME
    found = np.full((len(values), len(values)), np.nan)
    if spread.any():
        found[np.ix_(spread, spread)] = np.corrcoef(values[spread])
    np.fill_diagonal(found, 1.0)
    return pd.DataFrame(found, index=list(predicted), columns=list(predicted))


def plot_agreement(frame: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Agreement between runs as a heatmap with its numbers."""
    z = frame.to_numpy()
    low = min(float(np.nanmin(z)), 0.5)
    known = np.isfinite(z)
    words = np.array([[f"{round(value, 2) + 0.0:.2f}" for value in row] for row in np.where(known, z, 0)], dtype=object)
    numbers = [str(at + 1) for at in range(len(frame))]
    names = [f"{wrapped(str(name))} · {at}" for at, name in zip(numbers, frame.index, strict=True)]
    cells = written(words, z, SEQUENTIAL, low, 1)
    cells["text"] = np.where(known, cells["text"], f'<span style="color: {ink(theme)["quiet"]}">–</span>')
    heat = go.Heatmap(z=z, x=numbers, y=names, **cells, hoverongaps=False,
                      colorscale=SEQUENTIAL, zmin=low, zmax=1, showscale=False,
                      hovertemplate="%{y}<br>%{x}<br>r = %{z:.2f}<extra></extra>")  # fmt: skip
    figure = go.Figure(heat)
    figure.update_xaxes(type="category")
    figure.update_yaxes(autorange="reversed")
    return _finish(figure, theme)


def plot_times(names: Sequence[str], seconds: Sequence[Mapping[str, float]], *, theme: str = "light") -> go.Figure:
    """Seconds of each run by stage, stacked."""
    seconds = [_spent(each) for each in seconds]
    figure = go.Figure()
    for at, (key, label) in enumerate(STAGES.items()):
        values = [float(each.get(key) or 0) for each in seconds]
        if any(values):
            figure.add_bar(
                y=[wrapped(name) for name in names], x=values, name=label, orientation="h", marker_color=QUALITATIVE[at]
            )
    figure.update_layout(barmode="stack", legend_traceorder="normal")
    figure.update_xaxes(title="Seconds")
    figure.update_yaxes(autorange="reversed")
    return _finish(figure, theme)


def _line(at: int) -> dict[str, object]:
    dashes = ("solid", "dash", "dot", "dashdot")
    return {"color": QUALITATIVE[at % len(QUALITATIVE)], "width": 2, "dash": dashes[at % len(dashes)]}


def _marker(at: int) -> dict[str, object]:
    symbols = ("circle", "diamond", "square", "triangle-up", "x", "cross", "star", "triangle-down")
    return {"color": QUALITATIVE[at % len(QUALITATIVE)], "symbol": symbols[at % 8], "size": 10}


def _finish(figure: go.Figure, theme: str) -> go.Figure:
    figure.update_layout(
        template=template(theme), showlegend=len(figure.data) > 1, margin={"l": 56, "r": 16, "t": 48, "b": 52}
    )
    return figure
