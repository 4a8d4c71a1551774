"""Combining finished runs of the leaderboard into one model."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update, set_props

from callbacks.identity import current_owner
from callbacks.same_table import NOT_STARTED, check_table
from core.errors import DashboardError, InvalidRequest
from core.requests import TrainingRequest, parse_request
from core.runs.press import submit_on_press
from layouts import training as view
from layouts.ids import Shell, Training


def register_combine(app: Dash, services: Any) -> None:
    """Attach the button below the leaderboard."""

    @app.callback(
        Output(Training.COMBINE_SAID, "children"),
        Output(Training.COMBINE_NONCE, "data"),
        Input({"type": Training.COMBINE, "place": ALL}, "n_clicks"),
        State({"type": Training.MEMBER, "run": ALL}, "value"),
        State({"type": Training.MEMBER, "run": ALL}, "id"),
        State(Training.COMBINE_NONCE, "data"),
        prevent_initial_call=True,
    )
    def combine(clicks: Any, ticks: Any, boxes: Any, nonce: Any) -> tuple[Any, Any]:
        if not any(clicks):
            return no_update, no_update
        owner = current_owner()
        check_table(services, owner, NOT_STARTED)
        try:
            request = stack_of(ticks, boxes)
            job = submit_on_press(services.runs, services.tables, owner, [request], nonce)
        except DashboardError as error:
            return view.refusal(str(error)), no_update
        set_props(Shell.LAUNCH, {"data": {"job_id": job.id}})
        return view.combined(len(request.members)), str(uuid.uuid4())


def stack_of(ticks: Sequence[Any], boxes: Sequence[Any]) -> TrainingRequest:
    """Turn what is ticked on the leaderboard into a request.

    Raises
    ------
    InvalidRequest
        With fewer than two runs, or boxes that make no sense.
    """
    if len(ticks) != len(boxes) or not all(isinstance(box, dict) and isinstance(box.get("run"), str) for box in boxes):
        raise InvalidRequest("The ticks do not fit the runs.")
    members = [box["run"] for tick, box in zip(ticks, boxes, strict=True) if tick is True]
    if len(members) < 2:
        raise InvalidRequest("Tick two or more models of the leaderboard to combine them.")
    return parse_request({"family": view.COMBINED, "members": members})
