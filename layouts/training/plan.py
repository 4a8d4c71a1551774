"""What a press of the button would start, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dash import html

from core.runs.model import Run
from layouts import wording
from layouts.components import icon
from layouts.links import run_address


def plan_lines(lines: Iterable[str], warning: str = "") -> html.Div:
    """Draw the summary of what a click on the button would start."""
    parts: list[Any] = [html.Ul([html.Li(line) for line in lines], className="plan-list")]
    if warning:
        parts.append(html.Div([icon("exclamation-triangle-fill"), " ", warning], className="callout callout-warning"))
    return html.Div(parts)


def submit_words(models: int) -> list[Any]:
    """The words of the main button."""
    return [icon("play-fill"), f" Train {wording.counted(models, 'model')}" if models else " Train"]


def refusal(message: str, job_runs: Iterable[Run] = ()) -> html.Div:
    """Say why a submission was refused, with a way on."""
    runs = list(job_runs)
    way: list[Any] = []
    if runs:
        way = [" ", html.A("See the run in progress", href=run_address(runs[0].id))]
    return html.Div(
        [icon("exclamation-triangle-fill"), " ", html.Span(message), *way],
        className="callout callout-warning",
        role="alert",
    )


def accepted(models: int) -> html.Div:
    """Confirm a submission at once, before its process has started."""
    said = f"{wording.counted(models, 'model')} queued. You may leave this page: the jobs are at the top of every page."
    return html.Div([icon("check-circle-fill"), " ", said], className="callout callout-success", role="status")


def combined(members: int) -> html.Div:
    """Confirm at once that runs are being combined."""
    said = f"{wording.counted(members, 'model')} are being combined. Nothing is trained anew, so it takes seconds."
    return html.Div([icon("check-circle-fill"), " ", said], className="callout callout-success", role="status")
