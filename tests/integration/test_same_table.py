"""Two windows and one table in use: what a page asks is asked of the table that it shows, or refused."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from flask import g

from callbacks.same_table import TABLE_HEADER
from core.features import DEFAULT_FEATURES
from data.sample import generate_sample
from data.upload import examine
from layouts.ids import Dataset, Eda, Shell, Training
from layouts.training import all_groups

if TYPE_CHECKING:
    from dash import Dash

    from dashboard.services import Services


class Window:
    """A page that keeps which table it shows, as the browser does; all of one test share the owner."""

    def __init__(self, app: Dash, services: Services) -> None:
        self.app, self.services, self.client = app, services, app.server.test_client()
        with self.client:
            self.client.get("/")
            self.owner = g.owner
        self.shown = ""

    def go(self, path: str) -> dict[str, Any]:
        """Open a page, and give everything that was set for it."""
        answer = self.ask(f"{Shell.CONTENT}.children", {f"{Shell.PLACE}.data": {"path": path, "query": ""}})
        assert answer.status_code == 200
        self.shown = answer.headers[TABLE_HEADER]
        return dict(answer.get_json())

    def ask(self, output: str, values: dict[str, Any], changed: str = "") -> Any:
        """Call the callback whose first output begins so."""
        key, spec = next((k, s) for k, s in self.app.callback_map.items() if k.lstrip(".").startswith(output))
        places = [name.rpartition(".") for name in key.strip(".").split("...")]
        outputs = [_filled({"id": one, "property": prop}, values) for one, _, prop in places]
        body = {
            "output": key,
            "outputs": outputs if key.startswith("..") else outputs[0],
            "inputs": [_filled(row, values) for row in spec["inputs"]],
            "state": [_filled(row, values) for row in spec["state"]],
            "changedPropIds": [changed or next(iter(values))],
        }
        headers = {TABLE_HEADER: self.shown} if self.shown else {}
        return self.client.post("/_dash-update-component", json=body, headers=headers)

    def use(self, name: str, seed: int = 5) -> None:
        """Upload a table and use it, as another window would."""
        raw = generate_sample(n_rows=600, seed=seed)
        found = examine(raw.to_csv(index=False).encode(), f"{name}.csv")
        self.services.tables.choose(self.owner, self.services.tables.add(self.owner, name, found).id)


def _filled(row: dict[str, Any], values: dict[str, Any]) -> Any:
    place = f"{row['id']}.{row['property']}"
    if row["id"].startswith("{"):
        kind = json.loads(row["id"]).get("type")
        given = values.get(kind, {})
        return [
            {"id": {"group": group, "type": kind}, "property": row["property"], "value": value}
            for group, value in given.items()
        ]
    return {"id": row["id"], "property": row["property"], "value": values.get(place)}


@pytest.fixture
def window(app: Dash, services: Services) -> Window:
    return Window(app, services)


FORM = {
    f"{Training.SUBMIT}.n_clicks": 1,
    str(Training.FAMILIES): {name: ["mean"] if at == 0 else [] for at, (name, _) in enumerate(all_groups())},
    str(Training.FEATURES): {"audio": list(DEFAULT_FEATURES)},
    f"{Training.PROTOCOL}.value": "song",
    f"{Training.TEST_SHARE}.value": 20,
    f"{Training.FOLDS}.value": 0,
    f"{Training.SEED}.value": 1,
    f"{Training.DEFAULTS}.value": "recommended",
    f"{Training.INTERVAL}.value": "split",
    f"{Training.TUNE}.value": False,
    f"{Training.TYPED}.data": {"values": {}},
}


@pytest.mark.parametrize("button", [Training.SUBMIT, Training.TRAIN_ALL])
def test_a_page_never_trains_on_a_table_that_it_does_not_show(window: Window, button: Training) -> None:
    window.go("/train")
    window.use("leaks")
    press = {**FORM, f"{button}.n_clicks": 1, f"{Training.NONCE}.data": str(uuid.uuid4())}
    refused = window.ask(f"{Training.NONCE}.data", press, f"{button}.n_clicks")
    assert refused.get_json() == {
        "error": "The table in use has changed in another window, so nothing was started. The page shows “leaks” now.",
        "redraw": True,
    }
    assert not window.services.runs.list(window.owner)
    told = window.go("/train")
    assert Shell.TABLE in told["sideUpdate"]  # the top line follows
    taken = window.ask(f"{Training.NONCE}.data", press, f"{Training.SUBMIT}.n_clicks")
    assert taken.status_code == 200
    assert window.services.runs.list(window.owner)


def test_the_top_line_is_asked_for_again_only_when_the_table_changed(window: Window) -> None:
    assert Shell.TABLE not in window.go("/explore").get("sideUpdate", {})  # the frame draws it itself at first
    assert Shell.TABLE not in window.go("/train").get("sideUpdate", {})
    window.use("leaks")
    assert Shell.TABLE in window.go("/explore")["sideUpdate"]
    window.services.tables.rename(window.owner, window.services.tables.current(window.owner).id, "other name")
    assert Shell.TABLE in window.go("/explore")["sideUpdate"]


@pytest.mark.parametrize(
    ("page", "output", "values"),
    [
        ("/explore", f"{Eda.GROUP}.figure", {f"{Eda.AT_GROUPS}.data": "?section=groups"}),
        ("/explore", f"{Eda.NAV}.children", {f"{Eda.STATE}.data": "?section=groups"}),
        ("/explore", f"{Eda.NUMBERS_GRID}.children", {f"{Eda.AT_SUMMARY}.data": "?section=summary"}),
        ("/explore", f"{Eda.URL}.search", {f"{Eda.URL}.search": "", f"{Eda.URL}.pathname": "/explore"}),
        ("/dataset", f"{Dataset.ROWS}.children", {f"{Dataset.SEARCH}.value": "a", f"{Dataset.ORDER}.value": "table"}),
        ("/dataset", f"{Dataset.AUDIT}.children", {f"{Dataset.AUDIT_ASKED}.data": "x"}),
    ],
)
def test_explore_and_dataset_do_not_mix_two_tables(
    window: Window, page: str, output: str, values: dict[str, Any]
) -> None:
    window.go(page)
    assert window.ask(output, values).status_code == 200
    window.use("leaks")
    refused = window.ask(output, values)
    assert refused.status_code == 409
    assert refused.get_json()["redraw"]
    window.go(page)
    assert window.ask(output, values).status_code == 200


def test_a_renamed_table_is_the_same_table(window: Window) -> None:
    window.use("leaks")
    window.go("/explore")
    window.services.tables.rename(window.owner, window.services.tables.current(window.owner).id, "renamed")
    assert window.ask(f"{Eda.GROUP}.figure", {f"{Eda.AT_GROUPS}.data": ""}).status_code == 200


def test_who_switches_tables_in_the_window_itself_goes_on_with_the_new_one(window: Window) -> None:
    window.go("/dataset")
    window.use("leaks")
    answer = window.ask(f"{Dataset.NAV}.children", {f"{Dataset.URL}.search": "?section=audit",
                                                    f"{Dataset.URL}.pathname": "/dataset"})  # fmt: skip
    assert answer.status_code == 200
    assert answer.headers[TABLE_HEADER] != window.shown
    assert Shell.TABLE in answer.get_json()["sideUpdate"]
