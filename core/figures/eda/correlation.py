"""Heatmaps of correlations and of mutual information."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.eda.columns import is_own, label
from core.eda.correlation import Correlations
from core.figures.cells import written
from core.figures.eda.style import BLUE, as_shown, figure_of
from core.figures.theme import diverging, empty_figure

_COLORBAR = {
    "orientation": "h",
    "thickness": 8,
    "len": 0.5,
    "x": 1,
    "xanchor": "right",
    "y": 1.01,
    "yanchor": "bottom",
    "outlinewidth": 0,
    "tickangle": 0,
}
METHODS = {"pearson": "Pearson correlation", "spearman": "Spearman correlation", "information": "Mutual information"}
SIGNIFICANT = 0.05
MOST_NUMBERED = 20
"""Grids of more columns show their numbers on hover only: the cells are too small to write in."""
LONGEST_TICK = 20
_TAIL = "n = %{customdata[0]:,}<br>p %{customdata[1]}, adjusted for many comparisons<extra></extra>"


def plot_correlations(found: Correlations, theme: str = "light") -> go.Figure:
    """Draw the grid of associations; mutual information of all tracks becomes bars."""
    if not found.values.size or np.isnan(found.values).all():
        return empty_figure(METHODS[found.method], "Too few tracks pass the filter to compare columns.", theme)
    return _heatmap(found, theme) if is_grid(found) else _bars(found, theme)


def correlation_table(found: Correlations) -> pd.DataFrame:
    """The comparisons as a table, strongest first."""
    frame = found.frame.dropna(subset=["value"])
    frame = frame.iloc[np.argsort(-frame["value"].abs().to_numpy(), kind="stable")]
    value = "Bits" if found.method == "information" else "Correlation"
    return pd.DataFrame(
        {
            "First": [_name(name, found) for name in frame["row"]],
            "Second": [label(name) for name in frame["column"]],
            value: frame["value"].to_numpy(),
            "Tracks": frame["n"].to_numpy(),
            "p (Benjamini-Hochberg)": frame["p"].to_numpy(),
        }
    )


def correlation_title(found: Correlations) -> str:
    """The subject of the chart."""
    if found.method == "information":
        return "What each column says about popularity" + (", by genre" if found.scope == "genre" else "")
    where = "with popularity, by genre" if found.scope == "genre" else "of all columns"
    return f"{METHODS[found.method]} {where}"


def _name(name: str, found: Correlations) -> str:
    return name if found.scope == "genre" else label(name)


def _ticks(names: tuple[str, ...]) -> list[str]:
    """Names beside the chart, no two alike: cut to fit, and numbered where that makes them equal."""
    ticks: list[str] = []
    for name in names:
        whole = label(name)
        if is_own(name):
            whole = whole.removesuffix(" (your column)")
            whole = f"{whole if len(whole) <= LONGEST_TICK else whole[: LONGEST_TICK - 1] + '…'}*"
        same = sum(one.startswith(whole) for one in ticks)
        ticks.append(f"{whole} {same + 1}" if whole in ticks else whole)
    return [as_shown(tick) for tick in ticks]


def _heatmap(found: Correlations, theme: str) -> go.Figure:
    is_information = found.method == "information"
    values = found.values.copy()
    if found.is_square:
        np.fill_diagonal(values, np.nan)
    rows = list(found.rows) if found.scope == "genre" else _ticks(found.rows)
    columns = _ticks(found.columns)
    scale: dict[str, Any] = _from_zero(values) if is_information else _centred(theme)
    ticks = {"nticks": 4} if is_information else {"tickvals": [-1, 0, 1], "ticktext": ["−1", "0", "+1"]}
    trace = go.Heatmap(
        z=values.astype(np.float32),
        x=columns,
        y=rows,
        **_numbers(values, found.p, scale),
        customdata=np.dstack([found.n, _p_words(found.p)]),
        hovertemplate=_hover(is_information),
        hoverongaps=False,
        meta={"rows": list(found.rows), "columns": list(found.columns)},
        xgap=1,
        ygap=1,
        colorbar=_COLORBAR | ticks | {"title": {"text": "bits" if is_information else "", "side": "top"}},
        **scale,
    )
    return figure_of(
        [trace],
        theme,
        xaxis={"autotickangles": [-40, -90], "showgrid": False, "fixedrange": True},
        yaxis={"autorange": "reversed", "showgrid": False, "fixedrange": True},
        dragmode=False,
    )


def is_grid(found: Correlations) -> bool:
    """Whether it is drawn as a heat map: mutual information of all tracks is bars, with a number at each."""
    return found.method != "information" or found.scope != "all"


def _numbers(values: np.ndarray, p: np.ndarray, scale: dict[str, Any]) -> dict[str, Any]:
    if values.shape[1] > MOST_NUMBERED:
        return {}
    return written(_texts(values, p), values, scale["colorscale"], scale["zmin"], scale["zmax"])


def _from_zero(values: np.ndarray) -> dict[str, object]:
    return {"colorscale": "Viridis", "zmin": 0, "zmax": float(np.nanmax(values)) or 1.0}


def _centred(theme: str) -> dict[str, object]:
    return {"colorscale": diverging(theme), "zmid": 0, "zmin": -1, "zmax": 1}


def _texts(values: np.ndarray, p: np.ndarray) -> np.ndarray:
    plain = np.vectorize(lambda value: "" if np.isnan(value) else _two_digits(value), otypes=[object])
    texts = plain(values)
    doubtful = ~(p < SIGNIFICANT) & (texts != "")
    texts[doubtful] = [f"({text})" for text in texts[doubtful]]
    return np.asarray(texts)


def _two_digits(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _p_words(p: np.ndarray) -> np.ndarray:
    words = np.vectorize(lambda value: "< 0.001" if value < 0.001 else f"= {value:.2g}", otypes=[object])
    with np.errstate(invalid="ignore"):  # unknown ones are not shown
        return np.asarray(words(p))


def _hover(is_information: bool) -> str:
    value = "%{z:.3f} bits" if is_information else "%{z:.3f}"
    return f"%{{y}} and %{{x}}: {value}<br>{_TAIL}"


def _bars(found: Correlations, theme: str) -> go.Figure:
    order = np.arange(len(found.columns))[::-1]
    names = _ticks(found.columns)
    values, n, p = found.values[0][order], found.n[0][order], found.p[0][order]
    bar = go.Bar(
        x=values.astype(np.float32),
        y=[names[at] for at in order],
        orientation="h",
        marker={"color": BLUE},
        text=_texts(values, p),
        textposition="outside",
        cliponaxis=False,
        customdata=np.column_stack([n.astype(object), _p_words(p)]),
        hovertemplate=f"%{{y}}: %{{x:.3f}} bits<br>{_TAIL}",
    )
    top = float(np.nanmax(found.values)) or 1.0
    axis = {"title": {"text": "Mutual information (bits)"}, "range": [0, top * 1.15]}
    return figure_of([bar], theme, xaxis=axis, yaxis={"showgrid": False, "fixedrange": True}, dragmode=False)
