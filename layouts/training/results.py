"""What stands at the right: the plan, the models in progress and those that have ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.runs.model import Run, RunState
from core.validation import PROTOCOLS
from layouts import wording
from layouts.components.run_progress import run_progress
from layouts.ids import Training
from layouts.links import address, run_address
from layouts.run_words import STATE_WORDS, measure, model_name, protocol_name
from layouts.training.plan import submit_words


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
    active, ended : list of Run
        The user's runs in progress, and the newest of the others.
    seen : str
        Mark of these runs, so that they are drawn anew when they change.
    """

    plan: Any = None
    models: int = 0
    reason: str = ""
    active: list[Run] = field(default_factory=list)
    ended: list[Run] = field(default_factory=list)
    seen: str | None = None


def results(origin: str, first: FirstState) -> html.Div:
    """Draw the right-hand side."""
    submit = dbc.Button(
        submit_words(first.models), id=Training.SUBMIT, color="primary", size="lg", type="button",
        disabled=bool(first.reason) or not first.models,
    )  # fmt: skip
    guard = html.Fieldset(submit, id=Training.GUARD, className="bare-fieldset")
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
    return html.Div(
        [
            plan,
            html.Div(live(first.active), id=Training.LIVE, className="train-live", **{"aria-live": "polite"}),
            html.Div(None if first.seen is None else recent(first.ended), id=Training.RECENT),
        ],
        className="view-results",
    )


def live(runs: list[Run]) -> Any:
    """Draw the user's queued and running models; nothing when there are none."""
    if not runs:
        return None
    rows = [run_progress(run, {"type": Training.CANCEL, "run": run.id}) for run in runs]
    return html.Section([html.H2("In progress"), *rows], className="panel")


def recent(runs: list[Run], now: datetime | None = None) -> Any:
    """Draw the last runs that have ended."""
    if not runs:
        words = "Nothing trained yet. Keep the models chosen at the left, or choose others, and press Train."
        return html.Section([html.H2("Recent runs"), html.P(words, className="control-help")], className="panel")
    rows = [_recent_row(run, now) for run in runs]
    head = html.Div([html.H2("Recent runs"), dcc.Link("All runs", href=address("/runs"))], className="panel-head")
    return html.Section([head, html.Ul(rows, className="recent-runs")], className="panel")


def _recent_row(run: Run, now: datetime | None) -> html.Li:
    if run.state is RunState.FINISHED:
        result = f"R² {wording.score(measure(run, 'r2'))} on the test"
        if PROTOCOLS[run.request.protocol].is_leaky:
            result += ", inflated"
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
        ]
    )
