from __future__ import annotations

import dataclasses
import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.errors import NotFound, Refused
from core.processes import kill_tree, process_id
from core.requests import TuningRequest
from core.runs.model import Job, Run, RunState
from core.runs.rules import is_stopping
from core.runs.service import Runs
from core.runs.slots import held_tickets
from tests.fakes import runs as fakes
from tests.fakes.runs import best_of_two, request, wait_for

Make = Callable[..., Runs]
Start = Callable[[Job, Runs], Any]


@pytest.fixture
def make_runs(home: Path) -> Iterator[Make]:
    opened: list[Runs] = []

    def make(train: Any = fakes.quick, **limits: Any) -> Runs:
        opened.append(Runs(home, context=fakes.context(home, train, **limits)))
        return opened[-1]

    yield make
    for runs in opened:
        runs.close()


@pytest.fixture
def start_job() -> Iterator[Start]:
    """Starts processes of jobs; none survives the test."""
    started: list[Any] = []

    def start(job: Job, runs: Runs) -> Any:
        assert runs.admit(job.id)
        started.append(fakes.start(job.id, runs.context))
        return started[-1]

    yield start
    for process in started:
        if process.is_alive():
            kill_tree(process_id(process.pid))
        process.join(5)


def train_one(runs: Runs, start_job: Start, owner: str = "ann") -> tuple[Run, Any]:
    job = runs.submit(owner, [request()], f"key-{owner}-{time.time_ns()}")
    return job.runs[0], start_job(job, runs)


def until(runs: Runs, run: Run, *states: RunState, seconds: float = 20.0) -> Run:
    wait_for(lambda: runs.get(run.id, None).state in states, seconds)
    return runs.get(run.id, None)


def until_fitting(runs: Runs, run: Run) -> Run:
    wait_for(lambda: (runs.get(run.id, None).progress or {}).get("stage") == "Fitting", 20)
    return runs.get(run.id, None)


def leftovers(runs: Runs) -> list[str]:
    folder = runs.context.home / "runs"
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def test_a_job_makes_all_its_runs_one_after_another(make_runs: Make, start_job: Start) -> None:
    runs = make_runs()
    job = runs.submit("ann", [request(seed=1), request(seed=2)], "k")
    start_job(job, runs).join(20)
    first, second = runs.job(job.id, "ann").runs
    assert (first.state, second.state) == (RunState.FINISHED, RunState.FINISHED)
    assert first.finished_at <= second.started_at
    assert first.metrics == {"test": {"r2": 0.5}, "broken": None}
    assert first.data["source_name"] == "fake"
    assert set(first.versions) == {"dashboard", "python", "scikit-learn", "numpy", "pandas"}
    assert len(runs.predictions(first.id, "ann")) == 2


def test_a_failing_run_leaves_the_next_one_alone(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.first_raises)
    job = runs.submit("ann", [request(seed=0), request(seed=1)], "k")
    start_job(job, runs).join(20)
    first, second = runs.job(job.id, "ann").runs
    assert (first.state, first.reason) == (RunState.FAILED, "The first one fails.")
    assert second.state is RunState.FINISHED


@pytest.mark.parametrize(
    ("train", "reason"),
    [
        (fakes.killed, "stopped by the system (signal 9), most often because memory ran out"),
        (fakes.exiting, "ended without a result (exit code 3)"),
        (fakes.raising, "The training raised ValueError: singular matrix"),
        (fakes.refusing, "The target is constant."),
    ],
)
def test_a_failed_training_says_why(make_runs: Make, start_job: Start, train: Any, reason: str) -> None:
    runs = make_runs(train)
    run, process = train_one(runs, start_job)
    process.join(20)
    ended = runs.get(run.id, "ann")
    assert ended.state is RunState.FAILED
    assert reason in ended.reason
    assert "\n" not in ended.reason
    assert "Traceback" not in ended.reason
    assert leftovers(runs) == []


def test_a_table_that_cannot_be_read_fails_every_run(home: Path, start_job: Start) -> None:
    context = dataclasses.replace(fakes.context(home), load=fakes.load_nothing)
    runs = Runs(home, context=context)
    job = runs.submit("ann", [request(seed=1), request(seed=2)], "k")
    start_job(job, runs).join(20)
    assert [run.reason for run in runs.job(job.id, "ann").runs] == ["The table is empty."] * 2


def test_a_full_disk_fails_the_run_and_reading_still_works(home: Path, start_job: Start) -> None:
    context = dataclasses.replace(fakes.context(home), dump=fakes.dump_on_a_full_disk)
    runs = Runs(home, context=context)
    run, process = train_one(runs, start_job)
    process.join(20)
    ended = runs.get(run.id, "ann")
    assert ended.state is RunState.FAILED
    assert "disk is full" in ended.reason
    assert leftovers(runs) == []


def test_a_run_ends_at_its_time_limit(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.noting, run_seconds=1)
    run, process = train_one(runs, start_job)
    process.join(20)
    ended = runs.get(run.id, "ann")
    assert "time limit of 1 s, at the step “Cross-validating, fold 2 of 5”" in ended.reason
    assert ended.notices == ["The search's time was over at 3 of 61 candidates."], "kept with the failure"


