"""The job tray follows the registry: every two seconds, and at once when a job starts, moves or ends."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from dash import ALL, Dash, Input, Output, Patch, State, ctx, no_update

from callbacks.identity import current_owner
from core.errors import DashboardError
from core.families import FAMILIES
from layouts import wording
from layouts.components import toast
from layouts.ids import Shell
from layouts.run_words import is_leaky
from layouts.tray import TrayJob, tray_list, tray_summary

RECENT_SECONDS = 3600


def register(app: Dash, services: Any) -> None:
    """Attach the tray's polling and its cancel buttons."""

    @app.callback(
        Output(Shell.TRAY, "children"),
        Output(Shell.TRAY_SUMMARY, "children"),
        Output(Shell.TRAY_DIGEST, "data"),
        Input(Shell.TRAY_TICK, "n_intervals"),
        Input(Shell.LAUNCH, "data"),
        Input(Shell.JOB_ENDED, "data"),
        State(Shell.TRAY_DIGEST, "data"),
    )
    def refresh(_tick: Any, _launch: Any, _ended: Any, shown: Any) -> tuple[Any, Any, Any]:
        jobs = tray_jobs(services.runs.recent(current_owner(), RECENT_SECONDS), app.get_relative_path)
        digest = digest_of(jobs)
        if digest == shown:
            return no_update, no_update, no_update
        return tray_list(jobs, app.get_relative_path("/train")), tray_summary(jobs), digest

    @app.callback(
        Output(Shell.TOASTS, "children", allow_duplicate=True),
        Output(Shell.TRAY_DIGEST, "data", allow_duplicate=True),
        Input({"type": "tray-cancel", "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any) -> tuple[Any, Any]:
        pressed = ctx.triggered_id
        if not isinstance(clicks, list) or not any(clicks) or not isinstance(pressed, dict):
            return no_update, no_update
        return _append(_cancel(services, str(pressed["run"]))), None


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


def digest_of(jobs: tuple[TrayJob, ...]) -> str:
    """Give a short mark of what the tray shows, to leave the page alone when nothing changed."""
    return hashlib.sha256(repr(jobs).encode()).hexdigest()[:16]


def seconds_in_words(seconds: float) -> str:
    """Say a duration as people would.

    Examples
    --------
    >>> [seconds_in_words(value) for value in (0.4, 12, 200, 7300)]
    ['1 s', '12 s', '3 min', '2 h']
    """
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"


def _tray_job(run: Any, relative: Any) -> TrayJob:
    family = FAMILIES.get(run.request.family)
    title = family.label if family is not None else run.request.family
    return TrayJob(
        run_id=run.id,
        title=title,
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
    if progress.get("seconds_left") is not None:
        words.append(f"about {seconds_in_words(progress['seconds_left'])} left")
    return ", ".join(words)


def _ending(run: Any) -> str:
    if run.reason:
        return str(run.reason)
    if run.state.value == "finished" and run.metrics:
        score = (run.metrics.get("test") or {}).get("r2")
        return _score(run, score) if isinstance(score, int | float) else "Ready"
    ended = run.finished_at or datetime.now(UTC)
    return f"Ended {ended:%H:%M} UTC"


def _score(run: Any, score: float) -> str:
    """The score with what it must never be read without."""
    words = [f"R² {wording.score(score)} on the test part"]
    if is_leaky(run):
        words.append("inflated")
    if run.data.get("is_synthetic"):
        words.append("synthetic sample")
    return ", ".join(words)


def _cancel(services: Any, run_id: str) -> Any:
    try:
        services.runs.cancel(run_id, current_owner())
    except DashboardError as error:
        return toast(str(error), "warning")
    return toast("The job is being cancelled.", "info")


def _append(message: Any) -> Patch:
    patch = Patch()
    patch.append(message)
    return patch
