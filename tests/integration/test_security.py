"""What comes from the network: identity, origin, headers, payloads."""

from __future__ import annotations

import json
import random
import stat
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from dashboard.app import create_app
from dashboard.secret import load_secret
from dashboard.security import COOKIE
from dashboard.settings import Settings
from layouts.ids import Shell

if TYPE_CHECKING:
    from dash import Dash
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


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    return app.server.test_client()


def make_client(home: Path, **changes: Any) -> FlaskClient:
    return create_app(Settings(home=home, **changes)).server.test_client()


class TestHeaders:
    def test_every_answer_carries_the_policy_and_no_frame_option(self, client: FlaskClient) -> None:
        for path in ("/", "/_dash-layout", "/healthz", "/assets/app.css", "/nowhere/at/all"):
            headers = client.get(path).headers
            assert "default-src 'self'" in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert "Permissions-Policy" in headers
            assert "X-Frame-Options" not in headers

    def test_scripts_are_allowed_by_place_or_hash_only(self, client: FlaskClient) -> None:
        policy = dict(rule.split(" ", 1) for rule in client.get("/").headers["Content-Security-Policy"].split("; "))
        assert "unsafe" not in policy["script-src"]
        assert all(word == "'self'" or word.startswith("'sha256-") for word in policy["script-src"].split())

    def test_the_portal_named_in_the_settings_may_frame_the_dashboard(self, home: Path) -> None:
        client = make_client(home, frame_ancestors="'self' https://portal.example")
        assert "frame-ancestors 'self' https://portal.example" in client.get("/").headers["Content-Security-Policy"]

    def test_frame_ancestors_cannot_smuggle_another_rule(self, home: Path) -> None:
        client = make_client(home, frame_ancestors="'self'; script-src *")
        policy = client.get("/").headers["Content-Security-Policy"]
        assert "; script-src *" not in policy

    def test_the_document_names_no_other_host(self, client: FlaskClient) -> None:
        text = client.get("/").get_data(as_text=True)
        sources = [part.split('"')[0] for name in ("src", "href") for part in text.split(f'{name}="')[1:]]
        assert sources
        assert all(source.startswith("/") and not source.startswith("//") for source in sources)

    def test_the_grid_library_is_fetched_only_where_a_grid_stands(self, client: FlaskClient) -> None:
        text = client.get("/").get_data(as_text=True)
        assert 'data-lazy="dash_ag_grid"' in text
        assert "<script src" in text
        assert not [tag for tag in text.split("<script ")[1:] if "dash_ag_grid" in tag.split(">")[0]]

    def test_data_is_never_stored_by_caches_and_bundles_are(self, client: FlaskClient) -> None:
        text = client.get("/").get_data(as_text=True)
        bundle = text.split('src="/_dash-component-suites/')[1].split('"')[0]
        assert client.get("/").headers["Cache-Control"] == "no-store"
        assert client.post(ROUTE, json=page_request()).headers["Cache-Control"] == "no-store"
        assert "immutable" in client.get(f"/_dash-component-suites/{bundle}").headers["Cache-Control"]

    def test_two_visitors_get_their_own_compressed_answers(self, app: Dash) -> None:
        answers = []
        for path in ("/", "/nowhere"):
            sent = app.server.test_client().post(ROUTE, json=page_request(path), headers={"Accept-Encoding": "gzip"})
            answers.append(sent.get_data())
        assert answers[0] != answers[1]


