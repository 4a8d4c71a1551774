"""Figures of many runs: how the best came about over time, which choices went with which score, what training took."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from core.cautions import INFLATED, NO_FORECAST, cautions
from core.comparison import Footing, footing_of
from core.families import FAMILIES
from core.figures.axes import log_ticks, wrapped
from core.figures.theme import QUALITATIVE, empty_figure, family_color, template
from core.metrics import METRICS

if TYPE_CHECKING:
    from core.runs.model import Run

NONE_YET = "No run with a score fits."
HONEST = "none"
"""What stands for the caution of a score that needs none."""
NO_LINES = "The lines appear when two comparable runs have a score."
MOST_LINES = 8
MOST_STEPS = 8
"""Different numbers of a choice that have a place of their own; more of them lie on an axis of numbers."""
_SCALE = ((0.0, "#9AA1AA"), (0.5, "#6F94C4"), (1.0, "#E07B00"))
"""From the worst to the best: shows on light and dark ground, and to the colour-blind by its lightness and hue."""
_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "cross", "star", "triangle-down")


def compute_progress(runs: Sequence[Run], metric: str, labels: Mapping[Footing, str]) -> pd.DataFrame:
    """Score of each run when it was finished, and the best so far among those that it may be compared with.

    Parameters
    ----------
    runs : sequence of Run
        In any order; those without a score are left out.
    metric : str
        Key of ``core.metrics.METRICS``.
    labels : mapping of Footing to str
        What each footing is called.

    Returns
    -------
    DataFrame with columns ``footing``, ``moment`` (UTC), ``run``, ``family``, ``score``, ``best``, ``id``, ``mark``
    (what the score is not good for; "" for honest ones), oldest first. What is no forecast is never the best.
    """
    rows = []
    for run in runs:
        footing, score = footing_of(run), _score(run, metric)
        if footing is not None and score is not None and run.finished_at is not None:
            name = run.name or _family_name(run)
            mark = _mark(run)
            rows.append((labels[footing], run.finished_at, name, run.request.family, score, run.id, mark))
    frame = pd.DataFrame(rows, columns=["footing", "moment", "run", "family", "score", "id", "mark"])
    frame = frame.astype({"score": "float64", "mark": "str"})
    frame = frame.sort_values("moment", kind="stable", ignore_index=True)
    # A score that is no forecast beats no other; of inflated ones the best stands among its equals.
    counted = frame["score"].where(~frame["mark"].str.contains(NO_FORECAST.mark, regex=False))
    groups = counted.groupby(frame["footing"], sort=False)
    best = groups.cummax() if METRICS[metric].greater_is_better else groups.cummin()
    frame.insert(5, "best", best.groupby(frame["footing"], sort=False).ffill())
    return frame


def plot_progress(frame: pd.DataFrame, metric: str, *, theme: str = "light") -> go.Figure:
    """A dot a run over time; a stepped line joins the best so far of runs that may be compared, and of no others."""
    if frame.empty:
        return empty_figure("Best score so far", NONE_YET, theme=theme)
    figure, label = go.Figure(), METRICS[metric].label
    said = f"{label} %{{y:.{_decimals(metric)}f}}"
    order = frame["footing"].value_counts().index
    for at, footing in enumerate(order):
        part, colour = frame[frame["footing"] == footing], QUALITATIVE[at % len(QUALITATIVE)]
        if at < MOST_LINES and len(part) > 1:
            figure.add_scatter(
                x=part["moment"], y=part["best"], mode="lines", hoverinfo="skip", legendgroup=footing, showlegend=False,
                line={"color": colour, "shape": "hv", "width": 2},
            )  # fmt: skip
        symbol = _SYMBOLS[at % len(_SYMBOLS)]
        shown = [f"{symbol}-open" if mark else symbol for mark in part["mark"]]
        figure.add_scatter(
            x=part["moment"], y=part["score"], mode="markers", name=str(footing), legendgroup=footing,
            customdata=_marked_names(part), marker={"color": colour, "symbol": shown, "size": 9},
            hovertemplate=f"%{{customdata}}<br>{said}<br>%{{x|%Y-%m-%d %H:%M}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title="Finished (UTC)", nticks=5, tickangle=0)
    figure.update_yaxes(title=_title(metric))
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    return figure.update_layout(
        template=template(theme), showlegend=len(order) > 1, legend=legend, margin={"l": 64, "r": 24, "t": 48, "b": 52}
    )


def read_progress(frame: pd.DataFrame, metric: str) -> str:
    """Say how far the largest comparison has come."""
    if frame.empty:
        return NONE_YET
    largest = frame["footing"].value_counts().index[0]
    part = frame[frame["footing"] == largest]
    label, first, last = METRICS[metric].label, part["best"].bfill().iloc[0], part["best"].iloc[-1]
    joined = "The stepped line is the best so far; only runs on the same held-out tracks are joined. "
    joined += _hollow_in_words(frame)
    if part["best"].isna().all():
        return joined + f"{largest}: no score is a forecast."
    if len(part) < 2:
        return joined + "There is one run each so far."
    if first == last:
        return joined + f"{largest}: the first run is still the best, {label} {_digits(last, metric)}."
    way = f"from {_digits(first, metric)} to {_digits(last, metric)}"
    return joined + f"{largest}: {label} {way} in {len(part):,} runs."


def named_progress(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The numbers of `compute_progress` under names for people, the newest run first."""
    label = METRICS[metric].label
    shown = pd.DataFrame(
        {
            "Run": _marked_names(frame),
            "Finished (UTC)": frame["moment"].astype(str).str[:16],
            label: frame["score"],
            f"Best {label} so far": frame["best"],
            "Scored on": frame["footing"],
        }
    )
    return shown.iloc[::-1]


