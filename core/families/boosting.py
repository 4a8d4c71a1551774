"""Trees that correct one another, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.families.forests import DEPTH, SPLIT, features_per_split, leaf
from core.families.model import ModelFamily
from core.search_space import Choice, Float, Int


def rate(search: tuple[float, float], high: float = 2.0) -> Float:
    """The row of ``learning_rate`` with a family's own range to search."""
    return Float(
        "learning_rate",
        "Learning rate",
        "How much of each tree's correction is kept; small steps need more trees.",
        0.001,
        high,
        search=search,
        log=True,
    )


def rounds(name: str, high: int, search: tuple[int, int] | None) -> Int:
    """The row of the number of trees, under a library's own name for it."""
    return Int(name, "Trees", "How many trees correct one another in turn.", 1, high, search=search, unit="trees")


def _hist_gradient_boosting(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(**params, random_state=seed)


def _gradient_boosting(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.ensemble import GradientBoostingRegressor

    return GradientBoostingRegressor(**params, random_state=seed)


def _adaboost(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    """AdaBoost on trees; depth and leaf size are those of its trees (scikit-learn's own depth is 3)."""
    from sklearn.ensemble import AdaBoostRegressor
    from sklearn.tree import DecisionTreeRegressor

    own = dict(params)
    of_tree = {name: own.pop(name) for name in ("max_depth", "min_samples_leaf") if name in own}
    tree = DecisionTreeRegressor(**({"max_depth": 3} | of_tree))
    return AdaBoostRegressor(estimator=tree, **own, random_state=seed)


BOOSTING = (
    ModelFamily(
        key="hist_gradient_boosting",
        label="Gradient boosting (histogram)",
        summary="Small trees added one by one, each correcting what is still wrong; fast, as values are binned first.",
        make=_hist_gradient_boosting,
        learns_in_steps="tree",
        quantile_params=lambda quantile: {"loss": "quantile", "quantile": quantile},
        params=(
            rounds("max_iter", 2000, (80, 400)),
            rate((0.02, 0.15)),
            Int("max_leaf_nodes", "Leaves", "Most answers a tree may give.", 2, 1024, search=(7, 63), also=(None,)),
            leaf((20, 200)),
            Float(
                "l2_regularization", "Damping", "Draws the answers of small leaves to zero.", 0.0, 1e6, search=(0, 30)
            ),
            Float(
                "max_features",
                "Features a split",
                "Share of the features that each question may choose from.",
                0.01,
                1.0,
                search=(0.3, 1.0),
            ),
            DEPTH,
            Int("max_bins", "Bins", "Most steps a feature is cut into.", 2, 255, advanced=True),
            Choice(
                "early_stopping",
                "Early stopping",
                "Whether it stops when tracks held out at random no longer gain.",
                (False, True),
                advanced=True,
            ),
        ),
        recommended={
            "max_iter": 250,
            "learning_rate": 0.03,
            "max_leaf_nodes": 20,
            "min_samples_leaf": 60,
            "l2_regularization": 8.0,
            "max_features": 0.5,
            "early_stopping": False,
        },
    ),
    ModelFamily(
        key="gradient_boosting",
        label="Gradient boosting (classic)",
        summary="Small trees added one by one, each correcting what is still wrong, on a random part of the tracks.",
        make=_gradient_boosting,
        learns_in_steps="tree",
        stops_when_asked=True,
        quantile_params=lambda quantile: {"loss": "quantile", "alpha": quantile},
        params=(
            rounds("n_estimators", 2000, (80, 250)),
            rate((0.02, 0.15)),
            Int("max_depth", "Depth", "Most questions a tree may ask on its way to an answer.", 1, 16, search=(3, 6)),
            Float("subsample", "Rows a tree", "Share of the tracks that each tree sees.", 0.05, 1.0, search=(0.4, 0.9)),
            features_per_split((0.3, 1.0)),
            leaf((20, 120)),
            SPLIT,
        ),
        recommended={
            "n_estimators": 200,
            "learning_rate": 0.03,
            "max_depth": 6,
            "subsample": 0.6,
            "max_features": 0.4,
            "min_samples_leaf": 60,
        },
    ),
    ModelFamily(
        key="adaboost",
        label="AdaBoost",
        summary="Trees grown in turn, each paying more attention to the tracks that the earlier ones missed.",
        make=_adaboost,
        learns_in_steps="tree",
        params=(
            rounds("n_estimators", 1000, None),
            rate((0.003, 0.3)),
            Int("max_depth", "Depth", "Most questions a tree may ask.", 1, 32, search=(3, 7), also=(None,)),
            leaf((5, 100)),
            Choice(
                "loss",
                "Loss",
                "How errors are weighed between rounds.",
                ("linear", "square", "exponential"),
                advanced=True,
            ),
        ),
        recommended={"n_estimators": 60, "learning_rate": 0.02, "max_depth": 7, "min_samples_leaf": 30},
    ),
)
