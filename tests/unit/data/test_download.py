"""The download of the public table: whole or not at all, and never for long."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data import download
from data.download import PUBLIC_FILE, fetch_public_table

CONTENT = b"a,b\n1,2\n" * 1_000
Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Answer], str]]:
    """Serve one answer on this machine; the expected digest is that of ``CONTENT``."""
    servers: list[ThreadingHTTPServer] = []
    monkeypatch.setattr(download, "PUBLIC_SHA256", hashlib.sha256(CONTENT).hexdigest())
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/songs.csv"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def answer_with(content: bytes, status: int = 200, length: int | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(length or len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def answer_slowly(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        try:
            handler.wfile.write(b"x" * 10)
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.1)


def files_in(home: Path) -> list[str]:
    return [str(path.relative_to(home)) for path in home.rglob("*") if path.name != "downloads"]


def test_the_table_is_placed_whole_and_kept(home: Path, serve: Callable[[Answer], str]) -> None:
    url = serve(answer_with(CONTENT))
    path = fetch_public_table(home, 10, url)
    assert path == home / "downloads" / PUBLIC_FILE
    assert path.read_bytes() == CONTENT
    assert fetch_public_table(home, 10, "http://127.0.0.1:9/never-asked") == path
    assert files_in(home) == [f"downloads/{PUBLIC_FILE}"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answer_with(b"no", status=404), "the server answered 404"),
        (answer_with(b"something else"), "its sha256 differs"),
        (answer_with(CONTENT[:100], length=len(CONTENT)), "going on without it"),
    ],
    ids=["not found", "another file", "cut short"],
)
def test_what_is_not_the_table_leaves_one_line_and_no_file(
    home: Path,
    serve: Callable[[Answer], str],
    caplog: pytest.LogCaptureFixture,
    answer: Answer,
    reason: str,
) -> None:
    with caplog.at_level(logging.INFO):
        assert fetch_public_table(home, 5, serve(answer)) is None
    assert len(caplog.records) == 1
    assert reason in caplog.text
    assert "Traceback" not in caplog.text
    assert files_in(home) == []


def test_a_slow_server_is_left_when_the_time_is_over(
    home: Path, serve: Callable[[Answer], str], caplog: pytest.LogCaptureFixture
) -> None:
    started = time.monotonic()
    assert fetch_public_table(home, 0.5, serve(answer_slowly)) is None
    assert time.monotonic() - started < 6, "its answer takes ten seconds"
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1
    assert files_in(home) == []


def test_a_hanging_name_resolution_does_not_hang_the_program(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(download._Download, "__call__", lambda self: release.wait(60) and self.folder)
    started = time.monotonic()
    assert fetch_public_table(home, 0.2, "http://nowhere.invalid/") is None
    assert time.monotonic() - started < 10
    release.set()


def test_a_refused_connection_gives_none_at_once(home: Path, serve: Callable[[Answer], str]) -> None:
    del serve  # only for its environment
    assert fetch_public_table(home, 5, "http://127.0.0.1:9/songs.csv") is None
    assert files_in(home) == []


def test_a_wrong_file_in_the_cache_is_replaced(home: Path, serve: Callable[[Answer], str]) -> None:
    target = home / "downloads" / PUBLIC_FILE
    target.parent.mkdir()
    target.write_bytes(b"cut short")
    assert fetch_public_table(home, 5, serve(answer_with(CONTENT))) == target
    assert target.read_bytes() == CONTENT


def test_what_a_killed_download_left_is_removed(home: Path, serve: Callable[[Answer], str]) -> None:
    old, new = home / "downloads" / ".partial-old", home / "downloads" / ".partial-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    fetch_public_table(home, 5, serve(answer_with(CONTENT)))
    assert not old.exists()
    assert new.exists()


def test_a_home_that_cannot_be_written_gives_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "downloads").write_text("a file in the way")
    assert fetch_public_table(tmp_path, 1, "http://127.0.0.1:9/") is None
    assert "Could not store the public table" in caplog.text
