"""The forked process in which one run is made: it tells its parent everything, and touches no registry."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, NoReturn

from core.errors import DashboardError, StorageError
from core.processes import ProcessId, die_with_parent, process_id
from core.progress import News, Progress, Report
from core.requests import TrainingRequest
from core.runs.making import PROGRESS_EVERY_S, JobContext, Outcome, make_run
from core.runs.members import Members
from core.runs.model import now

NICENESS = 10
STOP = "stop"
"""What a parent says to a child that is to keep the best so far."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """Why a training ended, one sentence for people."""

    reason: str


@dataclass(frozen=True)
class Notice:
    """What people should know of the run even if it fails, one sentence."""

    text: str


Message = News | Notice | Outcome | Failure


@dataclass
class Child:
    """A forked process as its parent sees it.

    Parameters
    ----------
    process : ProcessId
    messages : Connection
        Progress, events and notices while it works; at the end an Outcome or a Failure.
    """

    process: ProcessId
    messages: Connection
    told: datetime | None = None
    """The wish to stop that was passed on last, by its moment."""
    has_spoken: bool = False
    """Whether its last word was heard: an Outcome or a Failure."""
    _code: int | None = None

    def exit_code(self) -> int | None:
        """None while it runs; below zero it is the number of the signal that ended it."""
        if self._code is None:
            pid, status = os.waitpid(self.process.pid, os.WNOHANG)
            self._code = None if pid == 0 else os.waitstatus_to_exitcode(status)
        return self._code

    def listen(self, seconds: float) -> list[Message]:
        """What it said within this time; shorter when it is about to end."""
        heard: list[Message] = []
        deadline = time.monotonic() + seconds
        try:
            while self.messages.poll(max(0.0, deadline - time.monotonic())):
                heard.append(self.messages.recv())
                self.has_spoken = isinstance(heard[-1], Outcome | Failure)
                if self.has_spoken or (seconds and time.monotonic() > deadline):
                    break
        except (EOFError, OSError):  # OSError where it ended in the middle of a message
            time.sleep(0 if heard else min(seconds, 0.02))  # it is about to end
        return heard

    def tell_to_stop(self, wish: datetime) -> None:
        """Ask it to keep the best so far, once for each wish."""
        if self.told != wish:
            self.told = wish
            with contextlib.suppress(OSError):  # it may have ended
                self.messages.send(STOP)


def start_child(
    context: JobContext, request: TrainingRequest, dataset: Any, draft: Path, threads: int, members: Members
) -> Child:
    """Fork a process that makes one run; the caller has a single thread and no open database connection.

    Raises
    ------
    StorageError
        When the computer has no room for another process.
    """
    parent = os.getpid()
    pid, ours, theirs = _fork()
    if pid == 0:
        ours.close()
        most = context.limits.run_seconds
        make = partial(make_run, context, request, dataset, draft, n_jobs=threads, most_seconds=most, members=members)
        _live(parent, theirs, make, threads)
    theirs.close()
    return Child(process_id(pid), ours)


def _fork() -> tuple[int, Connection, Connection]:
    """A pid as ``os.fork`` gives it, and the parent's and the child's end of a pipe between them."""
    try:
        ours, theirs = Pipe()
        try:
            return os.fork(), ours, theirs
        except OSError:
            ours.close()
            theirs.close()
            raise
    except OSError as error:
        _log.exception("No process could be made for a run")
        raise StorageError("It did not start: the server has no room for another process.") from error


class Throttled:
    """A Report that passes on at most one moment per interval, and each change of stage and each event at once.

    The number of stages is small, the number of steps is not; who tells of curves thins them.

    Parameters
    ----------
    send : callable
        Where news goes.
    is_asked : callable, optional
        Whether the person wants the best so far; asked again and again until it is true.
    every_s : float, seconds
    """

    def __init__(
        self,
        send: Callable[[News | Notice], None],
        is_asked: Callable[[], bool] = lambda: False,
        every_s: float = PROGRESS_EVERY_S,
    ) -> None:
        self._send = send
        self._is_asked = is_asked
        self._every_s = every_s
        self._asked = False
        self._followed_at: str | None = None
        self._last_stage, self._last_time = "", -every_s

    def __call__(self, news: News) -> None:
        if isinstance(news, Progress):
            clock = time.monotonic()
            if news.stage == self._last_stage and clock - self._last_time < self._every_s:
                return
            self._last_stage, self._last_time = news.stage, clock
            if self._followed_at is not None:
                news = replace(news, followed_at=self._followed_at)
        self._send(news)

    def is_asked_to_stop(self) -> bool:
        """Whether the person wants the best so far instead of waiting for the rest."""
        self._asked = self._asked or self._is_asked()
        return self._asked

    def follow_wish(self) -> None:
        """The wish was followed: from now on only a new one counts, and the person may have one."""
        self._asked = False
        self._followed_at = now().isoformat()

    def keep_notice(self, notice: str) -> None:
        """Pass on what is to be known even if the run fails."""
        self._send(Notice(notice))


def explain(error: BaseException) -> Failure:
    """The reason for people; what was not expected goes to the log with its traceback."""
    if isinstance(error, DashboardError):
        return Failure(str(error))
    if isinstance(error, MemoryError):
        return Failure("It ran out of memory. Choose fewer features, fewer trees or a simpler model.")
    _log.error("A training raised", exc_info=error)
    first_line = (str(error).strip().splitlines() or [""])[0][:300]
    return Failure(f"The training raised {type(error).__name__}: {first_line}" if first_line else type(error).__name__)


def _live(parent: int, pipe: Connection, make: Callable[[Report], Outcome], threads: int) -> NoReturn:
    code = 1
    try:
        _settle(parent, threads)
        pipe.send(_work(make, Throttled(pipe.send, lambda: _hears_stop(pipe)), threads))
        code = 0
    finally:
        os._exit(code)  # what the parent registered to happen at its exit is not ours


def _hears_stop(pipe: Connection) -> bool:
    try:
        return pipe.poll() and pipe.recv() == STOP
    except (EOFError, OSError):
        return False


def _settle(parent: int, threads: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent)
    os.setpgid(0, 0)
    os.nice(NICENESS)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)  # for libraries that are loaded from here on


def _work(make: Callable[[Report], Outcome], report: Report, threads: int) -> Outcome | Failure:
    from threadpoolctl import threadpool_limits

    try:
        with threadpool_limits(limits=threads):
            return make(report)
    except (Exception, MemoryError) as error:
        return explain(error)
