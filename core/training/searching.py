"""The search for hyperparameters as a step of a training, and what people should know of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from core.families import FAMILIES
from core.metrics import METRICS
from core.progress import follow_wish, keep_notice
from core.requests import TrainingRequest
from core.training.fitting import Fitter, Floats
from core.validation import Split

if TYPE_CHECKING:
    from core.tuning import SearchResult

Inputs = Callable[[TrainingRequest, Split], tuple[pd.DataFrame, Floats]]


def with_best_params(run: Fitter, split: Split, inputs: Inputs) -> tuple[Fitter, SearchResult]:
    """Search, and give the run that goes on with the best that was found.

    Parameters
    ----------
    run : Fitter
    split : Split
        With the folds of the search.
    inputs : callable
        Gives the columns of the model and the target, points.
    """
    from core.tuning import search  # which fits as this package does

    request = run.request
    X, y = inputs(request, split)
    found = search(request, X, y, split, run.report, run.n_jobs)
    chosen = request.model_copy(update={"params": {**request.params, **found.best_params}})
    # What ended the search is not to end what comes after it, unless it is asked for again.
    report = follow_wish(run.report) if found.stopped == "person" else run.report
    for notice in _notices_of_end(found):
        keep_notice(report, notice)
    costs = [] if found.seconds_a_row is None else [found.seconds_a_row]
    rest = replace(run, request=chosen, report=report, done=found.fits, costs=costs)
    rest.total += found.fits
    return rest, found


def notices_of_search(found: SearchResult, n_jobs: int) -> list[str]:
    """Say what was chosen, what its score is worth, and why a search ended early.

    Parameters
    ----------
    found : SearchResult
    n_jobs : int
        Candidates that the server allows at the same time.
    """
    tuning = found.request.tuning
    assert tuning is not None
    notices = [*_notices_of_end(found), *_notices_of_choice(found)]
    if tuning.n_jobs > n_jobs:
        notices.append(
            f"{tuning.n_jobs} candidates at the same time were asked for; a run here has {n_jobs} "
            f"{'core' if n_jobs == 1 else 'cores'}, so {found.n_jobs} at a time were tried."
        )
    return notices


def _notices_of_end(found: SearchResult) -> list[str]:
    if found.stopped == "person":
        return [f"Stopped at {found.tried} of {found.planned} candidates; the best so far was kept."]
    if found.stopped == "time":
        return [f"The search's time was over at {found.tried} of {found.planned} candidates; the best so far was kept."]
    if found.tried < found.planned:
        return [f"There are only {found.tried} different candidates, so no more were tried."]
    return []


def _notices_of_choice(found: SearchResult) -> list[str]:
    tuning = found.request.tuning
    assert tuning is not None
    metric = METRICS[tuning.scoring]
    failed = [each for each in found.candidates if each.state == "failed"]
    notices = []
    if found.best_number is None:
        notices.append("No candidate could be scored, so the settings of a run without a search were used.")
    else:
        if found.best_number == 1:
            notices.append("None of the candidates beat the settings that the run would have had without a search.")
        unit = f" {metric.unit}" if metric.unit else ""
        notices.append(
            f"The search's own score ({metric.label} {found.best_score:.4g}{unit}) is the best of {found.tried}, which "
            "makes it a little too good; so may be the cross-validated score, as its tracks took part in the choice. "
            "The score on the held-out test is not affected: the search never saw it."
        )
    if found.border:
        labels = {param.name: param.label for param in FAMILIES[found.request.family].params}
        names = ", ".join(labels[name] for name in found.border)
        notices.append(
            f"The best value lies at the border of its search range: {names}. A wider range may hold better."
        )
    if failed:
        notices.append(f"{len(failed)} of the candidates failed, the first one so: {failed[0].reason}")
    return notices