def test_a_run_ends_at_its_memory_limit(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.hungry, run_memory_mb=400)
    run, process = train_one(runs, start_job)
    process.join(20)
    assert runs.get(run.id, "ann").reason == "It exceeded its memory limit of 400 MiB."


@pytest.mark.parametrize("train", [fakes.sleeping(60), fakes.deaf, fakes.with_children])
def test_cancelling_ends_everything_within_three_seconds(make_runs: Make, start_job: Start, train: Any) -> None:
    runs = make_runs(train)
    shared_memory = fakes.in_shared_memory()

    def cancel() -> float:
        run, process = train_one(runs, start_job)
        until_fitting(runs, run)
        family = psutil.Process(process.pid).children(recursive=True)
        assert family
        clock = time.monotonic()
        assert runs.cancel(run.id, "ann").state is RunState.CANCELLED
        process.join(20)
        _, alive = psutil.wait_procs(family, timeout=10)
        seconds = time.monotonic() - clock
        assert alive == []
        assert held_tickets(runs.context.tickets) == 0
        assert leftovers(runs) == []
        assert fakes.in_shared_memory() <= shared_memory
        return seconds

    assert best_of_two(cancel, 3) < 3


def test_a_job_cancelled_in_the_queue_never_runs(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.sleeping(60), run_slots=1)
    running, _ = train_one(runs, start_job, "ann")
    until_fitting(runs, running)
    waiting, process = train_one(runs, start_job, "bob")
    wait_for(lambda: (runs.get(waiting.id, None).progress or {}).get("ahead") == 1)
    assert runs.cancel(waiting.id, "bob").state is RunState.CANCELLED
    process.join(3)
    assert not process.is_alive()
    assert runs.get(waiting.id, None).started_at is None
    assert held_tickets(runs.context.tickets) == 1


def test_cancelling_one_run_lets_the_job_go_on(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.sleeping(1))
    job = runs.submit("ann", [request(seed=1), request(seed=2)], "k")
    process = start_job(job, runs)
    until_fitting(runs, job.runs[0])
    runs.cancel(job.runs[0].id, "ann")
    process.join(20)
    states = [run.state for run in runs.job(job.id, "ann").runs]
    assert states == [RunState.CANCELLED, RunState.FINISHED]


def test_cancelling_a_job_cancels_what_has_not_ended(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.sleeping(60))
    job = runs.submit("ann", [request(seed=1), request(seed=2)], "k")
    process = start_job(job, runs)
    until_fitting(runs, job.runs[0])
    assert {run.state for run in runs.cancel_job(job.id, "ann").runs} == {RunState.CANCELLED}
    process.join(3)
    assert not process.is_alive()


def test_the_slot_of_a_killed_job_is_free_and_its_run_fails(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.sleeping(60), run_slots=1)
    run, process = train_one(runs, start_job)
    until_fitting(runs, run)
    family = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    ended = until(runs, run, RunState.FAILED, seconds=5)
    assert ended.reason == "Its process ended unexpectedly, most often because memory ran out."
    assert psutil.wait_procs(family, timeout=2)[1] == []
    assert held_tickets(runs.context.tickets) == 0
    assert leftovers(make_runs()) == []  # the next start sweeps what it left


def test_a_job_asked_to_stop_ends_its_child_and_says_so(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.sleeping(60))
    run, process = train_one(runs, start_job)
    until_fitting(runs, run)
    family = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGTERM)
    process.join(5)
    assert runs.get(run.id, "ann").reason == "It was stopped together with the server's computer or service."
    assert psutil.wait_procs(family, timeout=2)[1] == []


def test_a_running_search_hears_soon_that_the_best_so_far_is_enough(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.searching)

    def stop() -> float:
        job = runs.submit("ann", [request(tuning=TuningRequest())], str(time.time_ns()))
        run, process = job.runs[0], start_job(job, runs)
        until_fitting(runs, run)
        clock = time.monotonic()
        assert runs.stop(run.id, "ann").stop_requested_at is not None
        ended = until(runs, run, RunState.FINISHED)
        seconds = time.monotonic() - clock
        process.join(20)
        assert ended.metrics["told"] > 0
        return seconds

    assert best_of_two(stop, 1) < 2.5  # it looks every quarter of a second; with the writing of the bundle


def test_what_comes_after_a_search_that_was_ended_can_be_ended_as_well(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.stopped_twice)
    job = runs.submit("ann", [request(tuning=TuningRequest(), cv_folds=5)], "k")
    run, process = job.runs[0], start_job(job, runs)

    def at(stage: str) -> None:
        wait_for(lambda: (runs.get(run.id, "ann").progress or {}).get("stage") == stage, 20)

    at("Searching")
    assert is_stopping(runs.stop(run.id, "ann"))
    at("Cross-validating")
    assert not is_stopping(runs.get(run.id, "ann")), "the button is there again"
    assert is_stopping(runs.stop(run.id, "ann"))
    ended = until(runs, run, RunState.FINISHED)
    process.join(20)
    assert (ended.finished_at - ended.stop_requested_at).total_seconds() < 5


