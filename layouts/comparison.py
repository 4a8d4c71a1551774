"""Comparison view: a leaderboard of runs on the same held-out tracks; the others apart, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.comparison import COSTS, Board
from core.metrics import MEASURES
from core.runs.aliases import Promotion
from core.runs.model import SHELL_OWNER, Run
from core.runs.standings import Group
from core.validation import PROTOCOLS
from layouts import wording
from layouts.aliases import form as promotion_form
from layouts.comparison_table import board_table, delete_button
from layouts.comparison_words import best_in_words
from layouts.components import control, empty_state, icon, page_header
from layouts.exchange import import_panel
from layouts.ids import Comparison, Standing
from layouts.links import address, button_link, run_address
from layouts.run_words import STATE_WORDS, baseline, features_in_words, model_name, protocol_name

MOST_APART = 40


@dataclass(frozen=True)
class Shown:
    """What stands below the choices.

    Parameters
    ----------
    runs : sequence of Run
        Those on the board, any order.
    board : Board or None
        None when nothing can be compared.
    apart : sequence of (Run, str)
        The other runs, each with why it is not on the board.
    chart : component or None
        Score against cost.
    held : sequence of Promotion
        Which runs are champion or candidate.
    ticked : sequence of str
        Ids of the runs that are chosen.
    total : int
        All runs that are not on the board, also those that are not in ``apart``.
    """

    runs: Sequence[Run]
    board: Board | None
    apart: Sequence[tuple[Run, str]]
    chart: Any = None
    held: Sequence[Promotion] = ()
    ticked: Sequence[str] = ()
    total: int = 0


def layout(controls: Any, shown: Any, seen: Sequence[str], champions: Any = None) -> html.Div:
    """Draw the view around its choices, its content and its champions (as `choices` and `content` draw them)."""
    purpose = "Which model is best, and by how much: only runs scored on the very same tracks stand side by side."
    actions = [
        button_link([icon("clock-history"), " History"], address("/history"), kind="outline-primary"),
        button_link([icon("plus-lg"), " Train models"], address("/train")),
    ]
    return html.Div(
        [
            page_header("Runs", purpose, actions),
            html.Div(id=Comparison.NOTICE, **{"aria-live": "polite"}),
            html.Div(champions, id=Comparison.CHAMPIONS, className="champions"),
            html.Div(controls, className="comparison-choices"),
            html.Div(shown, id=Comparison.LIST),
            dcc.Store(id=Standing.CHANGED),
            import_panel(),
            html.Div(together([]), id=Comparison.TOGETHER, className="together", **{"aria-live": "polite"}),
            dcc.Store(id=Comparison.PICKED, data=[]),
            dcc.Store(id=Comparison.CHANGED),
            dcc.Store(id=Comparison.SEEN, data=seen),
            dcc.Interval(id=Comparison.TICK, interval=3000),
        ]
    )


def choices(groups: Sequence[Group], chosen: str, objective: str, cost: str) -> list[Any]:
    """Draw the choices: which comparison, by which score, against which cost."""
    group = dbc.Select(group_options(groups), chosen or None, id=Comparison.GROUP)
    metrics = [{"label": metric.label, "value": key} for key, metric in MEASURES.items()]
    costs = [{"label": one.label, "value": key} for key, one in COSTS.items()]
    return [
        control("Compare", group, term="Runs with one table, one protocol, one share held out and one seed"),
        control("Order by", dbc.Select(metrics, objective, id=Comparison.OBJECTIVE)),
        control("Against the cost", dbc.Select(costs, cost, id=Comparison.COST)),
    ]


def group_options(groups: Sequence[Group]) -> list[dict[str, str]]:
    """The comparisons that there are, for the choice of one."""
    return [{"label": group_name(one), "value": one.footing.key} for one in groups]


def group_name(group: Group) -> str:
    """Name a comparison: validation, table, share held out, number of runs."""
    run = group.newest
    table = f"{run.data.get('source_name')}{' (synthetic)' if run.data.get('is_synthetic') else ''}"
    share = wording.share(run.request.test_share)
    protocol = protocol_name(run.request.protocol).partition(" (")[0]
    return f"{protocol} · {table} · {share} held out, seed {run.request.seed} · {wording.counted(group.n, 'run')}"


def content(shown: Shown, now: datetime | None = None) -> Any:
    """Draw the leaderboard, the chart, and the runs that stand apart."""
    if not shown.runs and not shown.apart:
        return empty_state(
            "No runs yet",
            "Train a model: its score appears here, beside what knowing only the genre would give.",
            button_link([icon("play-fill"), " Train models"], address("/train")),
            icon_name="list-check",
        )
    parts: list[Any] = []
    if shown.board is not None:
        parts += [_board(shown.board, shown), shown.chart]
    if shown.apart:
        parts.append(_apart(shown.apart, shown.total, now, alone=shown.board is None))
    return html.Div([part for part in parts if part is not None], className="stack")


def _board(board: Board, shown: Shown) -> html.Section:
    run = shown.runs[0]
    protocol = PROTOCOLS[run.request.protocol]
    title = [*([icon("exclamation-triangle"), " "] if protocol.is_leaky else []), protocol_name(protocol.key)]
    head = html.Div([html.H2(title), html.Span(f"n = {board.n_tracks:,}", className="graph-n")], className="panel-head")
    facts = [_source(run), f" · {protocol.question} ", _yardsticks(shown.runs)]
    leaky = html.P(html.Strong("Scores here are inflated; they are shown for contrast.")) if protocol.is_leaky else ""
    return html.Section(
        [
            head,
            html.P(facts, className="control-help"),
            leaky,
            html.Ul([html.Li(said) for said in best_in_words(board)], className="best-list"),
            board_table(board, shown.held, shown.ticked),
            html.P(_how_to_read(board), className="control-help"),
        ],
        className="panel leaderboard",
    )


def _how_to_read(board: Board) -> str:
    return (
        f"Differences are to the best run, on the same {board.n_tracks:,} held-out tracks. The ranges beside them hold "
        f"all differences at once with 99% confidence, drawing {board.n_groups:,} {board.unit} again and again (paired "
        "bootstrap). Where a range reaches zero, the two are a tie: another test could turn them round. Ranges below "
        "scores are 95% intervals of each score alone. Time to train is of the final model, without validation."
    )


def _source(run: Run) -> Any:
    if run.data.get("is_synthetic"):
        return html.Span([dbc.Badge("Synthetic", color="warning", text_color="dark", class_name="me-1"), "sample"])
    return run.data.get("source_name") or ""


def _yardsticks(runs: Sequence[Run]) -> str:
    for run in runs:
        genre, mean = baseline(run, "genre_mean", "r2"), baseline(run, "mean", "r2")
        if genre is not None:
            return f"Knowing only the genre gives R² {wording.score(genre)}, always the mean {wording.score(mean)}."
    return ""


def _apart(apart: Sequence[tuple[Run, str]], total: int, now: datetime | None, *, alone: bool) -> html.Section:
    heads = ("Model", "State", "Why it is not compared above" if not alone else "Why it is not compared", "Started", "")
    head = html.Thead(html.Tr([html.Th(words or _hidden("Delete"), scope="col") for words in heads]))
    rows = [_apart_row(run, why, now, heads) for run, why in apart[:MOST_APART]]
    more_in_history = max(total, len(apart)) - len(rows)
    caption = html.Caption("Runs that are not compared", className="visually-hidden")
    more = [
        html.P(
            [f"{more_in_history:,} more are in the ", dcc.Link("history", href=address("/history")), "."],
            className="control-help",
        )
    ]
    return html.Section(
        [
            html.H2("Not in this comparison" if not alone else "Runs"),
            html.Table([caption, head, html.Tbody(rows)], className="runs-table apart-table"),
            *(more if more_in_history > 0 else []),
        ],
        className="panel",
    )


def _apart_row(run: Run, why: str, now: datetime | None, heads: Sequence[str]) -> html.Tr:
    details = html.Div(features_in_words(run.request.features), className="control-help")
    name = html.Div([dcc.Link(model_name(run), href=run_address(run.id)), details])
    dot = html.Span(className=f"state-dot state-{run.state.value}", **{"aria-hidden": "true"})
    cells = [
        html.Td(html.Span([dot, STATE_WORDS[run.state]])),
        html.Td(why),
        html.Td(html.Span(wording.ago(run.created_at, now), title=wording.moment(run.created_at))),
        html.Td(delete_button(run)),
    ]
    for cell, words in zip(cells, heads[1:], strict=True):
        setattr(cell, "data-label", words)
    return html.Tr([html.Th(name, scope="row"), *cells])


def _hidden(words: str) -> html.Span:
    return html.Span(words, className="visually-hidden")


def together(run_ids: Sequence[str]) -> Any:
    """Draw the way to the chosen runs side by side, or say how many to choose."""
    if not run_ids:
        return ""
    counted, ids = wording.counted(len(run_ids), "run"), ",".join(run_ids)
    if len(run_ids) < 2:
        return html.Span(f"{counted} chosen. Choose two to eight to compare side by side.")
    charts = button_link(
        [icon("graph-up"), f" Charts of {counted}"], address("/history/charts", runs=ids), kind="outline-primary"
    )
    if len(run_ids) > 8:
        words = html.Span(f"{counted} chosen. Choose two to eight to compare side by side.")
        return html.Div([words, charts], className="button-row")
    compare = [icon("layout-three-columns"), f" Compare {counted} side by side"]
    return html.Div([button_link(compare, address("/compare", runs=ids)), charts], className="button-row")


def promote_one(run: Run) -> html.Div:
    """Draw what can be done with the one run that is chosen."""
    name = run.name or model_name(run)
    more = "Choose one to seven more to compare side by side."
    if run.owner == SHELL_OWNER:
        return html.Div(f"{name} chosen. {more}")
    summary = html.Summary([icon("trophy"), f" Promote {name}"])
    return html.Div([html.Span(f"{name} chosen. {more}"), html.Details([summary, promotion_form(run.id)])])


def deleted_notice(run: Run, lost: str = "") -> html.Div:
    """Confirm a deletion, say what it leaves empty, and offer to undo it."""
    undo = dbc.Button(
        "Undo", id={"type": Comparison.UNDO, "run": run.id}, color="link", type="button", class_name="p-0 ms-2"
    )
    return html.Div(
        [icon("trash"), f" Deleted the run {model_name(run)}.{lost}", undo], className="callout", role="status"
    )


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
