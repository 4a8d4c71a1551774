"""The promise of the intervals on the real table; ``benchmarks/interval_coverage.py`` measures it over 20 splits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.progress import report_nothing
from core.requests import parse_request
from core.training import train

SEEDS = range(3)


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("protocol", ["song", "artist"])
def test_intervals_hold_their_share_overall_and_in_every_large_genre(protocol: str, real_dataset: Any) -> None:
    found = []
    for seed in SEEDS:
        request = parse_request({"family": "ridge", "protocol": protocol, "seed": seed})
        found.append(train(request, real_dataset, report_nothing).metrics["coverage"])
    assert 0.88 <= np.mean([one["overall"]["coverage"] for one in found]) <= 0.92
    genres = {part["genre"] for one in found for part in one["by_genre"] if part["n"] >= 500}
    assert len(genres) == 6
    for genre in genres:
        shares = [part["coverage"] for one in found for part in one["by_genre"] if part["genre"] == genre]
        assert np.mean(shares) >= 0.87, genre
