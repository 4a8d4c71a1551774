"""Layouts ask Dash for addresses, and Dash answers once there is an app."""

from __future__ import annotations

import pytest
from dash import Dash
from dash.development.base_component import Component


@pytest.fixture(autouse=True, scope="session")
def _an_app() -> None:
    Dash(__name__)


@pytest.fixture
def words() -> object:
    """The text of a component and of all within it, joined by spaces."""

    def text(part: object) -> str:
        if isinstance(part, Component):
            return text(getattr(part, "children", None))
        if isinstance(part, (list, tuple)):
            return " ".join(found for found in map(text, part) if found)
        return "" if part is None else str(part)

    return text