def _mark(run: Run) -> str:
    return ", ".join(one.mark for one in cautions(run.request))


def _marked_names(frame: pd.DataFrame) -> list[str]:
    return [f"{run}, {mark}" if mark else str(run) for run, mark in zip(frame["run"], frame["mark"], strict=True)]


def _hollow_in_words(frame: pd.DataFrame) -> str:
    """Say what the hollow dots are; nothing where there are none."""
    marks = set(frame["mark"])
    said = [one.sentence for one in (INFLATED, NO_FORECAST) if any(one.mark in mark for mark in marks)]
    return f"Hollow dots promise too much. {' '.join(said)} " if said else ""


def compute_choices(
    runs: Sequence[Run], metric: str, words: Mapping[str, Mapping[str, str]] | None = None
) -> pd.DataFrame:
    """What was chosen for each run, as people read it, with its score and the seconds of its training.

    Parameters
    ----------
    runs : sequence of Run
    metric : str
    words : mapping of column to mapping, optional
        Names for people of what can be chosen.

    Returns
    -------
    DataFrame with columns ``Model``, ``Features`` (how many), ``Defaults``, ``Search``, ``Folds``, ``Interval``,
    ``Caution`` (what the score is not good for, or ``HONEST``), ``Time to train`` (seconds), ``score``; runs without a
    score are left out.
    """
    rows = []
    for run in runs:
        score, request = _score(run, metric), run.request
        if score is None:
            continue
        rows.append(
            {
                "Model": _family_name(run),
                "Features": len(request.features) if FAMILIES[request.family].uses_features else 0,
                "Defaults": request.defaults,
                "Search": request.tuning.method if request.tuning else "none",
                "Folds": request.cv_folds,
                "Interval": request.interval,
                "Caution": _mark(run) or HONEST,
                "Time to train": (run.timings or {}).get("fit_seconds"),
                "score": score,
            }
        )
    columns = ["Model", "Features", "Defaults", "Search", "Folds", "Interval", "Caution", "Time to train", "score"]
    frame = pd.DataFrame(rows, columns=columns)
    for column, names in (words or {}).items():
        frame[column] = frame[column].replace(dict(names))
    return frame


def plot_choices(frame: pd.DataFrame, metric: str, *, theme: str = "light") -> go.Figure:
    """One line a run through an axis for each choice that varies, to its score; axes can be brushed."""
    if len(frame) < 2:
        return empty_figure("Choices and scores", NO_LINES, theme=theme)
    names = [name for name in frame.columns[:-1] if frame[name].nunique(dropna=False) > 1]
    axes = [_time_axis(frame[name]) if name == "Time to train" else _axis(name, frame[name]) for name in names]
    score = frame["score"].astype("float64")
    line = {
        "color": score if METRICS[metric].greater_is_better else -score,
        "colorscale": [list(step) for step in _SCALE],
        "showscale": False,
    }
    last = _number_axis(f"<b>{METRICS[metric].label}</b>", score, lambda value: _digits(value, metric))
    figure = go.Figure(
        go.Parcoords(
            dimensions=[*axes, last], line=line, labelangle=0, labelside="top", unselected={"line": {"opacity": 0.06}}
        )
    )
    return figure.update_layout(template=template(theme), margin={"l": 190, "r": 64, "t": 56, "b": 24})


