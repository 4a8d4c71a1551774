"""Figures of one run's held-out predictions: the numbers, what they say in words, and the plot.

Every function takes the prediction table of a run restricted to one part: columns ``actual`` and ``predicted``, in
popularity points from 0 to 100, one row a held-out row. Colours that are not the template's show on light and dark
ground alike, as the page may change its theme later.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import OKABE_ITO, empty_figure, template

BANDS = (0, 20, 40, 60, 80, 100.0001)
BAND_LABELS = ("0–19", "20–39", "40–59", "60–79", "80–100")
_CELL = 2.5
_POINTS_SHOWN = 1000
_POPULARITY = "popularity (points, 0–100)"
_MINUS = "\u2212"
SIGNED_ERROR = f"Predicted minus actual<br>(points; + too high, {_MINUS} too low)"
"""Which way round an error is, everywhere: above 0 the model says too much."""
NEUTRAL = OKABE_ITO["grey"]
# Cividis from few to many, with few rows nearly as quiet as the ground.
_DENSITY = (
    (0.0, "rgba(254, 232, 56, 0.25)"),
    (0.25, "rgba(188, 175, 111, 0.75)"),
    (0.5, "rgba(124, 123, 120, 0.95)"),
    (0.75, "rgba(65, 77, 107, 1)"),
    (1.0, "rgba(0, 34, 78, 1)"),
)
_DENSITY_DARK = (
    (0.0, "rgba(0, 52, 110, 0.6)"),
    (0.25, "rgba(65, 77, 107, 0.9)"),
    (0.5, "rgba(124, 123, 120, 1)"),
    (0.75, "rgba(188, 175, 111, 1)"),
    (1.0, "rgba(254, 232, 56, 1)"),
)
HELD_OUT = "This run has no held-out predictions."


def compute_density(predictions: pd.DataFrame, cell: float = _CELL) -> tuple[np.ndarray, np.ndarray]:
    """Count held-out rows in square cells of actual against predicted popularity.

    Returns
    -------
    centres : ndarray of shape (n_cells,)
        Middle of each cell, points, the same on both axes.
    counts : ndarray of shape (n_cells, n_cells)
        Rows in each cell; first axis predicted, second actual.
    """
    edges = np.arange(0, 100 + cell, cell)
    counts, _, _ = np.histogram2d(
        predictions["predicted"].clip(0, 100), predictions["actual"].clip(0, 100), bins=[edges, edges]
    )
    return (edges[:-1] + cell / 2), counts


def density_table(predictions: pd.DataFrame, cell: float = 10.0) -> pd.DataFrame:
    """The density in coarse cells, as a table to read: one row a band of predictions, one column a band of actual."""
    centres, counts = compute_density(predictions, cell)
    names = [f"{centre - cell / 2:.0f}–{centre + cell / 2:.0f}" for centre in centres]
    frame = pd.DataFrame(counts.astype(int), columns=[f"Actual {name}" for name in names])
    frame.insert(0, "Predicted", names)
    return frame[frame.iloc[:, 1:].sum(axis=1) > 0].reset_index(drop=True)


def plot_actual_vs_predicted(
    predictions: pd.DataFrame, *, baseline: float | None = None, theme: str = "light"
) -> go.Figure:
    """Density of predicted against actual popularity, with the line of perfect prediction and the mean baseline."""
    if predictions.empty:
        return empty_figure("Actual against predicted", HELD_OUT, theme=theme)
    centres, counts = compute_density(predictions)
    figure = go.Figure(
        go.Heatmap(
            x=centres.astype("float32"),
            y=centres.astype("float32"),
            z=np.where(counts > 0, np.sqrt(counts), np.nan).astype("float32"),
            customdata=counts.astype("int32"),
            colorscale=_DENSITY_DARK if theme == "dark" else _DENSITY,
            showscale=False,
            hovertemplate="actual about %{x:.0f}<br>predicted about %{y:.0f}<br>n = %{customdata:,}<extra></extra>",
        )
    )
    _line(figure, [0, 100], [0, 100], NEUTRAL, "dash")
    _label(figure, 97, 93, "perfect prediction", anchor="right")
    if baseline is not None and np.isfinite(baseline):
        _line(figure, [0, 100], [baseline, baseline], OKABE_ITO["vermillion"], "dot")
        figure.add_annotation(
            x=1.01,
            xref="paper",
            xanchor="left",
            y=baseline,
            text=f"mean<br>{baseline:.0f}",
            showarrow=False,
            align="left",
        )
    figure.update_xaxes(title=f"Actual {_POPULARITY}", range=[0, 100], constrain="domain", dtick=20)
    figure.update_yaxes(title=f"Predicted {_POPULARITY}", range=[0, 100], dtick=20)
    return _finish(figure, theme, right=48)


def read_actual_vs_predicted(predictions: pd.DataFrame) -> str:
    """Compare the spread of the predictions with that of the actual values, in one sentence."""
    if predictions.empty:
        return ""
    low, high = _points(predictions["predicted"].quantile([0.05, 0.95]))
    seen_low, seen_high = _points(predictions["actual"].quantile([0.05, 0.95]))
    return (
        f"Nine in ten predictions lie between {low} and {high}, while nine in ten actual values lie between "
        f"{seen_low} and {seen_high}. The nearer the crowded cells are to the dashed line, the better."
    )


def compute_residuals(predictions: pd.DataFrame, width: float = 5.0) -> pd.DataFrame:
    """Histogram of predicted minus actual.

    Returns
    -------
    DataFrame with columns ``low``, ``high`` (points), ``n`` and ``share`` (of all rows, 0 to 1).
    """
    edges = np.arange(-100, 100 + width, width)
    found, _ = np.histogram((predictions["predicted"] - predictions["actual"]).clip(-100, 100), bins=edges)
    frame = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "n": found, "share": found / max(found.sum(), 1)})
    filled = np.flatnonzero(found)
    return frame.iloc[filled[0] : filled[-1] + 1].reset_index(drop=True) if filled.size else frame.iloc[:0]


def plot_residuals(predictions: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Distribution of the errors (predicted minus actual), with the line of no error."""
    if predictions.empty:
        return empty_figure("Distribution of the errors", HELD_OUT, theme=theme)
    frame = compute_residuals(predictions)
    figure = go.Figure(
        go.Bar(
            x=((frame["low"] + frame["high"]) / 2).astype("float32"),
            y=(frame["share"] * 100).astype("float32"),
            width=(frame["high"] - frame["low"]) * 0.92,
            customdata=np.column_stack([frame["low"], frame["high"], frame["n"]]),
            marker_color=OKABE_ITO["blue"],
            hovertemplate="predicted minus actual: %{customdata[0]:+.0f} to %{customdata[1]:+.0f} points<br>%{y:.1f}%, "
            "n = %{customdata[2]:,}<extra></extra>",
        )
    )
    figure.add_vline(x=0, line_color=NEUTRAL, line_width=1.5, line_dash="dash")
    figure.update_xaxes(title=SIGNED_ERROR, zeroline=False)
    figure.update_yaxes(title="Share of held-out rows (%)", rangemode="tozero")
    return _finish(figure, theme)


