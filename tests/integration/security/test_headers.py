"""Headers of every answer: what a browser may load, frame and keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.security.requests import ROUTE, make_client, page_request

if TYPE_CHECKING:
    from pathlib import Path

    from dash import Dash
    from flask.testing import FlaskClient


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
