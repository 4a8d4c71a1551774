from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.hits import HIT, HitOdds, hit_odds, nearest_run, share_below, wilson


def rows(n: int, seed: int = 1, part: str = "cv") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    predicted = rng.uniform(20, 80, n)
    actual = np.clip(predicted + rng.normal(0, 15, n), 0, 100)
    return pd.DataFrame({"part": part, "predicted": predicted, "actual": actual})


@pytest.mark.parametrize("predicted", [40.0, 60.0, 70.0])
def test_the_share_of_hits_is_that_of_the_process_which_made_the_data(predicted: float) -> None:
    from statistics import NormalDist

    truth = 1 - NormalDist(predicted, 15).cdf(HIT)
    odds = hit_odds(rows(20_000, seed=2)).at(predicted)
    assert odds.share == pytest.approx(truth, abs=0.06)
    assert odds.low <= odds.share <= odds.high
    assert odds.n == 500


def test_a_higher_prediction_has_better_odds() -> None:
    odds = hit_odds(rows(5_000))
    assert odds.at(30).share < odds.at(55).share < odds.at(75).share


def test_only_cross_validation_counts_and_too_little_of_it_gives_nothing() -> None:
    assert hit_odds(rows(5_000, part="test")) is None
    assert hit_odds(rows(99)) is None
    assert hit_odds(pd.concat([rows(300), rows(900, part="test")])).n == 300


def test_a_prediction_beyond_all_others_rests_on_the_nearest_of_them() -> None:
    odds = HitOdds(np.arange(1000.0) / 20, np.where(np.arange(1000) >= 900, 90.0, 0.0))
    assert odds.at(99.0).share == 1.0
    assert odds.at(-5.0).share == 0.0


@settings(deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=30), st.floats(-60, 60), st.integers(1, 10))
def test_the_nearest_run_is_no_farther_than_any_other(values: list[float], value: float, count: int) -> None:
    ordered = np.sort(np.array(values))
    count = min(count, len(ordered))
    begin = nearest_run(ordered, value, count)
    farthest = [np.abs(ordered[i : i + count] - value).max() for i in range(len(ordered) - count + 1)]
    assert farthest[begin] == pytest.approx(min(farthest))


def test_a_share_of_equal_numbers_is_a_half() -> None:
    assert share_below(np.full(10, 40.0), 40.0) == 0.5
    assert np.isnan(share_below(np.array([]), 1.0))


def test_an_interval_of_a_share_stays_within_nothing_and_all() -> None:
    assert (wilson(5, 5).high, wilson(0, 5).low) == (1.0, 0.0)
    assert wilson(0, 0).n == 0
