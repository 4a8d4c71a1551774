"""Promoting runs to champion or candidate, wherever the form stands."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, Patch, State, ctx, no_update

from callbacks.identity import current_owner
from core.errors import DashboardError, InvalidRequest
from core.runs.aliases import check_why
from core.runs.model import Run
from layouts import aliases as view
from layouts.components import toast
from layouts.ids import RunView, Shell, Standing


def drawn(services: Any, run: Run, owner: str) -> tuple[Any, Any]:
    """Draw what a run is now, and the panel with its form and history."""
    if run.is_active:
        return [], []
    told = services.runs.promotions.of_run(run.id, owner)
    current = services.runs.aliases(owner)
    held = [one for one in told if one.until is None]
    return view.marks(held), view.panel(run, told, current, owner)


def champions(services: Any, owner: str) -> Any:
    """Draw who is champion and candidate now, and who was."""
    return view.champions(services.runs.aliases(owner), services.runs.promotions.history(owner), owner)


def lost(services: Any, run_id: str, owner: str) -> str:
    """Say what the deletion of a run leaves empty."""
    return view.deleted_words(services.runs.promotions.of_run(run_id, owner))


def register(app: Dash, services: Any) -> None:
    """Attach the callbacks, once for all pages with such a form."""
    key = {"run": ALL}

    @app.callback(
        Output(Shell.TOASTS, "children", allow_duplicate=True),
        Output(Standing.CHANGED, "data"),
        Input({"type": Standing.PROMOTE, **key}, "n_clicks"),
        Input({"type": Standing.WITHDRAW, **key, "alias": ALL, "purpose": ALL}, "n_clicks"),
        State({"type": Standing.ALIAS, **key}, "value"),
        State({"type": Standing.PURPOSE, **key}, "value"),
        State({"type": Standing.WHY, **key}, "value"),
        prevent_initial_call=True,
    )
    def change(_promoted: Any, _withdrawn: Any, aliases: Any, purposes: Any, whys: Any) -> tuple[Any, Any]:
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or not ctx.triggered[0]["value"]:
            return no_update, no_update
        run_id, owner = str(pressed["run"]), current_owner()
        try:
            if pressed["type"] == Standing.WITHDRAW:
                alias, purpose = str(pressed["alias"]), str(pressed["purpose"])
                services.runs.promotions.withdraw(run_id, owner, alias, purpose)
                return _told(view.withdrawn(alias, purpose)), f"{run_id} no {alias} {purpose}"
            alias, purpose, why = (_of_run(ctx.states_list[at], run_id) for at in range(3))
            made = services.runs.promotions.promote(run_id, owner, alias, purpose, check_why(why))
        except DashboardError as error:
            return _told(toast(str(error), "danger")), no_update
        return _told(view.promoted(made)), f"{run_id} {made.alias} {made.purpose} {made.since}"

    @app.callback(
        Output(Standing.MARKS, "children"),
        Output(Standing.PANEL, "children"),
        Input(Standing.CHANGED, "data"),
        Input(RunView.SEEN, "data"),
        State(RunView.RUN, "data"),
        prevent_initial_call=True,
    )
    def follow(_changed: Any, _seen: Any, run_id: Any) -> tuple[Any, Any]:
        owner = current_owner()
        return drawn(services, services.runs.get(str(run_id), owner), owner)


def _told(message: Any) -> Patch:
    """A message at the corner of the window, seen wherever the page has been moved to."""
    patch = Patch()
    patch.append(message)
    return patch


def _of_run(fields: Any, run_id: str) -> str:
    """The value of a run's field of the form."""
    found = next((one.get("value") for one in fields if one["id"].get("run") == run_id), "")
    if found is None:
        return ""
    if not isinstance(found, str):
        raise InvalidRequest("The fields of a promotion are texts.")
    return found
