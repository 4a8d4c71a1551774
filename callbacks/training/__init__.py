"""Training view: reads the form, starts jobs and shows how they go."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from dash import Dash
from dash.development.base_component import Component

from callbacks import run_search
from callbacks.busy import busy_in_words, jobs_of
from callbacks.identity import current_theme
from callbacks.training.combine import register_combine
from callbacks.training.first import first_form, form_choices, within_server
from callbacks.training.form import most_jobs
from callbacks.training.live import (
    digest_of,
    ended_parts,
    followed,
    in_progress,
    register_live,
    runs_of_page,
)
from callbacks.training.plan import plan_of
from callbacks.training.submit import register_form, register_submit
from core.families import FAMILIES
from core.families.loading import CANNOT_LOAD, probe_soon
from core.features import feature_groups
from core.runs.making import SEARCH_SHARE
from core.runs.model import Run
from layouts import training as view


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view; ``?from=<run id>`` fills the form with the settings of a run."""
    form = within_server(first_form(services, owner, query), most_jobs(services))
    limits = services.runs.context.limits
    runs = runs_of_page(services, owner)
    active = in_progress(runs, owner)
    look_at_libraries(runs)
    first = view.FirstState(
        *plan_of(services, owner, form_choices(form), jobs_of(active)),
        active,
        *ended_parts(runs),
        followed(services, active, owner, current_theme()),
        digest_of(runs),
        most_jobs(services),
        jobs_of(active),
        bool(busy_in_words(jobs_of(active), limits)),
        SEARCH_SHARE * limits.run_seconds,
    )
    groups = feature_groups(services.tracks_for(owner).extras)
    return view.layout(form, str(uuid.uuid4()), first, groups)


def look_at_libraries(runs: Sequence[Run]) -> None:
    """Look whether the libraries load of which a run has said that they do not, so that the form knows next time."""
    told = [run for run in runs if run.reason and CANNOT_LOAD in run.reason]
    names = [name for run in told for name in FAMILIES[run.request.family].requires]
    probe_soon([*names, *(["optuna"] if any("optuna" in str(run.reason) for run in told) else [])])


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    register_form(app, services)
    register_submit(app, services)
    register_live(app, services)
    register_combine(app, services)
    run_search.register(app, services, "training")
