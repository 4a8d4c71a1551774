"""What stands at the right: the plan, the models in progress and those that have ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.runs.model import Run, RunState
from core.validation import PROTOCOLS
from layouts import wording
from layouts.components import icon
from layouts.components.run_progress import run_progress, stage
from layouts.ids import Training
from layouts.links import address, run_address
from layouts.run_words import STATE_WORDS, is_no_forecast, measure, model_name, protocol_name
from layouts.training.families import all_models
from layouts.training.plan import submit_words

SHOWN_WAITING = 3
SHOWN_RECENT = 6


@dataclass(frozen=True)
class FirstState:
    """What stands at the right before anything is clicked.

    Parameters
    ----------
    plan : component
        As `plan_lines` draws it.
    models : int
        Models that a click would train.
    reason : str
        Why it cannot be clicked; empty when it can.
    active : list of Run
        The user's runs in progress.
    board, recent : component
        As `leaderboard` and `recent` draw them.
    search : component
        What the run in progress tells; None without one.
    seen : str
        Mark of these runs, so that they are drawn anew when they change.
    most_jobs : int
        Fits that the server lets one search make at the same time.
    jobs : int
        The user's jobs in progress.
    is_busy : bool
        Whether these are as many as a user may have.
    search_seconds : float, seconds
        What a search gets at most of the time that the server gives a run.
    """

    plan: Any = None
    models: int = 0
    reason: str = ""
    active: list[Run] = field(default_factory=list)
    board: Any = None
    recent: Any = None
    search: Any = None
    seen: str | None = None
    most_jobs: int = 1
    jobs: int = 0
    is_busy: bool = False
    search_seconds: float = 2160


def results(origin: str, first: FirstState) -> html.Div:
    """Draw the right-hand side."""
    submit = dbc.Button(
        submit_words(first.models), id=Training.SUBMIT, color="primary", size="lg", type="button",
        disabled=bool(first.reason) or not first.models,
    )  # fmt: skip
    n = len(all_models())
    train_all = dbc.Button(
        f"Train all {n}", id=Training.TRAIN_ALL, color="primary", outline=True, size="lg", type="button",
        disabled=first.is_busy, title=f"Choose all {n} models that are installed here, and train them in turn",
    )  # fmt: skip
    guard = html.Fieldset([submit, train_all], id=Training.GUARD, className="bare-fieldset submit-buttons")
    reason = html.Div(first.reason, id=Training.REASON, className="submit-reason", role="status")
    from_run = [html.P(origin, className="control-help")] if origin else []
    plan = html.Section(
        [
            html.H2("What will happen"),
            *from_run,
            html.Div(first.plan, id=Training.PLAN),
            html.Div([guard, reason, html.Div(id=Training.NOTICE, className="submit-notice")], className="submit-row"),
        ],
        className="panel plan-panel",
    )
    progress = html.Div(
        [
            html.Div(live(first.active), id=Training.LIVE),
            html.Div(id=Training.SAID, className="visually-hidden", role="status"),
            html.Div(first.search, id=Training.FOLLOWED),
        ],
        className="train-live",
    )
    board = html.Div(first.board, id=Training.BOARD)
    combined = html.Div(id=Training.COMBINE_SAID, className="submit-notice")
    return html.Div(
        [plan, progress, board, combined, html.Div(first.recent, id=Training.RECENT)], className="view-results"
    )


def live(runs: Sequence[Run]) -> Any:
    """Draw the user's queued and running models; nothing when there are none."""
    if not runs:
        return None
    running = [run for run in runs if run.state is RunState.RUNNING] or list(runs[:1])
    waiting = [run for run in runs if run not in running]
    rows = [
        run_progress(run, {"type": Training.CANCEL, "run": run.id}, stop_id={"type": Training.STOP, "run": run.id})
        for run in running
    ]
    head: Any = html.H2("In progress")
    if waiting:
        head = html.Div([head, html.Div(_cancel_all(runs), className="button-row")], className="panel-head")
        rows.append(_waiting(waiting))
    return html.Section([head, *rows], className="panel")


def _cancel_all(runs: Sequence[Run]) -> list[html.Button]:
    """A button for each job in progress."""
    counts = Counter(run.job_id for run in runs)
    return [
        html.Button(
            [icon("x-lg"), f" Cancel all {n}" if len(counts) == 1 else f" Cancel job {number} ({n})"],
            id={"type": Training.CANCEL_ALL, "job": job_id},
            type="button",
            className="quiet-button",
            title=f"Ends {wording.counted(n, 'model')}",
        )
        for number, (job_id, n) in enumerate(counts.items(), 1)
    ]


def _waiting(runs: Sequence[Run]) -> html.Details:
    rows = [
        html.Li(
            [
                html.A(model_name(run), href=run_address(run.id)),
                html.Span(stage(run), className="run-stage"),
                html.Button(
                    [icon("x-lg"), " Cancel"],
                    id={"type": Training.CANCEL, "run": run.id},
                    type="button",
                    className="quiet-button",
                    **{"aria-label": f"Cancel {model_name(run)}"},
                ),
            ]
        )
        for run in runs
    ]
    names = wording.listed([model_name(run) for run in runs[:SHOWN_WAITING]])
    more = f" and {len(runs) - SHOWN_WAITING} more" if len(runs) > SHOWN_WAITING else ""
    words = f"Next: {names.replace(' and ', ', ') if more else names}{more}"
    return html.Details(
        [html.Summary(words), html.Ul(rows, className="waiting-runs")], className="waiting", **{"data-fold": "waiting"}
    )


def recent(runs: Sequence[Run], now: datetime | None = None, *, has_board: bool = False) -> Any:
    """Draw the last runs that have ended, without those of the leaderboard above."""
    if not runs and has_board:
        return None
    if not runs:
        words = "Nothing trained yet. Keep the models chosen at the left, or choose others, and press Train."
        return html.Section([html.H2("Recent runs"), html.P(words, className="control-help")], className="panel")
    rows = [_recent_row(run, now) for run in runs[:SHOWN_RECENT]]
    title = "Other recent runs" if has_board else "Recent runs"
    head = html.Div([html.H2(title), dcc.Link("All runs", href=address("/runs"))], className="panel-head")
    return html.Section([head, html.Ul(rows, className="recent-runs")], className="panel")


def _recent_row(run: Run, now: datetime | None) -> html.Li:
    if run.state is RunState.FINISHED:
        result = f"R² {wording.score(measure(run, 'r2'))} on the test"
        if PROTOCOLS[run.request.protocol].is_leaky:
            result += ", inflated"
        if is_no_forecast(run):
            result += ", no forecast"
    else:
        result = STATE_WORDS[run.state]
    data = "Synthetic sample" if run.data.get("is_synthetic") else ""
    facts = [
        protocol_name(run.request.protocol),
        *([data] if data else []),
        wording.ago(run.finished_at or run.created_at, now),
    ]
    return html.Li(
        [
            html.Div(
                [dcc.Link(model_name(run), href=run_address(run.id)), html.Strong(result)], className="recent-main"
            ),
            html.Div(" · ".join(facts), className="control-help"),
            *([html.Div(run.reason)] if run.state is RunState.FAILED and run.reason else []),
        ]
    )
