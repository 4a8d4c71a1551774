"""A page is drawn for one table: what is asked on it later is asked of that table, or refused.

The answer that draws a page carries the mark of the table in a header; the browser sends it back with whatever the
page asks (``assets/requests.js``). Who switches tables in another window changes the table of all windows.
"""

from __future__ import annotations

import zlib
from typing import Any

from flask import Response, after_this_request, has_request_context, request

from callbacks.identity import current_owner
from core.errors import DashboardError, TableChanged
from core.tables import DEFAULT_ID

TABLE_HEADER = "X-Dashboard-Table"
NOT_STARTED = "nothing was started"
CHANGED = "The table in use has changed in another window{}. The page shows {} now."


def store_of(services: Any, undone: str = "") -> Any:
    """Give the table that the asking owner works with, for a callback of a page that was drawn for it.

    Parameters
    ----------
    services : Services
    undone : str
        What did not happen where it is refused, such as "nothing was started".

    Raises
    ------
    TableChanged
        When the page was drawn for another table; the browser then draws it anew.
    """
    owner = current_owner()
    check_table(services, owner, undone)
    return services.tracks_for(owner)


def check_table(services: Any, owner: str, undone: str = "") -> None:
    """Refuse what is asked on a page that was drawn for another table than the one in use.

    Raises
    ------
    TableChanged
    """
    shown = _shown()
    if shown and _table(shown) != _table(mark_of(services, owner)):
        raise TableChanged(CHANGED.format(f", so {undone}" if undone else "", _name(services, owner)))


def tell_table(services: Any, owner: str) -> bool:
    """Let the answer say which table its content was drawn for; call it before anything is read of the table.

    Returns
    -------
    bool
        Whether the window showed another table, or another name of it, before.
    """
    mark, shown = mark_of(services, owner), _shown()

    @after_this_request
    def _told(response: Response) -> Response:
        response.headers[TABLE_HEADER] = mark
        return response

    return bool(shown) and shown != mark


def mark_of(services: Any, owner: str) -> str:
    """Give a mark of the table in use: its hash (an uploaded one has an id of its own), and one of its name."""
    table = services.tables.current(owner)
    if table is not None:
        return f"{table.id}/{zlib.crc32(table.name.encode()):x}"
    try:
        return f"{services.tracks.facts.sha256}/"
    except DashboardError:  # who needs the table is told why it cannot be read
        return f"{DEFAULT_ID}/"


def _name(services: Any, owner: str) -> str:
    table = services.tables.current(owner)
    return "the server's own table" if table is None else f"“{table.name}”"


def _shown() -> str:
    return request.headers.get(TABLE_HEADER, "") if has_request_context() else ""


def _table(mark: str) -> str:
    return mark.partition("/")[0]
