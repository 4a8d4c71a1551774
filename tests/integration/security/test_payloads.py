"""What is posted to callbacks: refused with a reason, or answered, and never an error of the server."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from layouts.ids import Eda, Training
from tests.integration.security.forged import ODD_QUERIES, Forger, fitting, mutate
from tests.integration.security.requests import ROUTE, page_request

if TYPE_CHECKING:
    from dash import Dash
    from flask.testing import FlaskClient


class TestPayloads:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"null", 400),
            (b"[]", 400),
            (b'"text"', 400),
            (b'{"output": 1}', 400),
            (b'{"output": "none.children"}', 400),
            (b'{"a": NaN}', 400),
            (b'{"a": -Infinity}', 400),
            (b'{"a": 1e999}', 400),
            (rb'{"a": "\ud800"}', 400),
            (rb'{"\udfff": 1}', 400),
            (rb'{"a": ["\u0000"]}', 400),
            (b'{"a": "\xed\xa0\x80"}', 400),
            (b'{"a": ' + b"9" * 5000 + b"}", 400),
            (b'{"a": -' + b"9" * 400 + b"}", 400),
            (b"[" * 100_000, 400),
            (b'{"a":' * 50 + b"1" + b"}" * 50, 400),
            (b"\xff\xfe", 400),
            (b" " * (9 * 1024 * 1024), 413),
        ],
        ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else str(value),
    )
    def test_what_is_no_callback_is_refused_with_a_reason(self, client: FlaskClient, body: bytes, status: int) -> None:
        answer = client.post(ROUTE, data=body, content_type="application/json")
        assert answer.status_code == status
        assert answer.get_json()["error"]

    def test_a_form_is_no_callback(self, client: FlaskClient) -> None:
        assert client.post(ROUTE, data={"a": "b"}).status_code == 415

    @pytest.mark.parametrize(
        "change",
        [
            {"inputs": []},
            {"inputs": [{}]},
            {"inputs": [None]},
            {"inputs": "text"},
            {"inputs": [{"id": "other", "property": "pathname", "value": "/"}]},
            {"inputs": [{"id": {"type": "x"}, "property": "pathname", "value": "/"}]},
            {"state": None},
            {"state": [{}]},
            {"outputs": None},
            {"outputs": {"id": "other", "property": "children"}},
            {"changedPropIds": ["other.value"]},
            {"changedPropIds": [["a"]]},
            {"changedPropIds": None},
            {"more": 1},
        ],
    )
    def test_a_payload_that_does_not_fit_its_callback_is_refused(
        self, client: FlaskClient, change: dict[str, Any]
    ) -> None:
        answer = client.post(ROUTE, json=page_request() | change)
        assert answer.status_code == 400
        assert answer.get_json()["error"]

    @pytest.mark.timeout(120)
    def test_no_mutated_payload_gives_a_server_error(self, app: Dash) -> None:
        client = app.server.test_client()
        client.get("/")
        specs = client.get("/_dash-dependencies").get_json()
        callbacks = [spec for spec in specs if not spec["clientside_function"]]
        chance = random.Random(7)
        forger = Forger(chance)
        failures, statuses = [], Counter()
        for number in range(3000):
            body = mutate(forger.payload(callbacks[number % len(callbacks)]), chance)
            sent = json.dumps(body)
            answer = client.post(ROUTE + chance.choice(ODD_QUERIES), data=sent, content_type="application/json")
            statuses[answer.status_code] += 1
            if answer.status_code >= 500:
                failures.append((number, body.get("output") if isinstance(body, dict) else body, answer.get_json()))
        assert failures == []
        assert statuses[200] + statuses[204] > 500, "too few payloads reached a callback"
        assert statuses[400] > 500, "too few payloads were refused"


class TestParts:
    def test_a_page_without_the_parts_that_an_answer_is_for_gets_400(self, client: FlaskClient) -> None:
        client.get("/")
        specs = client.get("/_dash-dependencies").get_json()
        (spec,) = [one for one in specs if any(part["id"] == Training.TRAIN_ALL for part in one["inputs"])]
        answer = client.post(ROUTE, json=fitting(spec, {}, {}))
        assert answer.status_code == 400
        assert "Load it again" in answer.get_json()["error"]


class TestExploreState:
    """The callback that keeps the Explore view in step takes the most from the page, so it is forged part by part."""

    @pytest.fixture
    def body(self, client: FlaskClient) -> dict[str, Any]:
        client.get("/")
        specs = client.get("/_dash-dependencies").get_json()
        spec = next(one for one in specs if any(part["id"] == Eda.BRUSH for part in one["inputs"]))
        choices = [{"type": str(Eda.CHOICE), "name": name} for name in ("x", "y")]
        ranges = [{"type": str(Eda.RANGE), "column": "tempo", "end": end} for end in ("low", "high")]
        values = {
            f"{Eda.URL}.pathname": "/explore",
            f"{Eda.URL}.search": "",
            f"{Eda.STATE}.data": "",
            f"{Eda.CHOICE}.value": ["energy", "tempo"],
        }
        return fitting(spec, values, {str(Eda.CHOICE): choices, str(Eda.RANGE): ranges})

    def post(self, client: FlaskClient, body: dict[str, Any]) -> int:
        return client.post(ROUTE, data=json.dumps(body), content_type="application/json").status_code

    def test_what_the_page_sends_is_answered(self, client: FlaskClient, body: dict[str, Any]) -> None:
        assert self.post(client, body) == 200

    @pytest.mark.parametrize(
        "brush",
        [
            {"chart": "scatter", "x": [0, 5e-324]},
            {"chart": "scatter", "x": [0, 5e-324], "y": [-5e-324, 5e-324]},
            {"chart": "feature", "x": [1e9, 1e9]},
            {"chart": "years", "x": [-1e9, 1e9]},
            {"chart": "group", "row": "²s"},
            {"chart": "group", "row": "9" * 200},
            {"chart": "group", "row": "٢٠١٠s"},
        ],
    )
    def test_a_forged_brush_is_no_error(self, client: FlaskClient, body: dict[str, Any], brush: Any) -> None:
        for item in [*body["inputs"], *body["state"]]:
            if not isinstance(item, list) and item["id"] == Eda.BRUSH:
                item["value"] = [{**brush, "count": 1}]
            if not isinstance(item, list) and item["id"] == Eda.STATE:
                item["value"] = "?group=decade"
        body["changedPropIds"] = [f"{Eda.BRUSH}.data"]
        assert self.post(client, body) in {200, 204}

    @pytest.mark.parametrize("name", ["__class__", "with_span", "nonsense", 3, True])
    def test_a_forged_name_is_no_error(self, client: FlaskClient, body: dict[str, Any], name: Any) -> None:
        text = json.dumps(body)
        for old in ('"name": "x"', '"end": "low"', '"column": "tempo"'):
            forged = text.replace(old, f"{old.partition(':')[0]}: {json.dumps(name)}")
            assert forged != text
            assert self.post(client, json.loads(forged)) < 500

    @pytest.mark.parametrize("part", ["inputs", "state", "outputs"])
    def test_lists_of_different_lengths_are_refused(self, client: FlaskClient, body: dict[str, Any], part: str) -> None:
        lists = [item for item in body[part] if isinstance(item, list) and item]
        assert lists
        for item in lists:
            last = item.pop()
            assert self.post(client, body) == 400
            item.append(last)

    def test_an_id_without_its_value_is_refused(self, client: FlaskClient, body: dict[str, Any]) -> None:
        ids = [item for item in body["state"] if isinstance(item, list)]
        del ids[0][0]["value"]
        assert self.post(client, body) == 400

    def test_a_number_beyond_a_float_is_refused(self, client: FlaskClient, body: dict[str, Any]) -> None:
        text = json.dumps(body).replace('"value": null', '"value": ' + "9" * 400)
        assert client.post(ROUTE, data=text, content_type="application/json").status_code == 400