def read_residuals(predictions: pd.DataFrame) -> str:
    """Say how far off the middle half and the worst tenth are, and on which side the long tail is."""
    if predictions.empty:
        return ""
    errors = predictions["predicted"] - predictions["actual"]
    off = errors.abs()
    half, tenth = _points(off.quantile([0.5, 0.9]))
    low, high = errors.quantile([0.05, 0.95])
    tail = "where it is too low" if -low > high + 1 else "where it is too high" if high > -low + 1 else "on both sides"
    return (
        f"Right of 0 the prediction is too high. Half of the predictions are off by {half} points or less, one in ten "
        f"by more than {tenth}; misses reach furthest {tail}."
    )


def compute_residual_trend(predictions: pd.DataFrame, n_groups: int = 10) -> pd.DataFrame:
    """Errors in groups of equal size, ordered by the prediction.

    Returns
    -------
    DataFrame with columns ``predicted`` (mean of the group), ``median``, ``low``, ``high`` (5th and 95th percentile of
    predicted minus actual, points) and ``n``; groups with equal predictions fall together.
    """
    errors = predictions["predicted"] - predictions["actual"]
    rank = predictions["predicted"].rank(method="average", pct=True)
    group = np.minimum((rank * n_groups).to_numpy().astype(int), n_groups - 1)
    frame = pd.DataFrame({"predicted": predictions["predicted"].to_numpy(), "error": errors.to_numpy(), "group": group})
    grouped = frame.groupby("group", sort=True)
    return pd.DataFrame(
        {
            "predicted": grouped["predicted"].mean(),
            "median": grouped["error"].median(),
            "low": grouped["error"].quantile(0.05),
            "high": grouped["error"].quantile(0.95),
            "n": grouped.size(),
        }
    ).reset_index(drop=True)


