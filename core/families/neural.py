"""A neural network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.families.model import ModelFamily
from core.search_space import Choice, Float, Int


def _network(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    from core.estimators.network import Network

    return Network(dict(params), seed, n_jobs)


_SHAPES = ("32", "64", "128", "64-32", "128-64", "256-128", "128-64-32", "256-128-64")

NEURAL = (
    ModelFamily(
        key="neural_network",
        label="Neural network",
        summary="Layers of simple units, each passing on a weighted sum of what it hears; learned in rounds.",
        make=_network,
        requires=("tensorflow",),
        learns_in_steps="epoch",
        stops_when_asked=True,
        early_stopping=True,
        quantile_params=lambda quantile: {"quantile": quantile},
        params=(
            Choice("hidden", "Layers", "Units of each hidden layer.", _SHAPES, search=("64", "128-64", "256-128")),
            Float(
                "dropout",
                "Dropout",
                "Share of the units that are silent in a step, so that none is relied on.",
                0.0,
                0.9,
                search=(0.05, 0.5),
            ),
            Float(
                "learning_rate",
                "Learning rate",
                "How far the weights move in a step.",
                1e-5,
                0.1,
                search=(3e-4, 4e-3),
                log=True,
            ),
            Int(
                "batch_size",
                "Batch",
                "Tracks behind each step.",
                8,
                4096,
                search=(128, 512),
                log=True,
                unit="tracks",
            ),
            Int("epochs", "Rounds", "Most passes over the training tracks.", 1, 500, unit="epochs"),
            Int(
                "patience",
                "Patience",
                "Rounds without a gain on held-out tracks after which it stops; 0 for all rounds.",
                0,
                500,
                unit="epochs",
                advanced=True,
            ),
            Float(
                "weight_decay", "Damping", "How strongly weights are drawn to zero.", 0.0, 1.0, log=True, advanced=True
            ),
        ),
        recommended={
            "hidden": "128-64",
            "dropout": 0.3,
            "learning_rate": 1e-3,
            "batch_size": 256,
            "epochs": 100,
            "patience": 6,
        },
        preprocessing="scaled",
        library_preprocessing="scaled",
    ),
)
