"""Learning curves: how the error falls while a model learns, epoch by epoch or tree by tree."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import OKABE_ITO, empty_figure, template
from core.figures.training.events import Event, events_of, finite, in_digits, metric_name, metric_title

FINAL = "final model"
WAITING = "The curve begins when the first model has learned its first steps."
_UNITS = {"epoch": ("Epoch", "epochs"), "tree": ("Trees", "trees")}
_PARTS = {"train": ("tracks it learns from", "dot"), "valid": ("tracks it does not learn from", "solid")}


def compute_curves(events: Iterable[Event]) -> pd.DataFrame:
    """The points of all curves.

    Returns
    -------
    DataFrame with columns ``fit`` ("fold 1", ..., "final model"), ``step`` (epochs or trees), ``train`` and ``valid``
    (the metric on rows the model learns from, and on rows it does not; missing where not measured).
    """
    frames = []
    for curve in events_of(events, "curve"):
        steps = [int(step) for step in curve.get("steps") or ()]
        frames.append(
            pd.DataFrame(
                {
                    "fit": str(curve["fit"]),
                    "step": steps,
                    "train": _padded(curve.get("train"), len(steps)),
                    "valid": _padded(curve.get("valid"), len(steps)),
                }
            )
        )
    names = {"fit": "str", "step": "int64", "train": "float64", "valid": "float64"}
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(names)).astype(names)


def plot_learning_curves(events: Iterable[Event], *, theme: str = "light") -> go.Figure:
    """Error against steps of learning: one pair of lines a fit, the final model strongest, its kept step marked."""
    curves = events_of(events, "curve")
    frame = compute_curves(curves)
    if frame.empty:
        return empty_figure("Learning curve", WAITING, theme=theme)
    figure = go.Figure()
    metric, unit = str(curves[-1].get("metric")), str(curves[-1].get("unit"))
    legend = set()
    for curve in curves:
        rows = frame[frame["fit"] == curve["fit"]]
        for part in _PARTS:
            if rows[part].notna().any():
                name = _legend_name(str(curve["fit"]), part)
                figure.add_trace(_line(rows, str(curve["fit"]), part, metric, unit, name, is_first=name not in legend))
                legend.add(name)
    _mark_best(figure, curves, unit)
    figure.update_xaxes(title=_UNITS.get(unit, (unit.capitalize(), unit))[0], tickformat="d", rangemode="tozero")
    figure.update_yaxes(title=metric_title(metric), range=_range(frame))
    return figure.update_layout(
        template=template(theme), margin={"l": 56, "r": 16, "t": 44, "b": 48}, uirevision="curves"
    )


def read_learning_curves(events: Iterable[Event]) -> str:
    """Say how far the newest model has come, which step is kept, and how to read the gap between the lines."""
    curves = events_of(events, "curve")
    frame = compute_curves(curves)
    if frame.empty:
        return WAITING
    final = next((curve for curve in curves if curve["fit"] == FINAL), curves[-1])
    rows = frame[frame["fit"] == final["fit"]]
    units = _UNITS.get(str(final.get("unit")), ("", str(final.get("unit"))))[1]
    best, metric = final.get("best"), str(final.get("metric"))
    part = "valid" if rows["valid"].notna().any() else "train"
    at = rows[rows["step"] == best] if best is not None else rows.iloc[-1:]
    value = finite(at[part].iloc[0]) if len(at) else finite(rows[part].iloc[-1])
    name = "The final model" if final["fit"] == FINAL else f"The model of {final['fit']}"
    kept = f" and keeps what it knew after {best:,}" if best is not None else ""
    said = f"{name} has learned for {int(rows['step'].max()):,} {units}{kept}"
    where = "tracks it does not learn from" if part == "valid" else "the tracks it learns from"
    said += f": {metric_name(metric)} {in_digits(value, metric)} on {where}."
    if part == "valid" and rows["train"].notna().any():
        said += " The wider the gap between the two lines, the more it has merely memorised."
    return said


def _padded(values: object, n: int) -> list[float | None]:
    given = [finite(value) for value in values] if isinstance(values, list | tuple) else []
    return [*given, *([None] * n)][:n]


def _legend_name(fit: str, part: str) -> str:
    return f"{FINAL if fit == FINAL else 'folds'}, {_PARTS[part][0]}"


def _line(rows: pd.DataFrame, fit: str, part: str, metric: str, unit: str, name: str, *, is_first: bool) -> go.Scatter:
    words, dash = _PARTS[part]
    is_final = fit == FINAL
    colour = OKABE_ITO["vermillion"] if is_final else OKABE_ITO["blue"]
    return go.Scatter(
        x=rows["step"],
        y=rows[part],
        mode="lines",
        name=name,
        legendgroup=name,
        showlegend=is_first,
        opacity=1.0 if is_final else 0.9,
        line={"width": 2.5 if is_final else 1.5, "dash": dash, "color": colour},
        hovertemplate=f"{fit}, {words}<br>{unit} %{{x:,}}: {metric_name(metric)} %{{y:.2f}}<extra></extra>",
    )


def _mark_best(figure: go.Figure, curves: list[Event], unit: str) -> None:
    final = next((curve for curve in curves if curve["fit"] == FINAL), None)
    if final is None or final.get("best") is None:
        return
    figure.add_vline(x=final["best"], line_color=OKABE_ITO["vermillion"], line_width=1.5, line_dash="dash")
    figure.add_annotation(
        x=final["best"], y=1, yref="paper", yanchor="top", xanchor="left", xshift=4, showarrow=False,
        text=f"kept: {unit} {final['best']:,}",
    )  # fmt: skip


def _range(frame: pd.DataFrame) -> list[float]:
    """All of it, but for the first steep steps, which would flatten the rest."""
    values = pd.concat([frame["train"], frame["valid"]]).dropna()
    low, high = float(values.min()), float(values.max())
    calm = float(values.quantile(0.95))
    if high - low > 4 * (calm - low) > 0:
        high = low + 1.5 * (calm - low)
    pad = max((high - low) * 0.05, abs(high) * 1e-3, 1e-6)
    return [low - pad, high + pad]
