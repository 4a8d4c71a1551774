"""What a browser sends, and apps to send it to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.app import create_app
from dashboard.settings import Settings
from layouts.ids import Shell

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

ROUTE = "/_dash-update-component"


def page_request(path: str = "/") -> dict[str, Any]:
    """What the page posts to be shown a path."""
    return {
        "output": f"{Shell.CONTENT}.children",
        "outputs": {"id": str(Shell.CONTENT), "property": "children"},
        "inputs": [{"id": str(Shell.PLACE), "property": "data", "value": {"path": path, "query": ""}}],
        "state": [],
        "changedPropIds": [f"{Shell.PLACE}.data"],
    }


def make_client(home: Path, **changes: Any) -> FlaskClient:
    """A browser of an app with other settings."""
    return create_app(Settings(home=home, **changes)).server.test_client()
