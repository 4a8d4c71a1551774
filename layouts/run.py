"""Run view: one run from waiting to its honest score."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from core.metrics import MEASURES, METRICS
from core.runs.model import Run, RunState
from layouts import measures, wording
from layouts.components import graph_card, icon, metric_card, metric_row, page_header, source_badge
from layouts.components.run_progress import run_progress
from layouts.exchange import imported_badge
from layouts.ids import RunView
from layouts.links import address, button_link
from layouts.run_facts import combines_runs
from layouts.run_search import ticking
from layouts.run_words import (
    STATE_WORDS,
    baseline,
    cross_validated,
    interval,
    is_leaky,
    is_no_forecast,
    is_plainly_cancelled,
    measure,
    model_name,
    protocol_name,
    split_in_words,
    verdict,
)


@dataclass(frozen=True)
class Chart:
    """A figure with its words and its numbers."""

    graph_id: str
    title: str
    figure: go.Figure
    reading: str
    n: int
    table: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Parts:
    """What the view is made of: state and scores, what a search found, what the run tells, candidates, facts.

    ``standing`` is what stands above and below the result: champion, candidate.
    """

    content: Any
    found: Any
    search: Any
    candidates: Any
    facts: Any
    standing: tuple[Any, Any] = ("", "")


def layout(run_id: str, parts: Parts, seen: str, *, is_active: bool) -> html.Div:
    """Draw the view around its parts."""
    return html.Div(
        [
            parts.standing[0],
            html.Div(parts.content, id=RunView.CONTENT),
            html.Div(parts.found, id=RunView.FOUND, className="run-part"),
            parts.search,
            html.Div(parts.candidates, id=RunView.CANDIDATES, className="run-part"),
            parts.standing[1],
            html.Div(parts.facts, id=RunView.FACTS),
            dcc.Store(id=RunView.CHANGED),
            html.Div(id=RunView.NOTICE, **{"aria-live": "polite"}),
            dcc.Store(id=RunView.RUN, data=run_id),
            dcc.Store(id=RunView.SEEN, data=seen),
            ticking(RunView.TICK, is_active=is_active),
            dcc.Download(id=RunView.DOWNLOAD),
        ]
    )


def content(run: Run, charts: list[Chart], trouble: str = "", *, is_table_gone: bool = False) -> Any:
    """Draw a run in whatever state it is.

    Parameters
    ----------
    run : Run
    charts : list of Chart
        Empty unless the run is finished.
    trouble : str
        Why there are no charts although the run is finished.
    is_table_gone : bool
        Whether the uploaded table that it was trained on has been deleted.
    """
    if run.is_active:
        body: list[Any] = [_live(run)]
    elif run.state is RunState.FINISHED:
        body = _result(run, charts, trouble)
    else:
        body = [_ended(run)]
    gone = [_table_gone(run)] if is_table_gone else []
    return [_header(run), *gone, *body]


def _table_gone(run: Run) -> html.Div:
    name = run.data.get("source_name")
    what = f"The table “{name}”" if name else "The table"
    kept = "Its scores, files and model are kept. " if run.state is RunState.FINISHED else ""
    gone = "is not on this dashboard" if run.imported else "has been deleted"
    words = (
        f"{what} that this run was trained on {gone}. {kept}Training again and starting a prediction from a "
        "track use the table that you work with now."
    )
    return html.Div([icon("exclamation-triangle-fill"), " ", words], className="callout callout-warning", role="note")


def _header(run: Run) -> html.Div:
    state = html.Span(
        [html.Span(className=f"state-dot state-{run.state.value}", **{"aria-hidden": "true"}), STATE_WORDS[run.state]],
        className="state-words",
    )
    action: list[Any] = []
    if run.state is RunState.FINISHED:
        action.append(button_link([icon("sliders"), " Predict with this model"], address("/predict", run=run.id)))
        why = address(f"/runs/{run.id}/why")
        action.append(button_link([icon("question-circle"), " Why"], why, kind="outline-primary"))
        card = address(f"/runs/{run.id}/card")
        action.append(button_link([icon("card-text"), " Model card"], card, kind="outline-primary"))
    if not combines_runs(run):  # the form cannot be filled from a stack: it is asked for on the leaderboard
        way = address("/train", **{"from": run.id})
        action.append(button_link([icon("arrow-repeat"), " Train again"], way, kind="outline-primary"))
    head = page_header(model_name(run), f"{split_in_words(run)}.", action)
    return html.Div([head, html.Div([state, *_badge(run), *imported_badge(run)], className="run-badges")])


def _badge(run: Run) -> list[Any]:
    data = run.data
    if not data.get("source_name"):
        return []
    kind = {"is_synthetic": bool(data.get("is_synthetic")), "is_own": bool(data.get("table"))}
    return [source_badge(data["source_name"], int(data.get("tracks") or 0), **kind)]


def _live(run: Run) -> html.Section:
    words = "This page turns into the result by itself; you may leave it."
    stop = {"type": RunView.STOP, "run": run.id}
    progress = run_progress(run, {"type": RunView.CANCEL, "run": run.id}, with_link=False, stop_id=stop)
    return html.Section([html.H2("In progress"), progress, html.P(words, className="control-help")], className="panel")


def _ended(run: Run) -> html.Section:
    again = [icon("arrow-repeat"), " Train again with these settings"]
    way = "" if combines_runs(run) else button_link(again, address("/train", **{"from": run.id}))
    if run.state is RunState.FAILED:
        reason = run.reason or "No reason was recorded."
        said = html.P([icon("exclamation-triangle-fill"), " ", reason], className="callout callout-danger")
        return html.Section([html.H2("This run failed"), said, way], className="panel")
    said = html.P("It ended before there was a result." if is_plainly_cancelled(run) else run.reason)
    return html.Section([html.H2("This run was cancelled"), said, way], className="panel")


def _result(run: Run, charts: list[Chart], trouble: str) -> list[Any]:
    parts: list[Any] = []
    if is_leaky(run):
        words = (
            "Inflated by leakage: repeated rows of one track were split at random, so the model has already seen many "
            "of the tracks it is tested on. Do not expect this score on new tracks."
        )
        parts.append(html.Div([icon("exclamation-triangle-fill"), " ", words], className="callout callout-warning"))
    if is_no_forecast(run):
        words = (
            "No forecast: this model looks at what is only known after a release, so its score is better than anything "
            "that could be said of a track before."
        )
        parts.append(html.Div([icon("exclamation-triangle-fill"), " ", words], className="callout callout-warning"))
    parts += [html.P(verdict(run), className="verdict"), _cards(run), _score_table(run)]
    if trouble:
        parts.append(html.Div([icon("exclamation-triangle-fill"), " ", trouble], className="callout callout-danger"))
    parts.append(html.Div([graph(chart) for chart in charts], className="graph-grid"))
    return parts


def graph(chart: Chart) -> html.Figure:
    """Draw a chart in its card."""
    return graph_card(
        chart.graph_id, chart.figure, title=chart.title, reading=chart.reading, n=chart.n, table=chart.table
    )


def _but(run: Run) -> str:
    """What must stand beside a score that promises too much."""
    return ", inflated" if is_leaky(run) else ", no forecast" if is_no_forecast(run) else ""


def _cards(run: Run) -> html.Div:
    cards = []
    for key in ("r2", "rmse", "mae"):
        metric, ends, genre = METRICS[key], interval(run, key), baseline(run, "genre_mean", key)
        detail = [html.Div(f"95% interval {measures.spread(key, *ends)}")] if ends else []
        if genre is not None:
            detail.append(html.Div(f"genre mean {measures.number(key, genre)}"))
        unit = f" {metric.unit}" if metric.unit else ""
        value = f"{measures.number(key, measure(run, key))}{unit}"
        label = f"{metric.label} on the test{_but(run)}"
        cards.append(metric_card(label, value, detail, help=metric.explanation))
    n_test, n_train = (run.metrics or {}).get("n_test"), (run.metrics or {}).get("n_train")
    n_train = (run.metrics or {}).get("n_train_fitted", n_train)  # runs of older versions do not say
    cards.append(metric_card("Held-out rows", wording.count(n_test), f"trained on {wording.count(n_train)}"))
    return metric_row(cards)


def _score_table(run: Run) -> html.Section:
    first = html.Th(html.Span("Scored on", className="visually-hidden"), scope="col")
    keys = [key for key in MEASURES if wording.is_number(measure(run, key))]
    head = html.Thead(html.Tr([first, *(_metric_head(MEASURES[key]) for key in keys)]))
    rows = [
        _score_row("This model, held-out test", {key: _with_interval(run, key) for key in keys}, strong=True),
        *_fold_row(run, keys),
        *(_baseline_row(run, one, name, keys) for one, name in (("genre_mean", "genre mean"), ("mean", "mean"))),
    ]
    scored = (run.metrics or {}).get("n_train_scored")
    if scored:
        rows.append(
            _score_row(
                f"On {wording.count(scored)} tracks it learned from (not a score)",
                {key: measures.number(key, measure(run, key, "train")) for key in keys},
            )
        )
    protocol = protocol_name(run.request.protocol)
    explained = (
        "R² is the share of the differences in popularity that the model accounts for: 1 is perfect, 0 is no better "
        "than always saying the average of these very tracks, below 0 is worse. RMSE and MAE are in popularity points: "
        "how far off it is, with large misses weighing more in RMSE. Weighted MAPE is all errors together in per cent "
        f"of all popularity. {_of_pinball(run, keys)}Brackets: 95% bootstrap interval; ±: SD over folds."
    )
    table = html.Table(
        [html.Caption(f"Scores; {protocol}", className="visually-hidden"), head, html.Tbody(rows)],
        className="score-table",
    )
    return html.Section(
        [
            html.H2("Scores"),
            html.P(f"Validation: {wording.lower_first(protocol)}", className="control-help"),
            html.Div(table, className="table-scroll", tabIndex=0, role="region", **{"aria-label": "Scores"}),
            html.P(explained, className="control-help"),
        ],
        className="panel",
    )


def _of_pinball(run: Run, keys: list[str]) -> str:
    if "pinball" not in keys:
        return ""
    in_folds = cross_validated(run, "r2") and not cross_validated(run, "pinball")
    return (
        "Pinball loss rates the 90% intervals, in points: narrow ones that hold the truth lose little; beside it what "
        "the range of all tracks, or of the genre, would lose. "
        f"{'Folds have none: the intervals are made from their errors. ' if in_folds else ''}"
    )


def _metric_head(metric: Any) -> html.Th:
    return html.Th(
        html.Span(measures.with_unit(metric), className="has-help", title=metric.explanation, tabIndex=0), scope="col"
    )


def _score_row(name: str, cells: dict[str, Any], *, strong: bool = False) -> html.Tr:
    drawn = [
        html.Td(cell, className="number", **{"data-label": measures.with_unit(MEASURES[key])})
        for key, cell in cells.items()
    ]
    return html.Tr([html.Th(name, scope="row"), *drawn], className="strong-row" if strong else "")


def _baseline_row(run: Run, key: str, name: str, keys: list[str]) -> html.Tr:
    cells = {each: measures.number(each, baseline(run, key, each)) for each in keys}
    return _score_row(f"Baseline: {name}, same test", cells)


def _with_interval(run: Run, key: str) -> list[Any]:
    ends = interval(run, key)
    spread = [html.Span(f" [{measures.spread(key, *ends)}]", className="quiet-note")] if ends else []
    return [measures.number(key, measure(run, key)), *spread]


def _fold_row(run: Run, keys: list[str]) -> list[html.Tr]:
    found = {key: cross_validated(run, key) for key in keys}
    if not found.get("r2"):
        return []
    cells = {
        key: [
            measures.number(key, one["mean"]),
            html.Span(f" ± {_sd(key, one['sd'])}", className="quiet-note"),
        ]
        if one
        else wording.NOTHING
        for key, one in found.items()
    }
    return [_score_row(f"This model, mean of {run.request.cv_folds} validation folds", cells)]


def _sd(key: str, value: float | None) -> str:
    return wording.score_sd(value) if key == "r2" else measures.number(key, value)


def request_json(run: Run) -> str:
    """The request as a JSON document."""
    return json.dumps(run.request.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def notice(message: str) -> html.Div:
    """Say why something could not be done."""
    return html.Div(
        [icon("exclamation-triangle-fill"), " ", message], className="callout callout-warning", role="alert"
    )
