"""The runs that can be asked: champion and candidate first, then the newest job's, its best one first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.cautions import cautions
from core.comparison.comparable import footing_of
from core.errors import NotFound
from core.families import FAMILIES
from core.runs.aliases import POPULARITY, Promotion
from core.runs.model import Run, RunState

if TYPE_CHECKING:
    from core.comparison.comparable import Footing
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
    """Finished runs of an owner, as lists offer them; the first is the one that is taken where nobody chose.

    First those that are something for a purpose; then those of the newest job, the best score first (all runs of a job
    were asked for at the same moment, so "the newest of them" means nothing); then the others, the newest first.

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
    return [
        *first,
        *(Offered(run) for run in _best_of_newest([run for run in found.values() if run.id not in standing])),
    ]


def better_run(offered: Iterable[Offered], run: Run) -> Run | None:
    """The best of those that did clearly better than a run on the very same held-out tracks; None where none did.

    Clearly: the 95% intervals of their R² do not touch, which no paired comparison of the two would call a tie. Runs
    whose score is no honest one do not count.

    Parameters
    ----------
    offered : iterable of Offered
    run : Run
    """
    footing, top = footing_of(run), _ends(run)[1]
    if footing is None or top is None:
        return None
    others = [one.run for one in offered if footing_of(one.run) == footing and _is_honest(one.run)]
    above = [other for other in others if (low := _ends(other)[0]) is not None and low > top]
    return max(above, key=_r2, default=None)


def _best_of_newest(runs: Sequence[Run]) -> list[Run]:
    """Those of the newest job first, its honest models ordered by score; a yardstick comes after every model.

    Parameters
    ----------
    runs : sequence of Run
        Newest first.
    """
    job = [run for run in runs if run.job_id == runs[0].job_id]
    lead = next((footing_of(run) for run in job if _is_honest(run)), None)
    rest = [run for run in runs if run.job_id != runs[0].job_id]
    return [*sorted(job, key=lambda run: _rank(run, lead)), *rest]


def _rank(run: Run, lead: Footing | None) -> tuple[int, float]:
    """Scores are compared on one footing alone; what cannot be compared keeps its place, behind."""
    if not _is_honest(run):
        return 3, 0.0
    if lead is None or footing_of(run) != lead:
        return 2, 0.0
    return int(FAMILIES[run.request.family].is_baseline), -_r2(run)


def _is_honest(run: Run) -> bool:
    """Whether the held-out score says how new tracks will be predicted."""
    return not cautions(run.request)


def _r2(run: Run) -> float:
    value = _of_test(run, "test")
    return -math.inf if value is None else float(value)


def _ends(run: Run) -> tuple[float | None, float | None]:
    ends = _of_test(run, "test_interval")
    return (ends[0], ends[1]) if isinstance(ends, list | tuple) and len(ends) == 2 else (None, None)


def _of_test(run: Run, part: str) -> Any:
    return ((run.metrics or {}).get(part) or {}).get("r2")


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