def plot_residuals_by_predicted(predictions: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Errors against the prediction: a sample of points, with the median and the middle nine tenths."""
    if predictions.empty:
        return empty_figure("Errors by prediction", HELD_OUT, theme=theme)
    trend = compute_residual_trend(predictions)
    shown = predictions.sample(min(_POINTS_SHOWN, len(predictions)), random_state=0)
    figure = go.Figure(
        go.Scatter(
            x=shown["predicted"].astype("float32"),
            y=(shown["predicted"] - shown["actual"]).astype("float32"),
            mode="markers",
            marker={"size": 4, "color": OKABE_ITO["blue"], "opacity": 0.4},
            hovertemplate="predicted %{x:.0f}<br>predicted minus actual: %{y:+.0f} points<extra></extra>",
        )
    )
    for name, words, dash in (("low", "5% below", "dot"), ("high", "95% below", "dot"), ("median", "median", "solid")):
        figure.add_scatter(
            x=trend["predicted"],
            y=trend[name],
            mode="lines",
            line={"color": OKABE_ITO["orange"], "width": 2.5, "dash": dash},
            hovertemplate=f"predicted about %{{x:.0f}}<br>{words}: %{{y:+.0f}} points<extra></extra>",
        )
    if len(trend) > 1:
        last = trend.iloc[-1]
        for name, text in (("high", "95% below"), ("median", "median"), ("low", "5% below")):
            _label(figure, float(last["predicted"]), float(last[name]), text, anchor="left")
    figure.add_hline(y=0, line_color=OKABE_ITO["vermillion"], line_width=1.5, line_dash="dash")
    figure.update_xaxes(title=f"Predicted {_POPULARITY}", zeroline=False)
    figure.update_yaxes(title=SIGNED_ERROR, range=[-100, 100], dtick=50, zeroline=False)
    return _finish(figure, theme)


def read_residuals_by_predicted(predictions: pd.DataFrame) -> str:
    """Say whether the typical error changes from low to high predictions."""
    if predictions.empty:
        return ""
    trend = compute_residual_trend(predictions)
    widths = trend["high"] - trend["low"]
    if len(trend) < 2:
        return f"All predictions are nearly the same; nine in ten errors span {widths.iloc[0]:.0f} points."
    first, last = trend.iloc[0], trend.iloc[-1]
    return (
        "Above 0 the prediction is too high. Among the lowest tenth of predictions the median error is "
        f"{_signed(first['median'])} points, among the highest {_signed(last['median'])}. A flat solid line at 0 would "
        "mean no bias."
    )


def compute_error_by_band(predictions: pd.DataFrame) -> pd.DataFrame:
    """Error by band of actual popularity.

    Returns
    -------
    DataFrame with columns ``band``, ``n``, ``mae`` and ``bias`` (mean of predicted minus actual, points); bands without
    a row keep n = 0 and missing errors.
    """
    band = pd.cut(predictions["actual"], BANDS, right=False, labels=list(BAND_LABELS))
    miss = predictions["predicted"] - predictions["actual"]
    grouped = pd.DataFrame({"band": band, "miss": miss, "off": miss.abs()}).groupby("band", observed=False)
    return pd.DataFrame(
        {"n": grouped.size(), "mae": grouped["off"].mean(), "bias": grouped["miss"].mean()}
    ).reset_index()


def plot_error_by_band(predictions: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Mean absolute error (bars) and mean bias (diamonds) in each band of actual popularity."""
    if predictions.empty:
        return empty_figure("Error by popularity band", HELD_OUT, theme=theme)
    frame = compute_error_by_band(predictions)
    bands = [f"{row.band}<br>{row.n:,}" for row in frame.itertuples()]
    figure = go.Figure(
        go.Bar(
            x=bands,
            y=frame["mae"],
            marker_color=OKABE_ITO["blue"],
            name="mean absolute error",
            width=0.6,
            hovertemplate="%{x} tracks<br>off by %{y:.1f} points on average<extra></extra>",
        )
    )
    figure.add_scatter(
        x=bands,
        y=frame["bias"],
        mode="markers",
        name="bias (above 0: too high)",
        marker={"symbol": "diamond", "size": 11, "color": OKABE_ITO["vermillion"]},
        customdata=[_signed(value) for value in frame["bias"]],
        hovertemplate="%{x} tracks<br>bias %{customdata} points (above 0: too high)<extra></extra>",
    )
    figure.add_scatter(
        x=bands,
        y=frame[["mae", "bias"]].max(axis=1),
        text=[_number(value) for value in frame["mae"]],
        mode="markers+text",
        marker={"size": 12, "opacity": 0},
        textposition="top center",
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
    figure.add_hline(y=0, line_color=NEUTRAL, line_width=1)
    figure.update_xaxes(title="Actual popularity (points), n below", type="category", tickangle=0)
    figure.update_yaxes(title="Points", zeroline=False)
    figure = _finish(figure, theme)
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})


