"""The model card: what a run is for, how it was made and tested, what it can and cannot do, how to make it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.card import about, results
from core.card.document import write_html
from core.card.model import Card
from core.card.reproduce import Recipe, recipe
from core.errors import BundleError
from core.runs.model import RunState, iso

if TYPE_CHECKING:
    import pandas as pd

    from core.runs.aliases import Promotion
    from core.runs.model import Run

__all__ = ["Card", "Recipe", "make_card", "recipe", "write_html"]


def make_card(
    run: Run,
    test: pd.DataFrame | None = None,
    *,
    genres: pd.Series | None = None,
    explanation: Mapping[str, Any] | None = None,
    held: Sequence[Promotion] = (),
) -> Card:
    """Give the card of a finished run.

    Parameters
    ----------
    run : Run
    test : DataFrame, optional
        Its stored predictions of the test part: ``track_id``, ``actual``, ``predicted`` (points).
    genres : Series, optional
        Genre of each row of ``test``, where the run's table is at hand.
    explanation : mapping, optional
        ``explanation.json`` of its bundle.
    held : sequence of Promotion
        What the run is now.

    Raises
    ------
    BundleError
        When the run is not finished.
    """
    if run.state is not RunState.FINISHED:
        raise BundleError(f"This run is {run.state.value}, so there is no model to describe.")
    sections = [
        about.in_short(run, held),
        about.purpose(run),
        about.data(run),
        about.protocol(run),
        results.scores(run),
        results.coverage(run),
        results.errors(run, test, genres),
        results.importance(run, explanation),
        about.limits(run),
        about.reproduction(run),
    ]
    named = f"{run.model_label}: {run.name}" if run.name else run.model_label
    subtitle = f"Model card of run {run.id}, made {(iso(run.finished_at) or '')[:10]}"
    return Card(named, subtitle, run.id, bool(run.data.get("is_synthetic")), tuple(sections))