def test_what_a_run_tells_is_kept_in_few_transactions_while_it_works_and_afterwards(
    make_runs: Make, start_job: Start
) -> None:
    runs = make_runs(fakes.searching)
    job = runs.submit("ann", [request(tuning=TuningRequest())], "k")
    run, process = job.runs[0], start_job(job, runs)
    wait_for(lambda: runs.events(run.id, "ann")[0] > 0)
    time.sleep(1.2)
    runs.stop(run.id, "ann")
    process.join(20)
    last, told = runs.events(run.id, "ann")
    candidates = {("candidate", number) for number in range(1, 6)}
    assert {(event["kind"], event["number"]) for event in told} == {("fold", 1)} | candidates
    assert last < 60 < runs.get(run.id, "ann").metrics["told"]
    with pytest.raises(NotFound):
        runs.events(run.id, "bob")
    runs.delete(run.id, "ann")
    with pytest.raises(NotFound):
        runs.events(run.id, "ann")


def test_a_run_without_a_best_so_far_is_not_stopped(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.sleeping(60))
    run, process = train_one(runs, start_job)
    with pytest.raises(Refused, match=r"one go|not begun"):
        runs.stop(run.id, "ann")
    until_fitting(runs, run)
    with pytest.raises(Refused, match="one go"):
        runs.stop(run.id, "ann")
    with pytest.raises(NotFound):
        runs.stop(run.id, "bob")
    runs.cancel(run.id, "ann")
    assert runs.stop(run.id, "ann").state is RunState.CANCELLED
    process.join(20)


def test_a_job_is_made_by_one_process_only(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.sleeping(1))
    job = runs.submit("ann", [request()], "k")
    first = start_job(job, runs)
    second = fakes.start(job.id, runs.context)
    first.join(20)
    second.join(20)
    assert runs.job(job.id, "ann").runs[0].state is RunState.FINISHED
    assert not runs.admit(job.id)


def test_jobs_wait_in_line_for_a_slot(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.sleeping(0.5), run_slots=1)
    started = []
    for owner in ("ann", "bob", "cid"):
        run, process = train_one(runs, start_job, owner)
        started.append((run, process))
        wait_for(lambda run=run: runs.get(run.id, None).progress)
    for _, process in started:
        process.join(20)
    ended = [runs.get(run.id, None) for run, _ in started]
    assert [run.state for run in ended] == [RunState.FINISHED] * 3
    assert ended[0].finished_at <= ended[1].started_at
    assert ended[1].finished_at <= ended[2].started_at


def test_two_people_with_equal_settings_get_a_run_each(make_runs: Make, start_job: Start) -> None:
    runs = make_runs()
    ann, first = train_one(runs, start_job, "ann")
    bob, second = train_one(runs, start_job, "bob")
    first.join(20)
    second.join(20)
    assert ann.id != bob.id
    assert runs.get(ann.id, "ann").state is runs.get(bob.id, "bob").state is RunState.FINISHED


def test_training_is_nice_and_takes_its_share_of_the_threads(make_runs: Make, start_job: Start) -> None:
    runs = make_runs(fakes.thread_counting, run_slots=1)
    run, process = train_one(runs, start_job)
    process.join(20)
    seen = runs.get(run.id, "ann").metrics
    share = len(os.sched_getaffinity(0))
    assert seen["n_jobs"] == share
    assert seen["OMP"] == str(share)
    assert seen["threads"] <= share
    assert seen["nice"] == 10


def test_fifty_submits_from_many_processes_give_one_job(make_runs: Make) -> None:
    runs = make_runs()
    with get_context("forkserver").Pool(5) as pool:
        answers = pool.map(partial(_submit, runs.context.home), range(50), chunksize=2)
    assert sorted(answers)[:-1] == [""] * 49
    assert [run.job_id for run in runs.list("ann")] == [max(answers)]


def _submit(home: Path, click: int) -> str:
    """The id of the job, or nothing when it was refused."""
    try:
        return Runs(home).submit("ann", [request()], f"click-{click}").id
    except Refused:
        return ""


def test_a_cancel_that_comes_while_finishing_leaves_either_a_model_or_nothing(
    make_runs: Make, start_job: Start
) -> None:
    runs = make_runs(fakes.quick)
    seen = set()
    for index in range(12):
        job = runs.submit("ann", [request()], str(index))
        run = job.runs[0]
        process = start_job(job, runs)
        wait_for(lambda run=run: runs.get(run.id, None).state is not RunState.QUEUED)
        time.sleep(index * 0.004)
        runs.cancel(run.id, "ann")
        process.join(10)
        ended = runs.get(run.id, "ann")
        seen.add(ended.state)
        assert (run.id in leftovers(runs)) == (ended.state is RunState.FINISHED) == bool(ended.digests)
    assert seen <= {RunState.FINISHED, RunState.CANCELLED}
