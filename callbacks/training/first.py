"""First values of the form: defaults, or what an earlier run was made with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from callbacks.training.form import Choices
from core.address import read_values
from core.errors import InvalidRequest, NotFound
from core.families import FAMILIES
from core.features import feature_groups, unknowable
from core.requests import TuningRequest
from core.runs.model import Run
from layouts import training as view
from layouts import wording
from layouts.run_words import model_name
from layouts.training.settings import first_typed


def first_form(services: Any, owner: str, query: str) -> view.TrainingForm:
    """Give the first values of the form: defaults, or those of the run that the address names."""
    asked = read_values(query)
    run_id, is_best = asked.get("from", ""), asked.get("settings") == "best"
    if not run_id:
        return view.TrainingForm()
    try:
        run = services.runs.get(run_id, owner)
    except (NotFound, InvalidRequest):
        return view.TrainingForm(origin="The run whose settings you asked for is not there; these are the defaults.")
    request = run.request
    if request.family == view.COMBINED:
        return view.TrainingForm(origin="A stack is made of finished runs: tick them on the leaderboard.")
    params = _found(run) if is_best else dict(request.params)
    what = "the settings that the search found in your run" if is_best else "your run"
    return view.TrainingForm(
        families=(request.family,),
        features=_offered(services, owner, request.features),
        protocol=request.protocol,
        test_percent=round(request.test_share * 100, 6),
        cv_folds=request.cv_folds,
        seed=request.seed,
        defaults=request.defaults,
        interval=request.interval,
        params={(request.family, name): value for name, value in params.items()},
        tuning=view.TuningForm() if is_best else _tuning(request.tuning),
        origin=f"Filled in from {what} {model_name(run)}, {wording.ago(run.created_at)}.",
        run_id=run.id,
    )


def within_server(form: view.TrainingForm, jobs: int) -> view.TrainingForm:
    """The form with no more fits at the same time than this server lets a search make: a run may come from another."""
    return replace(form, tuning=replace(form.tuning, n_jobs=min(form.tuning.n_jobs, jobs)))


def _offered(services: Any, owner: str, features: Sequence[str]) -> tuple[str, ...]:
    """Those of a run's features that the table in use has as well."""
    known = {name for group in feature_groups(services.tracks_for(owner).extras) for name in group.features}
    return tuple(name for name in features if name in known)


def form_choices(form: view.TrainingForm) -> Choices:
    """Give the form's first values as a browser would send them."""
    return Choices(
        families=[list(form.families)],
        features=[list(form.features)],
        allow_unknowable=bool(unknowable(form.features)),
        protocol=form.protocol,
        test_percent=form.test_percent,
        cv_folds=form.cv_folds,
        seed=form.seed,
        defaults=form.defaults,
        interval=form.interval,
        tune=form.tuning.is_on,
        tune_method=form.tuning.method,
        tune_tries=form.tuning.tries,
        tune_folds=form.tuning.folds,
        tune_scoring=form.tuning.scoring,
        tune_minutes=form.tuning.minutes,
        tune_jobs=form.tuning.n_jobs,
        typed=first_typed(form),
    )


def _found(run: Run) -> dict[str, Any]:
    """What was asked for and what the search found, without what is recommended anyway."""
    found = ((run.metrics or {}).get("search") or {}).get("best_params") or {}
    usual = FAMILIES[run.request.family].recommended if run.request.defaults == "recommended" else {}
    params = {**run.request.params, **found}
    return {name: value for name, value in params.items() if name not in usual or usual[name] != value}


def _tuning(asked: TuningRequest | None) -> view.TuningForm:
    if asked is None:
        return view.TuningForm()
    minutes = None if asked.seconds is None else round(asked.seconds / 60, 2)
    return view.TuningForm(True, asked.method, asked.iterations, asked.folds, asked.scoring, minutes, asked.n_jobs)
