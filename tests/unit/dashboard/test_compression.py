"""Bundles are compressed once; answers with data are never kept."""

from __future__ import annotations

import gzip

from flask import Flask

from dashboard.compression import MAX_BUNDLES, compress


def make_server() -> tuple[Flask, dict[str, bytes]]:
    server = Flask("test")
    counter = iter(range(10_000))

    @server.get("/<path:path>")
    def answer(path: str) -> tuple[str, int, dict[str, str]]:
        return f"{path} {next(counter)} " * 500, 200, {"Content-Type": "application/javascript"}

    return server, compress(server)


def read(server: Flask, path: str) -> bytes:
    sent = server.test_client().get(path, headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Content-Encoding"] == "gzip"
    return gzip.decompress(sent.data)


def test_a_bundle_is_compressed_once() -> None:
    server, _ = make_server()
    path = "/_dash-component-suites/dash/one.js"
    assert read(server, path) == read(server, path)


def test_an_answer_with_data_is_never_kept() -> None:
    server, bundles = make_server()
    assert read(server, "/_dash-layout") != read(server, "/_dash-layout")
    assert bundles == {}


def test_made_up_addresses_do_not_fill_the_memory() -> None:
    server, bundles = make_server()
    for number in range(2 * MAX_BUNDLES + 5):
        read(server, f"/_dash-component-suites/dash/{number}.js")
    assert 0 < len(bundles) <= MAX_BUNDLES
