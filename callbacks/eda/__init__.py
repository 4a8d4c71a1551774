"""Explore: reads the address and the filter, draws the section in view."""

from __future__ import annotations

from typing import Any

from dash import Dash
from dash.development.base_component import Component

from callbacks.eda import charts, details, state
from callbacks.eda.source import columns_of
from callbacks.identity import current_theme
from core.eda.address import parse_query
from core.eda.table import EdaTable, limits
from core.eda.trends import warm_trends
from layouts import eda
from layouts.components.filter_bar import FilterOptions

__all__ = ["filter_options", "page", "register"]


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view for an address; where the settings switch it off, say so without touching the table."""
    if not services.settings.eda:
        return eda.disabled_layout()
    table = columns_of(services.tracks_for(owner))
    found = parse_query(query, table)
    warm_trends()
    return eda.layout(eda.EdaValues(found.state, filter_options(table), current_theme()))


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks; none where the settings switch it off."""
    if not services.settings.eda:
        return
    state.register(app, services)
    charts.register(app, services)
    details.register(app, services)


def filter_options(table: EdaTable) -> FilterOptions:
    """What can be filtered by in a table."""
    return FilterOptions(tuple(table.members["genre"]), {"": tuple(table.members["subgenre"])}, limits(table))