class TestOwner:
    def test_a_browser_gets_a_signed_cookie_that_scripts_cannot_read(self, client: FlaskClient) -> None:
        cookie = client.get("/").headers["Set-Cookie"]
        assert cookie.startswith(f"{COOKIE}=")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    def test_the_owner_stays_the_same_from_request_to_request(self, app: Dash) -> None:
        owners = watch_owners(app)
        client = app.server.test_client()
        for _ in range(3):
            client.get("/")
        assert len(set(owners)) == 1
        assert owners[0].startswith("browser:")

    def test_two_browsers_are_two_owners(self, app: Dash) -> None:
        owners = watch_owners(app)
        for _ in range(2):
            app.server.test_client().get("/")
        assert len(set(owners)) == 2

    def test_a_forged_cookie_is_a_new_owner(self, app: Dash) -> None:
        owners = watch_owners(app)
        client = app.server.test_client()
        for value in ("browser:1", "ImJyb3dzZXI6MSI.AAAA", "shell", "\\xff", "x" * 4000):
            client.set_cookie(COOKIE, value)
            client.get("/")
        assert len(set(owners)) == 5
        assert all(len(owner) == len("browser:") + 32 for owner in owners)

    def test_shared_identity_is_one_owner_without_a_cookie(self, home: Path) -> None:
        app = create_app(Settings(home=home, identity="shared"))
        owners = watch_owners(app)
        assert "Set-Cookie" not in app.server.test_client().get("/").headers
        assert owners == ["shared"]

    def test_a_user_named_by_the_trusted_proxy_is_believed(self, home: Path) -> None:
        app = create_app(Settings(home=home, identity="header", proxy_secret=SecretStr("s3cret")))
        owners = watch_owners(app)
        sent = {"X-Proxy-Secret": "s3cret", "X-Forwarded-User": "ann@example.org"}
        assert app.server.test_client().get("/", headers=sent).status_code == 200
        assert owners == ["user:ann@example.org"]

    @pytest.mark.parametrize(
        "sent",
        [
            {"X-Forwarded-User": "ann"},
            {"X-Forwarded-User": "ann", "X-Proxy-Secret": "wrong"},
            {"X-Forwarded-User": "ann", "X-Proxy-Secret": ""},
            {"X-Forwarded-User": "ann", "X-Proxy-Secret": "caf\xe9"},
            {"X-Proxy-Secret": "s3cret"},
            {"X-Forwarded-User": "mallory, ann", "X-Proxy-Secret": "s3cret"},
            {"X-Forwarded-User": "a" * 200, "X-Proxy-Secret": "s3cret"},
        ],
    )
    def test_a_name_that_the_proxy_did_not_send_alone_is_refused(self, home: Path, sent: dict[str, str]) -> None:
        client = make_client(home, identity="header", proxy_secret=SecretStr("s3cret"))
        assert client.get("/", headers=sent).status_code == 401
        assert client.post(ROUTE, json=page_request(), headers=sent).status_code == 401

    def test_without_a_configured_secret_no_name_is_believed(self, home: Path) -> None:
        client = make_client(home, identity="header")
        sent = {"X-Forwarded-User": "ann", "X-Proxy-Secret": ""}
        assert client.get("/", headers=sent).status_code == 401

    def test_the_health_check_needs_no_name(self, home: Path) -> None:
        client = make_client(home, identity="header", proxy_secret=SecretStr("s3cret"))
        assert client.get("/healthz").get_json()["status"] == "ok"


def watch_owners(app: Dash) -> list[str]:
    from flask import g

    owners: list[str] = []

    @app.server.before_request
    def note() -> None:
        owners.append(g.owner)

    return owners


class TestSecret:
    def test_many_processes_at_once_agree_on_one_secret(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(16) as pool:
            found = set(pool.map(lambda _: load_secret(tmp_path / "home"), range(64)))
        assert len(found) == 1
        assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret"]

    def test_only_the_owner_of_the_files_may_read_it(self, tmp_path: Path) -> None:
        load_secret(tmp_path)
        assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600

    def test_a_broken_secret_is_refused_with_what_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_bytes(b"short")
        with pytest.raises(ValueError, match="Remove it"):
            load_secret(tmp_path)


class TestOrigin:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost.evil.example"},
        ],
    )
    def test_a_post_from_another_site_is_refused(self, client: FlaskClient, headers: dict[str, str]) -> None:
        answer = client.post(ROUTE, json=page_request(), headers=headers)
        assert answer.status_code == 403
        assert "another site" in answer.get_json()["error"]

    @pytest.mark.parametrize(
        "headers", [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {"Origin": "http://localhost"}]
    )
    def test_a_post_from_the_page_itself_or_a_program_passes(
        self, client: FlaskClient, headers: dict[str, str]
    ) -> None:
        assert client.post(ROUTE, json=page_request(), headers=headers).status_code == 200


class TestMethods:
    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    @pytest.mark.parametrize("path", ["/", "/runs", ROUTE, "/healthz", "/nowhere"])
    def test_other_methods_are_not_allowed(self, client: FlaskClient, method: str, path: str) -> None:
        answer = client.open(path, method=method)
        assert answer.status_code == 405
        assert answer.get_json()["error"]

    def test_a_callback_cannot_be_called_with_get(self, client: FlaskClient) -> None:
        assert client.get(ROUTE).status_code == 405

    @pytest.mark.parametrize("path", ["/nowhere", "/runs/a/b", "/../../etc/passwd", "/%00", "/assets/none.css"])
    def test_an_unknown_path_is_not_found(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).status_code == 404

    def test_an_unknown_page_is_told_in_words(self, client: FlaskClient) -> None:
        answer = client.post(ROUTE, json=page_request("/nowhere"))
        assert "There is nothing at" in answer.get_data(as_text=True)


