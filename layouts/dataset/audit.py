"""What the audit found, as calm cards, and how much a careless split would flatter a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from core.runs.model import Run, RunState
from core.validation import PROTOCOLS
from layouts import wording
from layouts.components import graph_card, icon, table
from layouts.components.run_progress import run_progress
from layouts.ids import Dataset
from layouts.links import run_address
from layouts.run_words import is_plainly_cancelled

LEVELS = {
    "leak": ("Leak", "droplet-half", "Test scores can come out too good because of it."),
    "caution": ("Caution", "exclamation-triangle", "Keep it in mind when you read the numbers."),
    "note": ("Note", "info-circle", "Good to know; nothing to do."),
}
VALIDATIONS = {
    "rows": "raw rows",
    "track": "new tracks",
    "song": "new songs",
    "album": "new albums",
    "artist": "new artists",
    "time": "next releases",
}
"""Validations as a sentence names them."""
CANCEL_ALL = "all"
"""Stands for the whole measurement where the id of a run is expected."""
MAX_SHOWN = 30
"""Rows of a finding that the page shows; the download has all of them."""
GAP_WORDS = (
    "One and the same random forest (100 trees, audio features), scored four ways: on raw rows at random, on new "
    "tracks, on new artists and on newer releases. "
    "What the first score has more than the others is memory, not knowledge."
)


def audit_section(sha256: str, nonce: str) -> html.Div:
    """Draw the section; findings and scores come with their own callbacks.

    Parameters
    ----------
    sha256 : str
        Which table is to be looked at.
    nonce : str
        Idempotency key of the next measurement.
    """
    return html.Div(
        [
            dcc.Store(id=Dataset.AUDIT_ASKED, data=sha256),
            html.Div(
                html.Div("Looking through the table…", className="quiet-note panel", role="status"), id=Dataset.AUDIT
            ),
            _gap(nonce),
        ],
        className="stack",
    )


def findings(report: Any) -> html.Div:
    """Draw the findings, then the checks that had nothing to look at, then those that found nothing."""
    head = _summary(report)
    cards = [_card(one) for one in report.findings]
    passed = [f"{one.title}: {one.question}" for one in report.checks if one.passed]
    others = [f"{one.title}: {one.reason}" for one in report.checks if one.result == "not checked"]
    lists = [
        *([_check_list(f"{wording.counted(len(others), 'check')} could not be made", others, True)] if others else []),
        *([_check_list(f"{wording.counted(len(passed), 'check')} found nothing", passed, False)] if passed else []),
    ]
    if report.unread:
        lists.insert(0, _check_list(_unread(len(report.unread)), report.unread, True))
    return html.Div([head, html.Div(cards, className="finding-list"), *lists], className="stack")


def _unread(count: int) -> str:
    them = "it is" if count == 1 else "they are"
    return f"{wording.counted(count, 'column')} not looked at, as {them} not known here (an upload can keep numbers)"


def _check_list(title: str, checks: Sequence[str], is_open: bool) -> html.Details:
    items = html.Ul([html.Li(one) for one in checks])
    return html.Details([html.Summary(title), items], open=is_open, className="panel passed plain-details")


def named_validations(text: str) -> str:
    """Put the names that the page gives to validations in place of their keys.

    Examples
    --------
    >>> named_validations("'song' keeps all copies on one side; 'rows' does not.")
    '“New songs” keeps all copies on one side; “raw rows” does not.'
    """

    def name(found: re.Match[str]) -> str:
        word = VALIDATIONS[found[1]]
        is_first = text[: found.start()].rstrip()[-1:] in ("", ".")
        return f"“{word.capitalize() if is_first else word}”"

    return re.sub(rf"'({'|'.join(VALIDATIONS)})'", name, text)


def trouble(message: str) -> html.Div:
    """Draw why the audit could not be made."""
    return html.Div([icon("exclamation-triangle-fill"), " ", message], className="callout callout-warning")


def gap_progress(runs: Sequence[Run]) -> html.Div:
    """Draw where the measurement stands."""
    active = [run for run in runs if run.is_active]
    done = len(runs) - len(active)
    is_waiting = all(run.state is RunState.QUEUED for run in runs)
    words = "The measurement has been queued." if is_waiting else f"Ended: {done} of {len(runs)} validations."
    lines = [run_progress(run, {"type": Dataset.CANCEL, "run": run.id}, name=_validation(run)) for run in active]
    stop = html.Button(
        [icon("x-lg"), " Cancel all"],
        id={"type": Dataset.CANCEL, "run": CANCEL_ALL},
        type="button",
        className="quiet-button",
    )
    head = html.Div([html.P(words, role="status"), *([stop] if len(active) > 1 else [])], className="gap-head")
    return html.Div([head, *lines], className="gap-progress")


def gap_result(
    figure: go.Figure, frame: pd.DataFrame, reading: str, links: Sequence[tuple[str, str]], missing: Sequence[Run] = ()
) -> html.Div:
    """Draw the measured scores.

    Parameters
    ----------
    figure : Figure
    frame : DataFrame
        The numbers behind it.
    reading : str
        What it shows.
    links : sequence of (words, run id)
    missing : sequence of Run
        Those that ended without a score.
    """
    card = graph_card(
        Dataset.GAP_GRAPH,
        figure,
        title=f"The same model under {len(frame)} of {len(frame) + len(missing)} validations"
        if missing
        else "The same model under four validations",
        reading=reading,
        table=frame,
        height=320,
    )
    anchors = [part for words, run_id in links for part in (dcc.Link(words, href=run_address(run_id)), " · ")][:-1]
    notice = [_without_score(missing)] if missing else []
    return html.Div([*notice, card, html.P(["The runs: ", *anchors], className="quiet-note")])


def gap_failed(runs: Sequence[Run]) -> html.Div:
    """Draw that a measurement ended without any score, with the reason of each run."""
    return _without_score(runs, "The last measurement has no result.")


def _without_score(runs: Sequence[Run], words: str = "Without a score:") -> html.Div:
    items = [html.Li([dcc.Link(_validation(run), href=run_address(run.id)), f": {_ending(run)}"]) for run in runs]
    text = html.Div([words, html.Ul(items), "Measure again to have all of them."])
    return html.Div([icon("exclamation-triangle-fill"), text], className="callout callout-warning gap-missing")


def _validation(run: Run) -> str:
    return PROTOCOLS[run.request.protocol].label


def _ending(run: Run) -> str:
    if run.state is RunState.CANCELLED:
        return "it was cancelled." if is_plainly_cancelled(run) else str(run.reason)
    if run.state is RunState.FAILED:
        return f"it failed. {run.reason or 'No reason was recorded.'}"
    return "it finished, but R² is not defined for its test."


def gap_empty() -> html.P:
    """Draw that nothing has been measured on this table."""
    return html.P(
        "Not measured on this table yet. It takes a minute or so, beside your other work.", className="quiet-note"
    )


def _gap(nonce: str) -> html.Section:
    button = html.Button(
        [icon("play-fill"), " Measure the gap"],
        id=Dataset.MEASURE,
        type="button",
        className="btn btn-primary",
    )
    return html.Section(
        [
            html.H2("Optimism gap"),
            html.P(GAP_WORDS),
            html.Div(
                [button, html.Span(id=Dataset.MEASURE_REASON, className="submit-reason", role="status")],
                className="measure-row",
            ),
            html.Div(id=Dataset.GAP, className="gap-content"),
            dcc.Store(id=Dataset.NONCE, data=nonce),
            dcc.Store(id=Dataset.GAP_SEEN),
            dcc.Interval(id=Dataset.GAP_TICK, interval=2000),
        ],
        className="panel",
    )


def _summary(report: Any) -> html.P:
    counts = {level: sum(one.level == level for one in report.findings) for level in LEVELS}
    nouns = {"leak": ("leak", "leaks"), "caution": ("caution", "cautions"), "note": ("note", "notes")}
    said = [wording.counted(count, *nouns[level]) for level, count in counts.items() if count]
    found = wording.listed(said) if said else "Nothing to beware of"
    words = f"{found} in {wording.counted(report.rows, 'row')} and {wording.counted(report.tracks, 'track')}."
    open_ = sum(one.result == "not checked" for one in report.checks)
    if open_:
        words += f" {wording.counted(open_, 'check')} of {len(report.checks)} could not be made: see below."
    return html.P(words, className="audit-summary")


def _card(one: Any) -> html.Article:
    word, icon_name, meaning = LEVELS.get(one.level, LEVELS["note"])
    badge = html.Span([icon(icon_name), f" {word}"], className=f"level level-{one.level}", title=meaning)
    of = f" of {wording.counted(one.total, one.unit.removesuffix('s'))}" if one.total else f" {one.unit}"
    number = html.P([html.Strong(f"{one.count:,}"), of], className="finding-count")
    parts: list[Any] = [
        html.Div([html.H2(one.title), badge], className="finding-head"),
        number,
        html.P(one.what),
        html.Dl(
            [
                html.Dt("Why it matters"),
                html.Dd(one.why),
                *(
                    [html.Dt("What the validations do about it"), html.Dd(named_validations(one.protocols))]
                    if one.protocols
                    else []
                ),
            ],
            className="finding-words",
        ),
    ]
    if one.table is not None and len(one.table):
        parts.append(_concerned(one))
    return html.Article(parts, className="panel finding")


def _concerned(one: Any) -> html.Details:
    save = html.Button(
        [icon("download"), " CSV"],
        id={"type": Dataset.FINDING, "key": one.key},
        type="button",
        className="quiet-button",
        **{"aria-label": f"Download CSV: {one.title}"},
    )
    what = "columns" if one.unit == "columns" else "tracks"
    n = min(MAX_SHOWN, len(one.table))
    shown = f"The {what} concerned" + (f" (first {n:,}; the CSV has {len(one.table):,})" if n < len(one.table) else "")
    summary = html.Summary(shown, id={"type": Dataset.CONCERNED, "key": one.key})
    # Rows come when they are asked for: all of them at once would keep the browser busy for seconds.
    rows = html.Div(id={"type": Dataset.CONCERNED_ROWS, "key": one.key})
    file = dcc.Download(id={"type": Dataset.FINDING_FILE, "key": one.key})
    return html.Details([summary, save, rows, file], className="finding-tracks")


def concerned_rows(one: Any) -> html.Div:
    """Draw the first of the tracks or columns that a finding concerns."""
    return table(one.table.head(MAX_SHOWN), one.title)
