"""Events as a run tells them: a random search of gradient boosting, and the curves of a network."""

from __future__ import annotations

from typing import Any

METRIC = "rmse"


def candidate(number: int, score: float | None = None, state: str = "finished", **changes: Any) -> dict[str, Any]:
    """A candidate whose folds lie around its score."""
    folds = [] if score is None else [score - 0.4, score + 0.1, score + 0.3]
    settings = {"learning_rate": 0.01 * number, "max_leaf_nodes": None if number == 2 else 10 * number, "max_bins": 255}
    return {
        "kind": "candidate",
        "number": number,
        "params": settings,
        "state": state,
        "folds": folds,
        "score": score,
        "seconds": 0.5 * number,
        "resource": None,
        "reason": "",
        **changes,
    }


def search() -> list[dict[str, Any]]:
    """Five candidates: the third is the best, one was given up early, one failed, and one is on its way."""
    return [
        candidate(1, 22.5),
        candidate(2, 22.9),
        candidate(3, 22.1),
        candidate(4, 23.5, "pruned", folds=[23.5]),
        candidate(5, None, "failed", reason="It ran out of memory."),
        candidate(6, 22.0, "running", folds=[22.0]),
    ]


def curve(fit: str = "final model", best: int | None = 3, **changes: Any) -> dict[str, Any]:
    """Four epochs; the third is the best on rows it does not learn from."""
    return {
        "kind": "curve",
        "fit": fit,
        "unit": "epoch",
        "metric": METRIC,
        "steps": [1, 2, 3, 4],
        "train": [40.0, 25.0, 21.0, 20.0],
        "valid": [41.0, 26.0, 22.5, 22.8],
        "best": best,
        **changes,
    }


def fold(number: int, rmse: float = 22.0) -> dict[str, Any]:
    return {"kind": "fold", "number": number, "scores": {"r2": 0.1, "rmse": rmse, "mae": 18.0, "mse": None},
            "seconds": 1.5}  # fmt: skip
