"""Comparison view: runs side by side, and only where a comparison is fair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.runs.model import SHELL_OWNER, Run
from core.validation import PROTOCOLS
from layouts import wording
from layouts.components import empty_state, icon, page_header
from layouts.ids import Comparison
from layouts.links import address, button_link, run_address
from layouts.run_words import (
    STATE_WORDS,
    baseline,
    cross_validated,
    features_in_words,
    interval,
    is_no_forecast,
    measure,
    model_name,
    protocol_name,
)

HEADS = ("Model", "State", "R² on the test", "RMSE", "MAE", "R² over folds", "Duration", "Started", "")

NO_FORECAST = "The model looks at what is only known after a release, so its score is no forecast."


def layout(groups: Any, seen: str) -> html.Div:
    """Draw the view around its groups of runs (as `groups_of` draws them)."""
    purpose = "Best score first. Compare inside one table only: same question, same data."
    return html.Div(
        [
            page_header("Runs", purpose, button_link([icon("plus-lg"), " Train models"], address("/train"))),
            html.Div(id=Comparison.NOTICE, **{"aria-live": "polite"}),
            html.Div(groups, id=Comparison.LIST),
            dcc.Store(id=Comparison.CHANGED),
            dcc.Store(id=Comparison.SEEN, data=seen),
            dcc.Interval(id=Comparison.TICK, interval=3000),
        ]
    )


def groups_of(runs: Sequence[Run], now: datetime | None = None) -> Any:
    """Draw one table for each question and data set, in the order of the protocols; runs without data come last.

    Parameters
    ----------
    runs : sequence of Run
        Newest first.
    """
    if not runs:
        return empty_state(
            "No runs yet",
            "Train a model: its score appears here, beside what knowing only the genre would give.",
            button_link([icon("play-fill"), " Train models"], address("/train")),
            icon_name="list-check",
        )
    order = {key: position for position, key in enumerate(PROTOCOLS)}
    ordered = sorted(runs, key=lambda run: (not run.data.get("sha256"), order[run.request.protocol], _data_key(run)))
    found = groupby(ordered, key=lambda run: (run.request.protocol, _data_key(run)))
    return html.Div([_group(key[0], list(rows), now) for key, rows in found])


def _data_key(run: Run) -> str:
    """Runs on one table, split alike, share a key; a run without data yet stands by itself."""
    return f"{run.data.get('sha256', '')}/{run.request.test_share:g}/{run.request.seed}"


def _group(protocol: str, runs: list[Run], now: datetime | None) -> html.Section:
    row = PROTOCOLS[protocol]
    runs = sorted(runs, key=_rank)
    title = html.H2([*([icon("exclamation-triangle"), " "] if row.is_leaky else []), protocol_name(protocol)])
    facts = [html.Span(row.question)]
    yardsticks = _yardsticks(runs)
    if yardsticks:
        facts.append(html.Span(yardsticks))
    if row.is_leaky:
        facts.append(html.Strong("Scores here are inflated; they are shown for contrast."))
    caption = f"Runs under the protocol: {protocol_name(protocol)}"
    head = html.Thead(
        html.Tr([html.Th(words or html.Span("Delete", className="visually-hidden"), scope="col") for words in HEADS])
    )
    table = html.Table(
        [html.Caption(caption, className="visually-hidden"), head, html.Tbody([_row(run, now) for run in runs])],
        className="runs-table",
    )
    return html.Section(
        [title, html.P(_source(runs)), html.P(_spaced(facts), className="control-help"), table], className="panel"
    )


def _rank(run: Run) -> tuple[int, float]:
    r2 = measure(run, "r2")
    if r2 is None:
        return (0 if run.is_active else 2, -run.created_at.timestamp())
    return (1, -r2)


def _source(runs: list[Run]) -> list[Any]:
    run = runs[0]
    data, share = run.data, wording.share(run.request.test_share)
    unread = "Data not read yet" if any(one.is_active for one in runs) else "Ended before the data were read"
    name = data.get("source_name") or unread
    words: list[Any] = [html.Strong(name)] if data.get("is_synthetic") else [name]
    if data.get("is_synthetic"):
        words = [dbc.Badge("Synthetic", color="warning", text_color="dark", class_name="me-1"), *words]
    return [*words, f" · {share} held out, seed {run.request.seed}"]


def _yardsticks(runs: list[Run]) -> str:
    """The baselines: the same held-out tracks, so the same for every run of the group."""
    for run in runs:
        genre, mean = baseline(run, "genre_mean", "r2"), baseline(run, "mean", "r2")
        if genre is not None:
            return f"Knowing only the genre gives R² {wording.score(genre)}, always the mean {wording.score(mean)}."
    return ""


def _spaced(parts: list[Any]) -> list[Any]:
    return [item for part in parts for item in (part, " ")]


def _row(run: Run, now: datetime | None) -> html.Tr:
    name = html.Div(
        [
            dcc.Link(model_name(run), href=run_address(run.id)),
            html.Div(_settings(run), className="control-help"),
        ]
    )
    cells = [
        html.Td(html.Span([_dot(run), STATE_WORDS[run.state]])),
        _cell(_score(run), "number"),
        _cell(wording.error_points(measure(run, "rmse")), "number"),
        _cell(wording.error_points(measure(run, "mae")), "number"),
        _cell(_folds(run), "number"),
        _cell(_duration(run), "number"),
        _cell(html.Span(wording.ago(run.created_at, now), title=wording.moment(run.created_at)), ""),
        html.Td(_delete(run)),
    ]
    for cell, words in zip(cells, HEADS[1:], strict=True):
        setattr(cell, "data-label", words)
    return html.Tr([html.Th(name, scope="row"), *cells])


def _cell(content: Any, kind: str) -> html.Td:
    return html.Td(content, className=kind)


def _settings(run: Run) -> str:
    request = run.request
    words = [features_in_words(request.features)]
    if request.defaults == "library":
        words.append("library defaults")
    words += [f"{name} {value}" for name, value in request.params.items()]
    if run.owner == SHELL_OWNER:
        words.append("from the command line")
    return ", ".join(words)


def _dot(run: Run) -> html.Span:
    return html.Span(className=f"state-dot state-{run.state.value}", **{"aria-hidden": "true"})


def _score(run: Run) -> Any:
    r2 = measure(run, "r2")
    if r2 is None:
        return wording.NOTHING
    ends = interval(run, "r2")
    spread = html.Div(f"95%: {wording.spread(*ends)}", className="control-help") if ends else ""
    warning = html.Div([icon("exclamation-triangle"), " no forecast"], title=NO_FORECAST) if is_no_forecast(run) else ""
    return [html.Strong(wording.score(r2)), spread, warning]


def _folds(run: Run) -> str:
    found = cross_validated(run, "r2")
    return f"{wording.score(found['mean'])} ± {wording.score_sd(found['sd'])}" if found else wording.NOTHING


def _duration(run: Run) -> str:
    seconds = (run.timings or {}).get("total_seconds")
    if seconds is None and run.started_at and run.finished_at:
        seconds = (run.finished_at - run.started_at).total_seconds()
    return wording.duration(seconds)


def _delete(run: Run) -> Any:
    if run.is_active or run.owner == SHELL_OWNER:
        return ""
    return html.Button(
        icon("trash"),
        id={"type": Comparison.DELETE, "run": run.id},
        type="button",
        className="quiet-button",
        title="Delete",
        **{"aria-label": f"Delete the run {model_name(run)}, {wording.moment(run.created_at)}"},
    )


def deleted_notice(run: Run) -> html.Div:
    """Confirm a deletion and offer to undo it."""
    undo = dbc.Button(
        "Undo", id={"type": Comparison.UNDO, "run": run.id}, color="link", type="button", class_name="p-0 ms-2"
    )
    return html.Div([icon("trash"), f" Deleted the run {model_name(run)}.", undo], className="callout", role="status")


def restored_notice(run: Run) -> html.Div:
    """Confirm that a run is back."""
    return html.Div(
        [icon("check-circle-fill"), f" The run {model_name(run)} is back."],
        className="callout callout-success",
        role="status",
    )


def trouble_notice(message: str) -> html.Div:
    """Say why something could not be done."""
    return html.Div(
        [icon("exclamation-triangle-fill"), " ", message], className="callout callout-warning", role="alert"
    )
