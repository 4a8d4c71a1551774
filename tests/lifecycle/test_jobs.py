"""Jobs under a real server: launched over HTTP, killed, cancelled, and outliving the server that started them."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.processes import ProcessId
from core.requests import TrainingRequest
from core.runs.model import Run, RunState
from core.runs.service import Runs
from core.runs.slots import held_tickets
from layouts.ids import Shell
from tests.fakes import runs as fakes
from tests.fakes.runs import best_of_two, wait_for
from tests.lifecycle.server import RETURNED, Page, Server

SHORT = TrainingRequest(family="ridge", cv_folds=0)
LONG = TrainingRequest(family="random_forest", params={"n_estimators": 1000}, cv_folds=20)


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    started = Server(home, settings={"DASHBOARD_RUN_SLOTS": "1"})
    started.start()
    yield started
    if started.process is not None and started.process.poll() is None:
        started.stop()


@pytest.fixture
def runs(server: Server) -> Iterator[Runs]:
    """The same registry, seen from outside the server; what is left running is cancelled."""
    opened = Runs(server.home)
    yield opened
    for run in opened.active(None):
        opened.cancel(run.id, None)


def submit(runs: Runs, *requests: TrainingRequest) -> Run:
    return runs.submit("shared", requests, str(time.time_ns())).runs[0]


def launch(server: Server, run: Run) -> Page:
    page = Page(server)
    page.launch(run.job_id)
    return page


def poll_to_the_end(page: Page, job_id: str) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Everything the page hears, and the final response (None for HTTP 204)."""
    heard = []
    for _ in range(450):
        answer = page.poll(job_id)
        if "progress" in answer:
            heard.append(answer["progress"][f"{Shell.JOB_PROGRESS}.data"])
        if "response" in answer or not answer:
            return heard, answer.get("response")
        time.sleep(0.2)
    raise AssertionError("the page polled in vain")


def until_training(runs: Runs, run: Run) -> None:
    wait_for(lambda: (runs.get(run.id, None).progress or {}).get("total"), 60)


def processes_of(runs: Runs, run: Run) -> tuple[ProcessId, ProcessId]:
    (watched,) = [each for each in runs._registry.watched() if each.job.id == run.job_id]
    assert watched.process is not None
    return watched.process, watched.children[run.id]


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_page_hears_progress_and_the_end_of_its_job(server: Server, runs: Runs) -> None:
    run = submit(runs, TrainingRequest(family="random_forest", cv_folds=3), SHORT)
    page = launch(server, run)
    heard, response = poll_to_the_end(page, run.job_id)
    assert response == {RETURNED["id"]: {"data": {"job_id": run.job_id}}}
    assert {news["job_id"] for news in heard} == {run.job_id}
    assert any((news["progress"] or {}).get("total") for news in heard)
    assert [each.state for each in runs.job(run.job_id, None).runs] == [RunState.FINISHED] * 2
    assert runs.predictor(run.id, "shared") is runs.predictor(run.id, "shared")


def test_fifty_launches_of_a_job_start_one_process(server: Server, runs: Runs) -> None:
    run = submit(runs, LONG)
    page = launch(server, run)
    for _ in range(49):
        other = Page(server)
        other.launch(run.job_id)
        assert other.poll(run.job_id) == {}
    until_training(runs, run)
    jobs = [each for each in psutil.process_iter() if _is_job_of(each, server)]
    assert len(jobs) == 1
    assert page.poll(run.job_id) != {}


def _is_job_of(process: psutil.Process, server: Server) -> bool:
    """A leader of a session of its own, below the server: only jobs are."""
    try:
        return os.getsid(process.pid) == process.pid and any(
            parent.pid == server.process.pid for parent in process.parents()
        )
    except (psutil.Error, OSError):
        return False


