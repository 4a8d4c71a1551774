"""Score a file: choose a file and a model, follow the scoring, read and download what came of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from core.batch.jobs import Scoring
from core.cautions import cautions
from core.features import FEATURES
from core.runs.model import Run, RunState
from core.runs.offered import Offered
from data.schema import REQUIRED_COLUMNS, TARGET
from layouts import wording
from layouts.components import (
    MAX_UPLOAD_MB,
    UploadIds,
    control,
    empty_state,
    graph_card,
    icon,
    metric_card,
    metric_row,
    page_header,
    table,
    upload_field,
)
from layouts.dataset import doctor
from layouts.ids import Batch
from layouts.links import address, button_link
from layouts.prediction.start import run_label
from layouts.run_words import basis_of

PATH = "/score"
PURPOSE = "Predict the popularity of many tracks at once, from a file of your own."
TICK_MS = 1000
LONG_S = 60
UPLOAD = UploadIds(Batch.UPLOAD, Batch.UPLOAD_NOTE, Batch.UPLOAD_PROBLEM)
END_WORDS: Mapping[RunState, str] = {
    RunState.FINISHED: "Done",
    RunState.FAILED: "Failed",
    RunState.CANCELLED: "Cancelled",
    RunState.QUEUED: "Waiting",
    RunState.RUNNING: "In progress",
}


@dataclass(frozen=True)
class Staged:
    """A file that waits to be scored.

    Parameters
    ----------
    id : str
    found : Examination
    notes : sequence of str
        What the doctor says of it.
    offered : sequence of Offered
        Runs to choose from, the first one chosen.
    nonce : str
        The key of the next press.
    """

    id: str
    found: Any
    notes: Sequence[str]
    offered: Sequence[Offered]
    nonce: str


def scoring_path(one: Scoring) -> str:
    """Path and query of a scoring, below the base path."""
    return f"{PATH}?job={one.id}"


def layout(*content: Any) -> html.Div:
    """Draw the view around its content."""
    return html.Div(
        [
            dcc.Location(id=Batch.URL, refresh="callback-nav"),
            dcc.Download(id=Batch.DOWNLOAD),
            page_header("Score a file", PURPOSE),
            html.Div(list(content), className="stack"),
        ],
        className="dataset-view",
    )


def nothing_to_choose() -> html.Div:
    """Draw what to do before there is a model."""
    return layout(
        empty_state(
            "No model yet",
            "Train a model first; then a file of tracks can be scored with it.",
            button_link("Train a model", address("/train")),
            icon_name="file-earmark-spreadsheet",
        )
    )


def begin(scorings: Sequence[Scoring], problem: Any = None) -> list[Any]:
    """Draw the place that takes a file, and the files scored lately."""
    parts: list[Any] = [_upload(problem)]
    if scorings:
        items = [_listed(one) for one in scorings]
        words = html.P("Results are kept for a day. Only you see them.", className="control-help")
        listed = [html.H2("Scored lately"), words, html.Ul(items, className="table-list")]
        parts.append(html.Section(listed, className="panel"))
    api = html.P(["From a program: ", html.A("the JSON API", href=address("/api/v1/")), "."], className="quiet-note")
    return [*parts, api]


def _upload(problem: Any) -> html.Section:
    kinds = (
        f"CSV (also gzipped, .csv.gz) or Parquet, up to {MAX_UPLOAD_MB} MB. One row a track, with the features that "
        "the model looks at, under whatever names; popularity is not needed. You get the file back with a prediction, "
        "its interval and flags for each row."
    )
    field = upload_field(UPLOAD, kinds, file="File of tracks", problem=problem)
    return html.Section([html.H2("Choose the tracks"), field], className="panel", **{"aria-label": "Choose the tracks"})


def _listed(one: Scoring) -> html.Li:
    rows = f" · {wording.counted(one.summary['rows'], 'track')}" if one.summary else ""
    when = wording.ago(datetime.fromtimestamp(one.created_at, UTC))
    link = dcc.Link(one.filename, href=address(PATH, job=one.id))
    facts = f"{END_WORDS[one.state]} · {one.model}{rows} · {when}"
    return html.Li(html.Div([html.Strong(link), html.Div(facts, className="control-help")]), className="table-row")


# -- a file that waits -------------------------------------------------------------------------------------------------


def form(values: Staged) -> html.Fieldset:
    """Draw the steps for a file: what it is, which column is what, the model, go."""
    found = values.found
    discard = html.Button(
        [icon("x-lg"), " Choose another file"], id=Batch.DISCARD, type="button", className="quiet-button"
    )
    required = [name for name in REQUIRED_COLUMNS if name != TARGET]
    steps = [
        doctor.detected(found),
        doctor.mapping(found, Batch.MAP, required),
        doctor.step(
            "What can be used of it",
            html.Div(result(found, values.notes), id=Batch.RESULT, **{"aria-live": "polite"}),
        ),
        doctor.step("Score it", *_go(values)),
    ]
    head = html.Div([html.H2(f"Tracks in {found.filename}"), discard], className="panel-head")
    stores = [dcc.Store(id=Batch.STAGED, data=values.id), dcc.Store(id=Batch.NONCE, data=values.nonce)]
    section = html.Section([*stores, head, html.Ol(steps, className="doctor-steps")], className="panel")
    return html.Fieldset(section, id=Batch.GUARD, className="bare-fieldset")


def result(found: Any, notes: Sequence[str]) -> list[Any]:
    """Draw what the doctor says of the rows."""
    return doctor.result(found, notes, rejected_id=Batch.REJECTED)


def _go(values: Staged) -> list[Any]:
    options = [{"value": one.run.id, "label": run_label(one.run, one.standing)} for one in values.offered]
    select = dbc.Select(id=Batch.RUN, options=options, value=options[0]["value"])
    switch = dbc.Switch(id=Batch.REASONS, label="Say which three features count most, for each track", value=True)
    button = html.Button(
        [icon("play-fill"), " Score the file"], id=Batch.GO, type="button", className="btn btn-primary", disabled=True
    )
    reason = html.Span(id=Batch.REASON, className="submit-reason", role="status")
    return [
        control("Model", select),
        switch,
        html.Div("Estimating the time…", id=Batch.ESTIMATE, className="control-help", role="status"),
        html.Div([button, reason], className="submit-row"),
    ]


def estimate_words(seconds: float, rows: int, *, reasons: bool = False, most: float = math.inf) -> str:
    """Say how long a scoring may take, before it begins.

    Parameters
    ----------
    seconds : float
    rows : int
    reasons : bool
        Whether it says which features count most.
    most : float, seconds
        After which the server ends it.

    Examples
    --------
    >>> estimate_words(42, 100_000)
    '100,000 tracks: about 42 s, once it is its turn.'
    """
    words = f"{wording.counted(rows, 'track')}: about {wording.duration(max(round(seconds), 1))}, once it is its turn."
    if seconds > most:
        words += f" The server ends it after {wording.duration(most)}: score the file in parts."
    elif seconds > LONG_S:
        words += " You may leave the page meanwhile."
    return words + (" Without reasons it is quicker." if reasons and seconds > LONG_S else "")


# -- a file that is being scored, or was -------------------------------------------------------------------------------


def followed(one: Scoring, content: Any) -> list[Any]:
    """Draw the place of a scoring; it looks for news until it has ended."""
    return [
        dcc.Store(id=Batch.JOB, data=one.id),
        dcc.Store(id=Batch.SEEN),
        dcc.Interval(id=Batch.TICK, interval=TICK_MS, max_intervals=-1 if one.is_active else 0),
        html.Div(content, id=Batch.LIVE, className="stack"),
    ]


def progress(one: Scoring) -> html.Section:
    """Draw where a scoring stands: stage, rows done, time left, and the button that cancels it."""
    told = one.progress or {}
    done, total = told.get("done") or 0, told.get("total") or 0
    part = 100 * min(done / total, 1) if total else 0
    bar = html.Div(
        html.Div(className="progress-bar", style={"width": f"{max(part, 2):.0f}%"}),
        role="progressbar",
        className="progress",
        **{"aria-valuenow": f"{part:.0f}", "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": "Rows scored"},
    )
    cancel = html.Button([icon("x-lg"), " Cancel"], id=Batch.STOP, type="button", className="quiet-button")
    head = html.Div([html.H2(f"Scoring {one.filename}"), cancel], className="panel-head")
    words = html.P([html.Strong(stage(one)), " ", _remaining(told)], role="status")
    facts = html.P(
        f"With {one.model}. You may leave this page: it goes on, and is found again here.", className="quiet-note"
    )
    return html.Section([head, words, bar, facts], className="panel")


def stage(one: Scoring) -> str:
    """What is happening now, in words."""
    told = one.progress or {}
    if one.state is RunState.QUEUED:
        ahead = told.get("ahead")
        return f"Waiting: {wording.counted(int(ahead), 'job')} ahead." if ahead else "Starting."
    return f"{told.get('stage') or 'Starting'}."


def _remaining(told: Mapping[str, Any]) -> str:
    words = []
    if told.get("total"):
        words.append(f"{told['done']:,} of {wording.counted(told['total'], 'track')} done")
    if wording.is_number(told.get("seconds_left")):
        words.append(wording.time_left(told["seconds_left"]))
    return ", ".join(words)


def ended_badly(one: Scoring) -> html.Section:
    """Draw why there is no result."""
    title = "The scoring was cancelled" if one.state is RunState.CANCELLED else "The file could not be scored"
    words = "Nothing was kept." if one.state is RunState.CANCELLED else one.reason or "The reason is not known."
    again = button_link("Score another file", address(PATH))
    return html.Section(empty_state(title, words, again, icon_name="exclamation-triangle"), className="panel")


def finished(one: Scoring, figure: go.Figure, numbers: pd.DataFrame, run: Run | None) -> list[Any]:
    """Draw what came of a scoring, with the numbers behind its figure."""
    told: Mapping[str, Any] = one.summary or {}
    download = html.A(
        [icon("download"), " All rows as CSV"],
        href=address(f"/scored/{one.id}.csv"),
        download="",
        className="btn btn-primary",
    )
    again = dcc.Link("Score another file", href=address(PATH), className="btn btn-outline-secondary")
    title = html.H2(f"{one.filename}, scored with {one.model}")
    head = html.Div([title, html.Div([download, again], className="score-actions")], className="panel-head score-head")
    notes: list[Any] = _lines(told)
    if run is not None:
        said = {one.sentence for one in cautions(run.request)}  # what its score rests on says that as well
        notes = [html.Span(basis_of(run)), *(line for line in notes if line not in said)]
    low, middle, high = told["quantiles"]
    reading = (
        f"Half of the predictions lie above {middle:.0f} points, and nine in ten of them from {low:.0f} to {high:.0f}. "
        "Predictions stay closer to the middle than real popularities do: the interval of a single track is wider."
    )
    card = graph_card(
        Batch.GRAPH, figure, title="Predicted popularity of these tracks", reading=reading, n=told["rows"],
        table=numbers, height=260,
    )  # fmt: skip
    return [
        html.Section([head, html.Ul([html.Li(line) for line in notes], className="plan-list")], className="panel"),
        _cards(told),
        card,
        _rows(told),
    ]


def _lines(told: Mapping[str, Any]) -> list[str]:
    lines = [told["interval"]["promise"]]
    if told["rejected"]:
        left = wording.counted(told["rejected"], "row")
        lines.append(f"{left} of the file could not be used and {'is' if told['rejected'] == 1 else 'are'} left out.")
    return [*lines, *told["notices"]]


def _cards(told: Mapping[str, Any]) -> html.Div:
    flagged = told["flagged"]
    cards = [
        metric_card("Tracks scored", wording.count(told["rows"]), f"in {wording.duration(told['seconds'])}"),
        metric_card("Middle prediction", wording.points(told["quantiles"][1]), "half of the tracks lie above"),
        metric_card(
            "With gaps", wording.count(flagged["taken_for_missing"]), "tracks with a feature filled in",
            help="A feature had no usable value; the model fills it as in training. See the column taken_for_missing.",
        ),
        metric_card(
            "Out of range", wording.count(flagged["out_of_range"]), "tracks with a value the model never met",
            help="A value lies outside of all that the model's table had. The column out_of_range names it.",
        ),
    ]  # fmt: skip
    return metric_row(cards)


def _rows(told: Mapping[str, Any]) -> html.Section:
    rows = [_row(one) for one in told["head"]]
    total = wording.counted(told["rows"], "track")
    more = f"The first {len(rows)} of {total}; the CSV has all, with every column of the file."
    shown = table(pd.DataFrame(rows), "First rows of the result") if rows else html.P("The file has no rows.")
    words = html.P(more, className="control-help")
    return html.Section([html.H2("First rows"), words, shown], className="panel score-rows")


def _row(one: Mapping[str, Any]) -> dict[str, str]:
    title = one.get("track_name") or one.get("track_id") or wording.NOTHING
    found = {"Track": str(title)}
    if "track_artist" in one:
        found["Artist"] = str(one["track_artist"] or wording.NOTHING)
    found["Popularity"] = f"{one['predicted']:.0f}"
    found["Interval"] = f"{one['low']:.0f} to {one['high']:.0f}"
    found["It holds"] = one["interval"]
    reasons = [
        f"{_label(one[f'reason_{number}'])} {wording.signed_points(one[f'points_{number}'], 1)}"
        for number in (1, 2, 3)
        if one.get(f"reason_{number}")
    ]
    if "reason_1" in one:
        found["What counts most (points)"] = ", ".join(reasons) or wording.NOTHING
    flags = [_flag("no value", one["taken_for_missing"]), _flag("out of range", one["out_of_range"])]
    return found | {"Flags": "; ".join(filter(None, flags))}


def _flag(words: str, names: str) -> str:
    return f"{words}: {', '.join(_label(name) for name in names.split('; '))}" if names else ""


def _label(name: str) -> str:
    return FEATURES[name].label
