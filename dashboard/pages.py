"""The table of pages: one row a page, in the order of the navigation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dash import Dash
from dash.development.base_component import Component

from callbacks import (
    batch,
    card,
    compare,
    comparison,
    dataset,
    eda,
    history,
    overview,
    prediction,
    run,
    status,
    training,
    trends,
    why,
)
from dashboard.settings import Settings


class View(Protocol):
    """What a ``callbacks`` module of a view offers."""

    def page(self, services: Any, owner: str, *, query: str = "", **path_params: str) -> Component:
        """Build the page's content; ``query`` is the address's query string, with its question mark."""

    def register(self, app: Dash, services: Any) -> None:
        """Attach the view's callbacks."""


@dataclass(frozen=True)
class Page:
    """One page.

    Parameters
    ----------
    key : str
        Name of the view in every room: ``layouts/<key>.py``, ``callbacks/<key>.py``.
    view : module
        The view's callbacks: ``page(services, owner, query=..., **path_params)`` and ``register(app, services)``.
    path : str
        Path below the base path; ``<name>`` stands for one path part, handed to ``load`` by that name.
    title : str
        Word of the navigation and of the window title.
    icon : str
        Name of a Bootstrap icon.
    shortcut : str
        Key that follows ``g`` to come here; empty for none.
    in_navigation : bool
        False for pages that one reaches from another page.
    is_quiet : bool
        True for a page that stands at the foot of the navigation, and on a phone only in the address.
    reads_query : bool
        True where a link to another query string of the same page makes another page.
    """

    key: str
    view: View
    path: str
    title: str
    icon: str = ""
    shortcut: str = ""
    in_navigation: bool = True
    is_quiet: bool = False
    reads_query: bool = False

    def load(self, services: Any, owner: str, query: str = "", **path_params: str) -> Component:
        """Build the page's content for an owner."""
        return self.view.page(services, owner, query=query, **path_params)

    def match(self, path: str) -> Mapping[str, str] | None:
        """Give the path's parts by name when it leads here, else None.

        Examples
        --------
        >>> Page("run", run, "/runs/<run_id>", "Run").match("/runs/abc")
        {'run_id': 'abc'}
        """
        pattern = re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", self.path.rstrip("/"))
        found = re.fullmatch(pattern + "/?", path)
        return found.groupdict() if found else None


PAGES: tuple[Page, ...] = (
    Page("overview", overview, "/", "Overview", "house", "o"),
    Page("dataset", dataset, "/dataset", "Dataset", "table", "d"),
    Page("eda", eda, "/explore", "Explore", "bar-chart", "e"),
    Page("training", training, "/train", "Train", "play-circle", "t", reads_query=True),
    Page("comparison", comparison, "/runs", "Runs", "list-check", "r"),
    Page("history", history, "/history", "History", "clock-history", "h"),
    Page("trends", trends, "/history/charts", "Charts of runs", in_navigation=False),
    Page("compare", compare, "/compare", "Compare", in_navigation=False),
    Page("run", run, "/runs/<run_id>", "Run", in_navigation=False),
    Page("why", why, "/runs/<run_id>/why", "Why", in_navigation=False),
    Page("card", card, "/runs/<run_id>/card", "Model card", in_navigation=False),
    Page("prediction", prediction, "/predict", "Predict", "sliders", "p", reads_query=True),
    Page("batch", batch, "/score", "Score", "file-earmark-spreadsheet", "f", reads_query=True),
    Page("status", status, "/status", "Status", "info-circle", "s", is_quiet=True),
)


def offered_pages(settings: Settings) -> tuple[Page, ...]:
    """Give the pages that the settings leave switched on."""
    return tuple(page for page in PAGES if settings.eda or page.key != "eda")


def find_page(pages: tuple[Page, ...], path: str) -> tuple[Page, Mapping[str, str]] | None:
    """Give the page a path leads to, with the path's parts, or None.

    Examples
    --------
    >>> find_page(PAGES, "/runs")[0].key
    'comparison'
    """
    for page in pages:
        params = page.match(path)
        if params is not None:
            return page, params
    return None
