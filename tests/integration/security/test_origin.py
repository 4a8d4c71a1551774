"""Where a request comes from, how and to which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.security.requests import ROUTE, make_client, page_request

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient


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
