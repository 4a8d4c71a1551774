from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.intervals import conformal_half_width, conformal_margin

POINTS = st.floats(-100, 100, allow_nan=False, width=32)
SCORES = arrays(np.float64, st.integers(0, 60), elements=POINTS)
COVERAGES = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("n", "coverage", "expected"),
    [(19, 0.9, 18), (9, 0.9, 9), (8, 0.9, 100), (99, 0.9, 90), (10, 0.5, 6), (0, 0.9, 100)],
)
def test_the_half_width_is_the_finite_sample_quantile(n, coverage, expected):
    assert conformal_half_width(-np.arange(1.0, n + 1), coverage) == expected


@given(st.integers(1, 200), COVERAGES)
def test_of_every_n_plus_one_exchangeable_scores_the_promised_share_is_covered_and_hardly_more(n, coverage):
    """Whichever of n + 1 distinct scores is the new one, the others are the held-out ones: an exact average."""
    scores = np.arange(n + 1.0) / 10
    covered = [new <= conformal_margin(np.delete(scores, at), coverage) for at, new in enumerate(scores)]
    assert coverage - 1e-9 <= np.mean(covered)
    if coverage <= n / (n + 1):
        assert np.mean(covered) <= coverage + 1 / (n + 1) + 1e-9


@given(SCORES, COVERAGES, COVERAGES)
def test_a_higher_coverage_is_never_narrower(scores, one, other):
    low, high = sorted((one, other))
    assert conformal_margin(scores, low) <= conformal_margin(scores, high)


@given(SCORES, COVERAGES)
def test_a_margin_stays_within_the_scale(scores, coverage):
    assert -100 <= conformal_margin(scores * 3, coverage) <= 100
    assert 0 <= conformal_half_width(scores * 3, coverage) <= 100


@given(SCORES, st.integers(1, 5), COVERAGES)
def test_rows_repeated_within_their_units_change_nothing(scores, times, coverage):
    units = np.arange(len(scores))
    repeated = conformal_margin(np.repeat(scores, times), coverage, np.repeat(units, times))
    assert repeated == conformal_margin(scores, coverage, units) == conformal_margin(scores, coverage)


@given(SCORES, st.integers(1, 10), COVERAGES)
def test_fewer_units_are_never_narrower(scores, size, coverage):
    units = np.arange(len(scores)) // size
    assert conformal_margin(scores, coverage, units) >= conformal_margin(scores, coverage)


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95])
def test_with_confidence_the_coverage_is_reached_in_that_share_of_draws(confidence):
    rng = np.random.default_rng(0)
    draws = rng.random((2000, 300)) * 100
    reached = np.mean([conformal_margin(scores, 0.9, confidence=confidence) >= 90 for scores in draws])
    assert confidence - 0.03 <= reached <= confidence + 0.1


@pytest.mark.parametrize("coverage", [0, 1, -1, 2, float("nan")])
def test_a_coverage_that_is_no_share_is_refused(coverage):
    with pytest.raises(ValueError, match="Coverage"):
        conformal_half_width([1.0], coverage)


@given(SCORES.filter(len), st.sampled_from([np.nan, np.inf, -np.inf]), st.data())
def test_residuals_that_are_not_finite_are_refused(scores, broken, data):
    scores[data.draw(st.integers(0, len(scores) - 1))] = broken
    with pytest.raises(ValueError, match="finite"):
        conformal_half_width(scores)
