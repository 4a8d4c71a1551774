"""Staged files are examined once for each choice of columns, and what came of it is let go after a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import data.upload
from core.errors import NotFound
from core.tables import Tables, examining
from tests.unit.core.test_tables import make


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return make(tmp_path)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every examination that was made, instead of real ones."""
    found: list[object] = []

    def examine(content: bytes, filename: str, **_: Any) -> object:
        threading.Event().wait(0.02)
        found.append(object())
        return found[-1]

    monkeypatch.setattr(data.upload, "examine", examine)
    yield found
    examining._kept.forget_where(lambda _: True)


def test_steps_that_ask_at_once_have_a_file_examined_once(tables: Tables, made: list[object]) -> None:
    staged = tables.stage("ann", b"x", "a.csv")
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(examining.examined, tables, "ann", staged) for _ in range(8)]
    assert {id(one.result()) for one in answers} == {id(made[0])}
    assert examining.examined(tables, "ann", staged, {"energy": None}) is not made[0]
    with pytest.raises(NotFound):
        examining.examined(tables, "bob", staged)


def test_what_is_known_of_a_file_is_forgotten_with_it_and_after_a_while(
    tables: Tables, made: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tables.stage("ann", b"x", "a.csv"), tables.stage("ann", b"y", "b.csv")
    for staged in (first, second, first):
        examining.examined(tables, "ann", staged)
    assert len(made) == 2
    examining.forget(first)
    examining.let_go()
    for staged in (second, first):
        examining.examined(tables, "ann", staged)
    assert len(made) == 3
    monkeypatch.setattr(examining, "UNUSED_S", 0)
    examining.let_go()
    examining.examined(tables, "ann", second)
    assert len(made) == 4
