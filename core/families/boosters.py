"""Gradient boosting by libraries of its own; each is found at run time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.families.boosting import rate, rounds
from core.families.model import ModelFamily
from core.search_space import Choice, Float, Int


def _xgboost(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from core.estimators.xgb import XGBoost

    return XGBoost(dict(params), seed, n_jobs)


def _lightgbm(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from core.estimators.lgbm import LightGBM

    return LightGBM(dict(params), seed, n_jobs)


def _catboost(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from core.estimators.cat import CatBoost

    return CatBoost(dict(params), seed, n_jobs)


def _depth(name: str, high: int, search: tuple[int, int], also: tuple[None, ...] = ()) -> Int:
    return Int(
        name, "Depth", "Most questions a tree may ask on its way to an answer.", 1, high, search=search, also=also
    )


def _damping(name: str, search: tuple[float, float], low: float = 0.0) -> Float:
    return Float(name, "Damping", "Draws the answers of small leaves to zero.", low, 1e6, search=search, log=True)


def _rows(search: tuple[float, float] | None = (0.4, 0.9)) -> Float:
    return Float("subsample", "Rows a tree", "Share of the tracks that each tree sees.", 0.05, 1.0, search=search)


_COLUMNS = Float(
    "colsample_bytree",
    "Features a tree",
    "Share of the features that each tree may ask about.",
    0.05,
    1.0,
    search=(0.4, 1.0),
)
_SPARSE = Float(
    "reg_alpha",
    "Sparseness",
    "Sets the answers of leaves that say little to exactly zero.",
    0.0,
    1e6,
    advanced=True,
)
_BINS = Int("max_bin", "Bins", "Most steps a feature is cut into.", 2, 1024, advanced=True)

BOOSTERS = (
    ModelFamily(
        key="xgboost",
        label="XGBoost",
        summary="Small trees added one by one, each correcting what is still wrong, kept in check by penalties.",
        make=_xgboost,
        requires=("xgboost",),
        learns_in_steps="tree",
        stops_when_asked=True,
        quantile_params=lambda quantile: {"objective": "reg:quantileerror", "quantile_alpha": quantile},
        params=(
            rounds("n_estimators", 2000, (100, 500)),
            rate((0.02, 0.15)),
            _depth("max_depth", 16, (3, 7)),
            Float(
                "min_child_weight",
                "Leaf size",
                "Fewest tracks behind an answer of a tree.",
                0.0,
                10_000.0,
                search=(5, 100),
                log=True,
                unit="tracks",
            ),
            _rows(),
            _COLUMNS,
            _damping("reg_lambda", (0.5, 50)),
            _SPARSE,
            Float("gamma", "Least gain", "What a question must gain to be asked.", 0.0, 1e6, advanced=True),
            _BINS,
        ),
        recommended={
            "n_estimators": 200,
            "learning_rate": 0.03,
            "max_depth": 6,
            "min_child_weight": 20.0,
            "subsample": 0.6,
            "colsample_bytree": 0.8,
            "reg_lambda": 5.0,
        },
    ),
    ModelFamily(
        key="lightgbm",
        label="LightGBM",
        summary="Small trees added one by one, each grown where most is still wrong; very fast.",
        make=_lightgbm,
        requires=("lightgbm",),
        learns_in_steps="tree",
        stops_when_asked=True,
        quantile_params=lambda quantile: {"objective": "quantile", "alpha": quantile},
        params=(
            rounds("n_estimators", 2000, (100, 600)),
            rate((0.02, 0.15)),
            Int("num_leaves", "Leaves", "Most answers a tree may give.", 2, 1024, search=(7, 63), log=True),
            Int(
                "min_child_samples",
                "Leaf size",
                "Fewest tracks behind an answer of a tree.",
                1,
                10_000,
                search=(20, 200),
                log=True,
                unit="tracks",
            ),
            _rows(),
            _COLUMNS,
            _damping("reg_lambda", (0.5, 50)),
            _SPARSE,
            Int(
                "max_depth",
                "Depth",
                "Most questions a tree may ask on its way to an answer; -1 for no bound but the leaves.",
                -1,
                64,
                advanced=True,
            ),
            _BINS,
        ),
        recommended={
            "n_estimators": 250,
            "learning_rate": 0.03,
            "num_leaves": 20,
            "min_child_samples": 60,
            "subsample": 0.6,
            "colsample_bytree": 0.8,
            "reg_lambda": 8.0,
        },
    ),
    ModelFamily(
        key="catboost",
        label="CatBoost",
        summary="Small trees that ask the same question on each level, added one by one; steady with few settings.",
        make=_catboost,
        requires=("catboost",),
        learns_in_steps="tree",
        stops_when_asked=True,
        quantile_params=lambda quantile: {"loss_function": f"Quantile:alpha={quantile}"},
        params=(
            rounds("iterations", 2000, (200, 900)),
            rate((0.02, 0.15), high=1.0),
            _depth("depth", 12, (4, 8)),
            _damping("l2_leaf_reg", (1, 30)),
            Float(
                "rsm",
                "Features a question",
                "Share of the features that each question may choose from.",
                0.05,
                1.0,
                advanced=True,
            ),
            Float(
                "random_strength",
                "Chance",
                "How much chance is mixed into the choice of questions.",
                0.0,
                100.0,
                advanced=True,
            ),
            Choice(
                "bootstrap_type",
                "Rows",
                "How the tracks of a tree are drawn: none, or by random weights.",
                ("Bayesian", "No", "MVS"),
                advanced=True,
            ),
        ),
        recommended={"iterations": 500, "learning_rate": 0.03, "depth": 6, "l2_leaf_reg": 4.0},
    ),
)
