"""The job tray: what runs, waits or just ended, for the one who asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import dcc, html

from layouts.components import empty_state, icon


class TrayKind(StrEnum):
    """What a job makes."""

    RUN = "run"
    SCORING = "scoring"


@dataclass(frozen=True)
class TrayJob:
    """One run, or one file that is scored, as the tray shows it.

    Parameters
    ----------
    id : str
    title : str
        The family's label, or what is done with which file.
    state : str
        "queued", "running", "finished", "failed" or "cancelled".
    line : str
        What is happening, or how it ended, in words.
    percent : int or None
        Progress, 0 to 100; None while not known.
    href : str
        Address of the run or of the scored file, with the base path.
    kind : TrayKind
    """

    id: str
    title: str
    state: str
    line: str
    percent: int | None
    href: str
    kind: TrayKind = TrayKind.RUN

    @property
    def is_active(self) -> bool:
        return self.state in {"queued", "running"}


CANCEL = "tray-cancel"
_ICONS = {
    "queued": "hourglass-split",
    "running": "play-circle",
    "finished": "check-circle-fill",
    "failed": "x-octagon-fill",
    "cancelled": "slash-circle",
}


def tray_list(jobs: Iterable[TrayJob], train_href: str) -> Any:
    """Draw the panel's content: the jobs in order, or what to do when there are none."""
    rows = [_job(job) for job in jobs]
    if rows:
        return html.Ul(rows, className="tray-list")
    action = dcc.Link("Train a model", href=train_href, className="btn btn-primary")
    return empty_state(
        "No jobs", "Models in training and files being scored stand here, and for an hour what has ended.", action
    )


def tray_summary(jobs: Iterable[TrayJob]) -> str:
    """Say in a few words what goes on: "1 running, 2 queued", "Jobs" when nothing does."""
    jobs = tuple(jobs)
    counts = {state: sum(job.state == state for job in jobs) for state in ("running", "queued")}
    words = [f"{count} {state}" for state, count in counts.items() if count]
    percents = [job.percent for job in jobs if job.state == "running" and job.percent is not None]
    if counts["running"] == 1 and percents:
        words[0] += f", {percents[0]}%"
    return ", ".join(words) or "Jobs"


def _job(job: TrayJob) -> html.Li:
    head = html.Div(
        [
            icon(_ICONS.get(job.state, "circle"), f"state-{job.state}"),
            dcc.Link(job.title, href=job.href, className="tray-title"),
            html.Span(job.state, className=f"state-word state-{job.state}"),
        ],
        className="tray-head",
    )
    parts: list[Any] = [head]
    if job.is_active and job.percent is not None:
        parts.append(_bar(job))
    parts.append(html.Div(job.line, className="tray-line"))
    if job.is_active:
        parts.append(_cancel(job))
    return html.Li(parts, className="tray-job")


def _bar(job: TrayJob) -> html.Div:
    percent = f"{job.percent or 0:.0f}"
    named = {
        "aria-label": f"Progress of {job.title}",
        "aria-valuenow": percent,
        "aria-valuemin": "0",
        "aria-valuemax": "100",
    }
    inner = html.Div(className="progress-bar", style={"width": f"{percent}%"})
    return html.Div(inner, role="progressbar", className="progress tray-bar", **named)


def _cancel(job: TrayJob) -> html.Button:
    return html.Button(
        [icon("x-lg"), " Cancel"],
        id={"type": CANCEL, "kind": job.kind.value, "job": job.id},
        type="button",
        className="quiet-button",
        **{"aria-label": f"Cancel {job.title}"},
    )
