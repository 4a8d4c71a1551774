"""Places for heavy work: bounded, fair between those who ask, and quick to say no."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from core.errors import Refused
from core.places import BusyError, Places


def test_no_more_is_done_at_once_than_there_are_places() -> None:
    places = Places(2, "Try again in a moment.", wait_s=0.01)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(places.hold())
        with pytest.raises(Refused, match="Try again in a moment"), places.hold():
            pass
    with places.hold():
        pass


def test_who_comes_while_one_is_freed_gets_it() -> None:
    places, begun = Places(1, "Busy.", wait_s=10), threading.Event()

    def work() -> float:
        with places.hold():
            begun.set()
            time.sleep(0.05)
        return time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(work)
        assert begun.wait(5)
        with places.hold():
            assert ended.result(5)


def test_nobody_has_more_than_a_share_and_the_others_still_come() -> None:
    places = Places(2, "Busy.", each=1, wait_s=0.01)
    with places.hold("greedy"):
        with pytest.raises(BusyError), places.hold("greedy"):
            pass
        with places.hold("other"):
            pass
    with places.hold("greedy"):
        pass


def test_too_many_who_wait_are_told_at_once() -> None:
    places, held = Places(1, "Busy.", wait_s=5, waiting=1), threading.Event()

    def wait() -> None:
        held.set()
        with places.hold("second"):
            pass

    with ThreadPoolExecutor(1) as pool, places.hold("first"):
        waiting = pool.submit(wait)
        assert held.wait(5)
        while not places.waiting:
            time.sleep(0.001)
        began = time.monotonic()
        with pytest.raises(BusyError), places.hold("third"):
            pass
        assert time.monotonic() - began < 1
        assert not waiting.done()


def test_what_fails_gives_its_place_back() -> None:
    places = Places(1, "Busy.", wait_s=0.01)
    with pytest.raises(ZeroDivisionError), places.hold():
        raise ZeroDivisionError
    with places.hold():
        pass
