"""Whose a request is: the signed cookie, the trusted proxy, and the secret behind both."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from dashboard.app import create_app
from dashboard.secret import load_secret
from dashboard.security import COOKIE
from dashboard.settings import Settings
from tests.integration.security.requests import ROUTE, make_client, page_request

if TYPE_CHECKING:
    from pathlib import Path

    from dash import Dash
    from flask.testing import FlaskClient


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

    @pytest.mark.parametrize("path", ["/runs/healthz", "/healthz/healthz", "/_dash/healthz", "/portal/runs/healthz"])
    def test_what_only_ends_like_the_health_check_needs_a_name(self, home: Path, path: str) -> None:
        settings = {"identity": "header", "proxy_secret": SecretStr("s3cret")}
        assert make_client(home, **settings).get(path).status_code == 401
        assert make_client(home, **settings, base_path="/portal/").get(path).status_code == 401

    def test_the_health_check_is_nobodys(self, home: Path) -> None:
        app = create_app(Settings(home=home, identity="header", base_path="/portal/", proxy_secret=SecretStr("s3cret")))
        owners = watch_owners(app)
        assert app.server.test_client().get("/portal/healthz").status_code == 200
        assert owners == []


def watch_owners(app: Dash) -> list[str]:
    from flask import g

    owners: list[str] = []

    @app.server.before_request
    def note() -> None:
        if "owner" in g:
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
