"""The models in progress and those that have ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update

from callbacks.identity import current_owner
from core.runs.model import Run
from layouts import training as view
from layouts import wording
from layouts.ids import Shell, Training

RECENT = 8


def register_live(app: Dash, services: Any) -> None:
    """Attach what follows the registry."""

    @app.callback(
        Output(Training.LIVE, "children"),
        Output(Training.RECENT, "children"),
        Output(Training.ACTIVE, "data"),
        Output(Training.SEEN, "data"),
        Output(Training.NOTICE, "children", allow_duplicate=True),
        Input(Training.TICK, "n_intervals"),
        Input(Shell.LAUNCH, "data"),
        Input(Shell.JOB_PROGRESS, "data"),
        Input(Shell.JOB_ENDED, "data"),
        State(Training.SEEN, "data"),
        State(Training.ACTIVE, "data"),
        prevent_initial_call="initial_duplicate",
    )
    def watch(_tick: Any, _launch: Any, _progress: Any, _ended: Any, seen: Any, was_active: Any) -> tuple[Any, ...]:
        owner = current_owner()
        runs = services.runs.list(owner, limit=50)
        now_seen = digest_of(runs)
        if now_seen == seen:
            return (no_update,) * 5
        active = in_progress(runs, owner)
        notice = None if was_active and not active else no_update
        return view.live(active), view.recent(newest_ended(runs)), len(active), now_seen, notice

    @app.callback(
        Output(Training.SEEN, "data", allow_duplicate=True),
        Input({"type": Training.CANCEL, "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any) -> Any:
        clicked = ctx.triggered_id
        if not isinstance(clicked, dict) or not any(clicks):
            return no_update
        services.runs.cancel(str(clicked["run"]), current_owner())
        return None  # what was seen is out of date: the next tick draws anew


def in_progress(runs: Sequence[Run], owner: str) -> list[Run]:
    """Give this owner's queued and running runs, the oldest job first."""
    return [run for run in sorted(runs, key=_age) if run.is_active and run.owner == owner]


def newest_ended(runs: Sequence[Run]) -> list[Run]:
    """Give the newest runs that have ended."""
    return [run for run in runs if not run.is_active][:RECENT]


def _age(run: Run) -> Any:
    """Sorting by it puts the oldest job first and keeps the order of the runs within a job."""
    return run.created_at


def digest_of(runs: Sequence[Run]) -> str:
    """What a person could see change, as text."""
    shown = runs[: RECENT + 20]
    return repr(
        [(run.id, run.state.value, run.progress, wording.ago(run.finished_at or run.created_at)) for run in shown]
    )
