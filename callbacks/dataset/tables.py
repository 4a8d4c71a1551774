"""The owner's tables: use one, rename, delete, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update

from callbacks.dataset.section import section_content
from callbacks.identity import current_owner
from callbacks.same_table import mark_of, tell_table
from core.errors import InvalidRequest, NotFound, Refused, StorageError
from layouts.components import problem_callout
from layouts.dataset.doctor import MAX_NAME
from layouts.dataset.tables import changed_notice
from layouts.ids import Dataset, Shell


def register(app: Dash, services: Any) -> None:
    """Attach the buttons of the list."""

    @app.callback(
        Output(Dataset.BODY, "children", allow_duplicate=True),
        Output(Dataset.NOTICE, "children", allow_duplicate=True),
        Output(Shell.TABLE, "data", allow_duplicate=True),
        *(Input({"type": kind, "table": ALL}, "n_clicks") for kind in _ACTIONS),
        State({"type": Dataset.NEW_NAME, "table": ALL}, "value"),
        State({"type": Dataset.NEW_NAME, "table": ALL}, "id"),
        State(Dataset.URL, "search"),
        running=[(Output(Dataset.GUARD, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def change(*values: Any) -> tuple[Any, Any, Any]:
        *_, names, ids, search = values
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or not ctx.triggered[0]["value"]:
            return no_update, no_update, no_update
        owner, table = current_owner(), str(pressed["table"])
        given = {str(one["table"]): name for one, name in zip(ids, names, strict=True)}
        try:
            notice = _ACTIONS[Dataset(pressed["type"])](services.tables, owner, table, given.get(table))
        except (NotFound, Refused, InvalidRequest, StorageError) as error:
            notice = problem_callout(str(error))
        query = search if isinstance(search, str) else ""
        tell_table(services, owner)
        return section_content(services, owner, query), notice, mark_of(services, owner)


def clean_name(name: Any) -> str:
    """Give a name as it is kept: one line, at most 80 characters.

    Raises
    ------
    InvalidRequest
        When nothing is left.

    Examples
    --------
    >>> clean_name("  my \\n songs ")
    'my songs'
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split()) if isinstance(name, str) else ""
    if not text:
        raise InvalidRequest("Give the table a name.")
    return text[:MAX_NAME]


def _use(tables: Any, owner: str, table: str, _name: Any) -> Any:
    tables.choose(owner, table)
    return changed_notice(f"All pages use “{_name_of(tables, owner, table)}” now.")


def _rename(tables: Any, owner: str, table: str, name: Any) -> Any:
    new = clean_name(name)
    made = tables.rename(owner, table, new)
    if made.name != new:
        return changed_notice(f"Another table of yours is called “{new}”, so this one is called “{made.name}” now.")
    return changed_notice(f"The table is called “{new}” now.")


def _delete(tables: Any, owner: str, table: str, _name: Any) -> Any:
    name = _name_of(tables, owner, table)
    tables.delete(owner, table)
    return changed_notice(f"“{name}” was deleted. Models trained on it stay.", undo=table)


def _undo(tables: Any, owner: str, table: str, _name: Any) -> Any:
    back, others = tables.restore(owner, table), {one.name for one in tables.list(owner) if one.id != table}
    stem = back.name.rpartition(" (")[0]
    if stem in others:
        return changed_notice(f"The table is back, as “{back.name}”: another one is called “{stem}” now.")
    return changed_notice(f"“{back.name}” is back.")


def _name_of(tables: Any, owner: str, table: str) -> str:
    return next((one.name for one in tables.list(owner) if one.id == table), "the table")


_ACTIONS: dict[Dataset, Callable[[Any, str, str, Any], Any]] = {
    Dataset.USE: _use,
    Dataset.RENAME: _rename,
    Dataset.DELETE: _delete,
    Dataset.UNDO: _undo,
}
