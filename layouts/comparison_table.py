"""The table of the leaderboard: runs and baselines, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.cautions import NO_FORECAST
from core.comparison import Board, Entry, Verdict
from core.metrics import MEASURES
from core.runs.aliases import Promotion
from core.runs.model import SHELL_OWNER, Run
from layouts import measures, wording
from layouts.aliases import badge
from layouts.components import icon
from layouts.ids import Comparison
from layouts.links import run_address
from layouts.run_words import features_in_words, is_no_forecast, model_name, settings_in_words

SHOWN_BESIDE = ("r2", "rmse", "mae", "pinball")
"""Beside the measure that orders the board; MSE and weighted MAPE put runs in the order of RMSE and MAE."""


def board_table(board: Board, held: Sequence[Promotion] = (), ticked: Sequence[str] = ()) -> html.Table:
    """Draw the rows of a board, with what its runs are now, and which of them (ids) are chosen."""
    metric = MEASURES[board.objective]
    others = [key for key in SHOWN_BESIDE if key != board.objective]
    heads = [
        _hidden("Compare"),
        "Model",
        f"{metric.label} on the test",
        "Difference to the best",
        *(MEASURES[key].label for key in others),
        "Time to train",
        "Per track",
        "Size",
        _hidden("Delete"),
    ]
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in heads]))
    rows = [_row(one, board, others, heads, held, ticked) for one in board.entries]
    caption = html.Caption(f"Leaderboard by {metric.label}, the best first", className="visually-hidden")
    return html.Table([caption, head, html.Tbody(rows)], className="runs-table leaderboard-table")


def _row(
    entry: Entry,
    board: Board,
    others: list[str],
    heads: list[Any],
    held: Sequence[Promotion],
    ticked: Sequence[str],
) -> html.Tr:
    costs = entry.costs
    marks = [badge(one) for one in held if one.run_id == entry.key]
    cells = [
        html.Td(_box(entry.run, ticked)),
        html.Th(html.Div([_name(entry), *marks]), scope="row"),
        html.Td(_score(entry, board.objective), className="number"),
        html.Td(_difference(entry, board.objective), className="difference"),
        *(html.Td(measures.number(key, entry.scores.get(key)), className="number") for key in others),
        html.Td(wording.duration(costs.get("fit_seconds")), className="number"),
        html.Td(milliseconds(costs.get("predict_ms")), className="number"),
        html.Td(megabytes(costs.get("size_mb")), className="number"),
        html.Td(_delete(entry.run)),
    ]
    for cell, words in zip(cells, heads, strict=True):
        if isinstance(words, str):
            setattr(cell, "data-label", words)
    return html.Tr(cells, className="baseline-row" if entry.run is None else "")


def _box(run: Run | None, ticked: Sequence[str]) -> Any:
    if run is None:
        return ""
    return dbc.Checkbox(
        id={"type": Comparison.CHOSEN, "run": run.id},
        value=run.id in ticked,
        label=html.Span(f"Compare {model_name(run)}, {wording.moment(run.created_at)}", className="visually-hidden"),
    )


def _name(entry: Entry) -> Any:
    run = entry.run
    if run is None:
        return html.Div([entry.name, html.Div("scored beside every run", className="control-help")])
    request = run.request
    words, asked_for = (
        [*([run.model_label] if run.name else []), features_in_words(request.features)],
        settings_in_words(request.family, request.params),
    )
    if request.tuning is not None:
        words.append("searched")
    words += [f"{wording.lower_first(name)} {value}" for name, value in asked_for.items()]
    if run.owner == SHELL_OWNER:
        words.append("from the command line")
    warning = [html.Div([icon("exclamation-triangle"), f" {NO_FORECAST.mark}"], title=NO_FORECAST.sentence)]
    return html.Div(
        [
            dcc.Link(entry.name, href=run_address(run.id), title=run.name or None),
            html.Div(", ".join(words), className="control-help"),
            *(warning if is_no_forecast(run) else []),
        ]
    )


def _score(entry: Entry, key: str) -> Any:
    said = [html.Strong(measures.number(key, entry.scores.get(key)))]
    ends = entry.intervals.get(key)
    if ends:
        said.append(html.Div(f"95%: {measures.spread(key, *ends)}", className="control-help"))
    return said


def _difference(entry: Entry, key: str) -> Any:
    found = entry.differences.get(key)
    if found is None:
        return html.Span("baseline" if entry.run is None else wording.NOTHING, className="control-help")
    if found.verdict is Verdict.BEST:
        return html.Span([icon("trophy"), " best"], className="verdict-best")
    sign = -1 if MEASURES[key].greater_is_better else 1
    low, high = sorted((sign * found.low, sign * found.high))
    words = measures.difference(key, sign * found.value, low, high)
    if found.verdict is Verdict.TIED:
        return ["indistinguishable from the best", html.Div(words, className="control-help")]
    return ["worse", html.Div(words, className="control-help")]


def milliseconds(value: float | None) -> str:
    """A short span, per track.

    Examples
    --------
    >>> milliseconds(0.0123), milliseconds(4.2), milliseconds(None)
    ('0.012 ms', '4.2 ms', '–')
    """
    return f"{value:.2g} ms" if wording.is_number(value) else wording.NOTHING


def megabytes(value: float | None) -> str:
    """The size of a file.

    Examples
    --------
    >>> megabytes(0.004), megabytes(37.21)
    ('4 kB', '37 MB')
    """
    if not wording.is_number(value):
        return wording.NOTHING
    assert value is not None
    return f"{max(1, round(value * 1000))} kB" if value < 1 else f"{value:.0f} MB" if value >= 10 else f"{value:.1f} MB"


def _delete(run: Run | None) -> Any:
    return "" if run is None else delete_button(run)


def delete_button(run: Run) -> Any:
    """Draw the button that deletes a run; nothing where it may not be deleted."""
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


def _hidden(words: str) -> html.Span:
    return html.Span(words, className="visually-hidden")