def read_choices(frame: pd.DataFrame, metric: str) -> str:
    """Say how to read and brush the lines, and what the best of them chose."""
    if len(frame) < 2:
        return NO_LINES
    better = METRICS[metric].greater_is_better
    honest = frame[frame["Caution"] == HONEST]
    among = frame if honest.empty else honest
    best = among.iloc[int(among["score"].argmax() if better else among["score"].argmin())]
    mark = "" if best["Caution"] == HONEST else f", {best['Caution']}"
    aside = " Scores that are no forecast do not count for it." if 0 < len(honest) < len(frame) else ""
    said = f"{METRICS[metric].label} {_digits(best['score'], metric)}{mark}"
    return (
        "Each line is a run; orange ones score best. Drag along an axis to keep only the lines that pass there, click "
        f"beside it to let go. The best: {best['Model']}, {said}.{aside}"
    )


def compute_times(runs: Sequence[Run]) -> pd.DataFrame:
    """Seconds that the final model of each run took: columns ``model``, ``family``, ``seconds``, ``run``."""
    rows = []
    for run in runs:
        seconds = (run.timings or {}).get("fit_seconds")
        if isinstance(seconds, int | float) and seconds > 0:
            rows.append((_family_name(run), run.request.family, float(seconds), run.name or run.id[:8]))
    frame = pd.DataFrame(rows, columns=["model", "family", "seconds", "run"])
    frame = frame.astype({"seconds": "float64"})
    order = frame.groupby("model")["seconds"].median().sort_values().index
    return frame.assign(model=pd.Categorical(frame["model"], categories=order)).sort_values(
        ["model", "seconds"], ignore_index=True
    )


def named_times(frame: pd.DataFrame) -> pd.DataFrame:
    """The numbers of `compute_times` under names for people."""
    return pd.DataFrame({"Model": frame["model"].astype("str"), "Run": frame["run"], "Seconds": frame["seconds"]})


def plot_times(frame: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """A dot a run on a logarithmic axis of seconds, the quickest kind of model on top."""
    if frame.empty:
        return empty_figure("Time to train", "No run has measured its time.", theme=theme)
    figure = go.Figure(
        go.Scatter(
            x=frame["seconds"], y=frame["model"].astype(str).map(wrapped), mode="markers", customdata=frame["run"],
            marker={"size": 9, "opacity": 0.8, "color": [family_color(key) for key in frame["family"]]},
            hovertemplate="%{y} %{customdata}<br>%{x:.3g} s<extra></extra>",
        )
    )  # fmt: skip
    ticks = log_ticks(float(frame["seconds"].min()), float(frame["seconds"].max()))
    words = [f"{tick:g}" for tick in ticks]
    figure.update_xaxes(title="Seconds of the final fit", type="log", tickvals=ticks, ticktext=words)
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure.update_layout(template=template(theme), showlegend=False, margin={"l": 24, "r": 24, "t": 24, "b": 52})


def _axis(name: str, values: pd.Series) -> dict[str, Any]:
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > MOST_STEPS:
        return _number_axis(name, values.astype("float64"), lambda value: f"{value:.0f}")
    words = [str(each) for each in dict.fromkeys(sorted(values) if values.dtype.kind in "iuf" else values)]
    return {
        "label": name,
        "values": [words.index(each) for each in values.astype(str)],
        "tickvals": list(range(len(words))),
        "ticktext": words,
        "range": [-0.5, len(words) - 0.5],
    }


def _number_axis(label: str, values: pd.Series, said: Any) -> dict[str, Any]:
    low, high = float(values.min()), float(values.max())
    ticks = [low + (high - low) * step / 4 for step in range(5)] if high > low else [low]
    wide = [low, high] if high > low else [low - 1, low + 1]
    words = [said(tick) for tick in ticks]
    return {"label": label, "values": values, "tickvals": ticks, "ticktext": words, "range": wide}


def _time_axis(values: pd.Series) -> dict[str, Any]:
    placed = values.astype("float64").clip(lower=1e-3).map(math.log10)
    known = placed.fillna(placed.min())
    if known.isna().all():
        known = pd.Series(0.0, index=values.index)
    return _number_axis("Time to train, s", known, lambda tick: f"{10**tick:.2g}")


def _score(run: Run, metric: str) -> float | None:
    value = ((run.metrics or {}).get("test") or {}).get(metric)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _family_name(run: Run) -> str:
    return run.model_label


def _title(metric: str) -> str:
    kind = METRICS[metric]
    better = "higher is better" if kind.greater_is_better else "lower is better"
    return f"{kind.label} on the test{f', {kind.unit}' if kind.unit else ''} ({better})"


def _decimals(metric: str) -> int:
    """As wherever a single score is written."""
    return {"r2": 2, "mse": 0}.get(metric, 1)


def _digits(value: float, metric: str) -> str:
    said = f"{value:.{_decimals(metric)}f}"
    return said if float(said) else said.lstrip("-")
