"""Yardsticks: what one scores without learning from the features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.families.model import ModelFamily
from core.search_space import Float

GENRE_SMOOTHING = 20.0
"""Tracks of the general level that are added to each genre."""


def _mean(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.dummy import DummyRegressor

    return DummyRegressor(strategy="mean")


def _genre_mean(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    """Smoothed means: ridge on one indicator a genre gives ``(sum + alpha * level) / (n + alpha)`` for each genre.

    The level is the mean of the genre means, each weighted by ``n / (n + alpha)``: large genres count about alike. A
    genre that was not in training has no indicator, so it gets the level.
    """
    from sklearn.linear_model import Ridge

    return Ridge(alpha=params.get("smoothing", 1.0), solver="lsqr", tol=1e-10)


BASELINES = (
    ModelFamily(
        key="mean",
        label="Baseline: mean",
        summary="Always says the average popularity of the training tracks.",
        make=_mean,
        uses_features=False,
        is_baseline=True,
    ),
    ModelFamily(
        key="genre_mean",
        label="Baseline: genre mean",
        summary="Says the average popularity of the track's genre, drawn to all genres where few are known.",
        make=_genre_mean,
        params=(
            Float(
                "smoothing",
                "Smoothing",
                "How many tracks of the general level are added to each genre before its mean is taken.",
                0.0,
                10_000.0,
                search=(1.0, 200.0),
                log=True,
                unit="tracks",
            ),
        ),
        recommended={"smoothing": GENRE_SMOOTHING},
        preprocessing="scaled",
        library_preprocessing="scaled",
        needs=("genre",),
        uses_features=False,
        is_baseline=True,
    ),
)
