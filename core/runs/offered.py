"""The runs that can be asked: champion and candidate first, then the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.runs.aliases import POPULARITY, Promotion
from core.runs.model import Run, RunState

if TYPE_CHECKING:
    from core.runs.service import Runs

OFFERED = 50
"""How many a list shows."""


@dataclass(frozen=True)
class Offered:
    """A run that can be chosen.

    Parameters
    ----------
    run : Run
    standing : str
        "Champion" or "Candidate" with its purpose; empty for the others.
    """

    run: Run
    standing: str = ""


def offered_runs(runs: Runs, owner: str) -> Sequence[Offered]:
    """Finished runs of an owner: those that are something for a purpose first, then the newest."""
    standing: dict[str, str] = {}
    for one in runs.aliases(owner):
        words = _in_words(one)
        standing[one.run_id] = f"{standing[one.run_id]}, {words.lower()}" if one.run_id in standing else words
    found = {run.id: run for run in runs.list(owner) if run.state is RunState.FINISHED}
    first = [Offered(found[run_id], words) for run_id, words in standing.items() if run_id in found]
    return [*first, *(Offered(run) for run in found.values() if run.id not in standing)]


def shown_runs(offered: Sequence[Offered], run: Run) -> Sequence[Offered]:
    """As many as a list shows, the chosen one among them."""
    shown = offered[:OFFERED]
    if any(one.run.id == run.id for one in shown):
        return shown
    return [next(one for one in offered if one.run.id == run.id), *shown[: OFFERED - 1]]


def _in_words(one: Promotion) -> str:
    """Name what a run is; the usual purpose goes without saying."""
    kind = one.alias.value.capitalize()
    return kind if one.purpose == POPULARITY else f"{kind} for {one.purpose}"
