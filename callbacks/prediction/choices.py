"""The runs that can be asked: champion and candidate first, then the newest."""

from __future__ import annotations

from typing import Any

from core.runs.aliases import POPULARITY, Promotion
from core.runs.model import Run, RunState
from layouts import prediction as view

OFFERED = 50


def offered_runs(services: Any, owner: str) -> list[view.Offered]:
    """Finished runs of an owner: those that are something for a purpose first, then the newest."""
    standing: dict[str, str] = {}
    for one in services.runs.aliases(owner):
        words = _in_words(one)
        standing[one.run_id] = f"{standing[one.run_id]}, {words.lower()}" if one.run_id in standing else words
    runs = {run.id: run for run in services.runs.list(owner) if run.state is RunState.FINISHED}
    first = [view.Offered(runs[run_id], words) for run_id, words in standing.items() if run_id in runs]
    return first + [view.Offered(run) for run in runs.values() if run.id not in standing]


def shown_runs(offered: list[view.Offered], run: Run) -> list[view.Offered]:
    """As many as a list shows, the chosen one among them."""
    shown = offered[:OFFERED]
    if any(one.run.id == run.id for one in shown):
        return shown
    return [next(one for one in offered if one.run.id == run.id), *shown[: OFFERED - 1]]


def _in_words(one: Promotion) -> str:
    """Name what a run is; the usual purpose goes without saying."""
    kind = one.alias.value.capitalize()
    return kind if one.purpose == POPULARITY else f"{kind} for {one.purpose}"
