"""A queued or running model: where it stands, how long it may take, and the button that cancels it."""

from __future__ import annotations

from typing import Any

from dash import html

from core.runs.model import Run, RunState
from core.runs.rules import has_a_best_so_far, is_stopping
from layouts import wording
from layouts.components.icon import icon
from layouts.links import run_address
from layouts.run_words import model_name


def run_progress(run: Run, cancel_id: Any, *, with_link: bool = True, name: str = "", stop_id: Any = None) -> html.Div:
    """Draw the live state of one run.

    Parameters
    ----------
    run : Run
        Queued or running.
    cancel_id : dict
        Id of its cancel button.
    with_link : bool
        Whether its name leads to its page.
    name : str
        What it is called here, where the name of its model does not tell it from the others.
    stop_id : dict, optional
        Id of the button that ends it and keeps the best so far, where the page offers that.
    """
    name = name or model_name(run)
    title: Any = html.A(name, href=run_address(run.id)) if with_link else html.Span(name)
    cancel = html.Button(
        [icon("x-lg"), " Cancel"],
        id=cancel_id,
        type="button",
        className="quiet-button",
        **{"aria-label": f"Cancel {name}"},
    )
    stop = [] if stop_id is None or not _can_keep_the_best(run) else [_stop(run, stop_id, name)]
    head = html.Div(
        [
            html.Strong(title),
            html.Span(stage(run), className="run-stage"),
            html.Div([*stop, cancel], className="run-live-buttons"),
        ],
        className="run-live-head",
    )
    return html.Div([head, _bar(run, name), html.Div(remaining(run), className="control-help")], className="run-live")


def _can_keep_the_best(run: Run) -> bool:
    return run.state is RunState.RUNNING and has_a_best_so_far(run)


def _stop(run: Run, stop_id: Any, name: str) -> Any:
    if is_stopping(run):
        return html.Span("Stopping, keeping the best so far", className="run-stage", role="status")
    return html.Button(
        [icon("stop-circle"), " Stop and keep the best"],
        id=stop_id,
        type="button",
        className="quiet-button",
        **{"aria-label": f"Stop {name} and keep the best so far"},
    )


def stage(run: Run) -> str:
    """What is happening now, in words."""
    progress = run.progress or {}
    if run.state is RunState.QUEUED:
        if progress.get("ahead"):
            return f"Waiting: {wording.counted(int(progress['ahead']), 'job')} ahead"
        words = progress.get("stage")
        return str(words) if words and words != "Queued" else "Waiting for its turn"
    return str(progress.get("stage") or "Starting")


def remaining(run: Run) -> str:
    """Steps done and time left, as far as they are known."""
    progress = run.progress or {}
    done, total, left = progress.get("done") or 0, progress.get("total") or 0, progress.get("seconds_left")
    words = []
    if total:
        words.append(f"{done} of {wording.counted(total, 'fit')} done")
    if wording.is_number(left) and run.state is RunState.RUNNING:
        words.append(wording.time_left(left))
    return ", ".join(words) or (
        "It starts by itself." if run.state is RunState.QUEUED else "Time left is not known yet."
    )


def _bar(run: Run, name: str) -> html.Div:
    progress = run.progress or {}
    done, total = progress.get("done") or 0, progress.get("total") or 0
    part = 100 * min(done / total, 1) if total else 0
    shown = part if run.state is RunState.QUEUED else max(part, 2)  # a sliver says that it has started
    inner = html.Div(className="progress-bar", style={"width": f"{shown:.0f}%"})
    described = {"aria-valuenow": f"{part:.0f}", "aria-valuemin": "0", "aria-valuemax": "100"}
    return html.Div(inner, role="progressbar", className="progress", **described, **{"aria-label": f"Progress: {name}"})
