"""The runs that can be asked: champion and candidate first, then the newest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import NotFound
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


def offered_runs(runs: Runs, owner: str, asked: Iterable[str] = ()) -> Sequence[Offered]:
    """Finished runs of an owner: those that are something for a purpose first, then the newest, then older ones.

    Parameters
    ----------
    runs : Runs
    owner : str
    asked : iterable of str
        Ids of runs that are wanted however old they are; those that there are not are left out.
    """
    standing: dict[str, str] = {}
    for one in runs.aliases(owner):
        words = _in_words(one)
        standing[one.run_id] = f"{standing[one.run_id]}, {words.lower()}" if one.run_id in standing else words
    listed = {run.id: run for run in runs.list(owner)}
    listed |= _found(runs, owner, [run_id for run_id in (*standing, *asked) if run_id not in listed])
    found = {run_id: run for run_id, run in listed.items() if run.state is RunState.FINISHED}
    first = [Offered(found[run_id], words) for run_id, words in standing.items() if run_id in found]
    return [*first, *(Offered(run) for run in found.values() if run.id not in standing)]


def _found(runs: Runs, owner: str, ids: Iterable[str]) -> dict[str, Run]:
    found: dict[str, Run] = {}
    for run_id in ids:
        with suppress(NotFound):
            found[run_id] = runs.get(run_id, owner)
    return found


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
