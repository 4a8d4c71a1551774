"""The frame around every page: navigation, top line, job tray, stores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.figures.theme import template
from layouts.components import icon
from layouts.ids import Prediction, Shell

PRODUCT = "Track popularity"


@dataclass(frozen=True)
class NavigationItem:
    """A place one can go to from every page.

    Parameters
    ----------
    href, title, icon : str
        Address, word, name of the icon.
    shortcut : str
        Key that follows ``g``.
    reads_query : bool
        Whether another query string makes another page, to be drawn anew.
    is_quiet : bool
        Whether it stands at the foot.
    """

    href: str
    title: str
    icon: str
    shortcut: str = ""
    reads_query: bool = False
    is_quiet: bool = False


def shell(items: Iterable[NavigationItem], home: str = "/") -> html.Div:
    """Draw the frame.

    Parameters
    ----------
    items : iterable of NavigationItem
        In order; the addresses carry the base path.
    home : str
        Address of the overview.
    """
    items = tuple(items)
    return html.Div(
        [
            *_stores([item.href for item in items if item.reads_query]),
            html.A("Skip to content", href="#shell-main", className="skip-link"),
            _navigation(items, home),
            html.Div([_top_line(), _main()], className="shell-body"),
            html.Div([], id=Shell.TOASTS, className="toasts", role="status", **{"aria-live": "polite"}),
            _tray_panel(),
            _shortcuts(items),
        ],
        className="shell",
    )


def _stores(with_query: list[str]) -> list[Any]:
    templates = {name: template(name).to_plotly_json() for name in ("light", "dark")}
    return [
        dcc.Location(id=Shell.URL, refresh="callback-nav"),
        dcc.Store(id=Shell.PLACE),
        dcc.Store(id=Shell.QUERIES, data=with_query),
        dcc.Store(id=Shell.THEME),
        dcc.Store(id=Shell.TEMPLATES, data=templates),
        dcc.Store(id=Shell.LAUNCH),
        dcc.Store(id=Shell.JOB_PROGRESS),
        dcc.Store(id=Shell.JOB_RETURN),
        dcc.Store(id=Shell.JOB_ENDED),
        dcc.Store(id=Shell.TRAY_DIGEST),
        dcc.Store(id=Shell.TABLE),
        dcc.Store(id=Prediction.KEPT, storage_type="session"),
        dcc.Interval(id=Shell.TRAY_TICK, interval=2000),
    ]


def _navigation(items: tuple[NavigationItem, ...], home: str) -> html.Nav:
    return html.Nav(
        [
            dcc.Link([icon("music-note-list"), html.Span(PRODUCT)], href=home, className="brand"),
            html.Ul([_link(item) for item in items if not item.is_quiet]),
            html.Div(
                [
                    html.Ul([_link(item) for item in items if item.is_quiet], className="nav-quiet"),
                    _side_button(Shell.THEME_TOGGLE, "circle-half", "Theme"),
                    _side_button(Shell.SHORTCUTS_OPEN, "keyboard", "Shortcuts"),
                ],
                className="side-foot",
            ),
        ],
        id=Shell.NAV,
        className="side",
        **{"aria-label": "Pages"},
    )


def _link(item: NavigationItem) -> html.Li:
    words = [icon(item.icon), html.Span(item.title)]
    link = dcc.Link(words, href=item.href, className="nav-item", id=_link_id(item.title))
    return html.Li(link, **{"data-key": item.shortcut})


def _link_id(title: str) -> str:
    return f"shell-navigation-{title.lower()}"


def _side_button(button_id: str, icon_name: str, words: str) -> html.Button:
    return html.Button([icon(icon_name), html.Span(words)], id=button_id, type="button", className="nav-item")


def _top_line() -> html.Header:
    tray = html.Button(
        [icon("activity"), html.Span("Jobs", id=Shell.TRAY_SUMMARY, role="status")],
        id=Shell.TRAY_TOGGLE,
        type="button",
        className="tray-button",
        **{"aria-haspopup": "dialog"},
    )
    return html.Header([html.Div(id=Shell.SOURCE, className="top-source"), tray], className="top-line")


def _main() -> html.Main:
    waiting = html.Div(html.Span("Loading…", className="visually-hidden"), className="page-waiting")
    return html.Main(html.Div(waiting, id=Shell.CONTENT, className="page"), id="shell-main", tabIndex=-1)


def _tray_panel() -> dbc.Offcanvas:
    return dbc.Offcanvas(
        html.Div(id=Shell.TRAY),
        id=Shell.TRAY_PANEL,
        title=html.Span("Jobs", id="shell-tray-title"),
        labelledby="shell-tray-title",
        placement="end",
        is_open=False,
        class_name="tray-panel",
    )


def _shortcuts(items: tuple[NavigationItem, ...]) -> dbc.Modal:
    rows = [(f"g {item.shortcut}", f"Go to {item.title}") for item in items if item.shortcut]
    rows += [("t", "Switch between light and dark"), ("j", "Open the job tray"), ("?", "Show this list")]
    lines = [html.Div([html.Dt(_keys(keys)), html.Dd(words)], className="shortcut") for keys, words in rows]
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Keyboard shortcuts", id=Shell.SHORTCUTS_TITLE)),
            dbc.ModalBody(html.Dl(lines, className="shortcuts")),
        ],
        id=Shell.SHORTCUTS,
        labelledby=Shell.SHORTCUTS_TITLE,
        is_open=False,
        centered=True,
    )


def _keys(text: str) -> list[Any]:
    parts: list[Any] = []
    for position, key in enumerate(text.split()):
        parts += [" then ", html.Kbd(key)] if position else [html.Kbd(key)]
    return parts
