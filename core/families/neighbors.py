"""Answers looked up among similar tracks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.families.model import ModelFamily
from core.search_space import Choice, Int

# Each answer looks through most of what was learned: 10,000 take 6 s beside 20,000 tracks, 25 s beside 50,000.
KNN_ROW_CAP = 30_000


def _knn(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.neighbors import KNeighborsRegressor

    return KNeighborsRegressor(**params, n_jobs=n_jobs)


NEIGHBORS = (
    ModelFamily(
        key="knn",
        label="Nearest neighbours",
        summary="Averages the popularity of the most similar training tracks.",
        make=_knn,
        params=(
            Int(
                "n_neighbors",
                "Neighbours",
                "How many similar tracks are averaged.",
                1,
                2000,
                search=(20, 200),
                log=True,
                unit="tracks",
            ),
            Choice(
                "weights",
                "Weights",
                "Whether near tracks count more. Copies of a track under another id mislead distance weights.",
                ("uniform", "distance"),
                advanced=True,
            ),
            Choice("p", "Distance", "1 adds up the differences, 2 takes the straight line.", (1, 2), search=(1, 2)),
        ),
        recommended={"n_neighbors": 120, "weights": "uniform"},
        preprocessing="scaled",
        library_preprocessing="scaled",
        row_cap=KNN_ROW_CAP,
    ),
)
