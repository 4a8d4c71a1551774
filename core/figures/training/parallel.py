"""Parallel coordinates of candidates: which settings went with which score."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go

from core.families import FAMILIES
from core.figures.theme import empty_figure, template
from core.figures.training.candidates import compute_candidates
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
from core.search_space import Float, Int, Param

WAITING = "The lines appear when two candidates have been scored."
_SCALE = ((0.0, "#9AA1AA"), (0.5, "#6F94C4"), (1.0, "#E07B00"))
"""From the worst to the best: shows on light and dark ground, and to the colour-blind by its lightness and hue."""
_TICKS = 5


def plot_parallel(events: Iterable[Event], family: str, metric: str, *, theme: str = "light") -> go.Figure:
    """One line a scored candidate through an axis for each setting that varies, to its score; axes can be brushed.

    Parameters
    ----------
    events : iterable of dict
    family : str
        Key of the model family: labels, and which settings are thought of in factors.
    metric : str
        Key of the metric of the search.
    """
    events = list(events)
    frame = compute_candidates(events, metric).dropna(subset=["score"])
    if len(frame) < 2:
        return empty_figure("Settings and scores", WAITING, theme=theme)
    params = {event["number"]: dict(event.get("params") or {}) for event in events_of(events, "candidate")}
    chosen = [params[number] for number in frame["number"]]
    known = FAMILIES[family].allowed if family in FAMILIES else {}
    names = [name for name in dict.fromkeys(name for one in chosen for name in one) if _varies(chosen, name)]
    axes = [_axis(known.get(name), name, [one.get(name, UNSAID) for one in chosen]) for name in names]
    score = frame["score"].astype("float32")
    figure = go.Figure(
        go.Parcoords(
            dimensions=[*axes, _score_axis(score.to_list(), metric)],
            line={
                "color": score if is_better(metric) else -score,
                "colorscale": [list(step) for step in _SCALE],
                "showscale": False,
            },
            labelangle=0,
            labelside="top",
            unselected={"line": {"opacity": 0.06}},
        )
    )
    return figure.update_layout(
        template=template(theme), margin={"l": 64, "r": 64, "t": 64, "b": 24}, uirevision="parallel"
    )


def read_parallel(events: Iterable[Event], metric: str) -> str:
    """Say how to read and brush the lines."""
    frame = compute_candidates(events, metric).dropna(subset=["score"])
    if len(frame) < 2:
        return WAITING
    best = frame["score"].max() if is_better(metric) else frame["score"].min()
    early = (
        " Candidates given up early are drawn with the folds they had." if (frame["state"] == "pruned").any() else ""
    )
    return (
        f"Each line is a candidate; orange ones score best ({metric_name(metric)} {in_digits(best, metric)}). Drag "
        f"along an axis to keep only the lines that pass there, click beside it to let go.{early}"
    )


def _varies(chosen: Sequence[dict[str, Any]], name: str) -> bool:
    return len({repr(one.get(name, UNSAID)) for one in chosen}) > 1


def _axis(param: Param | None, name: str, values: list[Any]) -> dict[str, Any]:
    label = _wrapped(param.label if param is not None else name)
    numbers = [finite(value) for value in values]
    others = list(
        dict.fromkeys(in_words(value) for value, number in zip(values, numbers, strict=True) if number is None)
    )
    known = [number for number in numbers if number is not None]
    if not isinstance(param, Float | Int) or not known:
        words = list(dict.fromkeys(in_words(value) for value in values))
        return _categories(label, words, [words.index(in_words(value)) for value in values])
    is_log = param.log and min(known) > 0
    placed = [None if number is None else math.log10(number) if is_log else number for number in numbers]
    low, high = min(p for p in placed if p is not None), max(p for p in placed if p is not None)
    step = (high - low) / (_TICKS - 1) if high > low else 1.0
    ticks = [low + step * i for i in range(_TICKS)] if high > low else [low]
    shown = [_tick(10**tick if is_log else tick, isinstance(param, Int)) for tick in ticks]
    above = {word: high + step * (i + 1) for i, word in enumerate(others)}
    at = [above[in_words(value)] if p is None else p for p, value in zip(placed, values, strict=True)]
    return {
        "label": label,
        "values": at,
        "tickvals": [*ticks, *above.values()],
        "ticktext": [*shown, *above],
        "range": [low, high + step * len(above)] if high > low or above else [low - 1, low + 1],
    }


def _categories(label: str, words: list[str], codes: list[int]) -> dict[str, Any]:
    return {
        "label": label,
        "values": codes,
        "tickvals": list(range(len(words))),
        "ticktext": words,
        "range": [-0.5, len(words) - 0.5],
    }


def _score_axis(scores: list[float], metric: str) -> dict[str, Any]:
    low, high = min(scores), max(scores)
    ticks = [low + (high - low) * i / (_TICKS - 1) for i in range(_TICKS)] if high > low else [low]
    return {
        "label": f"<b>{_wrapped(metric_title(metric))}</b>",
        "values": scores,
        "tickvals": ticks,
        "ticktext": [in_digits(tick, metric) for tick in ticks],
        "range": [low, high] if high > low else [low - 1, low + 1],
    }


def _tick(value: float, is_whole: bool) -> str:
    return f"{round(value):,}" if is_whole else f"{value:.2g}"


def _wrapped(label: str) -> str:
    """A label of several words on two lines, so that neighbours do not touch."""
    words = label.split()
    if len(label) <= 10 or len(words) < 2:
        return label
    middle = min(range(1, len(words)), key=lambda i: abs(len(" ".join(words[:i])) - len(" ".join(words[i:]))))
    return f"{' '.join(words[:middle])}<br>{' '.join(words[middle:])}"
