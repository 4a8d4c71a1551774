"""Addresses of pages and runs, below whatever base path the app has."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import dcc, get_relative_path


def address(path: str, **query: str) -> str:
    """Give the address of a page with the base path; values of the query are escaped.

    Parameters
    ----------
    path : str
        Path below the base path, such as "/runs".
    """
    return get_relative_path(path) + (f"?{urlencode(query)}" if query else "")


def run_address(run_id: str) -> str:
    """Give the address of a run's page."""
    return address(f"/runs/{run_id}")


def button_link(words: Any, href: str, *, kind: str = "primary") -> dcc.Link:
    """Draw a link that looks like a button."""
    return dcc.Link(words, href=href, className=f"btn btn-{kind}")
