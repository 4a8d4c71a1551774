"""What a run tells while it works: folds, candidates of a search, learning curves; and the search when it has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from core.families import FAMILIES
from core.metrics import METRICS
from core.runs.model import Run
from layouts import wording
from layouts.components import graph_card, icon
from layouts.components.table import table as plain_table
from layouts.ids import Search, at
from layouts.links import address, button_link

CHARTS = (Search.BEST, Search.SECONDS, Search.PARALLEL, Search.CURVE)
TITLES = {
    Search.BEST: "Best score so far",
    Search.PARALLEL: "Settings and scores",
    Search.SECONDS: "Time per candidate",
    Search.CURVE: "Learning curve",
}
METHODS = {
    "random": "tried settings at random",
    "halving": "tried many settings on few tracks and dropped weak ones early",
    "tpe": "learned from earlier tries (Optuna's TPE)",
}


@dataclass(frozen=True)
class Drawn:
    """A chart with its words and numbers, as far as the run has told.

    Parameters
    ----------
    figure : Figure
    reading : str
    n : int or None
        Candidates, or learning steps, behind it.
    table : DataFrame or None
    is_shown : bool
        False while the run has told nothing of the kind.
    """

    figure: go.Figure
    reading: str
    n: int | None = None
    table: pd.DataFrame | None = None
    is_shown: bool = True


def box_id(place: str, part: Search) -> str:
    """Id of what is hidden while a part has nothing to show."""
    return f"{at(place, part)}-box"


def search_panel(
    place: str,
    run_id: str | None,
    seen: int,
    drawn: Mapping[Search, Drawn],
    *,
    head: str = "",
    folds: Any = None,
    title: str = "",
    theme: str = "light",
    is_active: bool = False,
) -> html.Section:
    """Draw everything that a run tells; every part is there from the start, hidden while it has nothing to show.

    Parameters
    ----------
    place : {"training", "run"}
    run_id : str or None
        Run that is followed.
    seen : int
        Number of the last event that is drawn.
    drawn : mapping
        One chart a member of `CHARTS`.
    head : str
        One line: how far it is.
    folds : component
        As `fold_strip` draws it.
    title : str
        Heading of the section, where it needs one.
    theme : {"light", "dark"}
        In which the charts are drawn.
    is_active : bool
        Whether there is more to come.
    """
    charts = html.Div([_chart(place, part, drawn[part]) for part in CHARTS], className="graph-grid search-grid")
    parts = [
        html.Div(head, id=at(place, Search.HEAD), className="search-head"),
        html.Div(id=at(place, Search.SAID), className="visually-hidden", role="status"),
        html.Div(folds, id=at(place, Search.FOLDS)),
        charts,
        ticking(at(place, Search.TICK), is_active=is_active),
        dcc.Store(id=at(place, Search.RUN), data=run_id),
        dcc.Store(id=at(place, Search.SEEN), data={"run": run_id, "seq": seen, "theme": theme}),
    ]
    named = [html.H2(title)] if title else []
    is_empty = not head and folds is None and not any(one.is_shown for one in drawn.values())
    return html.Section([*named, *parts], id=at(place, Search.PANEL), className="search-panel", hidden=is_empty)


def _chart(place: str, part: Search, drawn: Drawn) -> html.Div:
    card = graph_card(
        at(place, part),
        drawn.figure,
        title=TITLES[part],
        reading=drawn.reading,
        n=drawn.n,
        table=drawn.table,
        height=300,
        config={"displayModeBar": False} if part is Search.PARALLEL else None,
    )
    is_wide = part in (Search.PARALLEL, Search.CURVE)
    return html.Div(
        card, id=box_id(place, part), hidden=not drawn.is_shown,
        className=f"search-chart {'search-wide' if is_wide else ''} {'wide-chart' if part is Search.PARALLEL else ''}",
    )  # fmt: skip


def ticking(tick_id: str, *, is_active: bool, every_ms: int = 1000) -> dcc.Interval:
    """Draw an interval for a callback that names it in ``running``: it waits for the answer before it ticks again.

    It is stopped by ``max_intervals``, as ``disabled`` belongs to the callback that is under way: on a busy server a
    tick that came too early would throw away the answer to the one before.
    """
    return dcc.Interval(id=tick_id, interval=every_ms, max_intervals=ticks(is_active))


def ticks(is_active: bool) -> int:
    """``max_intervals`` of such an interval: without end, or none at all."""
    return -1 if is_active else 0


def fold_strip(folds: Sequence[Mapping[str, Any]], total: int) -> Any:
    """Draw the folds of the cross-validation that have ended; nothing before the first.

    Parameters
    ----------
    folds : sequence of dict
        Fields of ``core.progress.FoldScored``.
    total : int
        Folds in all.
    """
    if not folds:
        return None
    items = [
        html.Li(
            [
                html.Strong(f"Fold {fold['number']}"),
                f" R² {wording.score((fold.get('scores') or {}).get('r2'))}, RMSE "
                f"{wording.error_points((fold.get('scores') or {}).get('rmse'))}, "
                f"{wording.duration(fold.get('seconds'))}",
            ]
        )
        for fold in folds
    ]
    waiting = [html.Li(f"{wording.counted(total - len(folds), 'fold')} to go", className="quiet-note")]
    return html.Ul([*items, *(waiting if total > len(folds) else [])], className="fold-strip")


def search_result(run: Run) -> Any:
    """Draw what a finished search found: the settings, and what to be wary of; nothing for a run without one."""
    found = (run.metrics or {}).get("search")
    if not found:
        return None
    again = button_link(
        [icon("arrow-repeat"), " Train again with these settings"],
        address("/train", **{"from": run.id, "settings": "best"}),
        kind="outline-primary",
    )
    facts = [part for name, value in _facts(run, found) for part in (html.Dt(name), html.Dd(value))]
    head = html.Div([html.H2("The search"), again], className="panel-head")
    parts = [head, html.P(_summary(found)), *_warnings(run, found), html.Dl(facts, className="fact-list")]
    return html.Section(parts, className="panel")


def candidate_list(frame: pd.DataFrame) -> Any:
    """Draw every candidate of a search as a table, the best first, with its CSV."""
    if frame.empty:
        return None
    save = html.Button(
        [icon("download"), " CSV"],
        type="button",
        className="quiet-button",
        **{"data-download": "csv", "aria-label": "Download CSV: all candidates"},
    )
    head = html.Div([html.H2(f"All {wording.counted(len(frame), 'candidate')}"), save], className="panel-head")
    table = html.Div(plain_table(frame, "Candidates of the search, the best first"), className="candidate-table")
    return html.Section([head, table], className="panel table-card")


def _summary(found: Mapping[str, Any]) -> str:
    metric = METRICS.get(str(found.get("scoring")))
    name = metric.label if metric else str(found.get("scoring"))
    score = _scored(found.get("best_score"), str(found.get("scoring")))
    tried, folds = int(found.get("tried") or 0), int(found.get("folds") or 0)
    how = METHODS.get(str(found.get("method")), str(found.get("method")))
    said = (
        f"It {how}: {wording.counted(tried, 'candidate')} over {wording.counted(folds, 'fold')} in "
        f"{wording.duration(found.get('seconds'))}. The best reached {name} {score} inside the training part: the "
        "best of many, so it flatters. Judge the model by its held-out test."
    )
    usual = _scored(found.get("default_score"), str(found.get("scoring")))
    beaten = (
        "None of them beat the settings that it would have had without a search."
        if found.get("best_number") == 1
        else f"Without a search it would have had {usual}."
        if usual != wording.NOTHING
        else ""
    )
    stopped = {"person": "You stopped it early and kept the best.", "time": "It ended at its time limit."}
    return " ".join(part for part in (said, beaten, stopped.get(str(found.get("stopped")), "")) if part)


def _warnings(run: Run, found: Mapping[str, Any]) -> list[html.Div]:
    border = [name for name in found.get("border") or () if isinstance(name, str)]
    if not border:
        return []
    allowed = FAMILIES[run.request.family].allowed
    best = found.get("best_params") or {}
    shown = [f"{allowed[name].label} ({setting(best.get(name))})" if name in allowed else name for name in border]
    verb = "lies" if len(shown) == 1 else "lie"
    words = (
        f"The best value of {wording.listed(shown)} {verb} at the edge of what was tried: a better one may lie beyond. "
        "Set it by hand a little further out, and search the rest again."
    )
    return [html.Div([icon("exclamation-triangle-fill"), " ", words], className="callout callout-warning", role="note")]


def _facts(run: Run, found: Mapping[str, Any]) -> list[tuple[str, str]]:
    allowed = FAMILIES[run.request.family].allowed
    best = found.get("best_params") or {}
    return [(allowed[name].label if name in allowed else name, setting(value)) for name, value in best.items()]


def setting(value: Any) -> str:
    """Write the value of a setting for people."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else f"{value}"


def _scored(value: Any, metric: str) -> str:
    if not wording.is_number(value):
        return wording.NOTHING
    return f"{value:.{3 if metric == 'r2' else 2}f}".replace("-", wording.MINUS)
