"""History view: finds runs, describes, deletes, exports them; what is asked stands in the address."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks import aliases
from callbacks.history.address import (
    by_hand,
    heard,
    is_address_told,
    next_asked,
    pressed_turn,
    told,
    unless_same,
    write_query,
)
from callbacks.identity import current_owner
from core.cautions import cautions
from core.errors import DashboardError, InvalidRequest
from core.export import to_csv
from core.metrics import MEASURES
from core.runs.history import MOST_ROWS, Asked, HistoryPage
from core.runs.model import Run, iso
from layouts import comparison
from layouts import history as view
from layouts.ids import History, Shell
from layouts.run_search import ticks

_PRESSED = (History.STAR, History.SAVE, History.DELETE, History.UNDO)


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view as its address asks."""
    services.runs.sweep()
    asked, found = _find(services, owner, told(query))
    listed = view.runs_table(found, asked, query=write_query(asked))
    choices = services.runs.history.choices(owner)
    seen = [*_seen(asked, found), heard(query)]
    return view.layout(asked, choices, listed, seen, is_active=_is_active(found))


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    _register_find(app, services)
    _register_follow(app, services)
    _register_choice(app)
    _register_changes(app, services)
    _register_export(app, services)


_CONTROLS = {
    "values": ({"type": History.FILTER, "name": ALL}, "value"),
    "text": (History.TEXT, "value"),
    "starred": (History.STARRED, "value"),
    "order": (History.ASCENDING, "value"),
}


def _register_find(app: Dash, services: Any) -> None:
    """Keep address, controls and list in step; the address is read where it is not what the list shows already."""

    @app.callback(
        output={
            "list": Output(History.LIST, "children"),
            "search": Output(History.URL, "search"),
            "seen": Output(History.SEEN, "data"),
            "ticks": Output(History.TICK, "max_intervals"),
            "options": Output({"type": History.FILTER, "name": ALL}, "options"),
            "hidden": Output({"type": History.FIELD, "name": ALL}, "hidden"),
            "controls": {name: Output(*place) for name, place in _CONTROLS.items()},
        },
        inputs={
            "search": Input(History.URL, "search"),
            "controls": {name: Input(*place) for name, place in _CONTROLS.items()},
            "turns": Input({"type": History.TURN, "page": ALL}, "n_clicks"),
            "changed": Input(History.CHANGED, "data"),
            "seen": State(History.SEEN, "data"),
            "picked": State(History.PICKED, "data"),
            "pathname": State(History.URL, "pathname"),
            "names": State({"type": History.FILTER, "name": ALL}, "id"),
            "fields": State({"type": History.FIELD, "name": ALL}, "id"),
        },
        prevent_initial_call=True,
    )
    def find(
        search: Any, controls: Any, turns: Any, changed: Any, seen: Any, picked: Any, pathname: Any, names: Any,
        fields: Any,
    ) -> dict[str, Any]:  # fmt: skip
        path = pathname.removeprefix(app.config.requests_pathname_prefix) if isinstance(pathname, str) else ""
        if path.strip("/") != "history":  # on the way to another page
            raise PreventUpdate
        keys, owner, shown = [one["name"] for one in names], current_owner(), _shown(seen)
        turned, is_told = pressed_turn(ctx.args_grouping["turns"]), is_address_told(search, seen, ctx.triggered_id)
        asked = told(search) if is_told else next_asked(by_hand(keys, controls), shown, turned)
        asked, found = _find(services, owner, asked)
        query, digest = _seen(asked, found)
        is_kept = is_told or query == write_query(shown)
        now = [query, digest, heard(search) if is_kept else query]
        if now == seen:
            raise PreventUpdate
        known = view.options(asked, services.runs.history.choices(owner))
        return {
            "list": view.runs_table(found, asked, query=query, picked=_texts(picked)),
            "search": no_update if is_kept else query,
            "seen": now,
            "ticks": ticks(_is_active(found)),
            "options": [known.get(key, no_update) for key in keys],
            "hidden": [view.is_idle(known.get(one["name"], ())) for one in fields],
            "controls": unless_same(asked, keys, controls),
        }


