"""How scores and their differences are written."""

from __future__ import annotations

import pytest

from layouts import measures


@pytest.mark.parametrize(
    ("key", "ends", "expected"),
    [
        ("rmse", (0.18, 0.004, 0.36), "+0.180 (0.004 to 0.360)"),
        ("r2", (-0.015, -0.030, -0.0003), "−0.0150 (−0.0300 to −0.0003)"),
        ("mse", (9.0, 0.3, 17.0), "+9.0 (0.3 to 17.0)"),
        ("rmse", (0.18, 0.1, 0.36), "+0.18 (0.10 to 0.36)"),
    ],
)
def test_a_range_on_one_side_of_zero_never_seems_to_reach_it(
    key: str, ends: tuple[float, float, float], expected: str
) -> None:
    assert measures.difference(key, *ends) == expected


def test_a_range_that_reaches_zero_is_written_as_short_as_ever() -> None:
    assert measures.difference("rmse", 0.18, -0.001, 0.36) == "+0.18 (0.00 to 0.36)"


def test_a_range_that_all_but_touches_zero_ends_in_time() -> None:
    assert measures.difference("rmse", 0.18, 1e-12, 0.36) == "+0.180000 (0.000000 to 0.360000)"
