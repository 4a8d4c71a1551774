"""A home with one finished run, an app on it, and somebody who asks the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dash import Dash

from core.requests import TrainingRequest
from dashboard.app import create_app
from dashboard.services import build_services
from dashboard.settings import Settings
from tests.integration.api.schemas import problems

BASE = "/api/v1"
FEATURES = ("danceability", "energy", "tempo", "key", "title_remix")
TRACK = {"danceability": 0.7, "energy": 0.8, "tempo": 120, "key": "C", "track_name": "A song"}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dash, str, str]:
    """An app, the id of a run of the shell (everybody sees it), and the id of a run of somebody else."""
    settings = Settings(home=tmp_path_factory.mktemp("api"))
    services = build_services(settings)
    asked = TrainingRequest(family="ridge", cv_folds=2, features=FEATURES)
    mine = services.runs.run_inline([asked])[0]
    theirs = services.runs.run_inline([asked], owner="browser:somebody-else")[0]
    assert (mine.state, theirs.state) == ("finished", "finished"), (mine.reason, theirs.reason)
    return create_app(settings, services), mine.id, theirs.id


@pytest.fixture
def described(served: tuple[Dash, str, str]) -> dict[str, Any]:
    return served[0].server.test_client().get(f"{BASE}/openapi.json").get_json()


@pytest.fixture
def ask(served: tuple[Dash, str, str], described: dict[str, Any]) -> Callable[..., tuple[int, Any]]:
    """Ask, and hold the answer against the description of its address and status."""
    client = served[0].server.test_client()

    def ask(method: str, path: str, *, as_described: str = "", **sent: Any) -> tuple[int, Any]:
        answer = client.open(BASE + path, method=method, **sent)
        body = answer.get_json()
        operation = described["paths"].get(as_described or path.partition("?")[0], {}).get(method.lower())
        if operation is not None:
            schema = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
        else:
            schema = {"$ref": "Error"}
        assert problems(body, schema, described["components"]["schemas"]) == []
        return answer.status_code, body

    return ask
