"""A browser of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dash import Dash
    from flask.testing import FlaskClient


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    """A browser that has not been here before."""
    return app.server.test_client()