@pytest.mark.parametrize("launch_value", ["", "../../etc/passwd", "7a6b848f-1a3c-401a-ae4a-086dcc8bbd20"])
def test_a_made_up_job_id_starts_nothing(server: Server, launch_value: str) -> None:
    page = Page(server)
    page.launch(launch_value)
    assert page.poll(launch_value) == {}


def test_cancelling_takes_less_than_three_seconds_and_leaves_nothing(server: Server, runs: Runs) -> None:
    shared_memory = fakes.in_shared_memory()

    def cancel() -> float:
        run = submit(runs, LONG)
        page = launch(server, run)
        until_training(runs, run)
        job, child = processes_of(runs, run)
        clock = time.monotonic()
        assert runs.cancel(run.id, "shared").state is RunState.CANCELLED
        wait_for(lambda: is_gone(job.pid) and is_gone(child.pid), 20)
        seconds = time.monotonic() - clock
        assert held_tickets(runs.context.tickets) == 0
        assert list((server.home / "runs").iterdir()) == []
        assert fakes.in_shared_memory() <= shared_memory
        _, response = poll_to_the_end(page, run.job_id)
        assert response is None or RETURNED["id"] in response
        return seconds

    assert best_of_two(cancel, 3) < 3


@pytest.mark.parametrize("which", [0, 1], ids=["the job's process", "the training process"])
def test_a_killed_process_is_a_failed_run_with_its_reason(server: Server, runs: Runs, which: int) -> None:
    run = submit(runs, LONG)
    launch(server, run)
    until_training(runs, run)
    both = processes_of(runs, run)
    os.kill(both[which].pid, signal.SIGKILL)
    wait_for(lambda: runs.get(run.id, "shared").state is RunState.FAILED, 90)
    assert "memory ran out" in runs.get(run.id, "shared").reason
    wait_for(lambda: all(is_gone(each.pid) for each in both), 30)
    next_run = submit(runs, SHORT)
    launch(server, next_run)
    wait_for(lambda: runs.get(next_run.id, "shared").state is RunState.FINISHED, 90)


def test_a_job_outlives_a_restart_of_the_server(server: Server, runs: Runs) -> None:
    run = submit(runs, TrainingRequest(family="random_forest", params={"n_estimators": 400}, cv_folds=5))
    launch(server, run)
    until_training(runs, run)
    job, _ = processes_of(runs, run)
    seconds = server.stop()
    if seconds >= 5:  # a busy machine is forgiven once
        server.start()
        seconds = server.stop()
    assert seconds < 5
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", server.port))
    assert not is_gone(job.pid)
    server.start()
    assert runs.get(run.id, "shared").state in {RunState.RUNNING, RunState.FINISHED}  # it may have ended meanwhile
    wait_for(lambda: runs.get(run.id, "shared").state is RunState.FINISHED, 90)
    wait_for(lambda: is_gone(job.pid), 30)


def test_a_killed_server_leaves_the_job_running(server: Server, runs: Runs) -> None:
    run = submit(runs, LONG)
    launch(server, run)
    until_training(runs, run)
    job, _ = processes_of(runs, run)
    assert server.process is not None
    for process in (*psutil.Process(server.process.pid).children(recursive=False), psutil.Process(server.process.pid)):
        process.kill()
    server.process.wait(30)
    time.sleep(1)
    assert not is_gone(job.pid)
    assert runs.get(run.id, "shared").state is RunState.RUNNING
    server.start()
    assert runs.cancel(run.id, "shared").state is RunState.CANCELLED
    wait_for(lambda: is_gone(job.pid), 30)


def test_a_second_job_waits_and_says_so(server: Server, runs: Runs) -> None:
    first = submit(runs, LONG)
    launch(server, first)
    until_training(runs, first)
    second = runs.submit("other", [SHORT], "k").runs[0]
    launch(server, second)
    wait_for(lambda: (runs.get(second.id, None).progress or {}).get("ahead") == 1, 60)
    runs.cancel(first.id, "shared")
    wait_for(lambda: runs.get(second.id, None).state is RunState.FINISHED, 60)
