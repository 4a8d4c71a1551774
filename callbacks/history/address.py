"""History view: what is asked as its address has it, as its controls have it, and how the two are kept in step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from dash import no_update

from core.address import read_values
from core.errors import InvalidRequest
from core.runs.history import Asked, parse_asked
from layouts import history as view
from layouts.ids import History

PAGE_ROWS = 30


def read_query(query: str) -> Asked:
    """Read what an address asks; what it does not know is left out.

    Raises
    ------
    InvalidRequest
    """
    values: dict[str, Any] = {**read_values(query)}
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


def told(query: Any) -> Asked:
    """What an address asks; the first page of everything where it makes no sense."""
    try:
        return read_query(query if isinstance(query, str) else "")
    except InvalidRequest:
        return Asked(limit=PAGE_ROWS)


def heard(query: Any) -> str:
    """Write an address in the one form in which the list keeps it, to tell a new one from it."""
    return write_query(told(query))


def is_address_told(query: Any, seen: Any, by: Any) -> bool:
    """Whether the address asks for something that the list has not been drawn by yet.

    The list may hear of something else, that a run has changed, while the answer to the address is on its way and
    then dropped: so what it was drawn by counts, not what called. What somebody sets by hand is later than the address.

    Parameters
    ----------
    query : str
        The address.
    seen : list of str
        What the list shows; the address by which it was drawn stands third.
    by : str or dict
        Id of what called.
    """
    known = seen[2] if isinstance(seen, list) and len(seen) > 2 else ""
    return by in (History.URL, History.CHANGED) and heard(query) != known


def pressed_turn(turns: Sequence[Mapping[str, Any]]) -> Any:
    """Give the id of the button that turns to another page, where one was pressed since the list was drawn.

    Parameters
    ----------
    turns : sequence of mapping
        ``id``, ``value`` (presses) and ``triggered`` of each; of several pressed, the one that called counts.
    """
    pressed = [one for one in turns if one.get("value")]
    called = [one for one in pressed if one.get("triggered")]
    return next((one["id"] for one in [*called, *pressed]), None)


def by_hand(names: Sequence[str], controls: Mapping[str, Any]) -> Asked:
    """What the controls ask for, its first page.

    Parameters
    ----------
    names : sequence of str
        Of the filters.
    controls : mapping
        ``values`` of the filters, ``text``, ``starred`` and ``order``.

    Raises
    ------
    InvalidRequest
    """
    named = {name: "" if value == view.ALL else value for name, value in zip(names, controls["values"], strict=True)}
    more = {"text": controls["text"] or "", "starred": bool(controls["starred"])}
    return parse_asked({**named, **more, "ascending": controls["order"] == "up", "limit": PAGE_ROWS})


def next_asked(wanted: Asked, shown: Asked, turned: Any = None) -> Asked:
    """Give what is asked after an event on the page: another page only as long as the controls stay.

    Parameters
    ----------
    wanted : Asked
        What the controls ask for.
    shown : Asked
        What the list shows.
    turned : mapping or None
        Id of the button that turns to another page, where it was pressed.
    """
    if replace(wanted, offset=0) != replace(shown, offset=0):
        return replace(wanted, offset=0)
    number = turned.get("page") if isinstance(turned, dict) and turned.get("type") == History.TURN else None
    return replace(shown, offset=number * PAGE_ROWS) if isinstance(number, int) else shown


def unless_same(asked: Asked, names: Sequence[str], controls: Mapping[str, Any]) -> dict[str, Any]:
    """What the controls are to stand at; those that do already are left alone."""
    given = view.values(asked)
    wanted = {"text": asked.text, "starred": asked.starred, "order": "up" if asked.ascending else "down"}
    now = {"text": controls["text"] or "", "starred": bool(controls["starred"]), "order": controls["order"]}
    return {
        "values": [
            given[name] if given.get(name, value) != value else no_update
            for name, value in zip(names, controls["values"], strict=True)
        ],
        **{name: value if value != now[name] else no_update for name, value in wanted.items()},
    }
