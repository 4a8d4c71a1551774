"""What a run tells, on whichever page it is followed: only what is new is asked for, only what changed is drawn."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import Dash, Input, Output, Patch, State, no_update

from callbacks.identity import current_owner
from core.errors import NotFound
from core.figures import training as figures
from core.figures.theme import template
from core.runs.model import Run, RunState
from layouts import run_search as view
from layouts import wording
from layouts.components import card_part, count_text, graph_table
from layouts.ids import Search, Shell, at

KEPT_LOGS = 32
STOP = 0
"""``max_intervals`` of an interval that stands still."""
LIVE_ROWS = 15
"""Rows of the table behind the chart while the search goes on; its end brings all."""
_NAMES = {"fold": "number", "candidate": "number", "curve": "fit"}
_PARTS = {"candidate": (Search.BEST, Search.PARALLEL, Search.SECONDS), "curve": (Search.CURVE,)}

Event = dict[str, Any]


@dataclass
class Log:
    """Everything that a run has told, as far as this process has asked."""

    seq: int = 0
    events: dict[tuple[str, Any], Event] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, kind: str) -> list[Event]:
        """Give the events of a kind."""
        return [event for (own, _), event in list(self.events.items()) if own == kind]

    def kinds_since(self, seq: int) -> set[str]:
        """Give the kinds of which there is something new."""
        return {kind for kind, last in list(self.changed.items()) if last > seq}


class Logs:
    """The logs of the runs that are looked at, the least recently used given up first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Log] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, services: Any, run_id: str, owner: str) -> Log:
        """Bring the log of a run up to date; the registry checks whose it is each time.

        Raises
        ------
        NotFound
        """
        with self._lock:
            log = self._kept.setdefault(run_id, Log())
            self._kept.move_to_end(run_id)
            while len(self._kept) > KEPT_LOGS:
                self._kept.popitem(last=False)
        with log.lock:
            seq, events = services.runs.events(run_id, owner, log.seq)
            for event in events:
                log.events[(event["kind"], event[_NAMES[event["kind"]]])] = event
                log.changed[event["kind"]] = seq
            log.seq = seq
        return log


_logs = Logs()


def panel(services: Any, place: str, run: Run | None, owner: str, theme: str, title: str = "") -> Any:
    """Draw what a run has told so far; an empty, hidden panel without a run.

    Raises
    ------
    NotFound
        When this owner has no such run.
    """
    log = Log() if run is None else _logs.read(services, run.id, owner)
    upto = log.seq  # before anything is drawn: another tab may bring the log further meanwhile
    drawn = {part: _draw(part, log, run, theme) for part in view.CHARTS}
    head = "" if run is None else headline(run, log.of("candidate"))
    folds = None if run is None else folds_of(run, log)
    return view.search_panel(place, run and run.id, upto, drawn, head=head, folds=folds, title=title, theme=theme,
                             is_active=run is not None and run.is_active)  # fmt: skip


def result(services: Any, run: Run, owner: str) -> tuple[Any, Any]:
    """Draw what a finished search found, and its candidates; nothing for a run without one."""
    if run.state is not RunState.FINISHED or not (run.metrics or {}).get("search"):
        return None, None
    log = _logs.read(services, run.id, owner)
    table = figures.candidate_table(log.of("candidate"), run.request.family, metric_of(run))
    return view.search_result(run), view.candidate_list(table)


