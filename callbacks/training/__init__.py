"""Training view: reads the form, starts jobs and shows how they go."""

from __future__ import annotations

import uuid
from typing import Any

from dash import Dash
from dash.development.base_component import Component

from callbacks.training.form import first_form, form_choices
from callbacks.training.live import digest_of, in_progress, newest_ended, register_live
from callbacks.training.plan import plan_of
from callbacks.training.submit import register_form, register_submit
from core.features import feature_groups
from layouts import training as view


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view; ``?from=<run id>`` fills the form with the settings of a run."""
    form = first_form(services, owner, query)
    runs = services.runs.list(owner, limit=50)
    active, ended = in_progress(runs, owner), newest_ended(runs)
    first = view.FirstState(*plan_of(services, owner, form_choices(form), len(active)), active, ended, digest_of(runs))
    groups = feature_groups(services.tracks_for(owner).extras)
    return view.layout(form, str(uuid.uuid4()), first, groups)


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    register_form(app, services)
    register_submit(app, services)
    register_live(app, services)
