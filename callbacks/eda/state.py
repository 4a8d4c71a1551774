"""One state for the whole view: address, filter, choices and brushes all lead to it."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from callbacks.eda.events import Fields, count_heard, end_of, next_state, read_pressed
from callbacks.eda.source import table_of
from core.eda.address import Parsed, parse_query, to_query
from core.eda.filters import Filter, chips, select
from core.eda.view import CHOICES, SECTIONS
from layouts.components.filter_bar import filter_chips, problem_list
from layouts.eda import SECTION_IDS, SECTION_STORES, section_links
from layouts.ids import Eda

_CHOICE = {"type": Eda.CHOICE, "name": ALL}
_RANGE = {"type": Eda.RANGE, "column": ALL, "end": ALL}
_CHIP = {"type": Eda.CHIP, "key": ALL}
_BRUSHED = (Eda.POPULARITY, Eda.FEATURE, Eda.SCATTER, Eda.YEARS)
_CLICKED = (Eda.CORRELATION, Eda.GROUP, Eda.SUBGENRES, Eda.ARTISTS_COUNT, Eda.ARTISTS_MEAN)


def register(app: Dash, services: Any) -> None:
    """Attach what keeps address, controls and charts in step."""
    _register_sync(app, services)
    _register_frame(app, services)
    app.clientside_callback(
        ClientsideFunction("eda", "brush"),
        Output(Eda.BRUSH, "data"),
        *(Input(graph, "selectedData") for graph in _BRUSHED),
        *(Input(graph, "clickData") for graph in _CLICKED),
        State(Eda.BRUSH, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("eda", "hasWebgl"), Output(Eda.WEBGL, "data"), Input(Eda.URL, "pathname")
    )
    app.clientside_callback(
        ClientsideFunction("eda", "togglePanel"),
        Output(Eda.PANEL, "className"),
        Input(Eda.PANEL_TOGGLE, "n_clicks"),
        prevent_initial_call=True,
    )


def _register_sync(app: Dash, services: Any) -> None:
    @app.callback(
        output={
            "search": Output(Eda.URL, "search"),
            "state": Output(Eda.STATE, "data"),
            "heard": Output(Eda.HEARD, "data"),
            "stores": [Output(store, "data") for store in SECTION_STORES.values()],
            "problems": Output(Eda.PROBLEMS, "children"),
            "choices": Output(_CHOICE, "value"),
            "ranges": Output(_RANGE, "value"),
            "genre": Output(Eda.GENRE, "value"),
            "subgenre": Output(Eda.SUBGENRE, "value"),
            "artist": Output(Eda.ARTIST, "value"),
            "charts": Output(Eda.SWITCH, "value"),
        },
        inputs={
            "search": Input(Eda.URL, "search"),
            "choices": Input(_CHOICE, "value"),
            "ranges": Input(_RANGE, "value"),
            "genre": Input(Eda.GENRE, "value"),
            "subgenre": Input(Eda.SUBGENRE, "value"),
            "artist": Input(Eda.ARTIST, "value"),
            "charts": Input(Eda.SWITCH, "value"),
            "brush": Input(Eda.BRUSH, "data"),
            "clear": Input(Eda.CLEAR, "n_clicks"),
            "swap": Input(Eda.SWAP, "n_clicks"),
            "chips": Input(_CHIP, "n_clicks"),
            "now": State(Eda.STATE, "data"),
            "heard": State(Eda.HEARD, "data"),
            "pathname": State(Eda.URL, "pathname"),
            "choice_ids": State(_CHOICE, "id"),
            "range_ids": State(_RANGE, "id"),
            "chip_ids": State(_CHIP, "id"),
        },
    )
    def sync(
        search: Any, choices: list, ranges: list, genre: Any, subgenre: Any, artist: Any, charts: Any, brush: Any,
        clear: Any, swap: Any, chips: list, now: Any, heard: Any, pathname: Any, choice_ids: list, range_ids: list,
        chip_ids: list,
    ) -> dict[str, Any]:  # fmt: skip
        path = pathname.removeprefix(app.config.requests_pathname_prefix) if isinstance(pathname, str) else ""
        if path.strip("/") != "explore":
            raise PreventUpdate
        fields = Fields(
            choices={one["name"]: value for one, value in zip(choice_ids, choices, strict=True)},
            ranges={(one["column"], one["end"]): value for one, value in zip(range_ids, ranges, strict=True)},
            genre=genre, subgenre=subgenre, artist=artist, charts=charts,
        )  # fmt: skip
        clicked = {str(one["key"]): clicks for one, clicks in zip(chip_ids, chips, strict=True)}
        pressed = read_pressed(heard, clear, swap, clicked, brush)
        found, is_written = next_state(ctx.triggered_id, now, search, fields, pressed, table_of(services))
        answer = _answer(found, now, is_written, choice_ids, range_ids)
        answer["heard"] = count_heard(heard, clear, swap, brush)
        return unless_same(answer, fields, choice_ids, range_ids)


def _answer(found: Parsed, now: Any, is_written: bool, choice_ids: list, range_ids: list) -> dict[str, Any]:
    query = to_query(found.state)
    if query == now and not is_written and not found.problems:
        raise PreventUpdate
    view, asked = found.state.view, found.state.filter
    is_same = query == now
    in_view = view.section if view.charts == "on" and not is_same else None
    answer: dict[str, Any] = {
        "search": no_update if is_same else query,
        "state": no_update if is_same else query,
        "stores": [query if name == in_view else no_update for name in SECTION_STORES],
        "problems": problem_list(found.problems),
    }
    if not is_written:
        kept = {"genre": no_update, "subgenre": no_update, "artist": no_update, "charts": no_update}
        return answer | kept | {"choices": [no_update] * len(choice_ids), "ranges": [no_update] * len(range_ids)}
    return answer | {
        "choices": [getattr(view, one["name"]) if one["name"] in CHOICES else no_update for one in choice_ids],
        "ranges": [end_of(asked.span(one["column"]), one["end"]) for one in range_ids],
        "genre": list(asked.genres),
        "subgenre": list(asked.subgenres),
        "artist": asked.artist,
        "charts": view.charts == "on",
    }


def unless_same(answer: dict[str, Any], fields: Fields, choice_ids: list, range_ids: list) -> dict[str, Any]:
    """Leave out of an answer what the controls show already: each value that is set makes the page draw its control."""
    shown = {
        "genre": fields.genre or [],
        "subgenre": fields.subgenre or [],
        "artist": fields.artist,
        "charts": fields.charts,
        "choices": [fields.choices.get(one["name"]) for one in choice_ids],
        "ranges": [fields.ranges.get((one["column"], one["end"])) for one in range_ids],
    }
    kept = dict(answer)
    for name, value in shown.items():
        if isinstance(answer[name], list) and name in {"choices", "ranges"}:
            kept[name] = [no_update if new == old else new for new, old in zip(answer[name], value, strict=True)]
        elif answer[name] == value:
            kept[name] = no_update
    return kept


def _register_frame(app: Dash, services: Any) -> None:
    @app.callback(
        output={
            "nav": Output(Eda.NAV, "children"),
            "count": Output(Eda.COUNT, "children"),
            "chips": Output(Eda.CHIPS, "children"),
            "clear": Output(Eda.CLEAR, "hidden"),
            "body": Output(Eda.BODY, "hidden"),
            "off": Output(Eda.OFF, "hidden"),
            "sections": [Output(section, "hidden") for section in SECTION_IDS.values()],
            "subgenres": Output(Eda.SUBGENRES_CARD, "hidden"),
        },
        inputs={"query": Input(Eda.STATE, "data")},
        prevent_initial_call=True,
    )
    def show_frame(query: Any) -> dict[str, Any]:
        if not isinstance(query, str):
            raise PreventUpdate
        table = table_of(services)
        state = parse_query(query, table).state
        is_on = state.view.charts == "on"
        return {
            "nav": section_links(state),
            "count": count_words(select(table, state.filter).n, table.n_tracks) if is_on else "",
            "chips": filter_chips((chip.key, chip.text) for chip in chips(state.filter)),
            "clear": state.filter == Filter(),
            "body": not is_on,
            "off": is_on,
            "sections": [name != state.view.section for name in SECTIONS],
            "subgenres": state.view.group == "subgenre",  # the chart above it is the same then
        }


def count_words(n: int, total: int) -> str:
    """Say how many tracks pass the filter.

    Examples
    --------
    >>> count_words(10, 10), count_words(3, 10)
    ('All 10 tracks', '3 of 10 tracks')
    """
    return f"All {total:,} tracks" if n == total else f"{n:,} of {total:,} tracks"
