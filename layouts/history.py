"""History view: every run, searched, filtered and sorted; names, notes, tags and stars."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.families import FAMILIES
from core.metrics import MEASURES
from core.runs.history import PERIODS, Asked, Choices, HistoryPage
from core.runs.model import SHELL_OWNER, Run, RunState
from core.validation import PROTOCOLS
from layouts import comparison, measures, wording
from layouts.components import control, icon, page_header
from layouts.ids import History
from layouts.links import address, button_link, run_address
from layouts.run_search import ticking
from layouts.run_words import STATE_WORDS, features_in_words, measure, model_name, protocol_name, score_marks

ALL = "*"
"""Value of a filter that leaves all through; an empty one would show as nothing chosen."""

TICK_MS = 3000

EXPORTS = ("csv", "json")

SHOWN_SCORES = ("r2", "rmse", "mae")
"""In the list; the one that it is sorted by stands beside them."""

SORT_WORDS = {
    "created": "Started",
    "name": "Name",
    "family": "Model",
    "protocol": "Validation",
    "state": "State",
    "starred": "Star",
    **{key: metric.label for key, metric in MEASURES.items()},
    "total_seconds": "Duration",
    "fit_seconds": "Time to train",
}


def layout(asked: Asked, choices: Choices, listed: Any, seen: Sequence[str], *, is_active: bool = False) -> html.Div:
    """Draw the view around its list (as `runs_table` draws it); ``seen`` is what it shows, as address and digest."""
    purpose = "Every run, also those that failed: search, sort, name, tag, and choose some to compare."
    actions = [button_link([icon("trophy"), " Leaderboard"], address("/runs"), kind="outline-primary")]
    return html.Div(
        [
            page_header("History", purpose, actions),
            html.Div(id=History.NOTICE, **{"aria-live": "polite"}),
            html.Div(_filters(asked, choices), className="history-filters"),
            html.Div(listed, id=History.LIST),
            html.Div(id=History.TOGETHER, className="together", **{"aria-live": "polite"}),
            dcc.Location(id=History.URL, refresh=False),
            dcc.Store(id=History.CHANGED),
            dcc.Store(id=History.SEEN, data=list(seen)),
            dcc.Store(id=History.PICKED, data=[]),
            ticking(History.TICK, is_active=is_active, every_ms=TICK_MS),
            dcc.Download(id=History.DOWNLOAD),
        ]
    )


FILTER_LABELS = {
    "state": "State",
    "family": "Model",
    "protocol": "Validation",
    "features": "Features",
    "data": "Table",
    "period": "Started",
    "tag": "Tag",
}


def options(asked: Asked, choices: Choices) -> dict[str, list[dict[str, str]]]:
    """What each filter can be set to: what occurs, and what is asked although it does not."""
    found = {
        "state": [(state.value, STATE_WORDS[state]) for state in RunState],
        "family": [(key, FAMILIES[key].label if key in FAMILIES else key) for key in choices.families],
        "protocol": [
            (key, PROTOCOLS[key].label.partition(" (")[0] if key in PROTOCOLS else key) for key in choices.protocols
        ],
        "features": [(each, _short(features_in_words(tuple(each.split(","))))) for each in choices.features if each],
        "data": [(key, f"{name} ({key[:6]})") for key, name in choices.tables],
        "period": [(key, words) for key, (words, _) in PERIODS.items()],
        "tag": [(tag, tag) for tag in choices.tags],
    }
    for name, known in found.items():
        value = str(getattr(asked, name))
        if value and value not in dict(known):
            known.append((value, _short(value)))
    return {
        name: [{"label": words, "value": key} for key, words in [(ALL, "all"), *known]] for name, known in found.items()
    }


def values(asked: Asked) -> dict[str, str]:
    """What the selects stand at."""
    return {name: str(getattr(asked, name)) or ALL for name in FILTER_LABELS} | {"sort": asked.sort}


def is_idle(choices: Sequence[Any]) -> bool:
    """Whether a filter has nothing to choose from, so that it is not shown."""
    return len(choices) < 2


def _filters(asked: Asked, choices: Choices) -> list[Any]:
    given, known = values(asked), options(asked, choices)
    search = dbc.Input(
        id=History.TEXT,
        value=asked.text,
        type="search",
        debounce=0.4,
        maxLength=200,
        placeholder="Name, note, tag",
    )
    sorts = [{"label": words, "value": key} for key, words in SORT_WORDS.items()]
    directions = [{"label": "high to low", "value": "down"}, {"label": "low to high", "value": "up"}]
    return [
        control("Search", search),
        *(
            html.Div(
                control(label, dbc.Select(known[name], given[name], id={"type": History.FILTER, "name": name})),
                id={"type": History.FIELD, "name": name},
                hidden=is_idle(known[name]),
            )
            for name, label in FILTER_LABELS.items()
        ),
        control("Sort by", dbc.Select(sorts, asked.sort, id={"type": History.FILTER, "name": "sort"})),
        control("Order", dbc.Select(directions, "up" if asked.ascending else "down", id=History.ASCENDING)),
        dbc.Checkbox(id=History.STARRED, value=asked.starred, label="Only with a star"),
    ]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def runs_table(
    found: HistoryPage, asked: Asked, now: datetime | None = None, query: str = "", picked: Collection[str] = ()
) -> Any:
    """Draw a page of runs; what is the same in all of them stands above, once.

    Parameters
    ----------
    found : HistoryPage
    asked : Asked
    now : datetime, optional
    query : str
        Address that asks for the same runs.
    picked : collection of str
        Ids of the runs that are ticked.
    """
    if not found.runs:
        return html.Section(html.P("No run fits. Loosen a filter, or train a model."), className="panel")
    columns = _columns(found.runs, now, asked.sort)
    same = {label: cells[0] for label, cells in columns.items() if len(found.runs) > 1 and len(set(cells)) == 1}
    shown = {label: cells for label, cells in columns.items() if label not in same}
    first, last = asked.offset + 1, asked.offset + len(found.runs)
    count = f"{first:,} to {last:,} of {wording.counted(found.total, 'run')}"
    heads = [
        html.Th(_hidden("Compare")),
        html.Th("Run"),
        *(html.Th(label, className="number" if label in _NUMBERS else "") for label in shown),
        html.Th(_hidden("Change")),
    ]
    rows = [
        _row(run, [(label, cells[at]) for label, cells in shown.items()], is_picked=run.id in picked)
        for at, run in enumerate(found.runs)
    ]
    caption = html.Caption(f"Runs, {count}", className="visually-hidden")
    body = html.Table([caption, html.Thead(html.Tr(heads)), html.Tbody(rows)], className="runs-table history-table")
    alike = [html.P("The same in all of these: " + "; ".join(f"{label} {value}" for label, value in same.items()) + ".",
                    className="control-help")] if same else []  # fmt: skip
    charts = dcc.Link([icon("graph-up"), " Charts"], href=address("/history/charts") + query, className="quiet-button")
    tools = html.Span([charts, *(_export(kind) for kind in EXPORTS)], className="panel-tools")
    head = html.Div([html.Span(count), tools], className="panel-head")
    return html.Section([head, *alike, body, _turn(asked, found.total)], className="panel")


def _columns(runs: Sequence[Run], now: datetime | None, sort: str = "") -> dict[str, list[str]]:
    scores = dict.fromkeys((*SHOWN_SCORES, *([sort] if sort in MEASURES else [])))
    return {
        "State": [STATE_WORDS[run.state] for run in runs],
        "Validation": [protocol_name(run.request.protocol).partition(" (")[0] for run in runs],
        "Features": [_short(features_in_words(run.request.features)) for run in runs],
        "Table": [str(run.data.get("source_name") or wording.NOTHING) for run in runs],
        **{MEASURES[key].label: [measures.number(key, measure(run, key)) for run in runs] for key in scores},
        "Duration": [wording.duration((run.timings or {}).get("total_seconds")) for run in runs],
        "Started": [wording.ago(run.created_at, now) for run in runs],
    }


_NUMBERS = (*(metric.label for metric in MEASURES.values()), "Duration")


def _row(run: Run, cells: Sequence[tuple[str, str]], *, is_picked: bool) -> html.Tr:
    name = [
        html.Div([dcc.Link(run.name or model_name(run), href=run_address(run.id))]),
        *([html.Div(model_name(run), className="control-help")] if run.name else []),
        *score_marks(run),
        html.Div([dbc.Badge(tag, color="secondary", class_name="me-1") for tag in run.tags]) if run.tags else "",
        html.Div(_short(run.note), className="control-help", title=run.note) if run.note else "",
    ]
    drawn = [
        html.Td(value, className="number" if label in _NUMBERS else "", **{"data-label": label})
        for label, value in cells
    ]
    return html.Tr([html.Td(_box(run, is_picked)), html.Th(name, scope="row"), *drawn, html.Td(_actions(run))])


def _box(run: Run, is_picked: bool) -> Any:
    if run.state is not RunState.FINISHED:
        return ""
    label = html.Span(f"Compare {run.name or model_name(run)}", className="visually-hidden")
    return dbc.Checkbox(id={"type": History.CHOSEN, "run": run.id}, value=is_picked, label=label)


def _actions(run: Run) -> Any:
    if run.owner == SHELL_OWNER:
        return html.Span("from the command line", className="control-help")
    key = {"run": run.id, "edition": run.edition}
    said = "Take the star away" if run.is_starred else "Give a star"
    star = _button("star-fill" if run.is_starred else "star", said, {"type": History.STAR, **key})
    delete = [] if run.is_active else [_button("trash", "Delete", {"type": History.DELETE, "run": run.id})]
    fields = [
        control("Name", dbc.Input(id={"type": History.NAME, **key}, value=run.name, maxLength=120)),
        control(
            "Tags, with commas", dbc.Input(id={"type": History.TAGS, **key}, value=", ".join(run.tags), maxLength=400)
        ),
        control("Note", dbc.Textarea(id={"type": History.NOTE, **key}, value=run.note, maxLength=4000)),
        dbc.Button("Keep", id={"type": History.SAVE, **key}, size="sm", type="button"),
    ]
    edit = html.Details(
        [html.Summary(icon("pencil"), className="quiet-button", title="Name, tags, note"), html.Div(fields)],
        className="history-edit",
        **{"data-fold": f"edit {run.id} {run.edition}"},  # kept, it is another edition: the fields close
    )
    return html.Div([star, edit, *delete], className="history-actions")


def _button(name: str, said: str, component_id: dict[str, Any]) -> html.Button:
    return html.Button(
        icon(name), id=component_id, type="button", className="quiet-button", title=said, **{"aria-label": said}
    )


def _export(kind: str) -> html.Button:
    return html.Button(
        [icon("download"), f" {kind.upper()}"],
        id={"type": History.EXPORT, "kind": kind},
        type="button",
        className="quiet-button",
        **{"aria-label": f"Download all runs that fit as {kind.upper()}"},
    )


def _turn(asked: Asked, total: int) -> Any:
    if total <= asked.limit:
        return ""
    page, last = asked.offset // asked.limit, (total - 1) // asked.limit
    steps = [("Newer", page - 1, page == 0), ("Older", page + 1, page >= last)]
    if asked.sort != "created":
        steps = [("Back", page - 1, page == 0), ("Next", page + 1, page >= last)]
    buttons = [
        dbc.Button(words, id={"type": History.TURN, "page": max(0, to)}, disabled=off, outline=True, size="sm",
                   color="secondary", type="button")
        for words, to, off in steps
    ]  # fmt: skip
    return html.Div([*buttons, html.Span(f"Page {page + 1:,} of {last + 1:,}", className="control-help")],
                    className="history-pages")  # fmt: skip


def together(run_ids: Sequence[str]) -> Any:
    """Draw what can be done with the runs that are ticked on whatever page, and the way to untick them all."""
    if not run_ids:
        return ""
    clear = html.Button(
        [icon("x-lg"), " Untick all"], id={"type": History.UNPICK, "part": "all"}, type="button",
        className="quiet-button",
    )  # fmt: skip
    return html.Div([comparison.together(run_ids), clear], className="button-row")


def deleted_notice(run: Run, lost: str = "") -> html.Div:
    """Confirm a deletion, say what it leaves empty, and offer to undo it."""
    undo = dbc.Button(
        "Undo", id={"type": History.UNDO, "run": run.id}, color="link", type="button", class_name="p-0 ms-2"
    )
    said = f" Deleted the run {run.name or model_name(run)}.{lost}"
    return html.Div([icon("trash"), said, undo], className="callout", role="status")


def _hidden(words: str) -> html.Span:
    return html.Span(words, className="visually-hidden")
