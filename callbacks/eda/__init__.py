"""Explore: reads the address and the filter, draws the section in view."""

from __future__ import annotations

from collections.abc import Mapping, Sized
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

MOST_OFFERED = 200
"""Genres, and subgenres, that have a box in the filter: a browser does not bear hundreds of thousands of them."""


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
    """What can be filtered by in a table: of very many genres or subgenres, those with most tracks."""
    genres, subgenres = table.members["genre"], table.members["subgenre"]
    return FilterOptions(
        _largest(genres),
        {"": _largest(subgenres)},
        limits(table),
        n_genres=len(genres) if len(genres) > MOST_OFFERED else 0,
        n_subgenres=len(subgenres) if len(subgenres) > MOST_OFFERED else 0,
    )


def _largest(members: Mapping[str, Sized]) -> tuple[str, ...]:
    """The names with most tracks, in their own order."""
    if len(members) <= MOST_OFFERED:
        return tuple(members)
    largest = set(sorted(members, key=lambda name: -len(members[name]))[:MOST_OFFERED])
    return tuple(name for name in members if name in largest)
