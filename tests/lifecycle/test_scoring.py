"""Scorings in real processes: killed, cancelled, and ended as they should."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import multiprocess
import psutil
import pytest

from core.batch.jobs import Scoring, ScoringRequest
from core.batch.store import Scorings
from core.batch.working import start_process
from core.requests import TrainingRequest
from core.runs.making import JobContext
from core.runs.model import RunState
from core.runs.service import Runs
from core.runs.slots import held_tickets
from data.sample import generate_sample

PRELOAD = ["core.batch.working", "core.runs.loading", "core.persistence", "core.training", "sklearn.linear_model"]


def wait(scorings: Scorings, one: Scoring, until: Callable[[Scoring], bool], seconds: float = 60) -> Scoring:
    deadline = time.monotonic() + seconds
    while not until(one := scorings.get("me", one.id)):
        assert time.monotonic() < deadline, one
        time.sleep(0.05)
    return one


def pid(one: Scoring) -> int:
    assert one.process is not None
    return one.process.pid


@pytest.mark.slow
def test_a_scoring_that_is_killed_fails_at_once_a_cancelled_one_leaves_nothing_and_the_next_one_finishes(
    home: Path,
) -> None:
    multiprocess.get_context("forkserver").set_forkserver_preload(PRELOAD)  # as the server does, but less
    context = JobContext(home)
    run = Runs(home, context=context).run_inline([TrainingRequest(family="ridge", cv_folds=0, explain=False)])[0]
    content = generate_sample(4_000).to_csv(index=False).encode()
    scorings = Scorings(context, start_process)

    def submit() -> Scoring:
        return scorings.submit("me", str(uuid.uuid4()), ScoringRequest(content, run.id, "Ridge", "t.csv", {}, True))

    def is_claimed(one: Scoring) -> bool:
        return one.process is not None or not one.is_active

    first = wait(scorings, submit(), is_claimed)
    os.kill(pid(first), signal.SIGKILL)
    failed = wait(scorings, first, lambda one: not one.is_active, 30)
    assert failed.state is RunState.FAILED
    assert "unexpectedly" in (failed.reason or "")

    second = wait(scorings, submit(), is_claimed)
    assert scorings.cancel("me", second.id).state is RunState.CANCELLED
    assert not psutil.pid_exists(pid(second)) or psutil.Process(pid(second)).status() == psutil.STATUS_ZOMBIE

    done = wait(scorings, submit(), lambda one: not one.is_active)
    assert (done.state, done.reason) == (RunState.FINISHED, None)
    assert done.summary is not None
    assert done.summary["rows"] == 4_000
    assert held_tickets(context.tickets) in (0, 1)  # its process may still be leaving
    assert scorings.result("me", done.id)[0].stat().st_mode & 0o077 == 0
