"""Runs as the registry gives them, made by hand: every state, every score."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from core.requests import TrainingRequest
from core.runs.model import Run, RunState

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
REAL = {"source_name": "Songs", "source_kind": "file", "is_synthetic": False, "sha256": "ab" * 32, "tracks": 28356}
SAMPLE = {**REAL, "source_name": "Built-in sample", "source_kind": "sample", "is_synthetic": True, "sha256": "cd" * 32}


def scores(r2: float | None) -> dict[str, float | None]:
    return {"r2": r2, "rmse": 22.49, "mae": 18.73, "mse": 505.8}


def metrics(
    r2: float | None = 0.083, genre: float = 0.031, interval: tuple[float, float] = (0.061, 0.104), cv: bool = True
) -> dict[str, Any]:
    spread = {"mean": 0.08, "sd": 0.004, "folds": [0.08, 0.08]}
    return {
        "test": scores(r2),
        "test_interval": {key: list(interval) for key in ("r2", "rmse", "mae", "mse")},
        "train": scores(0.3),
        "cv": dict.fromkeys(("r2", "rmse", "mae", "mse"), spread) if cv else None,
        "baselines": {"mean": {"test": scores(-0.001)}, "genre_mean": {"test": scores(genre)}},
        "by_band": [],
        "n_train": 22685,
        "n_test": 5671,
        "n_train_scored": 2000,
    }


def make_run(state: RunState = RunState.FINISHED, data: dict[str, Any] | None = None, **changes: Any) -> Run:
    """A run; what is neither a field of Run nor ``scores`` belongs to its request."""
    names = set(Run.__dataclass_fields__)
    request = {"family": "ridge", **{name: value for name, value in changes.items() if name not in names}}
    fields = {name: value for name, value in changes.items() if name in names}
    if state is RunState.FINISHED:
        fields = {"metrics": metrics(), "timings": {"total_seconds": 12.3, "fit_seconds": 2.0}, **fields}
        fields.setdefault("finished_at", NOON + timedelta(seconds=20))
    return Run(
        **{
            "id": str(uuid.uuid4()),
            "job_id": str(uuid.uuid4()),
            "owner": "me",
            "state": state,
            "request": TrainingRequest(**request),
            "created_at": NOON,
            "data": REAL if data is None else data,
            **fields,
        }
    )
