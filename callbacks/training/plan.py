"""What a press of the button would do, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash.development.base_component import Component

from callbacks.busy import busy_in_words
from callbacks.training.estimates import fits_of, paces_of, time_in_words
from callbacks.training.form import Choices, most_jobs, parse_form
from core.durations import in_words
from core.errors import DashboardError
from core.families import FAMILIES
from core.features import unknowable
from core.requests import TrainingRequest
from core.runs.making import SEARCH_SHARE, search_limit
from core.tables import check_requests
from core.validation import PROTOCOLS
from layouts import training as view
from layouts import wording
from layouts.run_words import feature_in_words, features_in_words

JUDGED_BY = 100
"""Newest runs from which times are estimated."""
MOST_DROPPED = 8


def plan_of(services: Any, owner: str, choices: Choices, jobs: Any) -> tuple[Component, int, str]:
    """What a click would do, for how many models, and why it cannot be clicked (empty when it can).

    Parameters
    ----------
    services : Services
    owner : str
    choices : Choices
    jobs : object
        Jobs of this owner in progress.
    """
    try:
        store = services.tracks_for(owner)
        requests = parse_form(choices, most_jobs(services))
        check_requests(requests, store.table)
        facts = store.facts
        lines, warning = describe_plan(requests, facts.tracks, services.runs.context.limits.run_seconds)
        paces = paces_of(services.runs.list(owner, limit=JUDGED_BY), facts.sha256, facts.tracks)
        lines += [time_in_words(requests, facts.tracks, paces, most_jobs(services)), *dropped_in_words(choices.typed)]
    except DashboardError as error:
        return view.plan_lines(["Nothing yet: something is missing or does not fit."]), 0, str(error)
    return view.plan_lines(lines, warning), len(requests), busy_in_words(jobs, services.runs.context.limits)


def dropped_in_words(typed: Any) -> list[str]:
    """Say which remembered settings the page could not use; nothing where it used them all."""
    named = typed.get("dropped") if isinstance(typed, dict) else None
    if not isinstance(named, list) or not named:
        return []
    names = [str(name)[:80] for name in named[:MOST_DROPPED]]
    return [f"Left out, as this version of the page has no such setting: {wording.listed(names)}."]


def describe_plan(
    requests: Sequence[TrainingRequest], tracks: int, run_seconds: float | None = None
) -> tuple[list[str], str]:
    """Say what a list of requests would do: lines, and a warning where one is due.

    Parameters
    ----------
    requests : sequence of TrainingRequest
    tracks : int
        Of the table in use.
    run_seconds : float, optional
        After which the server ends a run.
    """
    first = requests[0]
    protocol = PROTOCOLS[first.protocol]
    folds = (
        f"{first.cv_folds}-fold cross-validation inside the rest, under the same rule"
        if first.cv_folds
        else "no cross-validation, so no spread over folds"
    )
    lines = [
        f"{wording.listed([FAMILIES[one.family].label for one in requests])}, on {features_in_words(first.features)}.",
        f"{wording.share(first.test_share)} of the {wording.count(tracks)} tracks are held out for the test; {folds}.",
        f"{protocol.question} {protocol.label}.",
        *_search_in_words(requests, run_seconds),
        *_intervals_in_words(requests),
        f"{_fits_in_words(requests, tracks, run_seconds)} "
        "Beside each score stand two baselines: the mean and the genre mean.",
    ]
    if protocol.uses_placements:
        lines[1] = f"{wording.share(first.test_share)} of the raw rows are held out for the test; {folds}."
    return lines, " ".join(_warnings(first))


def _warnings(request: TrainingRequest) -> list[str]:
    """Why the scores will look better than they are, if they will."""
    found = []
    if PROTOCOLS[request.protocol].is_leaky:
        found.append("Copies of the same track stand in training and test: the score will look better than it is.")
    if names := unknowable(request.features):
        what = wording.listed([feature_in_words(name) for name in names])
        found.append(f"Nobody knows this before a release: {what}. The score will be no forecast.")
    return found


def _fits_in_words(requests: Sequence[TrainingRequest], tracks: int, run_seconds: float | None) -> str:
    counts = [fits_of(one, tracks) for one in requests]
    is_cut = run_seconds is not None and any(one.tuning is not None for one in requests)
    most = "At most " if is_cut or any(is_most for _, is_most in counts) else ""
    return f"{most}{wording.counted(sum(count for count, _ in counts), 'fit')} in all."


def _search_in_words(requests: Sequence[TrainingRequest], run_seconds: float | None) -> list[str]:
    searched = [one for one in requests if one.tuning is not None]
    if not searched:
        return []
    tuning = searched[0].tuning
    assert tuning is not None
    each = " for each of them" if len(searched) > 1 else ""
    most = search_limit(tuning.seconds, run_seconds)
    limit = f", for {in_words(most)} at most" if most else ""
    if most and run_seconds and most != tuning.seconds:
        limit += f" (a run may take {in_words(run_seconds)} on this server, and its search {SEARCH_SHARE:.0%} of that)"
    said = (
        f"First {wording.counted(tuning.iterations + 1, 'candidate')} (the usual settings among them) on "
        f"{tuning.folds} folds inside the training part{each}{limit}; the best settings make the model."
    )
    plain = [FAMILIES[one.family].label for one in requests if one.tuning is None]
    rest = f" {wording.listed(plain)}: nothing to search, trained with the settings given." if plain else ""
    return [said + rest]


def _intervals_in_words(requests: Sequence[TrainingRequest]) -> list[str]:
    if not any(one.interval == "quantile" for one in requests):
        return []
    plain = [FAMILIES[one.family].label for one in requests if one.interval != "quantile"]
    rest = f"; {wording.listed(plain)} cannot learn quantiles, so theirs come from errors" if plain else ""
    return [f"Intervals come from quantiles, which takes two more models for each fit{rest}."]
