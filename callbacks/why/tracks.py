"""One track of the sample, step by step, with the interval of its prediction."""

from __future__ import annotations

from typing import Any

from dash import html

from callbacks.why.keeping import interval_of
from core.explanation.stored import Stored, value_in_words
from core.features import FEATURES
from core.figures import explanation as figures
from core.runs.model import Run
from layouts.components import graph_card
from layouts.ids import Why


def one_track(services: Any, run: Run, owner: str, stored: Stored, at: int, theme: str) -> html.Div:
    """Draw how the prediction of a track comes about."""
    inputs = stored.inputs.iloc[at]
    labels = [
        f"{FEATURES[name].label} = {value_in_words(name, inputs[name])}"
        if name in inputs.index
        else FEATURES[name].label
        for name in stored.features
    ]
    steps = figures.compute_steps(labels, stored.values[at])
    interval = interval_of(services, run, owner, stored, at)
    ends = None if interval is None else interval[:2]
    reading = _reading(stored, at, steps, interval)
    table = figures.number_steps(steps, stored.base)
    force = figures.read_force(steps)
    return html.Div(
        [
            graph_card(
                Why.WATERFALL, figures.plot_waterfall(steps, stored.base, ends, theme=theme), title="Step by step",
                reading=reading, table=table, height=440,
            ),
            graph_card(
                Why.FORCE, figures.plot_force(steps, stored.base, theme=theme), title="In one bar", height=200,
                reading=force, text_alternative=f"{force} {reading}", table=table,
            ),
        ],
        className="graph-grid",
    )  # fmt: skip


def _reading(stored: Stored, at: int, steps: Any, interval: tuple[float, float, str] | None) -> str:
    row, first = stored.tracks.iloc[at], steps.iloc[0]
    way = "up" if first["points"] > 0 else "down"
    said = min(100.0, max(0.0, float(row["predicted"])))
    between = "" if interval is None else f" ({interval[2]}between {interval[0]:.0f} and {interval[1]:.0f})"
    return (
        f"The model says {said:.0f} points{between}; the track has {row['actual']:.0f}. "
        f"Moved most by {first['label']}: {abs(first['points']):.1f} points {way}."
    )
