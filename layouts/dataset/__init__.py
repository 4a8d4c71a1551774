"""Dataset: the table in use, the tables of one's own, and what an audit finds in the one in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from layouts.components import page_header
from layouts.ids import Dataset
from layouts.links import address

SECTIONS: Mapping[str, str] = {"table": "Table", "tables": "Your tables", "audit": "Audit"}
PURPOSE = "Know the table before you model it: its source, its cleaning, its pitfalls."
PATH = "/dataset"


def layout(section: str, content: Any, query: str) -> html.Div:
    """Draw the view.

    Parameters
    ----------
    section : {"table", "tables", "audit"}
        The section in view; only this one is computed.
    content : component
        What it shows.
    query : str
        The address's query string that led here.
    """
    return html.Div(
        [
            dcc.Location(id=Dataset.URL, refresh=False),
            dcc.Store(id=Dataset.SHOWN, data=query),
            dcc.Download(id=Dataset.DOWNLOAD),
            page_header("Dataset", PURPOSE),
            html.Nav(
                section_links(section),
                id=Dataset.NAV,
                className="section-nav",
                **{"aria-label": "Sections of Dataset"},
            ),
            html.Div(id=Dataset.NOTICE, role="status", **{"aria-live": "polite"}),
            html.Fieldset(html.Div(content, id=Dataset.BODY), id=Dataset.GUARD, className="bare-fieldset"),
        ],
        className="dataset-view",
    )


def section_links(section: str) -> html.Ul:
    """Draw the links to the sections."""
    links = []
    for name, title in SECTIONS.items():
        is_here = name == section
        words: Any = [title, html.Span(" (shown)", className="visually-hidden")] if is_here else title
        links.append(html.Li(dbc.NavLink(words, href=section_address(name), active=is_here)))
    return html.Ul(links, className="section-links")


def section_address(section: str, **query: str) -> str:
    """Give the address of a section; the first one is the view's own address."""
    return address(PATH, **({} if section == "table" else {"section": section}), **query)
