"""Processes, memory and answers while many people press Train at the same moment, and how soon a cancelled run is gone.

    python -m benchmarks.simultaneous [TABLE.csv] [--users 20] [--family hist_gradient_boosting] [--cancels 5]

Gunicorn with two workers and the default limits (two jobs at a time, eight waiting). Every user submits a job and
launches it over HTTP at the same moment, while another visitor keeps asking for the first page. Memory is the sum of
the proportional set sizes of the server and everything it started, so that shared pages count once.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from core.errors import DashboardError
from core.requests import TrainingRequest
from core.runs.model import Run, RunState
from core.runs.service import Runs
from tests.lifecycle.server import Page, Server


class Watch:
    """Samples the processes below one, and how long the first page takes, until it is stopped."""

    def __init__(self, server: Server) -> None:
        assert server.process is not None
        self._server = server
        self._root = psutil.Process(server.process.pid)
        self._home = str(server.home)
        self._stop = threading.Event()
        self.processes: list[int] = []
        self.megabytes: list[float] = []
        self.answers: list[float] = []
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._weigh, self._visit)]

    def __enter__(self) -> Watch:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _weigh(self) -> None:
        while not self._stop.wait(0.5):
            found = [self._root, *self._root.children(recursive=True)]
            sizes = []
            for process in found:
                with contextlib.suppress(psutil.Error):
                    sizes.append(process.memory_full_info().pss / 2**20)
            self.processes.append(len(sizes))
            self.megabytes.append(sum(sizes))

    def _visit(self) -> None:
        while not self._stop.wait(0.2):
            clock = time.perf_counter()
            with urllib.request.urlopen(f"{self._server.address}/_dash-layout", timeout=60) as answer:
                answer.read()
            self.answers.append(time.perf_counter() - clock)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, nargs="?")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--family", default="hist_gradient_boosting")
    parser.add_argument("--cancels", type=int, default=5)
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="simultaneous-"))
    data = {"DASHBOARD_DATA": str(arguments.table.absolute())} if arguments.table else {}
    server = Server(home, settings=data)
    server.start()
    runs = Runs(home)
    try:
        time.sleep(10)  # the process server loads its libraries
        found = press_at_once(server, runs, arguments.users, arguments.family)
        found["cancel_seconds"] = [round(cancel_seconds(server, runs), 2) for _ in range(arguments.cancels)]
        print(json.dumps(found, indent=2))
    finally:
        for run in runs.active(None):
            runs.cancel(run.id, None)
        server.stop()
    return 0


def press_at_once(server: Server, runs: Runs, users: int, family: str) -> dict[str, Any]:
    """What happened while so many jobs were asked for and worked off."""
    request = TrainingRequest(family=family, cv_folds=2)
    pages = [Page(server) for _ in range(users)]
    barrier = threading.Barrier(users)
    refused: list[str] = []

    def press(number: int) -> Run | None:
        barrier.wait()
        try:
            run = runs.submit(f"user-{number}", [request], str(number)).runs[0]
        except DashboardError as error:
            refused.append(str(error))
            return None
        pages[number].launch(run.job_id)
        return run

    with Watch(server) as quiet:
        time.sleep(4)
    clock = time.perf_counter()
    with Watch(server) as watch, ThreadPoolExecutor(users) as pool:
        accepted = [run for run in pool.map(press, range(users)) if run is not None]
        pressed = time.perf_counter() - clock
        while any(runs.get(run.id, None).is_active for run in accepted):
            time.sleep(0.5)
    ended = [runs.get(run.id, None).state for run in accepted]
    return {
        "users": users,
        "accepted": len(accepted),
        "refused": len(refused),
        "said": sorted(set(refused)),
        "finished": sum(state is RunState.FINISHED for state in ended),
        "seconds_until_all_were_answered": round(pressed, 2),
        "seconds_until_all_ended": round(time.perf_counter() - clock, 1),
        "processes_before": max(quiet.processes),
        "processes_at_most": max(watch.processes),
        "megabytes_before": round(max(quiet.megabytes)),
        "megabytes_at_most": round(max(watch.megabytes)),
        "page_ms_before": round(1000 * statistics.median(quiet.answers)),
        "page_ms_meanwhile": round(1000 * statistics.median(watch.answers)),
        "page_ms_meanwhile_p95": round(1000 * sorted(watch.answers)[int(0.95 * len(watch.answers))]),
    }


def cancel_seconds(server: Server, runs: Runs) -> float:
    """Seconds from cancelling a forest under way until its processes are gone."""
    request = TrainingRequest(family="random_forest", params={"n_estimators": 1000}, cv_folds=10)
    run = runs.submit("canceller", [request], str(time.time_ns())).runs[0]
    Page(server).launch(run.job_id)
    while not (runs.get(run.id, None).progress or {}).get("total"):
        time.sleep(0.1)
    time.sleep(1)
    (watched,) = [each for each in runs._registry.watched() if each.job.id == run.job_id]
    assert watched.process is not None
    pids = [watched.process.pid, watched.children[run.id].pid]
    clock = time.perf_counter()
    runs.cancel(run.id, "canceller")
    while any(map(_is_there, pids)):
        time.sleep(0.01)
    return time.perf_counter() - clock


def _is_there(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    raise SystemExit(main())
