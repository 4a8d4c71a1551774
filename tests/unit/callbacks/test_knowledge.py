from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from callbacks.prediction.knowledge import MODELS_A_TABLE, RESULTS_A_MODEL, Knowledge, Recent


class Table:
    """A table that can be told from another one."""


class Counted:
    """Knowledge with a count of what had to be worked out."""

    def __init__(self) -> None:
        self.knowledge, self.table, self.made = Knowledge(SimpleNamespace()), Table(), 0

    def ask(self, model: str, key: Any) -> Any:
        return self.knowledge.of(self.table, model, key, self._make)

    def _make(self) -> int:
        self.made += 1
        return self.made


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_what_was_worked_out_is_kept(counted: Counted) -> None:
    assert counted.ask("ridge", "labels") == counted.ask("ridge", "labels")
    assert counted.made == 1
    counted.ask("forest", "labels")
    assert counted.made == 2


def test_many_questions_about_one_model_evict_nothing_of_another(counted: Counted) -> None:
    first = counted.ask("ridge", "held out")
    for position in range(10 * RESULTS_A_MODEL):
        counted.ask("forest", position)
    assert counted.ask("ridge", "held out") == first


def test_what_is_asked_again_and_again_outlasts_what_was_asked_once(counted: Counted) -> None:
    first = counted.ask("ridge", "held out")
    for position in range(10 * RESULTS_A_MODEL):
        counted.ask("ridge", position)
        assert counted.ask("ridge", "held out") == first
    for number in range(10 * MODELS_A_TABLE):
        counted.ask(f"model {number}", "held out")
        assert counted.ask("ridge", "held out") == first


def test_no_more_is_kept_than_fits() -> None:
    some: Recent[int] = Recent(3)
    for number in range(10):
        some.put(number, number)
    assert [some.get(number) for number in range(10)] == [None] * 7 + [7, 8, 9]


def test_another_table_has_its_own_and_takes_it_along(counted: Counted) -> None:
    counted.ask("ridge", "labels")
    counted.table = Table()
    counted.ask("ridge", "labels")
    assert counted.made == 2
    assert len(counted.knowledge._kept) == 1
