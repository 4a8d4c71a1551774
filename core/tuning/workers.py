"""Forked processes that work off tasks: they see what their parent has loaded, and end when it ends."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, Generic, NoReturn, TypeVar

from core.errors import DashboardError
from core.processes import die_with_parent

LOOK_EVERY_S = 0.1

TaskT = TypeVar("TaskT")
AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True)
class Failed:
    """A task that raised, or whose process ended; one sentence for people."""

    reason: str


@dataclass
class _Worker:
    pid: int
    connection: Connection
    task: Any = None


class Workers(Generic[TaskT, AnswerT]):
    """Processes forked from the calling one, each with one thread for its numerical libraries.

    They are killed when the ``with`` block is left, whatever they do then; one that dies is replaced.

    Parameters
    ----------
    work : callable
        ``work(task)`` gives an answer; called in a worker. What it keeps stays in that worker.
    number : int
        How many tasks are worked on at the same time.
    forks : bool
        False does each task in the calling process, one after another: for libraries that hang in a fork of a process
        that has used them. A task under way is finished then before anything else is looked at.
    """

    def __init__(self, work: Callable[[TaskT], AnswerT], number: int, *, forks: bool = True) -> None:
        self._work = work
        self._number = number
        self._forks = forks
        self._workers: list[_Worker] = []

    def __enter__(self) -> Workers[TaskT, AnswerT]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            self._bury(worker)
        self._workers = []

    def answers(
        self, tasks: Iterable[TaskT], is_needed: Callable[[TaskT], bool], look: Callable[[], None]
    ) -> Iterator[tuple[TaskT, AnswerT | Failed]]:
        """Give each answer as it comes, with its task.

        Parameters
        ----------
        tasks : iterable
            Begun in their order.
        is_needed : callable
            Asked before a task is begun; one that is not needed any more is left out.
        look : callable
            Called at least ten times a second; may raise to end all work.
        """
        if not self._forks:
            for task in tasks:
                look()
                if is_needed(task):
                    yield task, _answer(self._work, task)
            return
        waiting = deque(tasks)
        while True:
            look()
            self._hand_out(waiting, is_needed)
            busy = [worker for worker in self._workers if worker.task is not None]
            if not busy:
                return
            ready = wait([worker.connection for worker in busy], LOOK_EVERY_S)
            for worker in (each for each in busy if each.connection in ready):
                task, answer = worker.task, self._hear(worker)
                yield task, answer

    def _hand_out(self, waiting: deque[TaskT], is_needed: Callable[[TaskT], bool]) -> None:
        while waiting:
            if not is_needed(waiting[0]):
                waiting.popleft()
                continue
            free = next((worker for worker in self._workers if worker.task is None), None)
            if free is None and len(self._workers) >= self._number:
                return
            worker = free or self._hire()
            try:
                worker.connection.send(waiting[0])
            except OSError:
                if free is not None:  # it ended when it had nothing to do: that says nothing about the task
                    self._workers.remove(free)
                    self._bury(free)
                    continue
            worker.task = waiting.popleft()

    def _hire(self) -> _Worker:
        ours, theirs = Pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            for inherited in (ours, *(worker.connection for worker in self._workers)):
                inherited.close()
            _serve(parent, theirs, self._work)
        theirs.close()
        self._workers.append(_Worker(pid, ours))
        return self._workers[-1]

    def _hear(self, worker: _Worker) -> AnswerT | Failed:
        try:
            answer: AnswerT | Failed = worker.connection.recv()
        except (EOFError, OSError):  # OSError where it ended in the middle of its answer
            self._workers.remove(worker)
            return Failed(_why_ended(self._bury(worker)))
        worker.task = None
        return answer

    @staticmethod
    def _bury(worker: _Worker) -> int:
        """End a worker and give its exit code; below zero it is the number of the signal that ended it."""
        worker.connection.close()
        pid, status = os.waitpid(worker.pid, os.WNOHANG)
        if pid == 0:
            os.kill(worker.pid, signal.SIGKILL)  # changes nothing where it is about to end by itself
            _, status = os.waitpid(worker.pid, 0)
        return os.waitstatus_to_exitcode(status)


def _serve(parent: int, connection: Connection, work: Callable[[Any], Any]) -> NoReturn:
    """The life of a worker; what its parent registered to happen at its exit is not ours."""
    from threadpoolctl import threadpool_limits

    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        die_with_parent(parent)
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = "1"  # for libraries that are loaded from here on
        # Once, not for each task: looking for the libraries takes longer than a small fit.
        with contextlib.suppress(EOFError, ConnectionError), threadpool_limits(limits=1):
            while True:
                connection.send(_answer(work, connection.recv()))
        code = 0
    finally:
        os._exit(code)


def _answer(work: Callable[[Any], Any], task: Any) -> Any:
    try:
        return work(task)
    except DashboardError as error:
        return Failed(str(error))
    except MemoryError:
        return Failed("It ran out of memory.")
    except Exception as error:
        first_line = (str(error).strip().splitlines() or [""])[0][:200]
        return Failed(f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__)


def _why_ended(code: int) -> str:
    if code == -signal.SIGKILL:
        return "Its process was stopped by the system, most often because memory ran out."
    return f"Its process ended unexpectedly (exit code {code})."