def read_error_by_band(predictions: pd.DataFrame) -> str:
    """Name the bands with the smallest and the largest error, and the direction of the bias at both ends."""
    frame = compute_error_by_band(predictions).dropna(subset=["mae"])
    if frame.empty:
        return ""
    best, worst = frame.iloc[int(frame["mae"].argmin())], frame.iloc[int(frame["mae"].argmax())]
    said = f"Off by {best['mae']:.0f} points on average in the band {best['band']} (n = {best['n']:,})"
    if len(frame) > 1:
        said += f", by {worst['mae']:.0f} in {worst['band']} (n = {worst['n']:,})"
    low, high = frame.iloc[0], frame.iloc[-1]
    if low["bias"] > 1 and high["bias"] < -1:
        said += "; unpopular tracks are predicted too high, popular ones too low"
    return said + "."


_NAMES = {
    "low": "From (predicted minus actual, points)",
    "high": "To (points)",
    "n": "Tracks",
    "share": "Share of the tracks",
    "predicted": "Predicted (points, mean)",
    "band": "Actual popularity (points)",
    "mae": "Mean absolute error (points)",
    "bias": "Bias (predicted minus actual, points)",
    "median": "Median of predicted minus actual (points)",
}


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The numbers of a chart of errors under names for people, which say which way round an error is."""
    ends = {"low": "5% lie below (points)", "high": "95% lie below (points)"} if "median" in frame else {}
    return frame.rename(columns={**_NAMES, **ends})


def _finish(figure: go.Figure, theme: str, right: int = 16) -> go.Figure:
    margin = {"l": 56, "r": right, "t": 24, "b": 52}
    return figure.update_layout(template=template(theme), showlegend=False, margin=margin)


def _line(figure: go.Figure, x: list[float], y: list[float], colour: str, dash: str) -> None:
    figure.add_scatter(x=x, y=y, mode="lines", line={"color": colour, "width": 1.5, "dash": dash}, hoverinfo="skip")


def _label(figure: go.Figure, x: float, y: float, text: str, *, anchor: str) -> None:
    place: dict[str, Any] = {"xanchor": anchor, "yanchor": "middle"}
    figure.add_annotation(x=x, y=y, text=text, showarrow=False, font={"size": 12}, **place)


def _points(values: pd.Series) -> list[str]:
    return [f"{value:.0f}" for value in values]


def _number(value: float) -> str:
    return f"{value:.0f}" if np.isfinite(value) else ""


def _signed(value: float) -> str:
    if not np.isfinite(value):
        return "unknown"
    return f"+{value:.0f}" if round(value) > 0 else f"{value:.0f}".replace("-0", "0").replace("-", _MINUS)
