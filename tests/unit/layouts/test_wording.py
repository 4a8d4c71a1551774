from __future__ import annotations

import doctest
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts import wording

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(wording).failed == 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "under 1 s"), (1.0, "1 s"), (9.96, "10 s"), (9.4, "9.4 s"), (12, "12 s"), (59.6, "1 min"), (60, "1 min"),
        (192, "3 min"), (3599, "1 h"), (3600, "1 h"), (4000, "1 h 7 min"), (90000, "1 d 1 h"),
        (None, "–"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_a_duration_is_said_in_words(seconds: float | None, said: str) -> None:
    assert wording.duration(seconds) == said


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=50), "1 min ago"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=5, minutes=40), "5 h ago"),
        (timedelta(days=2, hours=3), "2 d ago"),
        (timedelta(days=30), "on 2024-04-01"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(before: timedelta, said: str) -> None:
    assert wording.ago(NOON - before, NOON) == said


def test_a_negative_zero_never_shows() -> None:
    assert wording.score(-0.004) == "0.00"
    assert wording.points(-0.4) == "0"
    assert wording.score(-0.31) == "−0.31"


@given(st.floats(allow_nan=True, allow_infinity=True) | st.none() | st.booleans())
def test_no_number_breaks_the_words(value: float | None) -> None:
    for say in (wording.score, wording.points, wording.share, wording.duration, wording.count, wording.score_sd):
        assert isinstance(say(value), str)
    assert "-" not in wording.score(value)


def test_a_small_share_is_not_rounded_to_nothing() -> None:
    assert wording.share(0.001) == "less than 1%"
    assert wording.share(0) == "0%"
