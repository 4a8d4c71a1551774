"""Averages of many independent trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.families.model import ModelFamily
from core.search_space import Choice, Float, Int

TREES = Int("n_estimators", "Trees", "How many trees are averaged; more is steadier and slower.", 1, 2000, unit="trees")
DEPTH = Int(
    "max_depth", "Depth", "Most questions a tree may ask on its way to an answer.", 1, 64, also=(None,), advanced=True
)
SPLIT = Int(
    "min_samples_split",
    "Rows to split",
    "Fewest tracks a question may divide.",
    2,
    10_000,
    advanced=True,
    unit="tracks",
)


def leaf(search: tuple[int, int]) -> Int:
    """The row of ``min_samples_leaf`` with a family's own range to search."""
    return Int(
        "min_samples_leaf", "Leaf size", "Fewest tracks behind an answer of a tree.", 1, 10_000, search, unit="tracks"
    )


def features_per_split(search: tuple[float, float]) -> Float:
    """The row of ``max_features`` with a family's own range to search."""
    return Float(
        "max_features",
        "Features a split",
        "Share of the features that each question may choose from.",
        0.01,
        1.0,
        search=search,
        also=(None, "sqrt", "log2"),
    )


_MAX_SAMPLES = Float(
    "max_samples", "Rows a tree", "Share of the tracks that each tree sees.", 0.01, 1.0, search=(0.4, 1.0), also=(None,)
)
_BOOTSTRAP = Choice(
    "bootstrap", "Bootstrap", "Whether each tree sees a random draw of the tracks.", (True, False), advanced=True
)


def _random_forest(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(**_consistent(params, bootstrap_default=True), random_state=seed, n_jobs=n_jobs)


def _extra_trees(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.ensemble import ExtraTreesRegressor

    return ExtraTreesRegressor(**_consistent(params, bootstrap_default=False), random_state=seed, n_jobs=n_jobs)


def _consistent(params: Mapping[str, Any], bootstrap_default: bool) -> dict[str, Any]:
    """Drop ``max_samples`` where every tree sees all tracks: scikit-learn refuses the pair."""
    if params.get("bootstrap", bootstrap_default):
        return dict(params)
    return {name: value for name, value in params.items() if name != "max_samples"}


FORESTS = (
    ModelFamily(
        key="random_forest",
        label="Random forest",
        summary="Averages many decision trees, each grown on a random part of the tracks and features.",
        make=_random_forest,
        params=(
            TREES,
            leaf((5, 60)),
            features_per_split((0.2, 0.7)),
            _MAX_SAMPLES,
            DEPTH,
            SPLIT,
            _BOOTSTRAP,
        ),
        recommended={"n_estimators": 200, "min_samples_leaf": 20, "max_features": 0.4, "max_samples": 0.8},
    ),
    ModelFamily(
        key="extra_trees",
        label="Extra trees",
        summary="Like a random forest, but each question is drawn at random, which smooths the answer.",
        make=_extra_trees,
        params=(
            TREES,
            leaf((3, 40)),
            features_per_split((0.3, 1.0)),
            _MAX_SAMPLES,
            DEPTH,
            SPLIT,
            _BOOTSTRAP,
        ),
        recommended={"n_estimators": 200, "min_samples_leaf": 15, "max_features": 0.8},
    ),
)
