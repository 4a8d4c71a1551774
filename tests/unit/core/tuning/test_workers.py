from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Pipe

import psutil
import pytest

from core.errors import DataError
from core.tuning.workers import Failed, Workers, _Worker


def nothing() -> None:
    pass


def answers(work, tasks, number, is_needed=lambda task: True, look=nothing):
    with Workers(work, number) as workers:
        return list(workers.answers(tasks, is_needed, look))


@pytest.mark.parametrize("number", [1, 3])
def test_every_task_is_answered_by_another_process(number):
    found = answers(lambda task: (task * 2, os.getpid()), range(10), number)
    assert sorted((task, doubled) for task, (doubled, _) in found) == [(n, 2 * n) for n in range(10)]
    pids = {pid for _, (_, pid) in found}
    assert os.getpid() not in pids
    assert len(pids) <= number


def test_what_a_task_raises_is_its_answer_and_the_others_go_on():
    def work(task):
        if task == 1:
            raise DataError("Too few rows.")
        if task == 2:
            raise ValueError("singular\nmatrix")
        if task == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        if task == 4:
            os._exit(7)
        return task

    found = dict(answers(work, range(6), 2))
    assert (found[0], found[5]) == (0, 5)
    assert found[1] == Failed("Too few rows.")
    assert found[2] == Failed("ValueError: singular")
    assert found[3] == Failed("Its process was stopped by the system, most often because memory ran out.")
    assert found[4] == Failed("Its process ended unexpectedly (exit code 7).")


def test_without_forks_the_tasks_are_done_here_in_their_order():
    def work(task):
        if task == 1:
            raise ValueError("singular")
        return task, os.getpid()

    looks = []
    with Workers(work, 3, forks=False) as workers:
        found = list(workers.answers(range(4), lambda task: task != 2, lambda: looks.append(1)))
    here = os.getpid()
    assert found == [(0, (0, here)), (1, Failed("ValueError: singular")), (3, (3, here))]
    assert len(looks) == 4


def test_tasks_that_are_not_needed_any_more_are_left_out():
    found = answers(lambda task: task, range(6), 1, is_needed=lambda task: task % 2 == 0)
    assert [task for task, _ in found] == [0, 2, 4]


def test_leaving_ends_workers_whatever_they_do():
    def work(task):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)

    started = time.monotonic()

    def look():
        if time.monotonic() > started + 0.3:
            raise TimeoutError

    before = set(psutil.Process().children())
    with pytest.raises(TimeoutError):
        answers(work, range(4), 2, look=look)
    assert time.monotonic() - started < 5
    assert set(psutil.Process().children()) <= before


def test_workers_have_one_thread_and_end_with_a_parent_that_is_killed():
    parent = os.fork()
    if parent == 0:
        with Workers(lambda task: time.sleep(60), 2) as workers:
            for _ in workers.answers(range(2), lambda task: True, nothing):
                pass
        os._exit(0)
    deadline = time.monotonic() + 10
    while len(children := psutil.Process(parent).children()) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(children) == 2
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert psutil.wait_procs(children, timeout=5)[1] == []
    assert dict(answers(lambda task: os.environ["OMP_NUM_THREADS"], [0], 1)) == {0: "1"}


def test_a_worker_that_dies_while_it_has_nothing_to_do_is_replaced():
    with Workers(lambda task: (task, os.getpid()), 1) as workers:
        (first,) = workers.answers(["a"], lambda task: True, nothing)
        pid = first[1][1]
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        (second,) = workers.answers(["b"], lambda task: True, nothing)
    assert second[1][0] == "b"
    assert second[1][1] != pid


def test_a_new_worker_that_dies_before_its_task_reaches_it_answers_that_it_failed(monkeypatch):
    hire = Workers._hire

    def hire_the_dying(self):
        worker = hire(self)
        os.kill(worker.pid, signal.SIGKILL)
        os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
        return worker

    monkeypatch.setattr(Workers, "_hire", hire_the_dying)
    assert answers(lambda task: task, ["a"], 1) == [
        ("a", Failed("Its process was stopped by the system, most often because memory ran out."))
    ]


def test_a_worker_that_ends_in_the_middle_of_its_answer_costs_that_task_only():
    ours, theirs = Pipe()
    pid = os.fork()
    if pid == 0:
        os.write(theirs.fileno(), (100).to_bytes(4, "big") + b"half an answer")
        os._exit(7)
    theirs.close()
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    workers = Workers(lambda task: task, 1)
    workers._workers.append(_Worker(pid, ours, task="a"))
    assert workers._hear(workers._workers[0]) == Failed("Its process ended unexpectedly (exit code 7).")
    assert workers._workers == []
