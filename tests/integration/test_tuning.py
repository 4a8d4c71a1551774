"""Searches in real jobs, on the sample."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.processes import kill_tree, process_id
from core.progress import Report
from core.requests import TrainingRequest, TuningRequest
from core.runs.making import JobContext, train_model
from core.runs.model import Job, Limits, RunState
from core.runs.service import Runs
from tests.fakes import runs as fakes

FOREST = {"family": "random_forest", "params": {"n_estimators": 10}, "cv_folds": 2}


def train_unless_told_to_fail(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> Any:
    if request.family == "lasso":
        raise ValueError("no luck")
    return train_model(request, dataset, report, n_jobs)


@pytest.fixture
def runs(home: Path) -> Iterator[Runs]:
    limits = Limits(run_slots=1)
    context = JobContext(home, limits, train=train_unless_told_to_fail)
    opened = Runs(home, context=context)
    yield opened
    opened.close()


@pytest.fixture
def start_job(runs: Runs) -> Iterator[Any]:
    started: list[Any] = []

    def start(*requests: TrainingRequest) -> tuple[Job, Any]:
        job = runs.submit("ann", requests, str(time.time_ns()))
        assert runs.admit(job.id)
        started.append(fakes.start(job.id, runs.context))
        return job, started[-1]

    yield start
    for process in started:
        if process.is_alive():
            kill_tree(process_id(process.pid))
        process.join(5)


def request(**tuning: Any) -> TrainingRequest:
    return TrainingRequest(**FOREST, tuning=TuningRequest(**{"folds": 3, "iterations": 4, **tuning}))


def scores_of(runs: Runs, run_id: str) -> list[tuple[Any, ...]]:
    _, told = runs.events(run_id, "ann")
    found = [(each["number"], each["state"], each["folds"]) for each in told if each["kind"] == "candidate"]
    return sorted(found)


def test_a_search_in_a_job_chooses_tells_and_keeps_and_a_failing_run_leaves_it_alone(
    runs: Runs, start_job: Any
) -> None:
    asked = [request(n_jobs=os.cpu_count() or 1), TrainingRequest(family="lasso"), request()]
    job, process = start_job(*asked)
    process.join(120)
    first, failed, second = runs.job(job.id, "ann").runs
    assert (failed.state, failed.reason) == (RunState.FAILED, "The training raised ValueError: no luck")
    assert (first.state, second.state) == (RunState.FINISHED, RunState.FINISHED), (first.reason, second.reason)
    search = first.metrics["search"]
    assert (search["method"], search["tried"], search["stopped"]) == ("random", 5, "")
    assert first.params == {**first.params, "n_estimators": 10, **search["best_params"]}
    candidates = scores_of(runs, first.id)
    assert [(number, state, len(folds)) for number, state, folds in candidates] == [
        (n, "finished", 3) for n in range(1, 6)
    ]
    _, told = runs.events(first.id, "ann")
    assert sum(each["kind"] == "fold" for each in told) == 2
    assert candidates == scores_of(runs, second.id), "how many are tried at the same time changes nothing"
    assert first.metrics["test"] == second.metrics["test"]
    assert runs.predictor(first.id, "ann") is not None
    stored = runs.get(first.id, "ann").request
    assert stored.tuning == asked[0].tuning


def wait_for_candidates(runs: Runs, run_id: str) -> None:
    fakes.wait_for(lambda: runs.events(run_id, "ann")[0] > 0, 60)


def test_cancelling_a_search_leaves_no_process(runs: Runs, start_job: Any) -> None:
    job, process = start_job(request(iterations=200, n_jobs=2))
    run = job.runs[0]
    wait_for_candidates(runs, run.id)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 1 + min(2, len(os.sched_getaffinity(0)))
    assert runs.cancel(run.id, "ann").state is RunState.CANCELLED
    process.join(10)
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert runs.events(run.id, "ann")[0] > 0, "what it told is kept"


def test_stopping_a_search_keeps_the_best_so_far(runs: Runs, start_job: Any) -> None:
    job, process = start_job(request(iterations=200))
    run = job.runs[0]
    fakes.wait_for(lambda: any(each[1] == "finished" for each in scores_of(runs, run.id)), 60)
    runs.stop(run.id, "ann")
    process.join(60)
    ended = runs.get(run.id, "ann")
    assert ended.state is RunState.FINISHED, ended.reason
    search = ended.metrics["search"]
    assert search["stopped"] == "person"
    assert search["best_params"]
    said = f"Stopped at {search['tried']} of 201 candidates; the best so far was kept."
    assert said in ended.notices
    assert not any(state == "running" for _, state, _ in scores_of(runs, run.id))


def test_all_families_fit_into_one_job(runs: Runs) -> None:
    from core.families import FAMILIES

    able = [key for key, family in FAMILIES.items() if not family.missing and key != "stack"]
    tuned = [TrainingRequest(family=key, tuning=TuningRequest()) for key in able if FAMILIES[key].space]
    plain = [TrainingRequest(family=key) for key in able]
    assert len(runs.submit("ann", plain, "plain").runs) == len(able)
    assert len(runs.submit("bob", tuned, "tuned").runs) == len(tuned)
