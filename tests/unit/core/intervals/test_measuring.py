from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.intervals import measure_coverage, share_interval

ACTUAL = np.array([0.0, 10, 30, 90, 100, 50])
LOW = np.array([0.0, 20, 20, 0, 0, 40])
HIGH = np.array([50.0, 70, 70, 50, 50, 60])
GENRE = np.array(["pop", "pop", "rap", "rap", "rap", None], dtype=object)


def test_coverage_and_width_are_the_known_ones_overall_by_genre_and_by_band():
    found = measure_coverage(ACTUAL, LOW, HIGH, GENRE, np.arange(6))
    assert found["overall"]["coverage"] == 0.5
    assert found["overall"]["width"] == pytest.approx(270 / 6)
    assert [(one["genre"], one["n"]) for one in found["by_genre"]] == [("rap", 3), ("pop", 2)]
    assert [one["coverage"] for one in found["by_genre"]] == [pytest.approx(1 / 3), 0.5]
    bands = {one["band"]: (one["n"], one["coverage"]) for one in found["by_band"]}
    assert bands == {"0–19": (2, 0.5), "20–39": (1, 1.0), "40–59": (1, 1.0), "60–79": (0, None), "80–100": (2, 0.0)}


@given(arrays(np.bool_, st.integers(1, 50)), st.integers(1, 8))
def test_the_interval_of_a_share_holds_it_and_stays_between_0_and_1(is_inside, size):
    low, high = share_interval(is_inside, np.arange(len(is_inside)) // size)
    assert 0 <= low <= is_inside.mean() + 1e-9
    assert is_inside.mean() - 1e-9 <= high <= 1


def test_rows_of_few_artists_say_less_than_rows_of_many():
    is_inside = np.arange(200) % 10 > 0
    of_artists = np.sort(is_inside)
    many = share_interval(of_artists, np.arange(200))
    few = share_interval(of_artists, np.arange(200) // 20)
    assert few[1] - few[0] > 1.5 * (many[1] - many[0])


def test_the_interval_of_a_share_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(1000):
        unit = rng.integers(0, 60, 300)
        inside = rng.random(300) < rng.beta(9, 1, 60)[unit]
        low, high = share_interval(inside, unit)
        held += low <= 0.9 <= high
    assert 0.9 <= held / 1000 <= 0.98
