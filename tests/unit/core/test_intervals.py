from __future__ import annotations

import numpy as np
import pytest

from core.intervals import conformal_half_width, describe_interval, keeps_its_share


@pytest.mark.parametrize(
    ("n", "coverage", "expected"),
    [(19, 0.9, 18), (9, 0.9, 9), (8, 0.9, 100), (99, 0.9, 90), (10, 0.5, 6), (0, 0.9, 100)],
)
def test_the_half_width_is_the_finite_sample_quantile(n, coverage, expected):
    assert conformal_half_width(-np.arange(1.0, n + 1), coverage) == expected


def test_coverage_on_new_rows_is_as_promised():
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(2000):
        residuals = rng.standard_t(3, 50)
        covered.append(abs(rng.standard_t(3)) <= conformal_half_width(residuals))
    assert np.mean(covered) == pytest.approx(0.9, abs=0.025)


def test_it_never_exceeds_the_scale():
    assert conformal_half_width(np.full(100, 150.0)) == 100


@pytest.mark.parametrize("coverage", [0, 1, -1, 2])
def test_a_coverage_that_is_no_share_is_refused(coverage):
    with pytest.raises(ValueError, match="Coverage"):
        conformal_half_width([1.0], coverage)


def test_residuals_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        conformal_half_width([1.0, np.nan])


@pytest.mark.parametrize(
    ("protocol", "n", "keeps", "words"),
    [
        ("song", 5000, True, "about 90% of tracks like those held out"),
        ("artist", 9, True, "about 90%"),
        ("artist", 8, False, "Too few tracks were held out (8)"),
        ("rows", 5000, False, "too narrow"),
        ("time", 5000, True, "may differ"),
        (None, None, True, "about 90%"),
    ],
)
def test_an_interval_promises_no_more_than_its_protocol_and_its_number_of_tracks_bear(protocol, n, keeps, words):
    interval = {"coverage": 0.9, "half_width": 40.0}
    if protocol is not None:
        interval |= {"protocol": protocol, "n": n}
    assert keeps_its_share(interval) is keeps
    assert words in describe_interval(interval)