def _register_follow(app: Dash, services: Any) -> None:
    typed = {"run": ALL, "edition": ALL}

    @app.callback(
        Output(History.CHANGED, "data", allow_duplicate=True),
        Input(History.TICK, "n_intervals"),
        Input(Shell.JOB_ENDED, "data"),
        State(History.SEEN, "data"),
        State({"type": History.NAME, **typed}, "value"),
        State({"type": History.TAGS, **typed}, "value"),
        State({"type": History.NOTE, **typed}, "value"),
        running=[(Output(History.TICK, "disabled"), True, False)],  # the next tick would drop a late answer
        prevent_initial_call=True,
    )
    def follow(_tick: Any, _ended: Any, seen: Any, *_typed: Any) -> Any:
        services.runs.sweep()
        asked, found = _find(services, current_owner(), _shown(seen), in_brief=True)
        now = _seen(asked, found)
        if (isinstance(seen, list) and seen[:2] == now) or is_being_typed(found.runs, *ctx.states_list[1:]):
            return no_update
        return f"moved {now[1]}"


def is_being_typed(runs: Sequence[Run], names: Any, tags: Any, notes: Any) -> bool:
    """Whether a name, tags or a note differ from what is kept, so that to draw the list anew would lose them.

    Fields of an edition that has been changed elsewhere since say nothing of that, and could not be kept any more.
    """
    kept = {(run.id, run.edition): (run.name, ", ".join(run.tags), run.note) for run in runs}
    for at, some in enumerate((names, tags, notes)):
        for item in some:
            edition, value = (item["id"]["run"], item["id"]["edition"]), item.get("value")
            if edition in kept and (value or "") != (kept[edition][at] or ""):
                return True
    return False


