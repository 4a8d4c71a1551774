"""Values kept for a while: made once, bounded in number and weight."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import keeping
from core.keeping import Kept


def test_two_who_ask_at_once_have_it_made_once() -> None:
    kept: Kept[str, object] = Kept(4)
    go_on, made = threading.Event(), []

    def make() -> tuple[object, float]:
        made.append(object())
        assert go_on.wait(5)
        return made[-1], 1

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(kept.of, "one", make) for _ in range(4)]
        assert kept.of("another", lambda: ("quick", 1)) == "quick"  # does not wait for the slow one
        go_on.set()
        assert {id(one.result(5)) for one in asked} == {id(made[0])}
    assert len(made) == 1


def test_the_one_not_asked_for_the_longest_gives_way() -> None:
    kept: Kept[str, str] = Kept(2)
    for key in ("a", "b", "a", "c"):
        kept.of(key, lambda key=key: (key, 1))
    assert [key in kept for key in "abc"] == [True, False, True]


def test_heavy_ones_make_room_by_weight_and_the_last_one_always_stays() -> None:
    kept: Kept[str, str] = Kept(10, most_weight=100)
    for key, weight in (("a", 40), ("b", 40), ("c", 30)):
        kept.of(key, lambda key=key, weight=weight: (key, weight))
    assert [key in kept for key in "abc"] == [False, True, True]
    kept.of("huge", lambda: ("huge", 1_000))
    assert [key in kept for key in ("b", "c", "huge")] == [False, False, True]


def test_what_could_not_be_made_is_tried_again_and_what_is_forgotten_is_made_anew() -> None:
    kept: Kept[str, int] = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.of("a", lambda: (1 // 0, 1))
    assert kept.of("a", lambda: (1, 1)) == 1
    kept.forget("a")
    assert kept.of("a", lambda: (2, 1)) == 2


def test_what_nobody_asks_for_is_let_go_and_what_somebody_asked_for_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 100.0
    monkeypatch.setattr(keeping.time, "monotonic", lambda: moment)
    kept: Kept[str, str] = Kept(4)
    for key in "ab":
        kept.of(key, lambda: ("made", 1))
    moment = 150.0
    kept.of("a", lambda: ("made again", 1))
    kept.forget_unused(50)
    assert [key in kept for key in "ab"] == [True, False]
    kept.forget_where(lambda key: key == "a")
    assert "a" not in kept
