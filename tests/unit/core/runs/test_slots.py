from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.runs.slots import NoLongerWantedError, held_tickets, slot
from tests.fakes.runs import wait_for


def nothing(ahead: int) -> None:
    """A visitor who does not care how long the line is."""


def always() -> bool:
    return True


def test_no_more_than_the_slots_run_together(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with slot(tmp_path, 2, nothing, always, poll_s=0.005):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.02)
            inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 8
    assert max(most) == 2
    assert held_tickets(tmp_path) == 0


def test_who_came_first_is_served_first(tmp_path: Path) -> None:
    order: list[int] = []

    def work(number: int) -> None:
        with slot(tmp_path, 1, nothing, always, poll_s=0.005):
            order.append(number)

    with slot(tmp_path, 1, nothing, always):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for number, thread in enumerate(threads):
            thread.start()
            wait_for(lambda in_line=number + 2: held_tickets(tmp_path) == in_line)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_who_waits_hears_how_many_are_in_front(tmp_path: Path) -> None:
    heard: list[int] = []
    with ExitStack() as first:
        first.enter_context(slot(tmp_path, 1, nothing, always))

        def hear(ahead: int) -> None:
            heard.append(ahead)
            first.close()

        with slot(tmp_path, 1, hear, always, poll_s=0.005):
            pass
    assert heard == [1]


def test_who_is_not_wanted_any_more_leaves_the_line(tmp_path: Path) -> None:
    with slot(tmp_path, 1, nothing, always):
        with pytest.raises(NoLongerWantedError), slot(tmp_path, 1, nothing, lambda: False):
            pass
        assert held_tickets(tmp_path) == 1


def test_the_ticket_of_a_dead_process_counts_no_more(tmp_path: Path) -> None:
    pid = os.fork()
    if pid == 0:
        with slot(tmp_path, 1, nothing, always):
            os._exit(0)
    os.waitpid(pid, 0)
    assert list(tmp_path.glob("*.ticket"))
    assert held_tickets(tmp_path) == 0
    with slot(tmp_path, 1, lambda ahead: pytest.fail("it should not wait"), always):
        pass


def test_a_clock_set_back_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with slot(tmp_path, 1, nothing, always):
        monkeypatch.setattr(time, "time_ns", lambda: 0)
        with pytest.raises(NoLongerWantedError), slot(tmp_path, 1, nothing, lambda: False):
            pass
