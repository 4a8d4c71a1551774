"""What is worked out from a table is made once, and gone with the table."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from core.eda.results import Results, kept_on_table
from core.eda.table import EdaTable


class Table:
    """Something that carries what was worked out from it."""

    def __init__(self) -> None:
        self.results = Results()
        self.asked: list[str] = []


@kept_on_table(most=2)
def shout(table: Table, word: str, mark: str = "!") -> str:
    table.asked.append(word)
    return word.upper() + mark


def test_the_last_results_are_kept_for_each_table_by_itself() -> None:
    one, other = Table(), Table()
    assert [shout(one, word) for word in ("a", "a", "b", "a", "c", "a", "b")] == [
        "A!",
        "A!",
        "B!",
        "A!",
        "C!",
        "A!",
        "B!",
    ]
    assert one.asked == ["a", "b", "c", "b"]
    assert (shout(other, "a"), shout(other, "a", mark="?"), other.asked) == ("A!", "A?", ["a", "a"])


def test_two_who_ask_at_once_have_it_worked_out_once() -> None:
    go_on, table = Event(), Table()

    @kept_on_table(most=1)
    def slow(table: Table) -> object:
        table.asked.append("")
        assert go_on.wait(5)
        return object()

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(slow, table) for _ in range(3)]
        go_on.set()
        assert len({id(one.result(5)) for one in asked}) == len(table.asked) == 1


def test_a_table_that_nobody_holds_leaves_memory_with_all_that_was_worked_out() -> None:
    table = Table()
    shout(table, "a")
    gone = weakref.ref(table)
    del table
    gc.collect()
    assert gone() is None


def test_a_changed_copy_of_a_table_knows_nothing_of_the_results_of_the_first(small: EdaTable) -> None:
    assert replace(small, numbers={}).results is not small.results
