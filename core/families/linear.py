"""Weighted sums of the features, bent by splines where recommended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.families.model import ModelFamily
from core.search_space import Choice, Float, Int

_INTERCEPT = Choice(
    "fit_intercept",
    "Intercept",
    "Whether the level is learned; else the model passes through zero.",
    (True, False),
    advanced=True,
)


def _linear(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.linear_model import LinearRegression

    return LinearRegression(**params)


def _ridge(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.linear_model import Ridge

    return Ridge(**params, random_state=seed)


def _lasso(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.linear_model import Lasso

    return Lasso(**params, random_state=seed)


LINEAR = (
    ModelFamily(
        key="linear",
        label="Linear regression",
        summary="Adds up one smooth curve a feature, fitted by least squares.",
        make=_linear,
        params=(
            _INTERCEPT,
            Choice("positive", "Positive weights", "Allow only weights of zero or more.", (False, True), advanced=True),
        ),
        preprocessing="splines",
        library_preprocessing="scaled",
    ),
    ModelFamily(
        key="ridge",
        label="Ridge regression",
        summary="A linear model whose weights are kept small, which steadies it when features resemble each other.",
        make=_ridge,
        params=(
            Float(
                "alpha",
                "Penalty",
                "How strongly weights are drawn to zero.",
                0.0,
                1e6,
                search=(1e-1, 1e4),
                log=True,
            ),
            _INTERCEPT,
        ),
        recommended={"alpha": 1.0},
        preprocessing="splines",
        library_preprocessing="scaled",
    ),
    ModelFamily(
        key="lasso",
        label="Lasso regression",
        summary="A linear model that sets the weights of unhelpful terms to exactly zero.",
        make=_lasso,
        params=(
            Float(
                "alpha",
                "Penalty",
                "How strongly weights are drawn to zero; high values leave few terms.",
                1e-5,
                1e3,
                search=(1e-3, 1.0),
                log=True,
            ),
            _INTERCEPT,
            Int("max_iter", "Iterations", "Most passes of the solver.", 10, 20_000, advanced=True),
            Choice("selection", "Order", "Order in which weights are updated.", ("cyclic", "random"), advanced=True),
        ),
        recommended={"alpha": 0.003, "max_iter": 5000},
        preprocessing="splines",
        library_preprocessing="scaled",
    ),
)
