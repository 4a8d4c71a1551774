"""The JSON API: its description and its behaviour agree, and it lets through no more than the pages do."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from dash import Dash

from core.places import BusyError, Places
from dashboard.api import predicting
from dashboard.api.models import MOST_EXPLAINED, MOST_TRACKS, PredictRequest
from dashboard.warming import EXTENSION
from tests.integration.api.conftest import BASE, TRACK
from tests.integration.api.schemas import problems

Ask = Callable[..., tuple[int, Any]]
Served = tuple[Dash, str, str]
NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_a_prediction_has_its_interval_its_protocol_and_its_reasons(served: Served, ask: Ask) -> None:
    sent = {"run_id": served[1], "tracks": [TRACK, {**TRACK, "energy": None}], "reasons": True}
    status, found = ask("POST", "/predict", json=sent)
    assert status == 200
    assert found["interval"]["protocol"] == "song"
    assert found["interval"]["promise"].startswith("The interval holds")
    first, second = found["tracks"]
    assert first["low"] < first["predicted"] < first["high"]
    assert 0 < len(first["reasons"]) <= 3
    assert (first["taken_for_missing"], second["taken_for_missing"]) == ([], ["energy"])


def test_the_api_says_what_the_model_says(served: Served, ask: Ask) -> None:
    app, run_id, _ = served
    services = app.server.extensions[EXTENSION][0]
    expected = services.runs.predictor(run_id, None).predict_one({**TRACK, "genre": "pop"})
    _, found = ask("POST", "/predict", json={"run_id": run_id, "tracks": [{**TRACK, "genre": "pop"}]})
    assert found["tracks"][0]["predicted"] == pytest.approx(expected.popularity, abs=1e-9)
    assert found["tracks"][0]["low"] == pytest.approx(expected.low, abs=1e-9)
    assert found["tracks"][0]["interval"].endswith("pop tracks" if expected.genre else "all tracks")
    assert found["tracks"][0]["reasons"] is None


def test_tracks_that_name_different_columns_are_each_understood(served: Served, ask: Ask) -> None:
    flagged = {name: value for name, value in TRACK.items() if name != "track_name"} | {"title_remix": 1}
    tracks = [TRACK, flagged, {**TRACK, "track_name": "A song (Remix)"}]
    _, found = ask("POST", "/predict", json={"run_id": served[1], "tracks": tracks})
    plain, coded, titled = (track["predicted"] for track in found["tracks"])
    assert coded == pytest.approx(titled)
    assert coded != pytest.approx(plain)


WRONG = {
    "nothing": ("", 400, "malformed"),
    "no json": ("{", 400, "malformed"),
    "nan": ('{"run_id": "RUN", "tracks": [{"energy": NaN}]}', 400, "malformed"),
    "infinity": ('{"run_id": "RUN", "tracks": [{"energy": Infinity}]}', 400, "malformed"),
    "beyond a float": ('{"run_id": "RUN", "tracks": [{"energy": 1e999}]}', 400, "malformed"),
    "bottomless": ("[" * 100_000, 400, "malformed"),
    "deep": ('{"run_id": "RUN", "tracks": ' + "[" * 40 + "]" * 40 + "}", 400, "malformed"),
    "huge": ('{"run_id": "' + "x" * 1_100_000 + '"}', 413, "too_large"),
    "a list": ("[]", 422, "invalid"),
    "null": ("null", 422, "invalid"),
    "no tracks": ('{"run_id": "RUN", "tracks": []}', 422, "invalid"),
    "unknown key": ('{"run_id": "RUN", "tracks": [{}], "n_jobs": 64}', 422, "invalid"),
    "a path for an id": ('{"run_id": "../../etc/passwd", "tracks": [{}]}', 422, "invalid"),
    "a number in words": ('{"run_id": "RUN", "tracks": [{"energy": "loud"}]}', 422, "invalid"),
    "a truth": ('{"run_id": "RUN", "tracks": [{"energy": true}]}', 422, "invalid"),
    "nested value": ('{"run_id": "RUN", "tracks": [{"energy": [1]}]}', 422, "invalid"),
    "unknown feature": ('{"run_id": "RUN", "tracks": [{"enrgy": 1}]}', 422, "invalid"),
    "too many": (json.dumps({"run_id": "RUN", "tracks": [{}] * (MOST_TRACKS + 1)}), 422, "invalid"),
    "too many reasons": (
        json.dumps({"run_id": "RUN", "tracks": [{}] * (MOST_EXPLAINED + 1), "reasons": True}), 422, "invalid",
    ),
    "absent run": (json.dumps({"run_id": NOWHERE, "tracks": [TRACK]}), 404, "not_found"),
    "foreign run": (json.dumps({"run_id": "FOREIGN", "tracks": [TRACK]}), 404, "not_found"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_sense_is_refused_with_a_code_and_a_sentence(name: str, served: Served, ask: Ask) -> None:
    body, expected, code = WRONG[name]
    body = body.replace("RUN", served[1]).replace("FOREIGN", served[2])
    status, found = ask("POST", "/predict", data=body, content_type="application/json")
    assert (status, found["code"]) == (expected, code)
    assert found["error"].endswith(".")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The body is empty"),
        (b"{", "expecting property name enclosed in double quotes at line 1, column 2."),
        (b'{"a": "\xff"}', "not UTF-8: byte 8 (0xff)"),
        (b'{"NaN ": 1,\n "a": NaN}', "NaN is not a number (line 2, column 7)."),
        (b'{"a": 1e400}', "1e400 is too large (line 1, column 7)."),
        (b'{"a": ' + b"7" * 5_000 + b"}", f"{'7' * 40} is too large (line 1, column 7)."),
        (b"[" * 100_000, "nested"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_what_is_wrong_with_it_and_where(body: bytes, said: str, ask: Ask) -> None:
    status, found = ask("POST", "/predict", data=body, content_type="application/json")
    assert (status, found["code"]) == (400, "malformed")
    assert said in found["error"]


def test_each_wrong_track_is_named(served: Served, ask: Ask) -> None:
    tracks = [TRACK, {**TRACK, "energy": 1.7}, {"energy": 0.5}, {**TRACK, "energi": 1}]
    _, found = ask("POST", "/predict", json={"run_id": served[1], "tracks": tracks})
    assert [one["where"] for one in found["problems"]] == ["tracks[1]", "tracks[2]", "tracks[3]"]
    assert "from 0 to 1" in found["problems"][0]["message"]
    assert "Did you mean 'energy'" in found["problems"][2]["message"]


def test_absent_foreign_and_malformed_ids_answer_alike(served: Served, ask: Ask) -> None:
    ids = (NOWHERE, served[2], "1", "%2e%2e", "x" * 500)
    answers = [ask("GET", f"/runs/{one}", as_described="/runs/{run_id}") for one in ids]
    assert {status for status, _ in answers} == {404}
    assert len({json.dumps(body) for _, body in answers}) == 1


def test_a_body_that_is_not_json_by_name_is_refused(served: Served, ask: Ask) -> None:
    status, found = ask("POST", "/predict", data="a=1", content_type="application/x-www-form-urlencoded")
    assert (status, found["code"]) == (415, "not_json")


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_ask_for_predictions(headers: dict[str, str], served: Served, ask: Ask) -> None:
    sent = {"run_id": served[1], "tracks": [TRACK]}
    assert ask("POST", "/predict", json=sent, headers=headers)[1]["code"] == "cross_site"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/predict", 405),
        ("DELETE", "/runs", 405),
        ("PUT", f"/runs/{NOWHERE}", 405),
        ("GET", "/nothing", 404),
        ("POST", "/", 404),
        ("GET", "/runs/a/b", 404),
        ("GET", "/runs/", 404),
        ("GET", "/predict/", 404),
        ("GET", "/runs?limit=0", 422),
        ("GET", "/runs?limit=1&limit=2", 422),
        ("GET", "/runs?state=broken", 422),
        ("GET", "/runs?owner=me", 422),
    ],
)
def test_other_methods_addresses_and_filters_are_refused(method: str, path: str, status: int, ask: Ask) -> None:
    assert ask(method, path)[0] == status


def test_runs_are_listed_and_shown_to_those_who_may_see_them(served: Served, ask: Ask) -> None:
    status, found = ask("GET", "/runs?state=finished&limit=10")
    assert (status, found["total"]) == (200, 1)
    listed = found["runs"][0]
    assert listed["run_id"] == served[1]
    assert listed["scores"]["r2"] is not None
    status, shown = ask("GET", f"/runs/{served[1]}", as_described="/runs/{run_id}")
    assert status == 200
    assert {name: shown[name] for name in listed} == listed
    assert "owner" not in shown
    assert shown["metrics"]["baselines"]


def test_a_crowd_is_asked_to_come_again_and_slow_requests_keep_nobody_from_a_quick_answer(
    served: Served, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "QUICK", Places(1, "Busy.", wait_s=0.01))
    quick = {"run_id": served[1], "tracks": [TRACK]}
    slow = {**quick, "tracks": [TRACK] * (predicting.QUICK_TRACKS + 1)}
    assert ask("POST", "/predict", json=quick)[0] == 200  # the model is in memory from now on
    with predicting.LONG.hold("somebody else"):
        assert ask("POST", "/predict", json=quick)[0] == 200
        status, found = ask("POST", "/predict", json=slow)
        assert (status, found["code"]) == (429, "busy")
        answer = served[0].server.test_client().post(f"{BASE}/predict", json=slow)
        assert answer.is_json
        assert int(answer.headers["Retry-After"]) > 0
    with predicting.QUICK.hold("somebody else"):
        assert ask("POST", "/predict", json=quick)[1]["code"] == "busy"
        assert ask("POST", "/predict", json=slow)[0] == 200


def test_a_model_that_must_be_loaded_first_is_no_quick_request(served: Served) -> None:
    asked = PredictRequest(run_id=served[1], tracks=[TRACK])
    with predicting.LONG.hold("somebody else"):
        with predicting.place(asked, "me", is_loaded=True):
            pass
        with pytest.raises(BusyError), predicting.place(asked, "me", is_loaded=False):
            pass


def test_the_example_of_the_description_is_a_request_that_it_describes(described: dict[str, Any]) -> None:
    sent = described["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    assert problems(sent["example"], sent["schema"], described["components"]["schemas"]) == []
    assert problems({**sent["example"], "more": 1}, sent["schema"], described["components"]["schemas"])


def test_every_described_address_is_there_and_takes_its_method(served: Served, described: dict[str, Any]) -> None:
    rules = {(rule.rule, method.lower()) for rule in served[0].server.url_map.iter_rules() for method in rule.methods}
    for path, methods in described["paths"].items():
        for method in methods:
            assert (BASE + path.replace("{", "<").replace("}", ">"), method) in rules


def test_every_field_and_parameter_says_what_it_means(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    silent = {f"{name}.{field}" for name, schema in schemas.items() for field, one in schema["properties"].items()
              if not one.get("description")}  # fmt: skip
    asked = [
        one for path in described["paths"].values() for method in path.values() for one in method.get("parameters", ())
    ]
    assert asked
    assert silent | {one["name"] for one in asked if not one.get("description")} == set()


class _Page(HTMLParser):
    """Notes tags, and the addresses that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in {"href", "src"} and value:
                self.addresses.append(value)
            if name == "id" and value:
                self.ids.add(value)


def test_the_page_leads_back_to_the_dashboard_and_takes_nothing_from_elsewhere(served: Served) -> None:
    answer = served[0].server.test_client().get(f"{BASE}/")
    page = _Page()
    page.feed(answer.get_data(as_text=True))
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "dashboard_owner" in answer.headers["Set-Cookie"]
    assert not {"img", "iframe"} & page.tags
    named = {one.partition("?")[0] for one in page.addresses if not one.startswith(("#", "data:,"))}
    assert named == {"/", "/assets/theme-boot.js", f"{BASE}/openapi.json"}
    assert served[0].server.test_client().get("/assets/theme-boot.js").status_code == 200
    assert {one[1:] for one in page.addresses if one.startswith("#")} <= page.ids