def register(app: Dash, services: Any, place: str) -> None:
    """Attach the callback that follows the run named in a page's store, until it has ended.

    Parameters
    ----------
    place : {"training", "run"}
    """
    tick = at(place, Search.TICK)

    @app.callback(
        Output(tick, "max_intervals"),
        Output(at(place, Search.SEEN), "data"),
        Output(at(place, Search.PANEL), "hidden"),
        Output(at(place, Search.HEAD), "children"),
        Output(at(place, Search.SAID), "children"),
        Output(at(place, Search.FOLDS), "children"),
        *(output for part in view.CHARTS for output in _outputs(place, part)),
        Input(tick, "n_intervals"),
        State(at(place, Search.RUN), "data"),
        State(at(place, Search.SEEN), "data"),
        State(Shell.THEME, "data"),
        running=[(Output(tick, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def follow(_tick: Any, run_id: Any, seen: Any, theme: Any) -> tuple[Any, ...]:
        return news(services, current_owner(), run_id, seen, "dark" if theme == "dark" else "light")


def news(services: Any, owner: str, run_id: Any, seen: Any, theme: str) -> tuple[Any, ...]:
    """Give what has changed on a page since it was last drawn, in the order of the callback's outputs."""
    nothing = (no_update,) * (5 + 6 * len(view.CHARTS))
    known = seen if isinstance(seen, dict) else {}
    gone = (STOP, {"run": None, "seq": 0}, True, *nothing[2:])
    if not isinstance(run_id, str):
        return gone
    try:
        run = services.runs.get(run_id, owner)  # before its events: of one that has ended here nothing is missed there
        log = _logs.read(services, run_id, owner)
        upto = log.seq  # before anything is drawn: another tab may bring the log further meanwhile
    except NotFound:  # deleted in another tab
        return gone
    ticks = no_update if run.is_active else STOP
    is_other = known.get("run") != run_id
    seq = known.get("seq") if not is_other and wording.is_number(known.get("seq")) else 0
    kinds = log.kinds_since(seq)
    if not kinds and not is_other and run.is_active:
        return ticks, *nothing
    candidates, folds = log.of("candidate"), folds_of(run, log)
    head = headline(run, candidates)
    has_all = is_other or not run.is_active  # at the end the tables behind the charts become whole
    parts = view.CHARTS if has_all else tuple(part for kind in kinds for part in _PARTS.get(kind, ()))
    dress = theme if known.get("theme") != theme else ""
    drawn = [
        _changes(part, log, run, theme, dress, is_first=is_other) if part in parts else (no_update,) * 6
        for part in view.CHARTS
    ]
    is_empty = not (head or folds or candidates or log.of("curve"))
    said = milestone(run, candidates)
    mark = {"run": run_id, "seq": upto, "theme": theme}
    return (ticks, mark, is_empty, head, said, folds, *(one for each in drawn for one in each))


def headline(run: Run, candidates: Sequence[Event]) -> str:
    """Say how far a search is, and the best score so far; nothing for a run without a search."""
    if run.request.tuning is None:
        return ""
    metric = metric_of(run)
    frame = figures.compute_candidates(candidates, metric)
    ended = int((frame["state"] != "running").sum())
    best = frame["best"].dropna()
    total = f" of {planned(run):,}" if run.is_active else ""
    said = f"{ended:,}{total} candidates tried"
    return (
        f"{said}, best {figures.metric_name(metric)} {figures.in_digits(best.iloc[-1], metric)}" if len(best) else said
    )


def milestone(run: Run, candidates: Sequence[Event]) -> str:
    """Say how far a search is, in words that change only at each quarter: they are read aloud."""
    if run.request.tuning is None or not candidates:
        return ""
    if not run.is_active:
        return "The search has ended."
    ended = sum(event.get("state") != "running" for event in candidates)
    quarter = int(4 * min(ended / max(planned(run), 1), 1))
    return (
        f"The search has begun: {planned(run)} candidates."
        if not quarter
        else f"{quarter * 25}% of the search is done."
    )


def planned(run: Run) -> int:
    """Candidates of a run's search: those asked for, and the settings that it would have without one."""
    return run.request.tuning.iterations + 1 if run.request.tuning else 0


def metric_of(run: Run) -> str:
    """Key of the metric by which a run's candidates are compared."""
    return run.request.tuning.scoring if run.request.tuning else "rmse"


def folds_of(run: Run, log: Log) -> Any:
    """Draw the folds that have ended, in their order."""
    folds = sorted(log.of("fold"), key=lambda event: event["number"])
    return view.fold_strip(folds, run.request.cv_folds if run.is_active else len(folds))


def _draw(part: Search, log: Log, run: Run | None, theme: str) -> view.Drawn:
    candidates, curves = log.of("candidate"), log.of("curve")
    family, metric = (run.request.family, metric_of(run)) if run else ("", "rmse")
    table = None if part is Search.CURVE else figures.candidate_table(candidates, family, metric)
    if table is not None and run is not None and run.is_active:
        table = table.head(LIVE_ROWS)
    drawers: dict[Search, Callable[[], view.Drawn]] = {
        Search.BEST: lambda: view.Drawn(
            figures.plot_best_so_far(candidates, metric, theme=theme),
            figures.read_best_so_far(candidates, metric),
            len(candidates),
            table,
            bool(candidates),
        ),
        Search.PARALLEL: lambda: view.Drawn(
            figures.plot_parallel(candidates, family, metric, theme=theme),
            figures.read_parallel(candidates, metric),
            len(candidates),
            table,
            len(candidates) > 1,
        ),
        Search.SECONDS: lambda: view.Drawn(
            figures.plot_seconds(candidates, theme=theme),
            figures.read_seconds(candidates),
            len(candidates),
            table,
            bool(candidates),
        ),
        Search.CURVE: lambda: view.Drawn(
            figures.plot_learning_curves(curves, theme=theme),
            figures.read_learning_curves(curves),
            None,
            None if run is None or run.is_active else figures.compute_curves(curves),
            bool(curves),
        ),
    }
    return drawers[part]()


def _outputs(place: str, part: Search) -> list[Output]:
    graph = at(place, part)
    return [
        Output(view.box_id(place, part), "hidden"),
        Output(graph, "figure"),
        Output(card_part(graph, "reading"), "children"),
        Output(card_part(graph, "alternative"), "children"),
        Output(card_part(graph, "n"), "children"),
        Output(card_part(graph, "table"), "children"),
    ]


def _changes(part: Search, log: Log, run: Run, theme: str, dress: str, *, is_first: bool) -> tuple[Any, ...]:
    drawn = _draw(part, log, run, theme)
    table = graph_table(drawn.table, view.TITLES[part]) if drawn.table is not None else no_update
    figure = drawn.figure if is_first else _patched(drawn.figure, dress)
    return not drawn.is_shown, figure, drawn.reading, drawn.reading, count_text(drawn.n), table


def _patched(figure: Any, dress: str) -> Patch:
    """Change what a figure shows, and its template only where the page has changed its theme since (``dress``)."""
    drawn = figure.to_dict()
    patch = Patch()
    patch["data"] = drawn["data"]
    for name in ("annotations", "shapes"):
        patch["layout"][name] = drawn["layout"].get(name, [])
    for name in ("xaxis", "yaxis", "margin", "uirevision", "showlegend", "meta"):
        if name in drawn["layout"]:
            patch["layout"][name] = drawn["layout"][name]
    if dress:
        patch["layout"]["template"] = template(dress).to_plotly_json()
    return patch
