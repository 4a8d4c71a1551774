"""Layouts ask Dash for addresses, which takes an app; pages are built while a request is answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dash import Dash


@pytest.fixture(autouse=True)
def _a_request() -> Iterator[None]:
    with Dash(__name__).server.test_request_context():
        yield
