"""Stand-ins for tables and training, so that jobs can be watched doing what real ones rarely do."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from core.errors import DataError
from core.progress import Candidate, FoldScored, Progress, Report, follow_wish, is_asked_to_stop, keep_notice
from core.requests import TrainingRequest
from core.runs.jobs import run_job
from core.runs.making import JobContext
from core.runs.model import Limits
from core.tables import TableRef


def request(**changes: Any) -> TrainingRequest:
    return TrainingRequest(**{"family": "ridge", "cv_folds": 0, **changes})


class FakeFacts:
    def to_dict(self) -> dict[str, Any]:
        return {"source_name": "fake", "source_kind": "sample", "is_synthetic": True, "sha256": "0" * 64, "tracks": 3}


class FakeDataset:
    def facts(self) -> FakeFacts:
        return FakeFacts()


@dataclass
class FakeResult:
    pipeline: Any = "model"
    metrics: dict[str, Any] = field(default_factory=lambda: {"test": {"r2": 0.5}, "broken": float("nan")})
    timings: dict[str, Any] = field(default_factory=lambda: {"total_seconds": 0.1})
    notices: list[str] = field(default_factory=list)
    interval: dict[str, Any] = field(default_factory=lambda: {"half_width": 10.0, "coverage": 0.9})

    @property
    def predictions(self) -> pd.DataFrame:
        rows = [["a", "NA", "=cmd\rrun", "test", 0, 50.0, 48.5], ["b", None, 'Sia, "live"', "cv", 1, 0.0, 1 / 3]]
        names = ["track_id", "track_name", "track_artist", "part", "fold", "actual", "predicted"]
        return pd.DataFrame(rows, columns=names)


def load(data: Path | None, home: Path, table: TableRef | None = None) -> FakeDataset:
    return FakeDataset()


def load_nothing(data: Path | None, home: Path, table: TableRef | None = None) -> FakeDataset:
    raise DataError("The table is empty.")


def dump(pipeline: Any, path: Path) -> None:
    path.write_bytes(b"model")


def no_golden_rows(result: Any, request: TrainingRequest, dataset: Any) -> None:
    return None


def dump_on_a_full_disk(pipeline: Any, path: Path) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def quick(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    report(Progress("Fitting", 1, 1))
    return FakeResult()


def sleeping(seconds: float) -> Any:
    return partial(_sleep, seconds)


def _sleep(seconds: float, request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    report(Progress("Fitting", 0, 1))
    time.sleep(seconds)
    return FakeResult()


def searching(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    """Tell of candidates without an end, until it is asked to keep the best so far."""
    report(Progress("Fitting", 0, 1))
    report(FoldScored(1, {"r2": 0.5}, 0.1))
    number, deadline = 0, time.monotonic() + 60
    while not is_asked_to_stop(report) and time.monotonic() < deadline:
        number += 1
        report(Candidate(1 + number % 5, {"alpha": float(number)}, "finished", (1.0,), 1.0, 0.1))
        time.sleep(0.001)
    return FakeResult(metrics={"told": number})


def stopped_twice(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    """A search that goes on until it is asked to stop, and folds that go on until it is asked again."""
    for stage in ("Searching", "Cross-validating"):
        deadline = time.monotonic() + 20
        while not is_asked_to_stop(report) and time.monotonic() < deadline:
            report(Progress(stage))
            time.sleep(0.01)
        report = follow_wish(report)
    return FakeResult()


def noting(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    """Has something to say of itself, and goes on without an end."""
    keep_notice(report, "The search's time was over at 3 of 61 candidates.")
    report(Progress("Cross-validating, fold 2 of 5"))
    time.sleep(60)
    return FakeResult()


def deaf(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    """Long work in C that holds the GIL, in a process that ignores SIGTERM: only force ends it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    report(Progress("Fitting", 0, 1))
    ctypes.PyDLL(None).sleep(60)
    return FakeResult()


def with_children(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    return _sleep(60, request, dataset, report, n_jobs)


def killed(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    os.kill(os.getpid(), signal.SIGKILL)
    return FakeResult()


def exiting(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    os._exit(3)


def raising(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    raise ValueError("singular matrix\nsecond line")


def refusing(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    raise DataError("The target is constant.")


def first_raises(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    if request.seed == 0:
        raise DataError("The first one fails.")
    return FakeResult()


def hungry(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    report(Progress("Fitting", 0, 1))
    kept = bytearray(os.urandom(1)) * (600 * 2**20)
    time.sleep(60)
    return FakeResult(pipeline=kept)


def thread_counting(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> FakeResult:
    threads = len(list(Path("/proc/self/task").iterdir()))
    seen = {"n_jobs": n_jobs, "threads": threads, "nice": os.nice(0), "OMP": os.environ["OMP_NUM_THREADS"]}
    return FakeResult(metrics=seen)


def context(home: Path, train: Any = quick, **limits: Any) -> JobContext:
    return JobContext(home, Limits(**limits), load=load, train=train, dump=dump, golden=no_golden_rows)


_FORKSERVER = get_context("forkserver")
_FORKSERVER.set_forkserver_preload(["core.runs.jobs", "core.requests", "threadpoolctl", __name__])


def start(job_id: str, of: JobContext) -> Any:
    """Start the process of a job; returns the process."""
    process = _FORKSERVER.Process(target=run_job, args=(job_id, of), daemon=True)
    process.start()
    return process


def best_of_two(attempt: Callable[[], float], enough: float) -> float:
    """The shorter of two measured attempts; the second is made only when the first took longer than ``enough``.

    A promise of seconds is kept by the program, not by a machine that happens to be busy.
    """
    seconds = attempt()
    return seconds if seconds < enough else min(seconds, attempt())


def in_shared_memory() -> set[Path]:
    """What lies in shared memory, but for what names a living process: other tests run at the same time."""
    return {path for path in Path("/dev/shm").iterdir() if not any(map(_is_alive, re.findall(r"\d+", path.name)))}


def _is_alive(number: str) -> bool:
    return len(number) < 8 and int(number) > 1 and psutil.pid_exists(int(number))


def wait_for(what: Any, seconds: float = 10.0) -> Any:
    """Ask again and again until the answer is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s in vain")
