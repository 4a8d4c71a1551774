"""The job tray follows the registry: every two seconds, and at once when a job starts, moves or ends."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dash import ALL, Dash, Input, Output, Patch, State, ctx, no_update

from callbacks.identity import current_owner
from core.errors import DashboardError
from layouts import wording
from layouts.components import toast
from layouts.ids import Shell
from layouts.run_words import is_leaky, is_no_forecast, scored_on
from layouts.tray import TrayJob, tray_list, tray_summary

RECENT_SECONDS = 3600


def register(app: Dash, services: Any) -> None:
    """Attach the tray's polling and its cancel buttons."""

    @app.callback(
        Output(Shell.TRAY, "children"),
        Output(Shell.TRAY_SUMMARY, "children"),
        Output(Shell.TRAY_DIGEST, "data"),
        Output(Shell.TOASTS, "children", allow_duplicate=True),
        Input(Shell.TRAY_TICK, "n_intervals"),
        Input(Shell.LAUNCH, "data"),
        Input(Shell.JOB_ENDED, "data"),
        State(Shell.TRAY_DIGEST, "data"),
        prevent_initial_call="initial_duplicate",
    )
    def refresh(_tick: Any, _launch: Any, _ended: Any, shown: Any) -> tuple[Any, Any, Any, Any]:
        runs = services.runs.recent(current_owner(), RECENT_SECONDS)
        jobs = tray_jobs(runs, app.get_relative_path)
        seen = {"digest": digest_of(jobs), "active": [run.id for run in runs if run.is_active]}
        if seen == shown:
            return no_update, no_update, no_update, no_update
        ended = ended_since(shown, runs)
        messages = _append(*(ending_toast(run, app.get_relative_path) for run in ended)) if ended else no_update
        return tray_list(jobs, app.get_relative_path("/train")), tray_summary(jobs), seen, messages

    @app.callback(
        Output(Shell.TOASTS, "children", allow_duplicate=True),
        Input({"type": "tray-cancel", "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any) -> Any:
        pressed = ctx.triggered_id
        if not isinstance(clicks, list) or not any(clicks) or not isinstance(pressed, dict):
            return no_update
        return _append(_cancel(services, str(pressed["run"])))


def tray_jobs(runs: Any, relative: Any) -> tuple[TrayJob, ...]:
    """Turn runs into what the tray shows: active ones first, the newest of the others next.

    Parameters
    ----------
    runs : sequence of Run
    relative : callable
        From a path to its address with the base path.
    """
    ordered = sorted(runs, key=lambda run: (not run.is_active, -run.created_at.timestamp()))
    return tuple(_tray_job(run, relative) for run in ordered[:20])


def ended_since(shown: Any, runs: Sequence[Any]) -> list[Any]:
    """Give the runs that were active when the tray was last drawn and have finished or failed since.

    Parameters
    ----------
    shown : object
        What the page remembers of the last drawing; nothing has ended since for a page that remembers nothing.
    runs : sequence of Run
    """
    active = shown.get("active") if isinstance(shown, dict) else None
    if not isinstance(active, list):
        return []
    return [run for run in runs if run.id in active and run.state.value in {"finished", "failed"}]


def ending_toast(run: Any, relative: Any) -> Any:
    """Make the message that says how a run ended, with the way to it."""
    name = run.model_label
    href = relative(f"/runs/{run.id}")
    if run.state.value == "failed":
        return toast(f"{name} failed: {run.reason or 'no reason was recorded.'}", "warning", href, "See the run")
    score = ((run.metrics or {}).get("test") or {}).get("r2")
    if not wording.is_number(score):
        return toast(f"{name} finished.", "success", href, "See the run")
    return toast(f"{name} finished: {_score(run, score, scored_on(run))}.", "success", href, "See the result")


def digest_of(jobs: tuple[TrayJob, ...]) -> str:
    """Give a short mark of what the tray shows, to leave the page alone when nothing changed."""
    return hashlib.sha256(repr(jobs).encode()).hexdigest()[:16]


def _tray_job(run: Any, relative: Any) -> TrayJob:
    return TrayJob(
        run_id=run.id,
        title=run.model_label,
        state=str(run.state.value),
        line=_line(run),
        percent=_percent(run),
        href=relative(f"/runs/{run.id}"),
    )


def _percent(run: Any) -> int | None:
    progress = run.progress or {}
    total = progress.get("total") or 0
    return min(100, round(100 * (progress.get("done") or 0) / total)) if run.is_active and total else None


def _line(run: Any) -> str:
    if not run.is_active:
        return _ending(run)
    progress = run.progress or {}
    ahead = progress.get("ahead")
    if run.state.value == "queued":
        return f"Waiting, {ahead} {'job' if ahead == 1 else 'jobs'} ahead" if ahead else "Waiting for its turn"
    words = [progress.get("stage") or "Starting"]
    if progress.get("total"):
        words.append(f"{progress.get('done') or 0} of {progress['total']} fits done")
    if wording.is_number(progress.get("seconds_left")):
        words.append(wording.time_left(progress["seconds_left"]))
    return ", ".join(words)


def _ending(run: Any) -> str:
    if run.reason:
        return str(run.reason)
    if run.state.value == "finished" and run.metrics:
        score = (run.metrics.get("test") or {}).get("r2")
        return _score(run, score, "the test part") if isinstance(score, int | float) else "Ready"
    ended = run.finished_at or datetime.now(UTC)
    return f"Ended {ended:%H:%M} UTC"


def _score(run: Any, score: float, where: str) -> str:
    """The score with what it must never be read without."""
    words = [f"R² {wording.score(score)} on {where}"]
    if is_leaky(run):
        words.append("inflated")
    if is_no_forecast(run):
        words.append("no forecast")
    if run.data.get("is_synthetic"):
        words.append("synthetic sample")
    return ", ".join(words)


def _cancel(services: Any, run_id: str) -> Any:
    try:
        services.runs.cancel(run_id, current_owner())
    except DashboardError as error:
        return toast(str(error), "warning")
    return toast("The job is being cancelled.", "info")


def _append(*messages: Any) -> Patch:
    patch = Patch()
    patch.extend(messages)
    return patch
