"""Score a file: takes it, examines it with the chosen columns, starts a scoring, follows it to its end."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, State, dcc, no_update
from dash.development.base_component import Component

from callbacks import uploads
from callbacks.errors import describe
from callbacks.identity import current_owner, current_theme
from core.address import read_values
from core.batch.estimating import estimate_seconds
from core.batch.jobs import Scoring, ScoringRequest
from core.batch.reading import lacks, missing_for, notes_for_scoring, typed_frame, without_target
from core.batch.working import threads_of
from core.errors import DashboardError, InvalidRequest, NotFound
from core.export import to_csv
from core.runs.model import SHELL_OWNER, RunState
from core.runs.offered import OFFERED, Offered, offered_runs
from core.tables.choices import checked_choices, read_choices
from core.tables.examining import examined, forget, stage
from layouts import batch as view
from layouts.components import problem_callout
from layouts.dataset import doctor
from layouts.ids import Batch
from layouts.links import address
from layouts.run_words import model_name

STOP = 0
"""``max_intervals`` of an interval that stands still."""
_MAP = {"type": Batch.MAP, "target": ALL}


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw what the address names: a file that waits, a scoring, or the place that takes a file."""
    asked = read_values(query)
    job, staged = asked.get("job", ""), asked.get("staged", "")
    if job:
        scoring = services.scorings.get(owner, job)
        return view.layout(*view.followed(scoring, _content(services, scoring, current_theme())))
    offered = offered_runs(services.runs, owner)[:OFFERED]
    if not offered:
        return view.nothing_to_choose()
    if staged:
        try:
            return view.layout(_form(services, owner, staged, offered))
        except NotFound:
            gone = problem_callout("The file that you had chosen is no longer here: choose it again.")
            return view.layout(*view.begin(services.scorings.list(owner), gone))
    return view.layout(*view.begin(services.scorings.list(owner)))


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    _register_upload(app, services)
    _register_form(app, services)
    _register_start(app, services)
    _register_watch(app, services)


def _register_upload(app: Dash, services: Any) -> None:
    def take(content: bytes, filename: str) -> uploads.Taken:
        staged, found = stage(services.tables, current_owner(), content, filename)
        if staged is None:
            return uploads.Taken(problem=doctor.refusal(found))
        return uploads.Taken((_search(staged=staged),))

    uploads.register(app, view.UPLOAD, [Output(Batch.URL, "search")], take)

    @app.callback(
        Output(Batch.URL, "search", allow_duplicate=True),
        Input(Batch.DISCARD, "n_clicks"),
        State(Batch.STAGED, "data"),
        prevent_initial_call=True,
    )
    def let_go(clicks: Any, staged: Any) -> Any:
        if not clicks:
            return no_update
        forget(_text(staged))
        with contextlib.suppress(NotFound):  # gone already
            services.tables.discard(current_owner(), _text(staged))
        return ""


def _register_form(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Batch.RESULT, "children"),
        Output(Batch.GO, "disabled"),
        Output(Batch.REASON, "children"),
        Output(Batch.ESTIMATE, "children"),
        Input(_MAP, "value"),
        Input(Batch.RUN, "value"),
        Input(Batch.REASONS, "value"),
        State(_MAP, "id"),
        State(Batch.STAGED, "data"),
    )
    def look(values: Any, run_id: Any, reasons: Any, ids: Any, staged: Any) -> tuple[Any, ...]:
        owner = current_owner()
        try:
            _, found = _examined(services, owner, _text(staged), values, ids)
        except DashboardError as error:
            return problem_callout(str(error)), True, "See the message above.", ""
        drawn = view.result(found, notes_for_scoring(found))
        if not found.accepted:
            return drawn, True, doctor.accept_reason(found), ""
        try:
            words = _estimate(services, owner, run_id, found, reasons is True)
        except DashboardError as error:
            return drawn, True, describe(error), ""
        return drawn, False, "", words

    @app.callback(
        Output(Batch.DOWNLOAD, "data"),
        Input(Batch.REJECTED, "n_clicks"),
        State(_MAP, "value"),
        State(_MAP, "id"),
        State(Batch.STAGED, "data"),
        prevent_initial_call=True,
    )
    def download_rejected(clicks: Any, values: Any, ids: Any, staged: Any) -> Any:
        if not clicks:
            return no_update
        _, found = _examined(services, current_owner(), _text(staged), values, ids)
        return dcc.send_string(to_csv(found.rejected), "rejected-rows.csv", type="text/csv")


