"""The leaderboard: finished runs that can be compared with the newest one, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.families import FAMILIES
from core.runs.model import Run, RunState
from core.validation import PROTOCOLS
from layouts import wording
from layouts.components import icon
from layouts.ids import Training
from layouts.links import address, run_address
from layouts.run_words import baseline, comparison_key, interval, is_no_forecast, measure, model_name, protocol_name

SHOWN = 15
HEADS = ("Model", "R² on the test", "RMSE", "Time")


def compared(runs: Sequence[Run]) -> list[Run]:
    """Give the finished runs that share table and split with the newest of them, best first.

    Parameters
    ----------
    runs : sequence of Run
        Newest first.
    """
    reference = next((run for run in runs if run.data.get("sha256") and run.state is RunState.FINISHED), None)
    if reference is None:
        return []
    key = comparison_key(reference)
    found = [run for run in runs if run.state is RunState.FINISHED and comparison_key(run) == key]
    return sorted(found, key=_rank)


def can_be_combined(run: Run) -> bool:
    """Whether a run may be part of a stack: it takes predictions on folds, and is no stack itself."""
    return run.request.cv_folds > 1 and not FAMILIES[run.request.family].combines_runs


def leaderboard(runs: Sequence[Run], *, can_combine: bool = False) -> Any:
    """Draw the leaderboard; nothing before there is a finished run to show.

    Parameters
    ----------
    runs : sequence of Run
        As `compared` gives them.
    can_combine : bool
        Whether runs can be chosen to be combined.
    """
    if not runs:
        return None
    first = runs[0]
    is_leaky = PROTOCOLS[first.request.protocol].is_leaky
    genre = baseline(first, "genre_mean", "r2")
    facts = [f"{protocol_name(first.request.protocol)}; {wording.share(first.request.test_share)} held out"]
    if first.data.get("is_synthetic"):
        facts.append("synthetic sample")
    if genre is not None:
        facts.append(f"knowing only the genre gives R² {wording.score(genre)}")
    warning = [html.Strong(" Scores here are inflated; they are shown for contrast.")] if is_leaky else []
    with_boxes = can_combine and sum(can_be_combined(run) for run in runs) > 1
    heads = [*(["Combine"] if with_boxes else []), *HEADS]
    shown = runs[:SHOWN]
    table = html.Table(
        [
            html.Caption("Leaderboard, the best first", className="visually-hidden"),
            html.Thead(html.Tr([html.Th(words, scope="col") for words in heads])),
            html.Tbody([_row(run, with_boxes) for run in shown]),
        ],
        className=f"runs-table board-table {'with-boxes' if with_boxes else ''}",
    )
    more = [html.P(f"{len(runs) - SHOWN} more under All runs.", className="control-help")] if len(runs) > SHOWN else []
    head = html.Div([html.H2("Leaderboard"), dcc.Link("All runs", href=address("/runs"))], className="panel-head")
    words = html.P([" · ".join(facts), ".", *warning], className="control-help")
    combine = [_combine()] if with_boxes else []
    return html.Section([head, words, table, *more, *combine], className="panel leaderboard")


def _rank(run: Run) -> float:
    r2 = measure(run, "r2")
    return float("inf") if not wording.is_number(r2) else -float(r2 or 0)


def _row(run: Run, with_boxes: bool) -> html.Tr:
    name = html.Div([dcc.Link(model_name(run), href=run_address(run.id)), _notes(run)])
    ends = interval(run, "r2")
    spread = html.Span(f" {wording.spread(*ends)}", className="quiet-note") if ends else ""
    cells = [
        html.Td([html.Strong(wording.score(measure(run, "r2"))), spread], className="number"),
        html.Td(wording.error_points(measure(run, "rmse")), className="number"),
        html.Td(wording.duration((run.timings or {}).get("total_seconds")), className="number"),
    ]
    for cell, words in zip(cells, HEADS[1:], strict=True):
        setattr(cell, "data-label", words)
    return html.Tr(
        [
            *([html.Td(_box(run), **{"data-label": "Combine"} if can_be_combined(run) else {})] if with_boxes else []),
            html.Th(name, scope="row"),
            *cells,
        ]
    )


def _notes(run: Run) -> Any:
    words = [
        *(["no forecast: it looks at what is only known after a release"] if is_no_forecast(run) else []),
        *(["settings searched"] if run.request.tuning else []),
        *(["library defaults"] if run.request.defaults == "library" else []),
        *([f"{wording.counted(len(run.request.params), 'setting')} changed"] if run.request.params else []),
        wording.ago(run.finished_at),
    ]
    return html.Div(", ".join(words), className="control-help")


def _box(run: Run) -> Any:
    if not can_be_combined(run):
        return ""
    return dbc.Checkbox(
        id={"type": Training.MEMBER, "run": run.id},
        label=html.Span(f"Combine {model_name(run)}", className="visually-hidden"),
        persistence=True,
        persistence_type="session",
    )


def _combine() -> html.Div:
    button = dbc.Button(
        [icon("layers"), " Combine the chosen models"],
        id={"type": Training.COMBINE, "place": "board"},
        color="primary",
        outline=True,
        size="sm",
        type="button",
    )
    words = (
        "Choose two or more: a simple model learns how much to trust each of them, from predictions on tracks that "
        "they had not seen (stacking)."
    )
    return html.Div([button, html.P(words, className="control-help")], className="combine-row")
