"""The one background callback: it follows a job from its launch to its end. Cancelling goes through the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output

from core.runs.making import JobContext
from layouts.ids import Shell

POLL_MS = 500


def register(app: Dash, services: Any) -> None:
    """Attach the callback; it lives in the shell, so that changing pages does not touch it."""
    app.callback(
        Output(Shell.JOB_RETURN, "data"),
        Input(Shell.LAUNCH, "data"),
        background=True,
        progress=[Output(Shell.JOB_PROGRESS, "data")],
        interval=POLL_MS,
        prevent_initial_call=True,
    )(follow_job)


def follow_job(set_progress: Callable[[Any], None], launch: dict[str, str], context: JobContext) -> dict[str, str]:
    """Make the runs of a launched job, in the process that ``TrainingManager`` started for it.

    Returns
    -------
    dict
        ``{"job_id": ...}``: what became of the runs is in the registry.
    """
    from core.runs.jobs import run_job

    run_job(launch["job_id"], context, set_progress)
    return {"job_id": launch["job_id"]}
