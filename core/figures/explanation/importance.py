"""How much each feature moves predictions: bars with folds, a swarm of tracks, beside permutation, two models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.explanation.stored import Stored, value_in_words
from core.figures.explanation.style import HIGHER, LOWER, POINTS, finish, flat_scale, goes_with, ranks, short
from core.figures.theme import OKABE_ITO, empty_figure, ink

MOST_FEATURES = 12
MOST_DOTS = 250
RANKS_APART = 3
LEAST_NAMED = 0.2
"""Share of the largest from which a dot has its name beside it: the small ones lie on one another."""
LETTER, NAME_HEIGHT, DOT, ASIDE = 0.029, 0.05, 0.02, 0.06
"""Width of a letter, height of a name, half the width of a dot, and how far above or below it a name stands, as
shares of the axes of a phone."""
_SIZE = "Mean contribution size (points)"


def plot_importance(importance: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Bars of mean size of contribution, with one dot for the model of each fold.

    Parameters
    ----------
    importance : DataFrame
        As `Stored.importance` gives it.
    """
    shown = importance.head(MOST_FEATURES).iloc[::-1]
    labels = [short(label) for label in shown["label"]]
    figure = go.Figure(
        go.Bar(
            x=shown["mean"], y=labels, orientation="h", marker_color=OKABE_ITO["blue"], showlegend=False,
            error_x={"type": "data", "array": shown["sd"].fillna(0), "color": ink(theme)["quiet"], "thickness": 1.2},
            hovertemplate="%{y}: %{x:.2f} points<extra></extra>",
        )
    )  # fmt: skip
    folds = pd.DataFrame({"label": labels, "points": shown["folds"].to_numpy()}).explode("points").dropna()
    if len(folds):
        figure.add_scatter(
            x=folds["points"].astype(float), y=folds["label"], mode="markers", name="model of each fold",
            marker={"size": 6, "color": OKABE_ITO["orange"], "line": {"width": 1, "color": ink(theme)["text"]}},
            hovertemplate="%{y}, a fold's model: %{x:.2f} points<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title=_SIZE, rangemode="tozero")
    return finish(figure, theme)


def read_importance(importance: pd.DataFrame) -> str:
    """Name what moves predictions most, and how far the models of the folds agree on it."""
    rows = list(zip(importance["feature"], importance["label"], importance["mean"], strict=True))
    top = [(name, label, float(points)) for name, label, points in rows[:3] if points > 0]
    if not top:
        return "No feature moves the predictions of this model."
    listed = ", ".join(f"{label} ({points:.1f} points on average)" for _, label, points in top)
    said = f"Moves predictions most: {listed}"
    folds = np.array(importance["folds"].to_list(), dtype=float)
    if folds.ndim < 2 or folds.shape[1] < 2:
        return f"{said}. Without folds nothing is known of how steady this is."
    leaders = {rows[at][0] for at in range(len(top))}
    found = [{rows[at][0] for at in np.argsort(-fold)[: len(top)]} for fold in folds.T]
    same = sum(each == leaders for each in found)
    return f"{said}. The same {len(top)} lead in {same} of {len(found)} models that were made on other folds."


def plot_beeswarm(stored: Stored, *, theme: str = "light", seed: int = 0) -> go.Figure:
    """One dot a track and feature: its contribution, coloured by how high the track's value is among all.

    Parameters
    ----------
    stored : Stored
    """
    order = stored.importance["feature"].head(MOST_FEATURES).tolist()
    if not len(stored.values):
        return empty_figure("Contributions", "No track was explained.", theme)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(stored.values))[:MOST_DOTS]
    figure = go.Figure()
    for place, name in enumerate(reversed(order)):
        position = stored.features.index(name)
        points = stored.values[rows, position]
        rank = ranks(stored, name)[rows]
        height = np.where(np.isnan(rank), 0.5, rank)
        figure.add_scatter(
            x=points, y=place + _spread(points), mode="markers", showlegend=False, name=stored.labels[position],
            marker={
                "size": 3.5 + 4 * height, "opacity": 0.75, "color": height, "cmin": 0, "cmax": 1,
                "colorscale": "Cividis", "showscale": place == 0, "line": {"width": 0},
                "colorbar": flat_scale("", tickvals=[0.06, 0.94], ticktext=["low", "high"]),
            },
            customdata=_words(stored, name, rows),
            hovertemplate="%{fullData.name} = %{customdata}: %{x:+.1f} points<extra></extra>",
        )  # fmt: skip
    labels = [short(stored.labels[stored.features.index(name)]) for name in reversed(order)]
    figure.update_yaxes(tickvals=list(range(len(order))), ticktext=labels, range=[-0.6, len(order) - 0.4])
    figure.update_xaxes(title="Contribution (points)", zeroline=True)
    return finish(figure, theme)