class TestBasePath:
    @pytest.mark.parametrize("strip", [False, True])
    def test_everything_lives_below_the_path_of_the_portal(self, home: Path, *, strip: bool) -> None:
        client = make_client(home, base_path="/portal/music/", strip_base_path=strip)
        seen = "/" if strip else "/portal/music/"
        document = client.get(seen)
        assert "Path=/portal/music/" in document.headers["Set-Cookie"]
        text = document.get_data(as_text=True)
        addresses = [part.split('"')[0] for name in ("src", "href") for part in text.split(f'{name}="')[1:]]
        assert all(address.startswith("/portal/music/") for address in addresses)
        layout = client.get(f"{seen}_dash-layout").get_data(as_text=True)
        assert "/portal/music/train" in layout.replace("\\u002f", "/")
        assert client.get(f"{seen}healthz").status_code == 200
        assert client.get(f"{seen}nowhere").status_code == 404
        answer = client.post(f"{seen}_dash-update-component", json=page_request("/portal/music/"))
        assert "What do popular tracks have in common?" in answer.get_data(as_text=True)


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


ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3, 1e308, -1e-308, 2**63, 10**30, 0.5, "", " ", "a", "0", "x" * 5000, "\x00", "☃"),
    *("../../etc/passwd", "<img onerror=alert(1)>", "=cmd|' /C calc'!A0", "random_forest", "?run=1&run=2", "?run=%00"),
    *([], [[]], {}, {"a": None}, [None], ["a", 1], {"job_id": "x"}, {"job_id": None}, {"points": None}),
    *({"points": [{"customdata": [1, 2]}]}, {"x": [1, 2], "range": {"x": ["a", None]}}, [0, 100], ["danceability"]),
    *("00000000-0000-4000-8000-000000000000", "/runs/00000000-0000-4000-8000-000000000000", "/predict", "song"),
)
ODD_QUERIES = ("", "", "", "?cacheKey=x&job=1", "?cacheKey=&job=", "?endId=x", "?oldJob=1&oldJob=x", "?job=1@2@3~ff")


def valid_payload(spec: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """What the page could post to a callback, with values it would not."""
    output = spec["output"]
    names = output[2:-2].split("...") if output.startswith("..") else [output]
    outputs = [as_output(name) for name in names]
    inputs = [filled(one, chance) for one in spec["inputs"]]
    flat = [one for item in inputs for one in (item if isinstance(item, list) else [item])]
    changed = [f"{written(one['id'])}.{one['property']}" for one in flat if chance.random() < 0.7]
    return {
        "output": output,
        "outputs": None if spec["no_output"] else outputs if output.startswith("..") else outputs[0],
        "inputs": inputs,
        "state": [filled(one, chance) for one in spec["state"]],
        "changedPropIds": changed,
    }


def as_output(name: str) -> Any:
    component_id, _, prop = name.rpartition(".")
    item = {"id": concrete(component_id), "property": prop}
    return [item] if '["ALL"]' in component_id else item


def concrete(component_id: str) -> Any:
    """Turn a pattern into an id that fits it."""
    if not component_id.startswith("{"):
        return component_id
    pattern = json.loads(component_id)
    return {key: "a" if isinstance(value, list) else value for key, value in pattern.items()}


def filled(one: dict[str, Any], chance: random.Random) -> Any:
    """Give an input the shape the page sends, with an odd value."""
    item = {"id": concrete(one["id"]), "property": one["property"], "value": chance.choice(ODD_VALUES)}
    if one["property"] == "id" and chance.random() < 0.9:
        item["value"] = item["id"]
    return [item] if '["ALL"]' in one["id"] else item


def written(component_id: Any) -> str:
    if isinstance(component_id, str):
        return component_id
    return json.dumps(component_id, sort_keys=True, separators=(",", ":"))


def mutate(body: dict[str, Any], chance: random.Random) -> Any:
    """Change a payload at a random place, in one case of two; the others test the callbacks with odd values."""
    kind = chance.randrange(10)
    if kind < 5:
        return body
    if kind == 5:
        body.pop(chance.choice(list(body)))
    elif kind == 6:
        body[chance.choice(list(body))] = chance.choice(ODD_VALUES)
    elif kind == 7 and body["inputs"]:
        body["inputs"][chance.randrange(len(body["inputs"]))] = chance.choice(ODD_VALUES)
    elif kind == 8 and body["state"]:
        body["state"][chance.randrange(len(body["state"]))] = chance.choice(ODD_VALUES)
    elif kind == 9:
        return chance.choice(ODD_VALUES)
    return body
