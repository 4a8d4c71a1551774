"""The job tray follows the registry: every two seconds, and at once when a job starts, moves or ends."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from dash import ALL, Dash, Input, Output, Patch, State, ctx, no_update

from callbacks.identity import current_owner
from core.batch.jobs import Scoring
from core.errors import DashboardError
from core.runs.model import Job, Run, RunState
from layouts import wording
from layouts.batch import scoring_path
from layouts.components import toast
from layouts.ids import Shell
from layouts.run_words import is_leaky, is_no_forecast, scored_on
from layouts.tray import CANCEL, TrayJob, TrayKind, tray_list, tray_summary

RECENT_SECONDS = 3600
SHOWN = 20
_ORDER = {"running": 0, "queued": 1}


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
        running=[(Output(Shell.TRAY_TICK, "disabled"), True, False)],  # the next tick would drop a late answer
        prevent_initial_call="initial_duplicate",
    )
    def refresh(_tick: Any, launch: Any, _ended: Any, shown: Any) -> tuple[Any, Any, Any, Any]:
        owner, relative = current_owner(), app.get_relative_path
        runs = services.runs.recent(owner, RECENT_SECONDS)
        scorings = recent_scorings(services, owner)
        jobs = tray_jobs(runs, scorings, relative)
        launched = launch.get("job_id") if isinstance(launch, dict) else None
        seen = {
            "digest": digest_of(jobs),
            "active": [job.id for job in jobs if job.is_active],
            "launched": launched,
        }
        if seen == shown:
            return no_update, no_update, no_update, no_update
        shown = with_launched(shown, launched, runs)
        ended = [
            *ending_toasts(ended_since(shown, runs), lambda job_id: services.runs.job(job_id, owner), relative),
            *(scored_toast(one, relative) for one in ended_since(shown, scorings)),
        ]
        messages = _append(*ended) if ended else no_update
        return tray_list(jobs, relative("/train")), tray_summary(jobs), seen, messages

    @app.callback(
        Output(Shell.TOASTS, "children", allow_duplicate=True),
        Input({"type": CANCEL, "kind": ALL, "job": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any) -> Any:
        pressed = ctx.triggered_id
        if not isinstance(clicks, list) or not any(clicks) or not isinstance(pressed, dict):
            return no_update
        return _append(_cancel(services, str(pressed["kind"]), str(pressed["job"])))


def recent_scorings(services: Any, owner: str) -> list[Scoring]:
    """The scorings of an owner that are active, or ended within the hour."""
    since = time.time() - RECENT_SECONDS
    return [one for one in services.scorings.list(owner) if one.is_active or (one.ended_at or 0) > since]


def tray_jobs(runs: Sequence[Run], scorings: Sequence[Scoring], relative: Any) -> tuple[TrayJob, ...]:
    """Turn runs and scorings into what the tray shows: all that runs and waits, then the newest of the others.

    Parameters
    ----------
    runs : sequence of Run
    scorings : sequence of Scoring
    relative : callable
        From a path to its address with the base path.
    """
    found = [(run.created_at.timestamp(), _tray_job(run, relative)) for run in runs]
    found += [(one.created_at, _tray_scoring(one, relative)) for one in scorings]
    ordered = sorted(found, key=lambda each: (_ORDER.get(each[1].state, len(_ORDER)), -each[0]))
    active = sum(job.is_active for _, job in ordered)
    return tuple(job for _, job in ordered[: max(SHOWN, active)])


def with_launched(shown: Any, launched: Any, runs: Sequence[Run]) -> Any:
    """What the page remembers, with a job that it has launched since as one that was active: its end is told as well.

    A quick job may begin and end between two looks.

    Parameters
    ----------
    shown : object
        What the page remembers of the last drawing.
    launched : object
        Id of the job that the page launched last, if any.
    runs : sequence of Run
    """
    known = shown if isinstance(shown, dict) else {}
    if not launched or launched == known.get("launched"):
        return shown
    before = known["active"] if isinstance(known.get("active"), list) else []
    return {**known, "active": [*before, *(run.id for run in runs if run.job_id == launched)]}


def ended_since(shown: Any, runs: Sequence[Any]) -> list[Any]:
    """Give the runs or scorings that were active when the tray was last drawn and have finished or failed since.

    Parameters
    ----------
    shown : object
        What the page remembers of the last drawing; nothing has ended since for a page that remembers nothing.
    runs : sequence of Run or of Scoring
    """
    active = shown.get("active") if isinstance(shown, dict) else None
    if not isinstance(active, list):
        return []
    return [run for run in runs if run.id in active and run.state.value in {"finished", "failed"}]


def ending_toasts(ended: Sequence[Run], find_job: Callable[[str], Job], relative: Any) -> list[Any]:
    """Make the messages of what ended: a single run's result; of several runs what failed, and the whole at its end.

    Parameters
    ----------
    ended : sequence of Run
    find_job : callable
        From the id of a job to the job.
    relative : callable
        From a path to its address with the base path.
    """
    told = []
    for job in (find_job(job_id) for job_id in dict.fromkeys(run.job_id for run in ended)):
        mine = [run for run in ended if run.job_id == job.id]
        is_single = len(job.runs) == 1
        told += [ending_toast(run, relative) for run in mine if is_single or run.state is RunState.FAILED]
        if not is_single and not job.is_active:
            told.append(_whole_toast(job, relative))
    return told


def _whole_toast(job: Job, relative: Any) -> Any:
    counts = Counter(run.state for run in job.runs)
    said = [f"{counts[RunState.FINISHED]} of {len(job.runs)} models finished"]
    said += [f"{counts[state]} {state.value}" for state in (RunState.FAILED, RunState.CANCELLED) if counts[state]]
    if not counts[RunState.FINISHED]:
        return toast(f"{', '.join(said)}.", "warning", relative("/history"), "See the runs")
    return toast(f"{', '.join(said)}.", "success", relative("/runs"), "Compare them")


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


def scored_toast(one: Scoring, relative: Any) -> Any:
    """Make the message that says how the scoring of a file ended, with the way to it."""
    href = relative(scoring_path(one))
    if one.state.value == "failed":
        reason = one.reason or "no reason was recorded."
        return toast(f"{one.filename} could not be scored: {reason}", "warning", href, "See the file")
    rows = f": {wording.counted(one.summary['rows'], 'track')}" if one.summary else ""
    return toast(f"{one.filename} is scored{rows}.", "success", href, "See the result")


def digest_of(jobs: tuple[TrayJob, ...]) -> str:
    """Give a short mark of what the tray shows, to leave the page alone when nothing changed."""
    return hashlib.sha256(repr(jobs).encode()).hexdigest()[:16]


def _tray_job(run: Any, relative: Any) -> TrayJob:
    return TrayJob(
        id=run.id,
        title=run.model_label,
        state=str(run.state.value),
        line=_line(run),
        percent=_percent(run),
        href=relative(f"/runs/{run.id}"),
    )


def _tray_scoring(one: Scoring, relative: Any) -> TrayJob:
    return TrayJob(
        id=one.id,
        title=f"Score {one.filename}",
        state=str(one.state.value),
        line=_scoring_line(one),
        percent=_percent(one),
        href=relative(scoring_path(one)),
        kind=TrayKind.SCORING,
    )


def _scoring_line(one: Scoring) -> str:
    if one.is_active:
        return _under_way(one, "tracks")
    if one.reason:
        return one.reason
    rows = wording.counted(one.summary["rows"], "track") if one.summary else ""
    return f"{rows} scored with {one.model}" if rows else "Nothing was kept"


def _percent(job: Run | Scoring) -> int | None:
    progress = job.progress or {}
    total = progress.get("total") or 0
    return min(100, round(100 * (progress.get("done") or 0) / total)) if job.is_active and total else None


def _line(run: Run) -> str:
    return _under_way(run, "fits") if run.is_active else _ending(run)


def _under_way(job: Run | Scoring, steps: str) -> str:
    progress = job.progress or {}
    ahead = progress.get("ahead")
    if job.state.value == "queued":
        return f"Waiting, {ahead} {'job' if ahead == 1 else 'jobs'} ahead" if ahead else "Waiting for its turn"
    words = [progress.get("stage") or "Starting"]
    if progress.get("total"):
        words.append(f"{progress.get('done') or 0:,} of {progress['total']:,} {steps} done")
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


def _cancel(services: Any, kind: str, job_id: str) -> Any:
    try:
        if kind == TrayKind.SCORING:
            services.scorings.cancel(current_owner(), job_id)
        else:
            services.runs.cancel(job_id, current_owner())
    except DashboardError as error:
        return toast(str(error), "warning")
    return toast("The job is being cancelled.", "info")


def _append(*messages: Any) -> Patch:
    patch = Patch()
    patch.extend(messages)
    return patch
