"""What is posted to callbacks: refused with a reason, or answered, and never an error of the server."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.security.forged import ODD_QUERIES, mutate, valid_payload
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
            (b'{"a": ' + b"9" * 5000 + b"}", 400),
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
        failures, statuses = [], Counter()
        for number in range(2500):
            body = mutate(valid_payload(chance.choice(callbacks), chance), chance)
            sent = json.dumps(body)
            answer = client.post(ROUTE + chance.choice(ODD_QUERIES), data=sent, content_type="application/json")
            statuses[answer.status_code] += 1
            if answer.status_code >= 500:
                failures.append((number, body.get("output") if isinstance(body, dict) else body, answer.get_json()))
        assert failures == []
        assert statuses[200] + statuses[204] > 500, "too few payloads reached a callback"
        assert statuses[400] > 500, "too few payloads were refused"
