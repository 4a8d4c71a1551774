"""Promoting on the pages: the press, the mark, the deletion that says what it leaves empty."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from core.runs.service import Runs
from dashboard.services import Services
from dashboard.settings import Settings
from layouts.ids import Comparison, Standing
from tests.fakes import runs as fakes

ROUTE = "/_dash-update-component"


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home, identity="shared")


@pytest.fixture
def services(settings: Settings, home: Path) -> Services:
    from core.tables.tracks import TrackStore

    return Services(settings, TrackStore(None, home), lambda: Runs(home, context=fakes.context(home)))


def press(app: Dash, component_id: dict[str, Any], outputs: list[tuple[str, str]], fields: list[Any]) -> Any:
    """Post a press of one button with the fields of its form."""
    name = json.dumps(component_id, sort_keys=True, separators=(",", ":"))
    pressed = {"id": component_id, "property": "n_clicks", "value": 1}
    is_promotion = component_id["type"] == Standing.PROMOTE
    inputs = [[pressed], []] if is_promotion else [[], [pressed]]
    body = {
        "output": f"..{'...'.join('.'.join(one) for one in outputs)}..",
        "outputs": [{"id": one, "property": prop} for one, prop in outputs],
        "inputs": inputs,
        "state": fields,
        "changedPropIds": [f"{name}.n_clicks"],
    }
    return app.server.test_client().post(ROUTE, json=body)


def outputs_of(app: Dash) -> list[tuple[str, str]]:
    """What the callback of the form writes: a message at the corner, and that something changed."""
    (name,) = [key for key in app.callback_map if key.endswith(f"...{Standing.CHANGED}.data..")]
    return [tuple(part.rsplit(".", 1)) for part in name[2:-2].split("...")]


def promote(app: Dash, run_id: str, *values: str) -> str:
    names = (Standing.ALIAS, Standing.PURPOSE, Standing.WHY)
    fields = [
        [{"id": {"type": str(name), "run": run_id}, "property": "value", "value": value}]
        for name, value in zip(names, values, strict=True)
    ]
    answer = press(app, {"type": str(Standing.PROMOTE), "run": run_id}, outputs_of(app), fields)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_a_press_promotes_and_a_press_withdraws(app: Dash, services: Services) -> None:
    (run,) = services.runs.run_inline([fakes.request()], owner="shared")
    assert "is the champion for radio now" in promote(app, run.id, "champion", "radio", "lowest error")
    (held,) = services.runs.aliases("shared")
    assert (held.run_id, held.why) == (run.id, "lowest error")
    button = {"type": str(Standing.WITHDRAW), "run": run.id, "alias": "champion", "purpose": "radio"}
    said = press(app, button, outputs_of(app), [[], [], []]).get_data(as_text=True)
    assert "no more" in said
    assert services.runs.aliases("shared") == []


def test_what_is_refused_is_said_and_changes_nothing(app: Dash, services: Services) -> None:
    (run,) = services.runs.run_inline([fakes.request()])
    assert "command line" in promote(app, run.id, "champion", "popularity", "best")
    assert "for which purpose" in promote(app, run.id, "champion", " ", "best")
    assert "Say why" in promote(app, run.id, "champion", "popularity", " ")
    assert services.runs.aliases(None) == []


def test_deleting_the_champion_says_so(app: Dash, services: Services) -> None:
    (run,) = services.runs.run_inline([fakes.request()], owner="shared")
    promote(app, run.id, "champion", "popularity", "best")
    button = {"type": str(Comparison.DELETE), "run": run.id}
    name = json.dumps(button, sort_keys=True, separators=(",", ":"))
    outputs = [(str(Comparison.NOTICE), "children"), (str(Comparison.CHANGED), "data")]
    body = {
        "output": f"..{'...'.join('.'.join(one) for one in outputs)}..",
        "outputs": [{"id": one, "property": prop} for one, prop in outputs],
        "inputs": [[{"id": button, "property": "n_clicks", "value": 1}]],
        "state": [],
        "changedPropIds": [f"{name}.n_clicks"],
    }
    said = app.server.test_client().post(ROUTE, json=body).get_data(as_text=True)
    assert "It was the champion for popularity" in said
    assert services.runs.aliases("shared") == []
    services.runs.restore(run.id, "shared")
    assert [one.run_id for one in services.runs.aliases("shared")] == [run.id]


def test_a_form_below_the_leaderboard_is_left_alone_while_the_same_runs_are_chosen(
    app: Dash, services: Services
) -> None:
    one, other = services.runs.run_inline([fakes.request(), fakes.request(family="knn")], owner="shared")

    def choose(picked: list[str]) -> Any:
        boxes = [
            {"id": {"type": str(Comparison.CHOSEN), "run": run.id}, "property": "value", "value": run is one}
            for run in (one, other)
        ]
        outputs = [(str(Comparison.TOGETHER), "children"), (str(Comparison.PICKED), "data")]
        body = {
            "output": f"..{'...'.join('.'.join(each) for each in outputs)}..",
            "outputs": [{"id": each, "property": prop} for each, prop in outputs],
            "inputs": [boxes],
            "state": [{"id": str(Comparison.PICKED), "property": "data", "value": picked}],
            "changedPropIds": [],
        }
        return app.server.test_client().post(ROUTE, json=body)

    drawn = choose([])
    assert "Promote" in drawn.get_data(as_text=True)
    assert drawn.get_json()["response"][str(Comparison.PICKED)]["data"] == [one.id]
    assert choose([one.id]).get_json()["response"] == {}