def _register_start(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Batch.URL, "search", allow_duplicate=True),
        Output(Batch.REASON, "children", allow_duplicate=True),
        Input(Batch.GO, "n_clicks"),
        State(Batch.RUN, "value"),
        State(Batch.REASONS, "value"),
        State(Batch.NONCE, "data"),
        State(_MAP, "value"),
        State(_MAP, "id"),
        State(Batch.STAGED, "data"),
        running=[(Output(Batch.GUARD, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def start(
        clicks: Any, run_id: Any, reasons: Any, nonce: Any, values: Any, ids: Any, staged: Any
    ) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            scoring = begin(services, current_owner(), _text(staged), run_id, values, ids, nonce, reasons is True)
        except DashboardError as error:
            return no_update, str(error)
        return _search(job=scoring.id), ""


def begin(
    services: Any, owner: str, staged: str, run_id: Any, values: Any, ids: Any, nonce: Any, reasons: bool
) -> Scoring:
    """Start scoring a staged file.

    Raises
    ------
    InvalidRequest, NotFound, BundleError, DataError
        When choices, file or run are not sound.
    Refused
        When the owner's last scoring has not ended, or the queue is full.
    """
    mapping, found = _examined(services, owner, staged, values, ids)
    if not found.accepted:
        raise InvalidRequest(doctor.accept_reason(found))
    run = services.runs.get(_text(run_id), owner)
    missing = missing_for(services.runs.predictor(run.id, owner).columns, found)
    if missing:
        raise InvalidRequest(lacks(missing))
    content, filename = services.tables.staged(owner, staged)
    jobs = {one.job_id for one in services.runs.active(None) if one.owner != SHELL_OWNER}  # the shell does not queue
    request = ScoringRequest(content, run.id, run.name or model_name(run), filename, mapping, reasons)
    scoring: Scoring = services.scorings.submit(owner, nonce, request, training=len(jobs))
    return scoring


def _register_watch(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Batch.LIVE, "children"),
        Output(Batch.TICK, "max_intervals"),
        Output(Batch.SEEN, "data"),
        Input(Batch.TICK, "n_intervals"),
        State(Batch.JOB, "data"),
        State(Batch.SEEN, "data"),
        running=[(Output(Batch.TICK, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def watch(_tick: Any, job: Any, seen: Any) -> tuple[Any, Any, Any]:
        try:
            scoring = services.scorings.get(current_owner(), _text(job))
        except NotFound as error:
            return problem_callout(str(error)), STOP, ""
        digest = repr((scoring.state.value, scoring.progress))
        if digest == seen:
            return no_update, no_update, no_update
        return _content(services, scoring, current_theme()), -1 if scoring.is_active else STOP, digest

    @app.callback(
        Output(Batch.LIVE, "children", allow_duplicate=True),
        Output(Batch.TICK, "max_intervals", allow_duplicate=True),
        Input(Batch.STOP, "n_clicks"),
        State(Batch.JOB, "data"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any, job: Any) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        scoring = services.scorings.cancel(current_owner(), _text(job))
        return _content(services, scoring, current_theme()), STOP


def _content(services: Any, scoring: Scoring, theme: str) -> Any:
    if scoring.is_active:
        return view.progress(scoring)
    if scoring.state is not RunState.FINISHED or not scoring.summary:
        return view.ended_badly(scoring)
    from core.figures.batch import number_predictions, plot_predictions

    run = None
    with contextlib.suppress(NotFound):  # deleted since
        run = services.runs.get(scoring.run_id, current_owner())
    counts = scoring.summary["histogram"]
    return view.finished(scoring, plot_predictions(counts, theme=theme), number_predictions(counts), run)


def _form(services: Any, owner: str, staged: str, offered: Sequence[Offered]) -> Component:
    found = examined(services.tables, owner, staged, without_target(None))
    return view.form(view.Staged(staged, found, notes_for_scoring(found), offered, str(uuid.uuid4())))


def _examined(services: Any, owner: str, staged: str, values: Any, ids: Any) -> tuple[dict[str, str | None], Any]:
    mapping, _ = read_choices(values, ids, [])
    checked_choices(examined(services.tables, owner, staged, without_target(None)), mapping, [])
    return mapping, examined(services.tables, owner, staged, without_target(mapping))


def _estimate(services: Any, owner: str, run_id: Any, found: Any, reasons: bool) -> str:
    predictor = services.runs.predictor(_text(run_id), owner)
    missing = missing_for(predictor.columns, found)
    if missing:
        raise InvalidRequest(lacks(missing))
    frame = typed_frame(found)
    context = services.runs.context
    seconds = estimate_seconds(predictor, frame, reasons=reasons, threads=threads_of(context, joining=1))
    return view.estimate_words(seconds, len(frame), reasons=reasons, most=context.limits.run_seconds)


def _search(**query: str) -> str:
    return "?" + address(view.PATH, **query).partition("?")[2]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("An id is a text.")
    return value
