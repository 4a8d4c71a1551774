"""Uploads through the whole server: what may be large, and whose table is whose."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from callbacks.dataset import audit
from core.errors import NotFound
from dashboard.payload import MAX_UPLOAD_BYTES, upload_outputs
from dashboard.security import MAX_BODY_BYTES
from layouts.ids import Comparison, Dataset, Shell

if TYPE_CHECKING:
    from dash import Dash
    from flask.testing import FlaskClient

    from dashboard.services import Services

ROUTE = "/_dash-update-component"


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    found = app.server.test_client()
    found.get("/")
    return found


def request_of(app: Dash, output: str, values: dict[str, Any]) -> dict[str, Any]:
    """The payload that a page would send for a callback, with values by component id."""
    spec = app.callback_map[output]
    fill = lambda one: {"id": one["id"], "property": one["property"], "value": values.get(one["id"])}  # noqa: E731
    names = output[2:-2].split("...") if output.startswith("..") else [output]
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": [fill(one) for one in spec["inputs"]],
        "state": [fill(one) for one in spec["state"]],
        "changedPropIds": [f"{spec['inputs'][0]['id']}.{spec['inputs'][0]['property']}"],
    }


def upload_of(app: Dash) -> str:
    """The output of the callback that takes a table; another takes exported runs."""
    return next(output for output in upload_outputs(app.callback_map) if str(Dataset.UPLOAD) in output)


def upload_request(app: Dash, content: bytes, filename: str) -> dict[str, Any]:
    output = upload_of(app)
    contents = "data:text/csv;base64," + base64.b64encode(content).decode()
    body = request_of(app, output, {Dataset.UPLOAD: contents})
    for one in body["state"]:
        one["value"] = filename
    return body


@pytest.mark.parametrize(("clicks", "shown", "status"), [(1, None, 200), (2, None, 200), (2, {"type": "Div"}, 204)])
def test_the_tracks_of_a_finding_come_whenever_none_are_shown(
    client: FlaskClient, app: Dash, sample_dataset: Any, clicks: int, shown: Any, status: int
) -> None:
    key = next(one.key for one in audit.report_of(sample_dataset).findings if len(one.table))
    summary, rows = ({"type": str(kind), "key": key} for kind in (Dataset.CONCERNED, Dataset.CONCERNED_ROWS))
    (output,) = [name for name in app.callback_map if str(Dataset.CONCERNED_ROWS) in name]
    changed = json.dumps(summary, sort_keys=True, separators=(",", ":"))
    body = {
        "output": output,
        "outputs": {"id": rows, "property": "children"},
        "inputs": [{"id": summary, "property": "n_clicks", "value": clicks}],
        "state": [{"id": rows, "property": "children", "value": shown}],
        "changedPropIds": [f"{changed}.n_clicks"],
    }
    assert post(client, body).status_code == status


def post(client: FlaskClient, body: dict[str, Any] | bytes) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    return client.post(ROUTE, data=data, content_type="application/json")


def sample_csv(rows: int = 60) -> bytes:
    from data.sample import generate_sample

    return generate_sample(n_rows=200).head(rows).to_csv(index=False).encode()


def test_a_large_file_passes_the_upload_alone(app: Dash, client: FlaskClient) -> None:
    answer = post(client, upload_request(app, b"\x00" * (20 * 1024 * 1024), "big.csv"))
    assert answer.status_code == 200
    assert "cannot be used" in answer.get_data(as_text=True)


def test_a_large_export_passes_to_the_import(app: Dash, client: FlaskClient, services: Services) -> None:
    output = next(one for one in upload_outputs(app.callback_map) if str(Comparison.IMPORT) in one)
    contents = "data:;base64," + base64.b64encode(b"\x00" * (20 * 1024 * 1024)).decode()
    body = request_of(app, output, {Comparison.IMPORT: contents})
    body["state"][0]["value"] = "a.run"
    answer = post(client, body)
    assert answer.status_code == 200
    assert "is not an exported run" in answer.get_data(as_text=True)
    assert services.runs.list(None) == []


def test_a_large_body_to_any_other_callback_is_refused(app: Dash, client: FlaskClient) -> None:
    other = request_of(app, f"{Shell.CONTENT}.children", {Shell.PLACE: "x" * (MAX_BODY_BYTES + 10)})
    assert post(client, other).status_code == 413


def test_a_large_body_that_names_two_callbacks_is_refused(app: Dash, client: FlaskClient) -> None:
    output = upload_of(app)
    start = f'{{"output":{json.dumps(output)},"output":"{Shell.CONTENT}.children","a":"'.encode()
    answer = post(client, start + b"x" * (MAX_BODY_BYTES + 10) + b'"}')
    assert answer.status_code == 413


def test_nothing_larger_than_the_limit_passes(app: Dash, client: FlaskClient) -> None:
    output = upload_of(app)
    start = f'{{"output":{json.dumps(output)},"a":"'.encode()
    answer = post(client, start + b"x" * MAX_UPLOAD_BYTES + b'"}')
    assert answer.status_code == 413
    assert "32 MB" in answer.get_json()["error"]


def test_a_file_is_staged_for_its_owner_alone(app: Dash, client: FlaskClient, services: Services) -> None:
    answer = post(client, upload_request(app, sample_csv(), "mine.csv"))
    staged = answer.get_json()["response"][Dataset.URL]["search"].partition("staged=")[2]
    other = app.server.test_client()
    other.get("/")
    place = {"path": "/dataset", "query": f"?section=tables&staged={staged}"}
    page = request_of(app, f"{Shell.CONTENT}.children", {Shell.PLACE: place})
    assert "New table: mine.csv" in post(client, page).get_data(as_text=True)
    foreign = post(other, page).get_data(as_text=True)
    assert "mine.csv" not in foreign
    assert "no longer here" in foreign
    with pytest.raises(NotFound):
        services.tables.staged("browser:someone", staged)
