"""What a person is told who has as much in progress as they may."""

from __future__ import annotations

import pytest

from callbacks.busy import busy_in_words, jobs_of
from callbacks.dataset.gap import blocked
from core.runs.model import Limits
from tests.unit.callbacks.test_tray import make_run


def test_runs_of_one_press_are_one_job() -> None:
    assert jobs_of([make_run(1), make_run(2), make_run(3, job_id="another")]) == 2


@pytest.mark.parametrize(("jobs", "most", "says"), [(0, 1, ""), (1, 1, "last job"), (1, 2, ""), (2, 2, "2 jobs")])
def test_one_may_start_a_job_as_long_as_there_are_fewer_than_allowed(jobs: int, most: int, says: str) -> None:
    words = busy_in_words(jobs, Limits(jobs_per_user=most))
    assert says in words
    assert bool(says) == bool(words)


def test_another_job_holds_up_a_measurement_only_where_no_second_one_is_allowed() -> None:
    assert blocked([], [make_run(1)], Limits(jobs_per_user=1))
    assert not blocked([], [make_run(1)], Limits(jobs_per_user=2))
    assert "being measured" in blocked([make_run(1)], [make_run(1)], Limits(jobs_per_user=2))
