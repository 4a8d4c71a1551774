"""Which runs can be made a stack of, as the registry tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from core.errors import InvalidRequest
from core.requests import TrainingRequest
from core.runs.members import completed
from core.runs.model import Run
from core.runs.registry import Registry
from tests.fakes import finished


@dataclass
class FakeRegistry:
    runs: tuple[Run, ...]

    def run(self, run_id: str) -> Run | None:
        return next((run for run in self.runs if run.id == run_id), None)


def completed_of(*runs: Run) -> TrainingRequest:
    asked = TrainingRequest(family="stack", members=tuple(run.id for run in runs))
    return completed(cast("Registry", FakeRegistry(runs)), asked, None, None)


def scored(folds: int, **changes: Any) -> Run:
    """A run for which three folds were asked."""
    cv = {"r2": {"mean": 0.1, "sd": 0.0, "folds": [0.1] * folds}} if folds else None
    return finished.make_run(cv_folds=3, metrics={**finished.metrics(), "cv": cv}, **changes)


def test_runs_with_all_of_their_folds_are_combined() -> None:
    assert completed_of(scored(3), scored(3, family="lasso")).cv_folds == 3


@pytest.mark.parametrize(("folds", "said"), [(2, "2 of its 3 folds"), (0, "none of its 3 folds")])
def test_a_run_that_was_stopped_early_is_refused_with_the_true_reason(folds: int, said: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^Hasty was stopped early: {said} were cross-validated"):
        completed_of(scored(3), scored(folds, name="Hasty"))
