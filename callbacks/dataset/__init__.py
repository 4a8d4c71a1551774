"""Dataset: draws the section that the address names; each section has a module of its own."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.dataset import audit, gap, table, tables, upload
from callbacks.dataset.section import section_content, section_of
from callbacks.identity import current_owner
from callbacks.same_table import mark_of, tell_table
from layouts import dataset as view
from layouts.ids import Dataset, Shell

__all__ = ["page", "register", "section_of"]


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view for an address."""
    section = section_of(query)
    return view.layout(section, section_content(services, owner, query), query)


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    _register_sections(app, services)
    for part in (table, tables, upload, audit, gap):
        part.register(app, services)


def _register_sections(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Dataset.NAV, "children"),
        Output(Dataset.BODY, "children"),
        Output(Dataset.SHOWN, "data"),
        Output(Dataset.NOTICE, "children"),
        Input(Dataset.URL, "search"),
        State(Dataset.URL, "pathname"),
        State(Dataset.SHOWN, "data"),
        prevent_initial_call=True,
    )
    def show_section(search: Any, pathname: Any, shown: Any) -> tuple[Any, Any, str, None]:
        path = pathname.removeprefix(app.config.requests_pathname_prefix) if isinstance(pathname, str) else ""
        query = search if isinstance(search, str) else ""
        if path.strip("/") != "dataset" or query == shown:
            raise PreventUpdate
        section, owner = section_of(query), current_owner()
        if tell_table(services, owner):
            set_props(Shell.TABLE, {"data": mark_of(services, owner)})
        return view.section_links(section), section_content(services, owner, query), query, None
