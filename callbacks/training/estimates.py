"""How long training may take, judged by runs that have ended on the same table, and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from core.families import FAMILIES
from core.requests import TrainingRequest
from core.runs.model import Run, RunState
from layouts import wording
from layouts.training.families import COST

MOST_RUNS = 5
"""The newest runs of a family count."""
QUANTILE_COST = 3
MOST_NAMED = 3
"""Models that a sentence names; of more it gives the number."""
SLOW_FROM = 10_000
"""Tracks from which on a slow family takes long enough to be worth a word."""


def fits_of(request: TrainingRequest, tracks: int) -> tuple[int, bool]:
    """Count the fits that a request takes, and say whether that is only the most.

    Parameters
    ----------
    request : TrainingRequest
    tracks : int
        Rows of the table.
    """
    fits = 1 + request.cv_folds
    if request.interval == "quantile":
        fits *= QUANTILE_COST
    if request.tuning is None:
        return fits, False
    from core.tuning.methods import planned_fits

    rows = round(tracks * (1 - request.test_share))
    searched = planned_fits(request.tuning.method, request.tuning.iterations + 1, request.tuning.folds, rows)
    return fits + searched, request.tuning.method != "random" or request.tuning.seconds is not None


class Pace(NamedTuple):
    """How quickly a family has been trained.

    Parameters
    ----------
    a_fit : float
        Seconds that one fit takes.
    around : float
        Seconds of a run beside its fits: starting, preparing, scoring, explaining, saving.
    """

    a_fit: float
    around: float = 0.0


def paces_of(runs: Sequence[Run], sha256: str, tracks: int) -> dict[str, Pace]:
    """How quickly each family was trained on this table: medians of its newest runs.

    Parameters
    ----------
    runs : sequence of Run
        Newest first.
    sha256 : str
        Hash of the table.
    tracks : int
        Rows of the table.
    """
    found: dict[str, list[Pace]] = {}
    for run in runs:
        seconds = (run.timings or {}).get("fit_seconds")
        is_like = run.state is RunState.FINISHED and run.data.get("sha256") == sha256
        if is_like and wording.is_number(seconds) and len(found.setdefault(run.request.family, [])) < MOST_RUNS:
            found[run.request.family].append(Pace(float(seconds), _around(run, float(seconds), tracks)))
    return {
        family: Pace(median(each.a_fit for each in some), median(each.around for each in some))
        for family, some in found.items()
        if some
    }


def _around(run: Run, a_fit: float, tracks: int) -> float:
    """Seconds of a run beside its fits; none for a search, which lasts as long as it is let."""
    if run.request.tuning is not None or run.started_at is None or run.finished_at is None:
        return 0.0
    lasted = (run.finished_at - run.started_at).total_seconds()
    return max(0.0, lasted - a_fit * fits_of(run.request, tracks)[0])


def time_in_words(requests: Sequence[TrainingRequest], tracks: int, paces: Mapping[str, Pace], cap: int) -> str:
    """Say how long the requests may take; where nothing is known of one of them, there is no time for all.

    Parameters
    ----------
    requests : sequence of TrainingRequest
    tracks : int
    paces : mapping of family to Pace
    cap : int
        Fits that the server lets one search make at the same time.
    """
    known = [request for request in requests if request.family in paces]
    unknown = [request for request in requests if request.family not in paces]
    if not known:
        said = "How long it takes is not known yet: none of these models has been trained on this table."
        return f"{said} {_hint(unknown, tracks)}".rstrip()
    each = [_seconds(request, tracks, paces[request.family], cap) for request in known]
    if not unknown:
        return f"Roughly {wording.duration(sum(each))}, judging by earlier runs on this table."
    said = f"{_of_known(known, each)}, judging by earlier runs on this table; not known yet for {_named(unknown)}."
    return f"{said} {_hint(unknown, tracks)}".rstrip()


def _of_known(known: Sequence[TrainingRequest], seconds: Sequence[float]) -> str:
    if len(known) > MOST_NAMED:
        return f"{len(known)} of these models {_about(sum(seconds))} together"
    pairs = zip(known, seconds, strict=True)
    return wording.listed([f"{FAMILIES[one.family].label} {_about(took)}" for one, took in pairs])


def _about(seconds: float) -> str:
    return f"about {wording.duration(seconds)}" if seconds >= 1 else wording.duration(seconds)


def _hint(unknown: Sequence[TrainingRequest], tracks: int) -> str:
    """Say which of the models that nothing is known of are slow on large tables; empty where none is."""
    slow = [request for request in unknown if request.family in COST]
    if not slow or tracks < SLOW_FROM:
        return ""
    return f"{_named(slow)} often {'takes a minute or more' if len(slow) == 1 else 'take a minute or more each'}."


def _named(requests: Sequence[TrainingRequest]) -> str:
    labels = [FAMILIES[request.family].label for request in requests]
    return wording.listed(labels if len(labels) <= MOST_NAMED else [*labels[:2], f"{len(labels) - 2} others"])


def _seconds(request: TrainingRequest, tracks: int, pace: Pace, cap: int) -> float:
    whole, _ = fits_of(request, tracks)
    if request.tuning is None:
        return pace.around + whole * pace.a_fit
    plain, _ = fits_of(request.model_copy(update={"tuning": None}), tracks)
    searching = (whole - plain) * pace.a_fit / min(request.tuning.n_jobs, cap)
    if request.tuning.seconds is not None:
        searching = min(searching, request.tuning.seconds)
    return pace.around + searching + plain * pace.a_fit
