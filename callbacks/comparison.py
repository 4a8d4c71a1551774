"""Comparison view: follows the registry, deletes runs and brings them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks.identity import current_owner
from core.errors import NotFound, Refused
from core.runs.model import Run
from layouts import comparison as view
from layouts import wording
from layouts.ids import Comparison, Shell

SHOWN = 200


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view."""
    runs = services.runs.list(owner, limit=SHOWN)
    return view.layout(view.groups_of(runs), _digest(runs))


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""

    @app.callback(
        Output(Comparison.LIST, "children"),
        Output(Comparison.SEEN, "data"),
        Input(Comparison.TICK, "n_intervals"),
        Input(Comparison.CHANGED, "data"),
        Input(Shell.JOB_ENDED, "data"),
        State(Comparison.SEEN, "data"),
        prevent_initial_call=True,
    )
    def refresh(_tick: Any, _changed: Any, _ended: Any, seen: Any) -> tuple[Any, Any]:
        runs = services.runs.list(current_owner(), limit=SHOWN)
        digest = _digest(runs)
        return (no_update, no_update) if digest == seen else (view.groups_of(runs), digest)

    @app.callback(
        Output(Comparison.NOTICE, "children"),
        Output(Comparison.CHANGED, "data"),
        Input({"type": Comparison.DELETE, "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def delete(clicks: Any) -> tuple[Any, Any]:
        run_id = _pressed(clicks)
        return (no_update, no_update) if run_id is None else _change(services.runs.delete, run_id, view.deleted_notice)

    @app.callback(
        Output(Comparison.NOTICE, "children", allow_duplicate=True),
        Output(Comparison.CHANGED, "data", allow_duplicate=True),
        Input({"type": Comparison.UNDO, "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def undo(clicks: Any) -> tuple[Any, Any]:
        run_id = _pressed(clicks)
        return (
            (no_update, no_update) if run_id is None else _change(services.runs.restore, run_id, view.restored_notice)
        )


def _change(change: Any, run_id: str, notice: Any) -> tuple[Any, Any]:
    try:
        run = change(run_id, current_owner())
    except (NotFound, Refused) as error:
        return view.trouble_notice(str(error)), None
    return notice(run), f"{run.id} {run.deleted_at}"


def _pressed(clicks: Any) -> str | None:
    """The run whose button was pressed; None when the callback only ran because buttons appeared."""
    pressed = ctx.triggered_id
    return str(pressed["run"]) if isinstance(pressed, dict) and any(clicks) and ctx.triggered[0]["value"] else None


def _digest(runs: Sequence[Run]) -> str:
    """What a person could see change, as text."""
    return repr([(run.id[:8], run.state.value, wording.ago(run.created_at)) for run in runs])