def _register_choice(app: Dash) -> None:
    boxes = {"type": History.CHOSEN, "run": ALL}

    @app.callback(
        Output(History.TOGETHER, "children"),
        Output(History.PICKED, "data"),
        Input(boxes, "value"),
        Input(History.CHANGED, "data"),
        State(History.PICKED, "data"),
        prevent_initial_call=True,
    )
    def choose(_values: Any, changed: Any, picked: Any) -> tuple[Any, Any]:
        shown = {str(box["id"]["run"]): bool(box.get("value")) for box in ctx.inputs_list[0]}
        chosen = next_picked(_texts(picked), shown, str(changed or ""))
        return (no_update, no_update) if chosen == picked else (view.together(chosen), chosen)

    @app.callback(
        Output(History.TOGETHER, "children", allow_duplicate=True),
        Output(History.PICKED, "data", allow_duplicate=True),
        Output(boxes, "value"),
        Input({"type": History.UNPICK, "part": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def untick(clicks: Any) -> tuple[Any, Any, Any]:
        if not any(clicks):
            raise PreventUpdate
        return "", [], [False] * len(ctx.outputs_list[2])


def next_picked(picked: Sequence[str], shown: Mapping[str, bool], changed: str) -> list[str]:
    """Give the runs that are chosen, on whatever page, in the order in which they were.

    Parameters
    ----------
    picked : sequence of str
        Those that were.
    shown : mapping of str to bool
        Those with a box on the page, and whether it is ticked.
    changed : str
        What happened last; a deleted run cannot be chosen.
    """
    kept = [run_id for run_id in picked if shown.get(run_id, True)]
    chosen = dict.fromkeys([*kept, *(run_id for run_id, is_ticked in shown.items() if is_ticked)])
    return [run_id for run_id in chosen if changed != f"deleted {run_id}"]


def _register_changes(app: Dash, services: Any) -> None:
    key = {"run": ALL, "edition": ALL}

    @app.callback(
        Output(History.NOTICE, "children"),
        Output(History.CHANGED, "data"),
        Input({"type": History.STAR, **key}, "n_clicks"),
        Input({"type": History.SAVE, **key}, "n_clicks"),
        Input({"type": History.DELETE, "run": ALL}, "n_clicks"),
        Input({"type": History.UNDO, "run": ALL}, "n_clicks"),
        State({"type": History.NAME, **key}, "value"),
        State({"type": History.TAGS, **key}, "value"),
        State({"type": History.NOTE, **key}, "value"),
        prevent_initial_call=True,
    )
    def change(*_values: Any) -> tuple[Any, Any]:
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or pressed["type"] not in _PRESSED or not ctx.triggered[0]["value"]:
            return no_update, no_update
        fields = [
            next((item.get("value") for item in some if _same_run(item["id"], pressed)), None)
            for some in ctx.states_list
        ]
        try:
            return _done(services, pressed, fields)
        except DashboardError as error:
            return comparison.trouble_notice(str(error)), no_update


def _register_export(app: Dash, services: Any) -> None:
    for kind in view.EXPORTS:
        _register_export_as(app, services, kind)


def _register_export_as(app: Dash, services: Any, kind: str) -> None:
    """Attach the export of a kind: by one callback for all, a press would drop the file still being made."""

    @app.callback(
        Output(History.DOWNLOAD, "data", allow_duplicate=True),
        Input({"type": History.EXPORT, "kind": kind}, "n_clicks"),
        State(History.SEEN, "data"),
        prevent_initial_call=True,
    )
    def export(clicks: Any, seen: Any) -> Any:
        if not clicks:
            return no_update
        asked = replace(_shown(seen), offset=0, limit=MOST_ROWS)
        return make_file(services.runs.history.page(current_owner(), asked).runs, kind)


def _done(services: Any, pressed: dict[str, Any], fields: list[Any]) -> tuple[Any, Any]:
    """Make a change that was pressed; gives the notice, and a mark that something changed."""
    run_id, owner, kind = str(pressed["run"]), current_owner(), pressed["type"]
    if kind == History.DELETE:
        lost = aliases.lost(services, run_id, owner)
        return view.deleted_notice(services.runs.delete(run_id, owner), lost), f"deleted {run_id}"
    if kind == History.UNDO:
        services.runs.restore(run_id, owner)
        return None, f"restored {run_id}"
    edition = pressed["edition"]
    if not isinstance(edition, int):
        raise InvalidRequest("The edition of a run is a whole number.")
    if kind == History.STAR:
        starred = services.runs.get(run_id, owner).is_starred
        run = services.runs.history.describe(run_id, owner, edition, is_starred=not starred)
    else:
        name, tags, note = (value if isinstance(value, str) else "" for value in fields)
        run = services.runs.history.describe(run_id, owner, edition, name=name, note=note, tags=tags.split(","))
    return None, f"{run_id} {run.edition}"


def make_file(runs: Any, kind: str) -> dict[str, Any]:
    """Make the content of an export.

    Parameters
    ----------
    runs : sequence of Run
    kind : {"csv", "json"}

    Raises
    ------
    InvalidRequest
        For another kind.
    """
    if kind == "json":
        content = json.dumps([run.to_dict() for run in runs], ensure_ascii=False, indent=1)
        return {"content": content, "filename": "runs.json", "type": "application/json"}
    if kind == "csv":
        return {
            "content": to_csv(pd.DataFrame([_flat(run) for run in runs])),
            "filename": "runs.csv",
            "type": "text/csv",
        }
    raise InvalidRequest("Runs are exported as csv or json.")


def _flat(run: Run) -> dict[str, Any]:
    test = (run.metrics or {}).get("test") or {}
    return {
        "run_id": run.id,
        "name": run.name,
        "state": run.state.value,
        "family": run.request.family,
        "protocol": run.request.protocol,
        "features": " ".join(run.request.features),
        "params": json.dumps(run.request.params),
        "test_share": run.request.test_share,
        "seed": run.request.seed,
        **{f"test_{key}": test.get(key) for key in MEASURES},
        "cautions": ", ".join(one.mark for one in cautions(run.request)),
        "fit_seconds": (run.timings or {}).get("fit_seconds"),
        "total_seconds": (run.timings or {}).get("total_seconds"),
        "table": run.data.get("source_name"),
        "table_sha256": run.data.get("sha256"),
        "created_at": iso(run.created_at),
        "tags": ", ".join(run.tags),
        "starred": run.is_starred,
        "note": run.note,
        "reason": run.reason,
    }


def _find(services: Any, owner: str, asked: Asked, *, in_brief: bool = False) -> tuple[Asked, HistoryPage]:
    """The page that is asked for, or the last one where there are not so many."""
    found = services.runs.history.page(owner, asked, in_brief=in_brief)
    if found.runs or not found.total:
        return asked, found
    asked = replace(asked, offset=(found.total - 1) // asked.limit * asked.limit)
    return asked, services.runs.history.page(owner, asked, in_brief=in_brief)


def _seen(asked: Asked, found: HistoryPage) -> list[str]:
    """What the list shows: what is asked, as the address has it, and what a person could see change of it."""
    return [write_query(asked), repr((found.total, [(run.id[:8], run.state.value, run.edition) for run in found.runs]))]


def _shown(seen: Any) -> Asked:
    return told(seen[0] if isinstance(seen, list) and seen else "")


def _is_active(found: HistoryPage) -> bool:
    return any(run.is_active for run in found.runs)


def _texts(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _same_run(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.get("run") == other.get("run") and one.get("edition") == other.get("edition")
