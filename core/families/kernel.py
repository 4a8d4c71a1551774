"""Support vector regression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.families.model import ModelFamily
from core.search_space import Choice, Float

# Cost grows with the square of the rows: 2, 11 and 31 s on 2,500, 5,000 and 10,000.
SVR_ROW_CAP = 10_000
# Steps of libsvm. On 10,000 rows the defaults settle within 6,000, an rbf with C 1000 and gamma 1 within 110,000; a
# polynomial with a high C hardly ever does, and would go on for an hour. 200,000 steps are some 20 s.
SVR_MAX_ITER = 200_000


def _svr(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from sklearn.svm import SVR

    return SVR(**params, cache_size=500, max_iter=SVR_MAX_ITER)


KERNEL = (
    ModelFamily(
        key="svr",
        label="Support vector regression",
        summary="Fits a smooth surface that ignores errors below a tolerance; slow, so it learns from a sample.",
        make=_svr,
        params=(
            Float(
                "C",
                "Penalty",
                "How much a large error costs; high values bend more.",
                0.001,
                1000.0,
                (0.3, 50),
                log=True,
            ),
            Float(
                "epsilon",
                "Tolerance",
                "Errors below this many popularity points are ignored.",
                0.0,
                100.0,
                (0.1, 15),
                unit="points",
            ),
            Float(
                "gamma",
                "Reach",
                "How local the surface is; high values follow single tracks.",
                1e-5,
                100.0,
                (0.005, 0.5),
                log=True,
                also=("scale", "auto"),
            ),
            Choice(
                "kernel", "Kernel", "The shape of the surface.", ("rbf", "linear", "poly", "sigmoid"), advanced=True
            ),
        ),
        recommended={"C": 2.0, "epsilon": 12.0, "gamma": 0.15},
        preprocessing="scaled",
        library_preprocessing="scaled",
        row_cap=SVR_ROW_CAP,
        advice="a lower penalty (C) or a lower reach (gamma) needs fewer steps",
    ),
)
