"""Run view: follows a run until it ends, then draws its result and hands out its files."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks import aliases, exchange, run_search
from callbacks.identity import current_owner, current_theme
from core.errors import BundleError, DashboardError, InvalidRequest, NotFound, Refused, StorageError
from core.export import to_csv
from core.figures import run as figures
from core.figures import run_coverage as coverage_figures
from core.intervals import COVERAGE
from core.runs.model import Run, RunState
from layouts import aliases as aliases_view
from layouts import run as view
from layouts import run_coverage as coverage_view
from layouts import run_facts
from layouts.exchange import EXPORT, ONNX
from layouts.ids import RunView, Shell

COLUMNS = ["track_id", "track_name", "track_artist", "fold", "actual", "predicted"]


def page(services: Any, owner: str, run_id: str = "", query: str = "") -> Component:
    """Draw the view.

    Raises
    ------
    NotFound
        When this owner has no such run; absent and foreign answer alike.
    """
    run = services.runs.get(run_id, owner)
    theme = current_theme()
    found, candidates = run_search.result(services, run, owner)
    parts = view.Parts(
        _content(services, run, owner, theme),
        found,
        run_search.panel(services, "run", run, owner, theme),
        candidates,
        run_facts.facts(run),
        aliases_view.parts_of_page(*aliases.drawn(services, run, owner)),
    )
    return view.layout(run.id, parts, _digest(run), is_active=run.is_active)


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    run_search.register(app, services, "run")
    aliases.register(app, services)

    @app.callback(
        Output(RunView.CONTENT, "children"),
        Output(RunView.FOUND, "children"),
        Output(RunView.CANDIDATES, "children"),
        Output(RunView.FACTS, "children"),
        Output(RunView.SEEN, "data"),
        Output(RunView.TICK, "max_intervals"),
        Input(RunView.TICK, "n_intervals"),
        Input(Shell.JOB_ENDED, "data"),
        Input(RunView.CHANGED, "data"),
        State(RunView.RUN, "data"),
        State(RunView.SEEN, "data"),
        State(Shell.THEME, "data"),
        running=[(Output(RunView.TICK, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def follow(_tick: Any, _ended: Any, _changed: Any, run_id: Any, seen: Any, theme: Any) -> tuple[Any, ...]:
        owner = current_owner()
        run = services.runs.get(_text(run_id), owner)
        digest = _digest(run)
        if digest == seen:
            return (no_update,) * 6
        content = _content(services, run, owner, "dark" if theme == "dark" else "light")
        if run.is_active:
            return content, no_update, no_update, no_update, digest, no_update
        return content, *run_search.result(services, run, owner), run_facts.facts(run), digest, run_search.STOP

    @app.callback(
        Output(RunView.NOTICE, "children"),
        Output(RunView.CHANGED, "data"),
        Input({"type": RunView.CANCEL, "run": ALL}, "n_clicks"),
        Input({"type": RunView.STOP, "run": ALL}, "n_clicks"),
        State(RunView.RUN, "data"),
        prevent_initial_call=True,
    )
    def end(cancels: Any, stops: Any, run_id: Any) -> tuple[Any, Any]:
        pressed = ctx.triggered_id
        if not any([*cancels, *stops]) or not isinstance(pressed, dict):
            return no_update, no_update
        change = services.runs.stop if pressed["type"] == RunView.STOP else services.runs.cancel
        try:
            change(_text(run_id), current_owner())
        except DashboardError as error:
            return view.notice(str(error)), no_update
        return None, time.time()

    for kind in run_facts.FILES:
        _register_download(app, services, kind)


def _register_download(app: Dash, services: Any, kind: str) -> None:
    """Attach the download of a kind of file: by one callback for all, a press would drop the file still being made."""

    @app.callback(
        Output(RunView.DOWNLOAD, "data", allow_duplicate=True),
        Output(RunView.NOTICE, "children", allow_duplicate=True),
        Input({"type": RunView.FILE, "kind": kind}, "n_clicks"),
        State(RunView.RUN, "data"),
        prevent_initial_call=True,
    )
    def download(clicks: Any, run_id: Any) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            if kind == ONNX:
                owner = current_owner()
                return exchange.onnx_file(services, services.runs.get(_text(run_id), owner), owner)
            return make_file(services, _text(run_id), current_owner(), kind), None
        except (BundleError, Refused, StorageError) as error:
            return no_update, view.notice(str(error))


def make_file(services: Any, run_id: str, owner: str, kind: str) -> dict[str, Any]:
    """Make the content of a download.

    Parameters
    ----------
    kind : {"test", "cv", "request", "bundle"}

    Raises
    ------
    InvalidRequest
        For another kind.
    NotFound, BundleError, Refused, StorageError
        As the runs do.
    """
    if kind not in run_facts.FILES or kind == ONNX:
        raise InvalidRequest(f"There is no file {kind[:40]!r}. Choose one of: {', '.join(run_facts.FILES)}.")
    run = services.runs.get(run_id, owner)
    if kind == EXPORT:
        return exchange.export_file(services, run)
    origin = "synthetic-" if run.data.get("is_synthetic") else ""
    name = f"{origin}{run.request.family}-{run.request.protocol}-{run.id[:8]}"
    if kind == "request":
        return {"content": view.request_json(run), "filename": f"{name}-request.json", "type": "application/json"}
    predictions = services.runs.predictions(run_id, owner)
    table = predictions.loc[predictions["part"] == kind, COLUMNS]
    return {"content": to_csv(table), "filename": f"{name}-{kind}-predictions.csv", "type": "text/csv"}


def _content(services: Any, run: Run, owner: str, theme: str) -> Any:
    gone = _is_table_gone(services, run, owner)
    if run.state is not RunState.FINISHED:
        return view.content(run, [], is_table_gone=gone)
    try:
        predictions = services.runs.predictions(run.id, owner)
    except BundleError as error:
        return view.content(run, [], str(error), is_table_gone=gone)
    charts = _charts(run, predictions[predictions["part"] == "test"], theme)
    return [*view.content(run, charts, is_table_gone=gone), *_coverage(run, theme)]


def _is_table_gone(services: Any, run: Run, owner: str) -> bool:
    """Whether the run was trained on an uploaded table that is not there any more."""
    if not run.data.get("table"):
        return False
    try:
        services.tables.ref(owner, run.data["table"])
    except NotFound:
        return True
    return False


def _charts(run: Run, test: pd.DataFrame, theme: str) -> list[view.Chart]:
    cells = figures.density_table(test)
    return [
        view.Chart(
            RunView.ACTUAL,
            "Actual against predicted popularity",
            figures.plot_actual_vs_predicted(test, baseline=test["actual"].mean(), theme=theme),
            figures.read_actual_vs_predicted(test),
            len(test),
            cells,
        ),
        view.Chart(
            RunView.BANDS,
            "Error by band of actual popularity",
            figures.plot_error_by_band(test, theme=theme),
            figures.read_error_by_band(test),
            len(test),
            figures.named(figures.compute_error_by_band(test)),
        ),
        view.Chart(
            RunView.RESIDUALS,
            "Distribution of the errors",
            figures.plot_residuals(test, theme=theme),
            figures.read_residuals(test),
            len(test),
            figures.named(figures.compute_residuals(test)),
        ),
        view.Chart(
            RunView.TREND,
            "Errors by predicted popularity",
            figures.plot_residuals_by_predicted(test, theme=theme),
            figures.read_residuals_by_predicted(test),
            len(test),
            figures.named(figures.compute_residual_trend(test)),
        ),
    ]


def _coverage(run: Run, theme: str) -> list[Any]:
    """What the prediction intervals held; nothing for a run of an older version."""
    measured = (run.metrics or {}).get("coverage")
    if not measured:
        return coverage_view.section(run, [])
    by_genre = coverage_figures.compute_coverage(measured["by_genre"], "genre")
    by_band = coverage_figures.compute_coverage(measured["by_band"], "band")
    promised, n = 100 * COVERAGE, measured["overall"]["n"]
    charts = [
        view.Chart(
            RunView.COVERAGE_GENRES,
            "What the intervals held, by genre",
            coverage_figures.plot_coverage(by_genre, promised, theme=theme),
            coverage_figures.read_coverage_by_genre(by_genre, promised),
            n,
            coverage_figures.named(by_genre),
        ),
        view.Chart(
            RunView.COVERAGE_BANDS,
            "What the intervals held, by actual popularity",
            coverage_figures.plot_coverage(by_band, promised, theme=theme),
            coverage_figures.read_coverage_by_band(by_band, promised),
            n,
            coverage_figures.named(by_band),
        ),
    ]
    return coverage_view.section(run, [view.graph(chart) for chart in charts])


def _digest(run: Run) -> str:
    """What a person could see change, as text."""
    return repr((run.state.value, run.progress, run.stop_requested_at))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("The id of a run is a text.")
    return value
