"""Explore: one filter at the left, one section of charts at a time at the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.eda.address import State, to_query
from core.eda.columns import is_own
from core.eda.view import SECTIONS, Choice, View, choices_with
from core.figures.theme import base_layout
from layouts.components import control, empty_state, graph_card, icon, page_header
from layouts.components.filter_bar import FilterOptions, filter_bar, filter_line
from layouts.ids import Eda
from layouts.links import address

SECTION_IDS: Mapping[str, Eda] = {
    "distribution": Eda.DISTRIBUTION,
    "relations": Eda.RELATIONS,
    "summary": Eda.SUMMARY,
    "groups": Eda.GROUPS,
    "time": Eda.TIME,
    "artists": Eda.ARTISTS,
}
SECTION_STORES: Mapping[str, Eda] = {
    "distribution": Eda.AT_DISTRIBUTION,
    "relations": Eda.AT_RELATIONS,
    "summary": Eda.AT_SUMMARY,
    "groups": Eda.AT_GROUPS,
    "time": Eda.AT_TIME,
    "artists": Eda.AT_ARTISTS,
}
"""Holds the address for which a section is drawn; written only while the section is in view."""

FEW_COLUMNS = 13
"""Columns that every table has: heat maps of more need more room for numbers in their cells."""
BRUSHABLE = {"modeBarButtonsToRemove": ["toImage", "lasso2d", "autoScale2d"], "doubleClick": "reset"}
PURPOSE = "See how popularity is spread and what it goes along with, for any part of the table."
_PATH = "/explore"


@dataclass(frozen=True)
class EdaValues:
    """What the view shows at first.

    Parameters
    ----------
    state : State
        Read from the address.
    options : FilterOptions
    theme : {"light", "dark"}
    """

    state: State = field(default_factory=State)
    options: FilterOptions = field(default_factory=FilterOptions)
    theme: str = "light"


@dataclass(frozen=True)
class Offered:
    """What is chosen, and what there is to choose from in the table in use."""

    view: View
    choices: Mapping[str, Choice]


def layout(values: EdaValues) -> html.Div:
    """Draw the view; its charts fill once the address has been read."""
    view = values.state.view
    choices = choices_with(tuple(name for name in values.options.limits if is_own(name)))
    stores = [dcc.Store(id=store) for store in (Eda.STATE, Eda.BRUSH, Eda.HEARD, Eda.WEBGL, *SECTION_STORES.values())]
    results = html.Div(
        [
            html.Nav(id=Eda.NAV, className="section-nav", **{"aria-label": "Sections of Explore"}),
            filter_line(),
            *(_SECTIONS[name](Offered(view, choices), values.theme) for name in SECTIONS),
        ],
        className="view-results",
    )
    body = html.Div([filter_bar(values.state.filter, values.options), results], className="work", id=Eda.BODY)
    return html.Div(
        [
            dcc.Location(id=Eda.URL, refresh=False),
            *stores,
            dcc.Download(id=Eda.DOWNLOAD),
            page_header("Explore", PURPOSE, _switch(view)),
            body,
            html.Div(_off(), id=Eda.OFF, hidden=True),
        ]
    )


def disabled_layout() -> html.Div:
    """Draw the view where the settings switch it off: nothing is computed."""
    words = "The server's settings switch exploration off (DASHBOARD_EDA=false). Nothing of it is computed."
    return html.Div(
        [page_header("Explore", PURPOSE), empty_state("Explore is switched off", words, icon_name="bar-chart")]
    )


def cells_said(before: str, with_numbers: str, without: str, after: str, *, is_wide: bool = False) -> list[Any]:
    """Write the words below a heat map, whose cells have numbers only where the page has room for them.

    Parameters
    ----------
    before, after : str
        Said in either case.
    with_numbers, without : str
        Said where the numbers stand in the cells, and where they do not.
    is_wide : bool
        Whether it has more than `FEW_COLUMNS` columns, so that it needs more room.
    """
    return [
        before,
        html.Span(with_numbers, className="cells-said is-wide" if is_wide else "cells-said"),
        html.Span(without, className="cells-unsaid"),
        after,
    ]


def section_links(state: State) -> html.Ul:
    """Draw the links to the sections; each keeps the filter and the choices."""
    links = []
    for name, title in SECTIONS.items():
        is_here = name == state.view.section
        target = address(_PATH) + to_query(_at_section(state, name))
        words: Any = [title, html.Span(" (shown)", className="visually-hidden")] if is_here else title
        links.append(html.Li(dbc.NavLink(words, href=target, active=is_here)))
    return html.Ul(links, className="section-links")


def _at_section(state: State, name: str) -> State:
    choices = {**vars(state.view), "section": name}
    return State(state.filter, View(**choices))


def _switch(view: View) -> html.Div:
    switch = dbc.Switch(id=Eda.SWITCH, label="Charts", value=view.charts == "on")
    return html.Div(switch, className="charts-switch", title="Switch off to compute nothing here")


def _off() -> html.Div:
    return empty_state(
        "Charts are switched off",
        "Nothing is computed here until you switch them on again, with the switch at the top.",
        icon_name="bar-chart",
    )


def _section(name: str, controls: list[Any], cards: list[Any]) -> html.Section:
    top = [html.Div(controls, className="section-controls")] if controls else []
    return html.Section(
        [html.H2(SECTIONS[name], className="visually-hidden"), *top, *cards],
        id=SECTION_IDS[name],
        hidden=True,
        className="stack",
    )


def _choice(name: str, offered: Offered, help: str = "") -> html.Div:
    choice = offered.choices[name]
    options = [{"label": words, "value": key} for key, words in choice.options.items()]
    select = dbc.Select(id={"type": Eda.CHOICE, "name": name}, options=options, value=getattr(offered.view, name))
    return control(choice.label, select, help)


def _card(graph_id: str, title: str, theme: str, *, height: int = 360, brush: bool = False, actions: Any = None) -> Any:
    import plotly.graph_objects as go

    empty = go.Figure(layout=base_layout(theme))
    empty.update_xaxes(visible=False).update_yaxes(visible=False)
    config = BRUSHABLE if brush else None
    return graph_card(graph_id, empty, title=title, height=height, config=config, actions=actions)


def _distribution(offered: Offered, theme: str) -> html.Section:
    return _section(
        "distribution",
        [_choice("split", offered), _choice("feature", offered)],
        [
            html.Div(
                [
                    _card(Eda.POPULARITY, "Popularity", theme, height=340, brush=True),
                    _card(Eda.FEATURE, "Column", theme, height=340, brush=True),
                ],
                className="two-charts",
            )
        ],
    )


def _relations(offered: Offered, theme: str) -> html.Section:
    swap = html.Button([icon("arrow-left-right"), " Swap axes"], id=Eda.SWAP, type="button", className="quiet-button")
    axes = [_choice(name, offered) for name in ("x", "y", "colour", "trend", "points")]
    scatter = html.Div(axes, className="section-controls scatter-controls")
    return _section(
        "relations",
        [_choice("method", offered), _choice("scope", offered)],
        [
            _card(Eda.CORRELATION, "Correlation", theme, height=520),
            scatter,
            _card(
                Eda.SCATTER,
                "Scatter",
                theme,
                height=520,
                brush=True,
                actions=[swap, _download(Eda.POINTS_CSV, "All points as CSV")],
            ),
            html.Div(id=Eda.TRACK, role="status", **{"aria-live": "polite"}),
        ],
    )


def _summary(offered: Offered, theme: str) -> html.Section:
    return _section(
        "summary",
        [],
        [
            _grid_card("Columns", "Summary of the numeric columns", Eda.NUMBERS_GRID, Eda.NUMBERS_CSV),
            html.Div(_choice("category", offered), className="section-controls"),
            _grid_card("Groups", "Popularity by group", Eda.CATEGORY_GRID, Eda.CATEGORY_CSV),
        ],
    )


def _groups(offered: Offered, theme: str) -> html.Section:
    return _section(
        "groups",
        [_choice("measure", offered), _choice("group", offered)],
        [
            _card(Eda.GROUP, "By group", theme, height=300),
            html.Div(_card(Eda.SUBGENRES, "By subgenre", theme, height=760), id=Eda.SUBGENRES_CARD),
        ],
    )


def _time(offered: Offered, theme: str) -> html.Section:
    return _section(
        "time",
        [_choice("band", offered)],
        [
            _card(Eda.YEARS, "Popularity by release year", theme, height=440, brush=True),
            _card(Eda.MONTHS, "Popularity by month of release", theme, height=340),
        ],
    )


def _artists(offered: Offered, theme: str) -> html.Section:
    cards = [
        _card(Eda.ARTISTS_COUNT, "Artists with most tracks", theme, height=600),
        _card(Eda.ARTISTS_MEAN, "Artists with the highest mean popularity", theme, height=600),
    ]
    return _section("artists", [], [html.Div(cards, className="two-charts")])


def _grid_card(title: str, caption: str, slot: Eda, button: Eda) -> html.Section:
    head = html.Div(
        [html.H3(caption, className="graph-title"), html.Div(_download(button, "CSV"), className="graph-actions")],
        className="graph-head",
    )
    return html.Section([head, html.Div(id=slot, className="grid-slot")], className="panel", **{"aria-label": title})


def _download(button: Eda, words: str) -> html.Button:
    return html.Button([icon("download"), f" {words}"], id=button, type="button", className="quiet-button")


_SECTIONS = {
    "distribution": _distribution,
    "relations": _relations,
    "summary": _summary,
    "groups": _groups,
    "time": _time,
    "artists": _artists,
}
