"""The frame's behaviour: which page stands where, theme, dialogs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from dash import ClientsideFunction, Dash, Input, Output, State, set_props
from dash.development.base_component import Component

from callbacks.errors import describe, error_page
from callbacks.identity import current_owner
from callbacks.same_table import mark_of, tell_table
from core.errors import DashboardError, NotFound
from layouts.components import source_badge
from layouts.ids import Shell


class Route(Protocol):
    """What the router needs of a page."""

    def load(self, services: Any, owner: str, query: str = "", **path_params: str) -> Component:
        """Build the page's content."""


Find = Callable[[str], tuple[Route, Mapping[str, str]] | None]


def register(app: Dash, services: Any, find: Find) -> None:
    """Attach routing, the source badge, theme and dialogs.

    Parameters
    ----------
    app : Dash
    services : Services
    find : callable
        From a path below the base path to the page and the path's parts, or None.
    """
    home = app.get_relative_path("/")

    @app.callback(
        Output(Shell.CONTENT, "children"),
        Input(Shell.PLACE, "data"),
    )
    def show_page(place: Any) -> Component:
        asked = place if isinstance(place, dict) else {}
        path = path_below(_text(asked.get("path")), home)
        owner = current_owner()
        if tell_table(services, owner):  # switched in another window: the top line follows
            set_props(Shell.TABLE, {"data": mark_of(services, owner)})
        return build_page(services, find, path, _text(asked.get("query")), home)

    @app.callback(Output(Shell.SOURCE, "children"), Input(Shell.URL, "id"), Input(Shell.TABLE, "data"))
    def show_source(_url: Any, _table: Any) -> Component | str:
        try:
            store = services.tracks_for(current_owner())
            facts = store.facts
        except DashboardError as error:
            return describe(error)
        return source_badge(
            facts.source_name, facts.tracks, is_synthetic=facts.is_synthetic, is_own=store.table is not None
        )

    _register_clientside(app)


def build_page(services: Any, find: Find, path: str, query: str, home: str) -> Component:
    """Build the content for a path; whatever goes wrong becomes a page that says so.

    Parameters
    ----------
    path : str
        Path below the base path.
    query : str
        Query string with its question mark, or empty.
    home : str
        Address of the overview, with the base path.
    """
    found = find(path)
    if found is None:
        return error_page("No such page", f"There is nothing at {path[:120]}.", home)
    page, params = found
    try:
        return page.load(services, current_owner(), query=query, **params)
    except NotFound as error:
        return error_page("Not found", describe(error), home)
    except Exception as error:  # the frame must stay: the message says what is wrong, the log has the rest
        return error_page("This page cannot be shown", describe(error), home)


def path_below(pathname: str, home: str) -> str:
    """Give the path below the base path; a path outside of it stays as it is, and leads nowhere.

    Examples
    --------
    >>> path_below("/portal/runs", "/portal/")
    '/runs'
    """
    if pathname.startswith(home) or f"{pathname}/" == home:
        return "/" + pathname[len(home) :].strip("/")
    return pathname or "/"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _register_clientside(app: Dash) -> None:
    app.clientside_callback(  # without an output: what listens to JOB_ENDED would else wait while a job runs
        ClientsideFunction("shell", "tellJobEnded"),
        Input(Shell.JOB_RETURN, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("shell", "theme"),
        Output(Shell.THEME, "data"),
        Input(Shell.THEME_TOGGLE, "n_clicks"),
        State(Shell.TEMPLATES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "place"),
        Output(Shell.PLACE, "data"),
        Input(Shell.URL, "pathname"),
        Input(Shell.URL, "search"),
        State(Shell.QUERIES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "markPlace"),
        Output(Shell.NAV, "data-path"),
        Input(Shell.URL, "pathname"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "open"),
        Output(Shell.SHORTCUTS, "is_open"),
        Input(Shell.SHORTCUTS_OPEN, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("shell", "open"),
        Output(Shell.TRAY_PANEL, "is_open"),
        Input(Shell.TRAY_TOGGLE, "n_clicks"),
        prevent_initial_call=True,
    )
