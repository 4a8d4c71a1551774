"""The interval of a share against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from core.hits import wilson
from core.intervals import share_interval
from core.wilson import wilson_interval


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (5, 5), (1, 10), (9, 10), (37, 500), (4999, 5000)])
def test_the_interval_is_wilsons_in_both_places(hits: int, n: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    expected = pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-12)
    assert wilson_interval(hits / n, n) == expected
    odds = wilson(hits, n)
    assert (odds.low, odds.high) == expected
    if 0 < hits < n:
        assert share_interval(np.arange(n) < hits, np.arange(n)) == expected


def test_a_share_of_none_or_all_ends_there() -> None:
    assert wilson_interval(0, 1.5)[0] == 0
    assert wilson_interval(1, 1.5)[1] == 1
