"""Figures of the leaderboard: score against cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.comparison import COSTS, Board
from core.figures.axes import log_ticks
from core.figures.theme import empty_figure, family_color, ink, template
from core.metrics import MEASURES

SUBJECT = "Score against cost"
MOST_LISTED = 12


def compute_front(board: Board, cost: str, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The runs of a board whose cost is known.

    Parameters
    ----------
    board : Board
    cost : str
        Key of ``core.comparison.COSTS``.
    names : mapping of str to str, optional
        By key of an entry, a name that tells it from all others; for sentences and tables, not for the chart.

    Returns
    -------
    DataFrame with columns ``name``, ``said``, ``family``, ``score``, ``cost``, ``on_front``, cheapest first.
    """
    known = names or {}
    rows = [
        (
            one.name,
            known.get(one.key, one.name),
            one.run.request.family,
            one.scores.get(board.objective),
            one.costs.get(cost),
            one.fronts.get(cost),
        )
        for one in board.entries
        if one.run is not None and one.costs.get(cost) is not None and one.scores.get(board.objective) is not None
    ]
    frame = pd.DataFrame(rows, columns=["name", "said", "family", "score", "cost", "on_front"])
    return frame.sort_values(["cost", "score"], ignore_index=True)


def named(frame: pd.DataFrame, objective: str, cost: str) -> pd.DataFrame:
    """The numbers of `compute_front` under names for people."""
    kind = COSTS[cost]
    names = {"said": "Run", "score": MEASURES[objective].label, "cost": f"{kind.label} ({kind.unit})"}
    beaten = frame["on_front"].astype(bool).map({True: "no", False: "yes"})
    return (
        frame[list(names)]
        .rename(columns=names)
        .assign(**{"Another is better and cheaper": beaten, "Number in the chart": _numbers(frame)})
    )


def plot_front(frame: pd.DataFrame, objective: str, cost: str, *, theme: str = "light") -> go.Figure:
    """Runs by score and cost, with a line through those that nothing beats in both."""
    if frame.empty:
        return empty_figure(SUBJECT, "This cost is not known of any run here. Train one again to measure it.", theme)
    metric, kind = MEASURES[objective], COSTS[cost]
    spread = bool(frame["cost"].max() > 20 * max(frame["cost"].min(), 1e-9))
    figure = go.Figure()
    on_front = frame["on_front"].astype(bool)
    front = frame[on_front]
    sides = _sides(frame["cost"], is_log=spread, rises=metric.greater_is_better)
    figure.add_scatter(
        x=front["cost"],
        y=front["score"],
        mode="lines",
        line={"color": ink(theme)["quiet"], "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=frame["cost"],
        y=frame["score"],
        mode="markers+text",
        text=frame["name"].where(on_front, _numbers(frame)),
        customdata=frame["said"],
        textposition=[side if on else "middle center" for side, on in zip(sides, on_front, strict=True)],
        textfont={"size": [13 if on else 11 for on in on_front]},
        cliponaxis=False,
        marker={
            "opacity": 1,
            "size": [11 if on else 20 for on in on_front],
            "color": [family_color(key) for key in frame["family"]],
            "symbol": ["circle" if on else "circle-open" for on in on_front],
            "line": {"width": 2},
        },
        hovertemplate=f"%{{customdata}}<br>{metric.label} %{{y:.2f}}<br>%{{x:.3g}} {kind.unit}<extra></extra>",
    )
    better = "higher is better" if metric.greater_is_better else "lower is better"
    unit = f", {metric.unit}" if metric.unit else ""
    figure.update_xaxes(title=f"{kind.label} ({kind.unit})", type="log" if spread else "linear", nticks=6)
    if spread:
        ticks = log_ticks(float(frame["cost"].min()), float(frame["cost"].max()))
        figure.update_xaxes(tickvals=ticks, ticktext=[f"{tick:,g}" for tick in ticks])
    low, high = float(frame["score"].min()), float(frame["score"].max())
    room = 0.12 * ((high - low) or 1.0)  # for the names below and above the dots
    figure.update_yaxes(title=f"{metric.label}{unit} ({better})", range=[low - room, high + room])
    margin = {"l": 64, "r": 24, "t": 32, "b": 52}
    return figure.update_layout(template=template(theme), showlegend=False, margin=margin)


def _numbers(frame: pd.DataFrame) -> pd.Series:
    """Number of each hollow dot, from the cheapest, "" for a filled one: names of them all would lie on one another."""
    hollow = ~frame["on_front"].astype(bool)
    return hollow.cumsum().astype(str).where(hollow, "")


def _sides(cost: pd.Series, *, is_log: bool, rises: bool) -> list[str]:
    """Where each name stands beside its dot, so that none leaves the chart or lies on the line that comes to it."""
    place = np.log10(cost.clip(lower=1e-9)) if is_log else cost.astype("float64")
    span = (place.max() - place.min()) or 1.0
    share = (place - place.min()) / span
    last = "top left" if rises else "bottom left"
    first = "bottom right" if rises else "top right"
    return [first if each < 0.2 else last if each > 0.6 else "top center" for each in share]


def read_front(frame: pd.DataFrame, cost: str) -> str:
    """Name the runs on the front, and the others with their numbers, from the cheapest."""
    if frame.empty:
        return ""
    on_front = frame["on_front"].astype(bool)
    filled = list(dict.fromkeys(frame.loc[on_front, "said"]))
    said = f"Filled: no other run is both better and cheaper ({COSTS[cost].label.lower()}). Here: {_listed(filled)}."
    hollow = [f"{at} {name}" for at, name in enumerate(frame.loc[~on_front, "said"], start=1)]
    if not hollow:
        return said
    more = len(hollow) - MOST_LISTED
    shown = hollow if more <= 0 else [*hollow[:MOST_LISTED], f"{more} more under Numbers"]
    return f"{said} Hollow, as another one is at least as good for less: {', '.join(shown)}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