def read_swarm(stored: Stored) -> str:
    """Say how to read the swarm, and which way the leading features go."""
    how = (
        f"One dot a track (up to {MOST_DOTS}): right of 0 the feature raises its prediction. Larger, brighter dots "
        "have higher values; where values are names, all dots are alike."
    )
    said: list[str] = []
    for name in stored.importance["feature"].head(MOST_FEATURES):
        if (way := goes_with(stored, name)) in (HIGHER, LOWER):
            label = stored.labels[stored.features.index(name)]
            said.append(f"more {label} {'' if said else 'goes '}with {way}")
    return f"{how} Here {', '.join(said[:3])}." if said else how


def _words(stored: Stored, name: str, rows: np.ndarray) -> list[str]:
    if name not in stored.inputs:
        return ["not read"] * len(rows)
    return [short(value_in_words(name, value), 30) for value in stored.inputs[name].iloc[rows]]


def _spread(points: np.ndarray) -> np.ndarray:
    """How far each dot stands from its line, so that crowded ones stand apart: up to 0.4."""
    width = max(float(np.ptp(points)), 1e-9) / 40
    cells = np.round(points / width).astype(int)
    place = np.zeros(len(points))
    for cell in np.unique(cells):
        own = np.flatnonzero(cells == cell)
        place[own] = (np.arange(len(own)) - (len(own) - 1) / 2) * 0.06
    return np.clip(place, -0.4, 0.4)


