"""The optimism gap: four runs of one model as one job, followed in the registry."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update

from callbacks.busy import busy_in_words, jobs_of
from callbacks.identity import current_owner
from callbacks.same_table import NOT_STARTED, check_table
from core.errors import DataError, Refused, StorageError
from core.runs.model import Limits, Run
from core.runs.press import submit_on_press
from core.validation import PROTOCOLS
from layouts.dataset import audit as view
from layouts.ids import Dataset, Shell


def register(app: Dash, services: Any) -> None:
    """Attach the measurement."""
    _register_measure(app, services)
    _register_watch(app, services)


def _register_measure(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Shell.LAUNCH, "data", allow_duplicate=True),
        Output(Dataset.NONCE, "data"),
        Output(Dataset.MEASURE_REASON, "children"),
        Output(Dataset.GAP_SEEN, "data"),
        Input(Dataset.MEASURE, "n_clicks"),
        State(Dataset.NONCE, "data"),
        running=[(Output(Dataset.GUARD, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def measure(clicks: Any, nonce: Any) -> tuple[Any, Any, Any, Any]:
        from core.audit import optimism_requests

        if not clicks:
            return (no_update,) * 4
        owner = current_owner()
        check_table(services, owner, NOT_STARTED)
        try:
            job = submit_on_press(services.runs, services.tables, owner, optimism_requests(), nonce)
        except (DataError, Refused, StorageError) as error:
            return no_update, no_update, str(error), no_update
        return {"job_id": job.id}, str(uuid.uuid4()), "", None

    @app.callback(
        Output(Dataset.GAP_SEEN, "data", allow_duplicate=True),
        Input({"type": Dataset.CANCEL, "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any) -> Any:
        clicked = ctx.triggered_id
        if not isinstance(clicked, dict) or not any(clicks):
            return no_update
        cancel_runs(services, current_owner(), str(clicked["run"]))
        return None  # the next tick draws anew


def _register_watch(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Dataset.GAP, "children"),
        Output(Dataset.MEASURE, "disabled"),
        Output(Dataset.MEASURE_REASON, "children", allow_duplicate=True),
        Output(Dataset.GAP_SEEN, "data", allow_duplicate=True),
        Input(Dataset.GAP_TICK, "n_intervals"),
        Input(Shell.JOB_ENDED, "data"),
        Input(Shell.THEME, "data"),
        State(Dataset.GAP_SEEN, "data"),
        running=[(Output(Dataset.GAP_TICK, "disabled"), True, False)],
        prevent_initial_call="initial_duplicate",
    )
    def watch(_tick: Any, _ended: Any, theme: Any, seen: Any) -> tuple[Any, ...]:
        owner = current_owner()
        found = latest_measurement(services, owner)
        mine = [run for run in services.runs.active(owner) if run.owner == owner]
        theme = "dark" if theme == "dark" else "light"
        digest = repr(([(run.id, run.state.value, run.progress) for run in found], len(mine), theme))
        if digest == seen:
            return (no_update,) * 4
        reason = blocked(found, mine, services.runs.context.limits)
        return content(found, theme), bool(reason), reason, digest


def cancel_runs(services: Any, owner: str, run_id: str) -> None:
    """Cancel one run, or all that is left of the newest measurement."""
    if run_id != view.CANCEL_ALL:
        services.runs.cancel(run_id, owner)
        return
    found = latest_measurement(services, owner)
    if found:
        services.runs.cancel_job(found[0].job_id, owner)


def latest_measurement(services: Any, owner: str) -> list[Run]:
    """Give the runs of the owner's newest measurement on the current table, in the order of the protocols."""
    from core.audit import optimism_requests

    wanted = list(optimism_requests())
    sha256 = services.tracks_for(owner).facts.sha256
    jobs: dict[str, list[Run]] = {}
    for run in services.runs.list(owner, limit=200):
        fits = run.request in wanted and (run.data.get("sha256") or sha256) == sha256
        if fits and run.owner == owner:
            jobs.setdefault(run.job_id, []).append(run)
    whole = [runs for runs in jobs.values() if all(any(run.request == one for run in runs) for one in wanted)]
    newest = max(whole, key=lambda runs: max(run.created_at for run in runs), default=[])
    return sorted(newest, key=lambda run: wanted.index(run.request))


def blocked(found: Sequence[Run], mine: Sequence[Run], limits: Limits) -> str:
    """Say why a measurement cannot be started now, or nothing.

    Parameters
    ----------
    found : sequence of Run
        The newest measurement.
    mine : sequence of Run
        All that the owner has in progress.
    limits : Limits
    """
    if any(run.is_active for run in found):
        return "It is being measured."
    return busy_in_words(jobs_of(mine), limits)


def content(found: Sequence[Run], theme: str) -> Any:
    """Draw where the measurement stands, or what it gave: the scores there are, and why the others are missing."""
    if not found:
        return view.gap_empty()
    if any(run.is_active for run in found):
        return view.gap_progress(found)
    from core.audit import compute_optimism
    from core.figures.audit import optimism_reading, plot_optimism_gap

    frame = compute_optimism(found)
    scored = set(frame["run_id"])
    others = [run for run in found if run.id not in scored]
    if frame.empty:
        return view.gap_failed(others)
    links = [(PROTOCOLS[run.request.protocol].label, run.id) for run in found if run.id in scored]
    words = optimism_reading(frame, "forest")
    figure = plot_optimism_gap(frame, theme=theme)
    return view.gap_result(figure, frame.drop(columns="run_id"), words, links, others)
