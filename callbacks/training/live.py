"""The models in progress, the run that is watched, and those that have ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props

from callbacks import run_search
from callbacks.busy import jobs_of
from callbacks.identity import current_owner
from core.errors import DashboardError, InvalidRequest
from core.runs.model import Run, RunState
from layouts import training as view
from layouts import wording
from layouts.ids import Search, Shell, Training, at
from layouts.run_words import model_name

LISTED = 50
GO_ON = -1
"""``max_intervals`` of an interval that ticks."""


def register_live(app: Dash, services: Any) -> None:
    """Attach what follows the registry, and the buttons that end runs."""

    @app.callback(
        Output(Training.LIVE, "children"),
        Output(Training.BOARD, "children"),
        Output(Training.RECENT, "children"),
        Output(Training.ACTIVE, "data"),
        Output(Training.SEEN, "data"),
        Output(Training.SAID, "children"),
        Output(Training.FOLLOWED, "children"),
        Output(Training.TICK, "max_intervals"),
        Output(Training.NOTICE, "children", allow_duplicate=True),
        Output(Training.COMBINE_SAID, "children", allow_duplicate=True),
        Input(Training.TICK, "n_intervals"),
        Input(Training.CHANGED, "data"),
        Input(Shell.LAUNCH, "data"),
        Input(Shell.JOB_ENDED, "data"),
        State(Training.SEEN, "data"),
        State(Training.ACTIVE, "data"),
        State(Shell.THEME, "data"),
        running=[(Output(Training.TICK, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def watch(*known: Any) -> tuple[Any, ...]:
        seen, was, theme = known[-3:]
        owner = current_owner()
        runs = runs_of_page(services, owner)
        now_seen = digest_of(runs)
        if now_seen == seen:
            return (no_update,) * 10
        active = in_progress(runs, owner)
        notice = None if was and not active else no_update
        # What has ended changes seldom: leave it alone, with the focus and the ticks in it, while only progress moves.
        ended = ended_parts(runs) if _ending(now_seen) != _ending(seen) else (no_update, no_update)
        said = state_in_words(active, runs)
        ticks = GO_ON if active else run_search.STOP
        panel = no_update if was else followed(services, active, owner, "dark" if theme == "dark" else "light")
        if was:
            _follow_another(watched(active))
        return view.live(active), *ended, jobs_of(active), now_seen, said, panel, ticks, notice, notice

    app.clientside_callback(  # without an output: what listens to the store would else wait for the tray
        ClientsideFunction("training", "trayMoved"),
        Input(Shell.TRAY_DIGEST, "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Training.CHANGED, "data"),
        Output(Training.NOTICE, "children", allow_duplicate=True),
        Input({"type": Training.CANCEL, "run": ALL}, "n_clicks"),
        Input({"type": Training.STOP, "run": ALL}, "n_clicks"),
        Input({"type": Training.CANCEL_ALL, "job": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def end(*clicks: Any) -> tuple[Any, Any]:
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or not any(count for each in clicks for count in each or ()):
            return no_update, no_update
        runs, owner = services.runs, current_owner()
        actions = {Training.CANCEL: runs.cancel, Training.STOP: runs.stop, Training.CANCEL_ALL: runs.cancel_job}
        if pressed.get("type") not in actions:
            raise InvalidRequest("There is no such button.")
        try:
            actions[pressed["type"]](str(pressed.get("run") or pressed.get("job")), owner)
        except DashboardError as error:
            return time.time(), view.refusal(str(error))
        return time.time(), None


def runs_of_page(services: Any, owner: str) -> list[Run]:
    """Give the newest runs, and all that are in progress, however many newer ones there are."""
    newest = list(services.runs.list(owner, limit=LISTED))
    known = {run.id for run in newest}
    return [*newest, *(run for run in services.runs.active(owner) if run.id not in known)]


def in_progress(runs: Sequence[Run], owner: str) -> list[Run]:
    """Give this owner's queued and running runs, the oldest job first."""
    return [run for run in sorted(runs, key=_age) if run.is_active and run.owner == owner]


def watched(active: Sequence[Run]) -> Run | None:
    """Give the run whose events are shown: the one that runs, or has just been asked for."""
    return next((run for run in active if run.state is RunState.RUNNING), active[0] if active else None)


def followed(services: Any, active: Sequence[Run], owner: str, theme: str) -> Any:
    """Draw what the watched run tells; nothing without one, as plotly.js and empty charts make the page slow."""
    run = watched(active)
    return run_search.panel(services, "training", run, owner, theme) if run is not None else None


def _follow_another(run: Run | None) -> None:
    """Tell the panel that is on the page whom to follow. It is no output: most of the time there is no panel."""
    set_props(at("training", Search.RUN), {"data": run and run.id})
    set_props(at("training", Search.TICK), {"max_intervals": GO_ON})


def ended_parts(runs: Sequence[Run]) -> tuple[Any, Any]:
    """Draw the leaderboard, and the ended runs that do not stand on it."""
    board = view.compared(runs)
    on_board = {run.id for run in board}
    others = [run for run in runs if not run.is_active and run.id not in on_board]
    return view.leaderboard(board, can_combine=True), view.recent(others, has_board=bool(board))


def state_in_words(active: Sequence[Run], runs: Sequence[Run]) -> str:
    """Say what changed in words that are read aloud: only when a run begins or ends, never for its progress."""
    if active:
        first = watched(active)
        assert first is not None
        more = f", {wording.counted(len(active) - 1, 'more model')} to go" if len(active) > 1 else ""
        return f"{model_name(first)} is {'training' if first.state is RunState.RUNNING else 'waiting'}{more}."
    ended = max((run for run in runs if run.finished_at), key=lambda run: run.finished_at, default=None)
    return f"{model_name(ended)}: {ended.state.value}." if ended else ""


def digest_of(runs: Sequence[Run]) -> list[str]:
    """What a person could see change, as text: of the runs in progress, and of those that have ended."""
    active = [(run.id, run.state.value, run.progress, run.stop_requested_at) for run in runs if run.is_active]
    ended = [(run.id, run.state.value, wording.ago(run.finished_at or run.created_at)) for run in runs
             if not run.is_active]  # fmt: skip
    return [repr(active), repr(ended)]


def _ending(digest: Any) -> Any:
    return digest[1] if isinstance(digest, list) and len(digest) == 2 else None


def _age(run: Run) -> Any:
    """Sorting by it puts the oldest job first and keeps the order of the runs within a job."""
    return run.created_at