def plot_permutation(importance: pd.DataFrame, *, theme: str = "light") -> go.Figure:
    """Mean size of contribution beside the error that grows when a feature's values are dealt out anew."""
    if importance["permutation"].isna().all():
        return empty_figure("Permutation importance", "There was no time to measure it.", theme)
    names, sides = _names_apart(importance)
    figure = go.Figure(
        go.Scatter(
            x=importance["mean"], y=importance["permutation"], mode="markers+text", cliponaxis=False,
            text=names, textposition=sides,
            customdata=importance["label"],
            marker={"size": 9, "color": OKABE_ITO["blue"]},
            hovertemplate="%{customdata}: %{x:.2f} points moved, error grows by %{y:.2f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(title=_SIZE, rangemode="tozero")
    figure.update_yaxes(title="Growth of the error (RMSE, points)", zeroline=True)
    return finish(figure, theme)


def _names_apart(importance: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Names of the dots and the side of each: first of those that words speak of, then of the large ones.

    None lies on another name or on a dot; where no side is free, there is no name.
    """
    x, y = (importance[name].fillna(0).to_numpy(dtype=float) for name in ("mean", "permutation"))
    x, y = x / max(float(x.max()), 1e-9), y / max(float(y.max() - min(y.min(), 0.0)), 1e-9)
    told = (_places_ahead(importance).abs() >= RANKS_APART).to_numpy()
    texts, sides = [""] * len(x), ["middle right"] * len(x)
    taken: list[_Box] = []
    for at in sorted(range(len(x)), key=lambda i: (not told[i], -max(x[i], y[i]))):
        if not told[at] and max(x[at], y[at]) <= LEAST_NAMED:
            continue
        name = short(importance["label"].iloc[at], 18)
        others = [(x[i], y[i]) for i in range(len(x)) if abs(x[i] - x[at]) > DOT or abs(y[i] - y[at]) > DOT]
        for side, box in _places_of_name(x[at], y[at], LETTER * (len(name) + 1)):
            around = NAME_HEIGHT / 2 if side.startswith("middle") else ASIDE  # or it could be that other dot's name
            dots = [_Box(left - DOT, left + DOT, height - around, height + around) for left, height in others]
            is_inside = box.left > 0 and box.right < 1.1
            if is_inside and not any(box.meets(other) for other in taken + dots):
                texts[at], sides[at] = f" {name} ", side
                taken.append(box)
                break
    return texts, sides


@dataclass(frozen=True)
class _Box:
    """What a name or a dot takes, as shares of the axes."""

    left: float
    right: float
    bottom: float
    top: float

    def meets(self, other: _Box) -> bool:
        apart = self.right < other.left or other.right < self.left
        return not (apart or self.top < other.bottom or other.top < self.bottom)


def _places_of_name(x: float, y: float, width: float) -> list[tuple[str, _Box]]:
    """Where a name may stand beside its dot, the best place first: towards the middle, then above and below."""
    heights = {"middle": 0.0, "top": ASIDE, "bottom": -ASIDE}
    starts = {"right": x + DOT / 2, "left": x - DOT / 2 - width, "center": x - width / 2}
    order = ("left", "right") if x > 0.5 else ("right", "left")
    sides = [("middle", way) for way in order]
    sides += [(height, way) for way in ("center", *order) for height in ("top", "bottom")]
    half = NAME_HEIGHT / 2
    return [
        (
            f"{height} {way}",
            _Box(starts[way], starts[way] + width, y + heights[height] - half, y + heights[height] + half),
        )
        for height, way in sides
    ]


def read_permutation(importance: pd.DataFrame) -> str:
    """Say where both ways of measuring disagree, and what that may mean."""
    if importance["permutation"].isna().all():
        return "There was no time to measure permutation importance for this run."
    ahead = _places_ahead(importance)
    said = "A dot further up matters more for getting held-out tracks right; further right, for what is said at all."
    told = [
        f"{words}: {', '.join(importance.loc[chosen, 'label'])} ({meaning})."
        for chosen, words, meaning in (
            (ahead >= RANKS_APART, "Move more than they help", MOVES_MORE),
            (ahead <= -RANKS_APART, "Help more than they move", HELPS_MORE),
        )
        if chosen.any()
    ]
    if not told:
        return f"{said} Both put the features in about the same order."
    return f"{said} Some stand {RANKS_APART} places or more apart in the two orders. {' '.join(told)}"


MOVES_MORE = "such a feature moves predictions without making them as much better, or shares what it says with another"
HELPS_MORE = "what such a feature moves is small on average, but mostly right, or large for a few tracks"


def _places_ahead(importance: pd.DataFrame) -> pd.Series:
    """How many places each feature stands higher by what it moves than by what it makes better."""
    ranks = importance[["mean", "permutation"]].rank(ascending=False)
    found: pd.Series = ranks["permutation"] - ranks["mean"]
    return found


def compute_two_models(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Mean size of contribution of each feature in two models; nan where a model does not look at it.

    Parameters
    ----------
    first, second : DataFrame
        As `Stored.importance` gives them.

    Returns
    -------
    DataFrame
        ``a`` and ``b`` (points) by label, the largest last.
    """
    both = first.set_index("label")["mean"].to_frame("a")
    both = both.join(second.set_index("label")["mean"].rename("b"), how="outer")
    return both.iloc[np.argsort(both.max(axis=1).to_numpy(), kind="stable")]


def read_two_models(both: pd.DataFrame, names: tuple[str, str]) -> str:
    """Say how to read the chart, and where both models are farthest apart."""
    how = f"Circle: {names[0]}; diamond: {names[1]}. A long line: the models differ."
    apart = (both["a"] - both["b"]).abs().dropna()
    if apart.empty:
        return f"{how} They look at no feature together."
    at = str(apart.idxmax())
    a, b = both.loc[at, ["a", "b"]]
    return f"{how} Farthest apart on {at}: {a:.1f} against {b:.1f} points."


def plot_two_models(both: pd.DataFrame, names: tuple[str, str], *, theme: str) -> go.Figure:
    """Mean size of contribution of each feature in two models, joined by a line.

    Parameters
    ----------
    both : DataFrame
        As `compute_two_models` gives it.
    names : tuple of two str
    """
    both = both.tail(MOST_FEATURES)
    labels = [short(label) for label in both.index]
    figure = go.Figure()
    for label, row in zip(labels, both.itertuples(), strict=True):
        figure.add_scatter(
            x=[row.a, row.b], y=[label, label], mode="lines", showlegend=False, hoverinfo="skip",
            line={"color": ink(theme)["line"], "width": 2},
        )  # fmt: skip
    for column, name, colour, symbol in (("a", names[0], "blue", "circle"), ("b", names[1], "vermillion", "diamond")):
        figure.add_scatter(
            x=both[column], y=labels, mode="markers", name=short(name, 30),
            marker={"size": 10, "color": OKABE_ITO[colour], "symbol": symbol},
            hovertemplate=f"%{{y}}: %{{x:.2f}} {POINTS}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title=_SIZE, rangemode="tozero")
    return finish(figure, theme)
