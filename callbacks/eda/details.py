"""Summary grids, the clicked track and the downloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, State, ctx, dcc
from dash.exceptions import PreventUpdate

from callbacks.eda.source import file_name, table_of
from core.eda import address
from core.eda.address import parse_query
from core.eda.columns import CATEGORIES, label
from core.eda.details import TrackFacts, points_frame, track_facts
from core.eda.points import points, shown_points
from core.eda.summary import GROUP_SUMMARY, NUMBER_SUMMARY, summarise_groups, summarise_numbers
from core.eda.table import EdaTable
from core.export import to_csv, without_noise
from layouts.components.summary_grid import groups_grid, summary_grid
from layouts.components.track_card import track_card
from layouts.ids import Eda


def register(app: Dash, services: Any) -> None:
    """Attach the grids, the track panel and the downloads."""
    _register_grids(app, services)
    _register_track(app, services)
    _register_downloads(app, services)


def _register_grids(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Eda.NUMBERS_GRID, "children"),
        Output(Eda.CATEGORY_GRID, "children"),
        Input(Eda.AT_SUMMARY, "data"),
        prevent_initial_call=True,
    )
    def show_grids(query: Any) -> tuple[Any, Any]:
        table, state = _read(services, query)
        numbers, categories = number_summary(table, state), category_summary(table, state)
        headings = {**GROUP_SUMMARY, "group": CATEGORIES[state.view.category].label}
        return (
            summary_grid("eda-numbers-table", numbers, NUMBER_SUMMARY, frozenset({label("release_year")})),
            groups_grid("eda-category-table", categories, headings),
        )


def _register_track(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Eda.TRACK, "children"),
        Input(Eda.SCATTER, "clickData"),
        Input(Eda.AT_RELATIONS, "data"),
        State(Eda.WEBGL, "data"),
        prevent_initial_call=True,
    )
    def show_track(click: Any, query: Any, webgl: Any) -> Any:
        if ctx.triggered_id != Eda.SCATTER:
            return None
        table, state = _read(services, query)
        facts = clicked_track(table, state, click, webgl=webgl is not False)
        if facts is None:
            raise PreventUpdate
        return track_card(facts)


def clicked_track(table: EdaTable, state: address.State, click: Any, *, webgl: bool = True) -> TrackFacts | None:
    """The track behind a clicked point, or None where the click names no point that is drawn."""
    place = click.get("points") if isinstance(click, Mapping) else None
    first = place[0] if isinstance(place, list) and place else None
    if not isinstance(first, Mapping):
        return None
    curve, number = first.get("curveNumber"), first.get("pointNumber")
    if type(curve) is not int or type(number) is not int:
        return None
    view = state.view
    shown = shown_points(view.points, webgl)
    row = points(table, state.filter, view.x, view.y, view.colour, shown).row_at(curve, number)
    return None if row is None else track_facts(table, row)


def _register_downloads(app: Dash, services: Any) -> None:
    for button in _FILES:
        _register_download(app, services, button)


def _register_download(app: Dash, services: Any, button: Eda) -> None:
    """Attach the download of a button: by one callback for all, a press would drop the file still being made."""

    @app.callback(
        Output(Eda.DOWNLOAD, "data", allow_duplicate=True),
        Input(button, "n_clicks"),
        State(Eda.STATE, "data"),
        prevent_initial_call=True,
    )
    def download(clicks: Any, query: Any) -> dict[str, Any]:
        if not clicks:
            raise PreventUpdate
        table, state = _read(services, query)
        make, name = _FILES[button]
        return dcc.send_string("\ufeff" + to_csv(make(table, state)), file_name(services, name))


def number_summary(table: EdaTable, state: address.State) -> pd.DataFrame:
    """Summary of the numeric columns of the chosen tracks."""
    return without_noise(summarise_numbers(table, state.filter))


def category_summary(table: EdaTable, state: address.State) -> pd.DataFrame:
    """Popularity by the groups of the chosen category."""
    return without_noise(summarise_groups(table, state.filter, state.view.category))


def all_points(table: EdaTable, state: address.State) -> pd.DataFrame:
    """All of the chosen tracks with the scatter's columns."""
    return points_frame(table, state.filter, (state.view.x, state.view.y, state.view.colour))


_FILES = {
    Eda.NUMBERS_CSV: (number_summary, "summary-columns.csv"),
    Eda.CATEGORY_CSV: (category_summary, "summary-groups.csv"),
    Eda.POINTS_CSV: (all_points, "tracks.csv"),
}


def _read(services: Any, query: Any) -> tuple[EdaTable, address.State]:
    if not isinstance(query, str):
        raise PreventUpdate
    table = table_of(services)
    return table, parse_query(query, table).state
