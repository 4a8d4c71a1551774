from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, mean_squared_error, r2_score

from core.bootstrap import bootstrap_interval
from core.metrics import END_LEVELS, error_by_band, score

points = st.floats(0, 100, width=32)


@given(arrays(np.float64, 30, elements=points), arrays(np.float64, 30, elements=points))
@settings(deadline=None)
def test_scores_equal_those_of_scikit_learn(y, pred):
    found = score(y, pred)
    assert found["mse"] == pytest.approx(mean_squared_error(y, pred))
    assert found["rmse"] == pytest.approx(mean_squared_error(y, pred) ** 0.5)
    assert found["mae"] == pytest.approx(mean_absolute_error(y, pred))
    if np.ptp(y) > 0:
        assert found["r2"] == pytest.approx(r2_score(y, pred))


@given(arrays(np.float64, 30, elements=points), arrays(np.float64, 30, elements=points))
@settings(deadline=None)
def test_the_loss_of_intervals_equals_that_of_scikit_learn(low, high):
    y = np.linspace(0, 100, 30)
    losses = [mean_pinball_loss(y, end, alpha=level) for end, level in zip((low, high), END_LEVELS, strict=True)]
    assert score(y, y, (low, high))["pinball"] == pytest.approx(np.mean(losses))


def test_per_cent_of_popularity_are_finite_with_zeros_among_the_truths_and_undefined_with_nothing_else():
    assert score([0, 0, 50], [10, 0, 40])["wmape"] == pytest.approx(40)
    assert np.isnan(score([0, 0], [10, 0])["wmape"])
    low, high = bootstrap_interval([0] * 50 + [40] * 50, [5] * 50 + [30] * 50)["wmape"]
    assert low < 100 * (5 + 10) / 40 < high
    assert all(np.isnan(end) for end in bootstrap_interval([0, 0], [10, 0])["wmape"])


def test_r2_is_undefined_where_the_truth_does_not_vary():
    assert np.isnan(score([5, 5, 5], [4, 5, 6])["r2"])
    assert np.isnan(score([0.1] * 10, [0.2] * 10)["r2"])
    assert score([5, 5], [4, 6])["mae"] == 1


@pytest.mark.parametrize(("y", "pred"), [([], []), ([1, 2], [1]), ([[1]], [[1]])])
def test_nothing_to_score_is_refused(y, pred):
    with pytest.raises(ValueError, match="equally long"):
        score(y, pred)


def _noisy(n, seed=0, sd=10.0):
    rng = np.random.default_rng(seed)
    y = rng.uniform(0, 100, n)
    return y, y + rng.normal(0, sd, n)


def test_the_interval_holds_the_score_and_is_reproducible():
    y, pred = _noisy(500)
    found = bootstrap_interval(y, pred, seed=3)
    assert found == bootstrap_interval(y, pred, seed=3)
    for key, value in score(y, pred).items():
        low, high = found[key]
        assert low < value < high


def test_the_interval_of_mae_agrees_with_theory():
    y, pred = _noisy(2000)
    low, high = bootstrap_interval(y, pred, n_resamples=2000)["mae"]
    standard_error = np.abs(y - pred).std() / np.sqrt(2000)
    assert (high - low) == pytest.approx(2 * 1.96 * standard_error, rel=0.1)


def test_resembling_rows_widen_the_interval():
    y, pred = _noisy(100)
    alone = bootstrap_interval(y, pred)["mae"]
    repeated = bootstrap_interval(np.repeat(y, 20), np.repeat(pred, 20), np.repeat(np.arange(100), 20))["mae"]
    naive = bootstrap_interval(np.repeat(y, 20), np.repeat(pred, 20))["mae"]
    assert np.ptp(repeated) == pytest.approx(np.ptp(alone), rel=0.05)
    assert np.ptp(naive) < np.ptp(alone) / 3


def test_pooling_many_groups_keeps_the_width():
    y, pred = _noisy(40_000)
    low, high = bootstrap_interval(y, pred)["mae"]
    assert (high - low) == pytest.approx(2 * 1.96 * np.abs(y - pred).std() / 200, rel=0.15)


@pytest.mark.parametrize("n", [5_600, 200_000])
def test_intervals_are_quick_on_any_number_of_rows(n):
    y, pred = _noisy(n)
    started = time.process_time()
    bootstrap_interval(y, pred)
    assert time.process_time() - started < 1


def test_a_constant_truth_has_no_interval_of_r2():
    assert np.isnan(bootstrap_interval([5.0] * 20, np.arange(20.0))["r2"]).all()


def test_bands_hold_every_row_once_and_tell_the_direction():
    rows = error_by_band([0, 19, 20, 79.5, 80, 100], [10, 19, 10, 79.5, 60, 70])
    assert [row["n"] for row in rows] == [2, 1, 0, 1, 2]
    assert [row["band"] for row in rows] == ["0–19", "20–39", "40–59", "60–79", "80–100"]
    assert rows[0]["bias"] == 5
    assert rows[4]["bias"] == -25
    assert rows[2]["mae"] is None
