"""Candidates of a search: their scores in the order of trying, the best so far, and the time they took."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.families import FAMILIES
from core.figures.theme import OKABE_ITO, empty_figure, template
from core.figures.training.events import (
    UNSAID,
    Event,
    events_of,
    finite,
    in_digits,
    in_words,
    is_better,
    metric_name,
    metric_title,
)

WAITING = "The first candidate appears here as soon as it has been tried on a fold."
STATES = {
    "finished": ("tried on every fold", "circle", OKABE_ITO["blue"]),
    "running": ("being tried", "circle-open", OKABE_ITO["sky"]),
    "pruned": ("given up early", "x-thin-open", OKABE_ITO["grey"]),
}
"""Words, mark and colour of each state that has a score; a candidate that failed has none."""


def compute_candidates(events: Iterable[Event], metric: str) -> pd.DataFrame:
    """The candidates in the order of trying.

    Parameters
    ----------
    events : iterable of dict
    metric : str
        Key of the metric of the search.

    Returns
    -------
    DataFrame with columns ``number``, ``state``, ``score`` (mean over the folds tried), ``low`` and ``high`` (worst and
    best fold, in the unit of the metric), ``folds`` (tuple of the folds' scores), ``seconds``, ``resource`` (training
    rows, missing where all were given), ``reason``, ``best`` (score of the best finished candidate up to here).
    """
    rows = []
    for event in events_of(events, "candidate"):
        folds = tuple(score for score in map(finite, event.get("folds") or ()) if score is not None)
        rows.append(
            {
                "number": int(event["number"]),
                "state": str(event.get("state")),
                "score": finite(event.get("score")),
                "low": min(folds, default=None),
                "high": max(folds, default=None),
                "folds": folds,
                "seconds": finite(event.get("seconds")) or 0.0,
                "resource": finite(event.get("resource")),
                "reason": str(event.get("reason") or ""),
            }
        )
    names = ["number", "state", "score", "low", "high", "folds", "seconds", "resource", "reason"]
    frame = pd.DataFrame(rows, columns=names).astype({"score": "float64", "low": "float64", "high": "float64"})
    finished = frame["score"].where(frame["state"] == "finished")
    frame["best"] = (finished.cummax() if is_better(metric) else finished.cummin()).ffill()
    return frame


def candidate_table(events: Iterable[Event], family: str, metric: str) -> pd.DataFrame:
    """The candidates as a table to read, the best first: rank, score, folds, time and every hyperparameter."""
    events = list(events)
    frame = compute_candidates(events, metric)
    params = {event["number"]: dict(event.get("params") or {}) for event in events_of(events, "candidate")}
    labels = {name: param.label for name, param in FAMILIES[family].allowed.items()} if family in FAMILIES else {}
    names = list(dict.fromkeys(name for chosen in params.values() for name in chosen))
    order = frame.assign(
        place=frame["state"].map({"finished": 0, "running": 1, "pruned": 2}).fillna(3),
        by=-frame["score"] if is_better(metric) else frame["score"],
    ).sort_values(["place", "by"], kind="stable")
    shown = pd.DataFrame(
        {
            "Candidate": order["number"],
            "State": order["state"]
            .map({"finished": "tried", "running": "being tried", "pruned": "given up early"})
            .fillna("failed"),
            metric_title(metric): [in_digits(value, metric) for value in order["score"]],
            "Folds": [", ".join(in_digits(one, metric) for one in folds) for folds in order["folds"]],
            "Seconds": order["seconds"].round(1),
        }
    )
    if order["resource"].notna().any():
        shown["Training rows"] = [f"{rows:.0f}" if np.isfinite(rows) else "all" for rows in order["resource"]]
    for name in names:
        shown[labels.get(name, name)] = [in_words(params[number].get(name, UNSAID)) for number in order["number"]]
    if order["reason"].any():
        shown["Reason"] = order["reason"]
    return shown.reset_index(drop=True)


def plot_best_so_far(events: Iterable[Event], metric: str, *, theme: str = "light") -> go.Figure:
    """Score of every candidate and of each of its folds, with the best so far as a step line."""
    frame = compute_candidates(events, metric)
    scored = frame.dropna(subset=["score"])
    if scored.empty:
        return empty_figure("Best score so far", WAITING, theme=theme)
    figure = go.Figure(_fold_dots(scored, metric))
    for state, (words, symbol, colour) in STATES.items():
        rows = scored[scored["state"] == state]
        figure.add_scatter(
            x=rows["number"],
            y=rows["score"],
            mode="markers",
            name=words,
            showlegend=not rows.empty,
            marker={"symbol": symbol, "size": 9, "color": colour, "line": {"width": 2, "color": colour}},
            customdata=[in_digits(value, metric) for value in rows["score"]],
            hovertemplate=f"candidate %{{x}}, {words}<br>{metric_name(metric)} %{{customdata}}<extra></extra>",
        )
    best = frame.dropna(subset=["best"])
    figure.add_scatter(
        x=best["number"],
        y=best["best"],
        mode="lines",
        name="best so far",
        line={"shape": "hv", "width": 2.5, "color": OKABE_ITO["vermillion"]},
        hoverinfo="skip",
        showlegend=not best.empty,
    )
    _whole_numbers(figure, "Candidate, in the order of trying", int(frame["number"].max()))
    figure.update_yaxes(title=metric_title(metric), range=_robust_range(scored))
    return _finish(figure, theme)


def read_best_so_far(events: Iterable[Event], metric: str) -> str:
    """Name the best candidate, the spread of its folds, and what became of the others, in one or two sentences."""
    frame = compute_candidates(events, metric)
    finished = frame[(frame["state"] == "finished") & frame["score"].notna()]
    if frame.empty:
        return WAITING
    counts = frame["state"].value_counts()
    others = [f"{counts[state]} {words}" for state, words in (("pruned", "given up early"), ("failed", "failed"))
              if counts.get(state)]  # fmt: skip
    tail = f" Of {len(frame)} candidates, {' and '.join(others)}." if others else ""
    if finished.empty:
        return f"No candidate has been tried on every fold yet.{tail}"
    scores = finished["score"]
    best = finished.iloc[int(scores.argmax() if is_better(metric) else scores.argmin())]
    spread = ""
    if len(best["folds"]) > 1:
        spread = f", its folds from {in_digits(best['low'], metric)} to {in_digits(best['high'], metric)}"
    wanted = "higher" if is_better(metric) else "lower"
    return (
        f"Candidate {best['number']} is the best: {metric_name(metric)} {in_digits(best['score'], metric)}{spread} "
        f"({wanted} is better). Small dots are single folds.{tail}"
    )


def plot_seconds(events: Iterable[Event], *, theme: str = "light") -> go.Figure:
    """Seconds that each candidate has taken."""
    frame = compute_candidates(events, "rmse")
    if frame.empty:
        return empty_figure("Time per candidate", WAITING, theme=theme)
    figure = go.Figure()
    for state, words, colour in [*((key, words, colour) for key, (words, _, colour) in STATES.items()),
                                 ("failed", "failed", OKABE_ITO["orange"])]:  # fmt: skip
        rows = frame[frame["state"] == state]
        figure.add_bar(
            x=rows["number"],
            y=rows["seconds"].astype("float32"),
            name=words,
            marker_color=colour,
            showlegend=not rows.empty,
            hovertemplate=f"candidate %{{x}}, {words}<br>%{{y:.1f}} s<extra></extra>",
        )
    _whole_numbers(figure, "Candidate", int(frame["number"].max()))
    figure.update_yaxes(title="Fitting and scoring (s)", rangemode="tozero")
    return _finish(figure, theme).update_layout(barmode="overlay", bargap=0.2)


def read_seconds(events: Iterable[Event]) -> str:
    """Say what a candidate typically costs, and which one cost most."""
    frame = compute_candidates(events, "rmse")
    frame = frame[frame["seconds"] > 0]
    if frame.empty:
        return WAITING
    slowest = frame.iloc[int(frame["seconds"].argmax())]
    return (
        f"Half of the candidates took {frame['seconds'].median():.1f} s or less; candidate {slowest['number']} took "
        f"longest, {slowest['seconds']:.1f} s. The times of its folds are added up, also of those that were fitted "
        "side by side, so a candidate may show more than went by on the clock."
    )


def _fold_dots(frame: pd.DataFrame, metric: str) -> go.Scatter:
    numbers = [number for number, folds in zip(frame["number"], frame["folds"], strict=True) for _ in folds]
    scores = [score for folds in frame["folds"] for score in folds]
    return go.Scatter(
        x=numbers,
        y=scores,
        mode="markers",
        marker={"size": 4, "color": OKABE_ITO["grey"], "opacity": 0.6},
        customdata=[in_digits(score, metric) for score in scores],
        hovertemplate=f"candidate %{{x}}, one fold<br>{metric_name(metric)} %{{customdata}}<extra></extra>",
        showlegend=False,
        name="one fold",
    )


def _robust_range(frame: pd.DataFrame) -> list[float]:
    """From the lowest to the highest fold, without candidates so far off that they would flatten all others."""
    q1, middle, q3 = frame["score"].quantile([0.25, 0.5, 0.75])
    usual = frame[(frame["score"] - middle).abs() <= max(6 * (q3 - q1), 0.05 * abs(middle), 1e-6)]
    low = float(usual[["score", "low"]].min().min())
    high = float(usual[["score", "high"]].max().max())
    pad = max((high - low) * 0.06, abs(high) * 1e-3, 1e-6)
    return [low - pad, high + pad]


def _whole_numbers(figure: go.Figure, title: str, most: int) -> None:
    ticks = {"dtick": 1} if most <= 12 else {"nticks": 10, "tickformat": "d"}
    figure.update_xaxes(title=title, range=[0.4, max(most, 5) + 0.6], zeroline=False, **ticks)


def _finish(figure: go.Figure, theme: str) -> go.Figure:
    return figure.update_layout(
        template=template(theme), margin={"l": 56, "r": 16, "t": 28, "b": 48}, uirevision="candidates"
    )
