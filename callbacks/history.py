"""History view: finds runs, describes, deletes, exports them; what is asked stands in the address."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pandas as pd
from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks import aliases
from callbacks.identity import current_owner
from core.cautions import cautions
from core.errors import DashboardError, InvalidRequest
from core.export import to_csv
from core.metrics import MEASURES
from core.runs.history import MOST_ROWS, Asked, parse_asked
from core.runs.model import Run, iso
from layouts import comparison
from layouts import history as view
from layouts.ids import History

PAGE_ROWS = 30
_PRESSED = (History.STAR, History.SAVE, History.DELETE, History.UNDO)


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view as its address asks."""
    try:
        asked = read_query(query)
    except InvalidRequest:
        asked = Asked(limit=PAGE_ROWS)
    history = services.runs.history
    services.runs.sweep()
    listed = view.runs_table(history.page(owner, asked), asked, query=write_query(asked))
    return view.layout(asked, history.choices(owner), listed)


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    fields = (
        Input({"type": History.FILTER, "name": ALL}, "value"),
        Input(History.TEXT, "value"),
        Input(History.STARRED, "value"),
        Input(History.ASCENDING, "value"),
    )

    @app.callback(
        Output(History.LIST, "children"),
        Output(History.URL, "search"),
        Output(History.PAGE, "data"),
        Output(History.TOGETHER, "children"),
        *fields,
        Input({"type": History.TURN, "page": ALL}, "n_clicks"),
        Input(History.CHANGED, "data"),
        State(History.PAGE, "data"),
        prevent_initial_call=True,
    )
    def find(values: Any, text: Any, starred: Any, order: Any, turns: Any, _changed: Any, at: Any) -> Any:
        pressed = ctx.triggered_id
        turned = isinstance(pressed, dict) and pressed.get("type") == History.TURN
        if turned and not any(turns):
            return (no_update,) * 4
        number = pressed["page"] if turned else at if pressed == History.CHANGED else 0
        asked = _asked(_named(ctx.inputs_list[0], values), text, starred, order, number)
        found = services.runs.history.page(current_owner(), asked)
        query = write_query(asked)
        return view.runs_table(found, asked, query=query), query, asked.offset // PAGE_ROWS, None

    @app.callback(
        Output(History.TOGETHER, "children", allow_duplicate=True),
        Input({"type": History.CHOSEN, "run": ALL}, "value"),
        prevent_initial_call=True,
    )
    def choose(values: Any) -> Any:
        ids = [item["id"]["run"] for item in ctx.inputs_list[0]]
        return comparison.together([str(run_id) for run_id, value in zip(ids, values, strict=True) if value])

    _register_changes(app, services)
    _register_export(app, services, [State(one.component_id, one.component_property) for one in fields])


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


def _register_export(app: Dash, services: Any, fields: list[State]) -> None:
    @app.callback(
        Output(History.DOWNLOAD, "data"),
        Input({"type": History.EXPORT, "kind": ALL}, "n_clicks"),
        *fields,
        prevent_initial_call=True,
    )
    def export(clicks: Any, values: Any, text: Any, starred: Any, order: Any) -> Any:
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or not any(clicks):
            return no_update
        asked = _asked(_named(ctx.states_list[0], values), text, starred, order, 0, MOST_ROWS)
        return make_file(services.runs.history.page(current_owner(), asked).runs, str(pressed["kind"]))


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


def read_query(query: str) -> Asked:
    """Read what an address asks; what it does not know is left out.

    Raises
    ------
    InvalidRequest
    """
    values: dict[str, Any] = dict(parse_qsl(query.lstrip("?")[:2000]))
    number = values.pop("page", "1")
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise InvalidRequest("The page of the history is a whole number.")
    for name in ("starred", "ascending"):
        if name in values:
            values[name] = values[name] == "1"
    values["limit"], values["offset"] = PAGE_ROWS, (max(1, int(number)) - 1) * PAGE_ROWS
    return parse_asked(values)


def write_query(asked: Asked) -> str:
    """Write what is asked as the address has it; what is as usual is left out."""
    usual = Asked()
    names = ("text", "state", "family", "protocol", "features", "data", "period", "tag", "starred", "sort", "ascending")
    values = {name: value for name in names if (value := getattr(asked, name)) != getattr(usual, name)}
    if asked.offset:
        values["page"] = asked.offset // asked.limit + 1
    written = {name: "1" if value is True else value for name, value in values.items()}
    return f"?{urlencode(written)}" if written else ""


def _named(items: Any, values: Any) -> dict[str, Any]:
    pairs = zip(items, values, strict=True)
    return {str(item["id"]["name"]): "" if value == view.ALL else value for item, value in pairs}


def _asked(named: dict[str, Any], text: Any, starred: Any, order: Any, number: Any, limit: int = PAGE_ROWS) -> Asked:
    at = number if isinstance(number, int) and 0 <= number < 1_000_000 else 0
    more = {"text": text or "", "starred": bool(starred), "ascending": order == "up"}
    return parse_asked({**named, **more, "offset": at * limit, "limit": limit})


def _same_run(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.get("run") == other.get("run") and one.get("edition") == other.get("edition")
