"""Another run beside this one, and what makes the two hard to compare."""

from __future__ import annotations

from typing import Any

from callbacks.why.keeping import stored_of
from core.errors import BundleError
from core.explanation.stored import Stored
from core.figures import explanation as figures
from core.runs.artifacts import EXPLANATION
from core.runs.model import Run
from layouts import why as view
from layouts.components import graph_card
from layouts.ids import Why
from layouts.run_words import model_name

MOST_OTHERS = 30


def other_models(services: Any, run: Run, owner: str, stored: Stored, asked: str, theme: str) -> Any:
    """The choice of another run, and both models where one of the choices is asked for."""
    shown: Any
    others = [each for each in services.runs.list(owner) if each.id != run.id and EXPLANATION in (each.digests or {})]
    names = {each.id: f"{each.name or model_name(each)}, run {each.id[:8]}" for each in others[:MOST_OTHERS]}
    chosen = next((each for each in others[:MOST_OTHERS] if each.id == asked), None)
    try:
        shown = None if chosen is None else two_models((run, chosen), (stored, stored_of(services, chosen)), theme)
    except BundleError as error:
        shown = str(error)
    words = "Whether another model looks at the same things. Of runs that differ only in their seed, it shows chance."
    return view.section(
        "Beside another model", words, view.other_controls(names, chosen and chosen.id), view.other_panel(shown)
    )


def two_models(runs: tuple[Run, Run], stored: tuple[Stored, Stored], theme: str) -> list[Any]:
    """Draw both, after what each rests on."""
    first, second = (f"{run.name or model_name(run)} ({run.id[:4]})" for run in runs)
    names = (first, second)
    both = figures.compute_two_models(stored[0].importance, stored[1].importance)
    chart = graph_card(
        Why.MODELS, figures.plot_two_models(both, names, theme=theme), title="What moves predictions in both",
        reading=figures.read_two_models(both, names), table=figures.number_models(both, names), height=420,
    )  # fmt: skip
    return [view.footing(runs, names), chart]
