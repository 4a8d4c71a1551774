"""The page's import and export: what the browser sent becomes a run, or a reason why not."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import IO, Any

import pytest
from dash import no_update

from callbacks import exchange
from core.errors import BundleError, Refused
from core.runs.exchange import AlreadyHere
from core.runs.model import Run
from tests.fakes.finished import make_run

IMPORTED = {
    "run_id": "r" * 36,
    "host": "lab-2",
    "exported_at": "2024-05-01T12:00:00+00:00",
    "imported_at": "2024-05-02T12:00:00+00:00",
    "key": "0123456789abcdef",
}


class FakeExchange:
    """Takes everything, or raises."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.heard: list[tuple[bytes, str]] = []
        self.bytes = 1_000

    def size(self, run: Run) -> int:
        return self.bytes

    def bring_in(self, source: IO[bytes], owner: str) -> Run:
        self.heard.append((source.read(), owner))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def export(self, run: Run, target: IO[bytes]) -> None:
        target.write(self.answer)


def services(answer: Any) -> Any:
    return SimpleNamespace(exchange=FakeExchange(answer))


def test_an_import_is_confirmed_with_where_it_comes_from_and_the_list_is_told() -> None:
    run = make_run(imported=IMPORTED)
    given = services(run)
    notice, mark = exchange.bring_in(given, "me", b"sealed")
    assert given.exchange.heard == [(b"sealed", "me")]
    assert "Ridge regression (imported)" in str(notice)
    assert "from lab-2, exported 2024-05-01 12:00 UTC" in str(notice)
    assert run.id in str(notice)
    assert mark == f"imported {run.id}"


def test_what_is_here_already_leads_to_it() -> None:
    notice, mark = exchange.bring_in(services(AlreadyHere("a" * 36)), "me", b"sealed")
    assert "This run is here already" in str(notice)
    assert mark is no_update


def test_what_is_not_imported_says_why() -> None:
    with pytest.raises(BundleError, match="It has changed"):
        exchange.bring_in(services(BundleError("It has changed.")), "me", b"sealed")


def test_an_export_is_a_file_of_bytes_up_to_what_a_page_can_hand_out() -> None:
    run = make_run()
    file = exchange.export_file(services(b"\x00\xff"), run)
    assert base64.b64decode(file["content"]) == b"\x00\xff"
    assert (file["base64"], file["filename"]) == (True, f"ridge-song-{run.id[:8]}.run")
    with pytest.raises(Refused, match=rf"33 MB.*runs {run.id} --export FILE"):
        exchange.export_file(services(bytes(33 * 2**20)), run)
    large = services(b"never packed")
    large.exchange.bytes = 500 * 2**20
    with pytest.raises(Refused, match="500 MB"):
        exchange.export_file(large, run)


def test_one_file_at_a_time_is_made_or_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "WAIT_S", 0.01)
    with exchange.alone(), pytest.raises(Refused, match="in a moment"):
        exchange.export_file(services(b"x"), make_run())
    assert exchange.export_file(services(b"x"), make_run())["base64"]
