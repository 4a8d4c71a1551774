"""From the form to a queued job."""

from __future__ import annotations

import uuid
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, ctx, no_update, set_props

from callbacks.busy import busy_in_words
from callbacks.identity import current_owner
from callbacks.same_table import NOT_STARTED, check_table, store_of
from callbacks.training.features import register_features
from callbacks.training.form import Choices, form_arguments, most_jobs, parse_form
from callbacks.training.plan import plan_of
from callbacks.training.settings import register_settings
from core.errors import DataError, InvalidRequest, Refused, StorageError
from core.features import feature_groups
from core.runs.model import Run
from core.runs.press import submit_on_press
from layouts import training as view
from layouts.ids import Shell, Training


def register_form(app: Dash, services: Any) -> None:
    """Attach what the form does by itself."""
    register_features(app)
    register_settings(app)

    @app.callback(
        Output({"type": Training.FEATURES, "group": MATCH}, "value"),
        Input({"type": Training.ALL, "group": MATCH}, "n_clicks"),
        Input({"type": Training.NONE, "group": MATCH}, "n_clicks"),
        prevent_initial_call=True,
    )
    def pick_features(_all: Any, _none: Any) -> Any:
        picked = ctx.triggered_id
        groups = {group.key: group for group in feature_groups(store_of(services).extras)}
        if not isinstance(picked, dict) or picked.get("group") not in groups:
            raise InvalidRequest("There is no such group of features.")
        return list(groups[picked["group"]].features) if picked["type"] == Training.ALL else []


def register_submit(app: Dash, services: Any) -> None:
    """Attach the plan and the button."""

    @app.callback(
        Output(Training.PLAN, "children"),
        Output(Training.SUBMIT, "children"),
        Output(Training.SUBMIT, "disabled"),
        Output(Training.TRAIN_ALL, "disabled"),
        Output(Training.REASON, "children"),
        inputs={"form": form_arguments(Input), "active": Input(Training.ACTIVE, "data")},
    )
    def explain(form: dict[str, Any], active: Any) -> tuple[Any, Any, bool, bool, str]:
        owner = current_owner()
        check_table(services, owner)
        plan, models, reason = plan_of(services, owner, Choices(**form), active)
        is_busy = bool(busy_in_words(active, services.runs.context.limits))
        return plan, view.submit_words(models), bool(reason), is_busy, reason

    @app.callback(
        Output(Training.NONCE, "data"),
        Output(Training.NOTICE, "children"),
        Output({"type": Training.FAMILIES, "group": ALL}, "value"),
        inputs={"clicks": Input(Training.SUBMIT, "n_clicks"), "all_clicks": Input(Training.TRAIN_ALL, "n_clicks")},
        state={"form": form_arguments(State), "nonce": State(Training.NONCE, "data")},
        running=[(Output(Training.GUARD, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def submit(clicks: Any, all_clicks: Any, form: dict[str, Any], nonce: Any) -> tuple[Any, ...]:
        groups = [group for group, _ in view.all_groups()]
        as_they_are = [no_update] * len(groups)
        if not clicks and not all_clicks:
            return no_update, no_update, as_they_are
        is_all = ctx.triggered_id == Training.TRAIN_ALL
        if is_all:
            form, as_they_are = form | {"families": [view.all_models()]}, view.all_models_by_group()
        owner = current_owner()
        check_table(services, owner, NOT_STARTED)
        try:
            requests = parse_form(Choices(**form), most_jobs(services))
            job = submit_on_press(services.runs, services.tables, owner, requests, nonce)
        except (Refused, StorageError, DataError) as error:
            return no_update, view.refusal(str(error), _own_active(services, owner)), as_they_are
        except InvalidRequest as error:
            if not is_all:
                raise
            return no_update, view.refusal(str(error)), as_they_are
        set_props(Shell.LAUNCH, {"data": {"job_id": job.id}})  # an output of the frame would run it with every page
        return str(uuid.uuid4()), view.accepted(len(requests)), as_they_are


def _own_active(services: Any, owner: str) -> list[Run]:
    return [run for run in services.runs.active(owner) if run.owner == owner]
