"""What a job's child tells of its progress, and what is left of it when it ends in between."""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing.connection import Pipe
from typing import Any

import pytest

from core.processes import this_process
from core.progress import Progress
from core.runs.child import Child, Throttled, _hears_stop
from core.runs.jobs import run_job
from core.runs.model import RunState
from core.runs.service import Runs
from tests.fakes.runs import request


def test_progress_is_thinned_but_no_stage_is_lost() -> None:
    heard: list[Progress] = []
    report = Throttled(heard.append, every_s=60)
    for done in range(100):
        report(Progress("Cross-validating", done, 100))
    report(Progress("Storing the model"))
    assert [(progress.stage, progress.done) for progress in heard] == [
        ("Cross-validating", 0),
        ("Storing the model", 0),
    ]


@pytest.mark.parametrize("said", [b"", (100).to_bytes(4, "big") + b"half a message"])
def test_a_child_that_ends_in_the_middle_of_a_message_is_heard_up_to_there(said: bytes) -> None:
    ours, theirs = Pipe()
    child = Child(this_process(), ours)
    theirs.send(Progress("Fitting"))
    os.write(theirs.fileno(), said)
    theirs.close()
    assert [news.stage for news in child.listen(0.0)] == ["Fitting"]
    assert child.listen(0.0) == []


def test_a_parent_that_ends_in_the_middle_of_a_message_asks_for_nothing() -> None:
    ours, theirs = Pipe()
    os.write(ours.fileno(), (100).to_bytes(4, "big") + b"half a message")
    ours.close()
    assert not _hears_stop(theirs)


@pytest.mark.parametrize("name", ["Pipe", "os.fork"])
def test_a_run_for_which_there_is_no_process_fails_and_leaves_the_next_one_its_turn(
    make_runs: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    owner, _, attribute = f"core.runs.child.{name}".rpartition(".")
    original = Pipe if name == "Pipe" else os.fork
    calls: list[Any] = []

    def full_at_first() -> Any:
        calls.append(None)
        if len(calls) == 1:
            raise OSError(11, "Resource temporarily unavailable")
        return original()

    monkeypatch.setattr(f"{owner}.{attribute}", full_at_first)
    runs = make_runs()
    job = runs.submit("ann", [request(seed=1), request(seed=2)], "k")
    assert runs.admit(job.id)
    run_job(job.id, runs.context)
    first, second = runs.job(job.id, "ann").runs
    assert (first.state, first.reason) == (
        RunState.FAILED,
        "It did not start: the server has no room for another process.",
    )
    assert second.state is RunState.FINISHED, second.reason
    assert [path.name for path in (runs.context.home / "runs").iterdir()] == [second.id]
