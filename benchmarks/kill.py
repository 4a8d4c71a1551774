"""Kill jobs at random moments, again and again: nothing finished is lost, nothing half-written is ever seen.

    nice -n 10 python -m benchmarks.kill [--kills 200] [--seed 0] [--home FOLDER] [--minutes MOST]

Each round asks for a small model as the page does, waits for a random moment and sends SIGKILL to the job's process, to
the process that trains, or to both. Half of the moments are anywhere in the life of the job; the others fall into its
saving: from the first file of the draft until after the run is called finished. Then the registry is read as anybody
may read it at that moment, and once more as after a restart, and all promises are checked.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from dashboard.environment import prepare_environment

prepare_environment()

from callbacks.jobs import follow_job  # noqa: E402
from core.requests import TrainingRequest  # noqa: E402
from core.runs.making import JobContext  # noqa: E402
from core.runs.model import Run, RunState  # noqa: E402
from core.runs.registry import FILE_NAME, open_registry  # noqa: E402
from core.runs.service import Runs  # noqa: E402
from dashboard.background import TrainingManager  # noqa: E402

OWNER = "kill"
VICTIMS = ("job", "training", "both")
REQUESTS = (
    TrainingRequest(family="ridge", cv_folds=2, explain=False),
    TrainingRequest(family="hist_gradient_boosting", params={"max_iter": 20}, cv_folds=0),
    TrainingRequest(family="random_forest", params={"n_estimators": 40}, cv_folds=0, explain=False),
)
PATIENCE_S = 60.0
SAVING_S = 0.05
"""Longest wait after the draft appears: beyond the moment when the run is called finished."""


@dataclass
class Tally:
    """What came of it.

    Parameters
    ----------
    kills : int
        Signals sent to a job that was still going on.
    moments : Counter
        In which stage they fell.
    ended : Counter
        How the runs ended.
    finished : set of str
        Ids of all runs that were ever seen finished.
    broken : list of str
        Promises that were not kept; empty when all is well.
    """

    kills: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    finished: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)


def kill_again_and_again(
    home: Path,
    kills: int,
    seed: int = 0,
    requests: Sequence[TrainingRequest] = REQUESTS,
    minutes: float = float("inf"),
) -> Tally:
    """Kill jobs until ``kills`` of them were hit while they went on, or time is up, and check after each."""
    deadline = time.monotonic() + 60 * minutes
    context, rng, tally = JobContext(home), random.Random(seed), Tally()
    manager = TrainingManager(context)
    runs = Runs(home, context=context)
    with _named_in_the_environment(home):  # as on a server, jobs inherit the loaded table
        _undisturbed(manager, runs, requests[0], tally)  # the first one waits for the libraries
    seconds = max(_undisturbed(manager, runs, request, tally) for request in requests)
    while tally.kills < kills and time.monotonic() < deadline:
        run = runs.submit(OWNER, [rng.choice(requests)], str(time.time_ns())).runs[0]
        handle = manager.call_job_fn(str(time.time_ns()), follow_job, [{"job_id": run.job_id}], None)
        assert handle is not None
        pid = int(handle.split("@")[0])
        if rng.random() < 0.5:
            time.sleep(rng.uniform(0, seconds))
        else:
            _wait_for_saving(runs, run)
            time.sleep(rng.uniform(0, SAVING_S))
        _kill(runs, run, pid, rng.choice(VICTIMS), tally)
        _check(runs, tally, "at once")
        _end(runs, run, pid)
        runs.close()
        runs = Runs(home, context=context)  # as a restart: it sweeps, and removes what no run owns
        tally.ended[_settled(runs, run).state.value] += 1
        _check(runs, tally, "after a restart")
        _check_folder(runs, tally)
    _check_all_models(runs, tally)
    runs.close()
    return tally


@contextlib.contextmanager
def _named_in_the_environment(home: Path) -> Iterator[None]:
    before = os.environ.get("DASHBOARD_HOME")
    os.environ["DASHBOARD_HOME"] = str(home)
    try:
        yield
    finally:
        os.environ.pop("DASHBOARD_HOME")
        if before is not None:
            os.environ["DASHBOARD_HOME"] = before


def _undisturbed(manager: TrainingManager, runs: Runs, request: TrainingRequest, tally: Tally) -> float:
    """Seconds of a job that nobody kills; its run must be there to the end."""
    clock = time.monotonic()
    run = runs.submit(OWNER, [request], str(time.time_ns())).runs[0]
    handle = manager.call_job_fn(str(time.time_ns()), follow_job, [{"job_id": run.job_id}], None)
    _until(lambda: not runs.get(run.id, None).is_active, PATIENCE_S)
    seconds = time.monotonic() - clock
    _end(runs, run, int(str(handle).split("@")[0]))
    if runs.get(run.id, None).state is not RunState.FINISHED:
        raise SystemExit(f"A job that nobody killed failed: {runs.get(run.id, None).reason}")
    tally.finished.add(run.id)
    return seconds


def _is_saving(context: JobContext, run: Run) -> bool:
    """Whether the first file of the bundle is there."""
    return any(any(draft.iterdir()) for draft in (context.home / "runs").glob(f".writing-{run.id}-*"))


def _kill(runs: Runs, run: Run, pid: int, victim: str, tally: Tally) -> None:
    registry = open_registry(runs.context.home)
    found, child = registry.run(run.id), registry.child(run.id)
    registry.close()
    if found is None or not found.is_active:
        tally.moments["after the end"] += 1
        return
    on_disk = runs.context.bundles.path(run.id, "result.json").exists()
    saving = "the bundle was in place" if on_disk else "writing files" if _is_saving(runs.context, run) else ""
    tally.moments[saving or (found.progress or {}).get("stage") or found.state.value] += 1
    tally.kills += 1
    victims = {"job": [pid], "training": [child.pid if child else pid], "both": [child.pid if child else pid, pid]}
    for each in victims[victim]:
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it had just ended by itself


def _wait_for_saving(runs: Runs, run: Run) -> None:
    _until(lambda: _is_saving(runs.context, run) or not runs.get(run.id, None).is_active, PATIENCE_S)


def _end(runs: Runs, run: Run, pid: int) -> None:
    """Let a job's process say how the run ended, if it can, and end it: it would linger for its page."""
    _until(lambda: not _is_running(pid) or not runs.get(run.id, None).is_active, PATIENCE_S)
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.kill()
        process.wait(PATIENCE_S)


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _settled(runs: Runs, run: Run) -> Run:
    _until(lambda: not runs.get(run.id, None).is_active, PATIENCE_S)
    return runs.get(run.id, None)


def _check(runs: Runs, tally: Tally, when: str) -> None:
    """What anybody may see: each finished run whole, and none that was finished gone."""
    finished = {run.id for run in runs.list(None, limit=100_000) if run.state is RunState.FINISHED}
    for run_id in tally.finished - finished:
        tally.broken.append(f"{when}: the finished run {run_id} is lost")
    for run_id in finished - tally.finished:  # new ones: read as a page would
        try:
            runs.predictor(run_id, None)
            runs.predictions(run_id, None)
        except Exception as error:
            tally.broken.append(f"{when}: the run {run_id} is called finished, but: {error}")
    tally.finished |= finished


def _check_folder(runs: Runs, tally: Tally) -> None:
    """After a restart nothing lies about that no finished run owns."""
    for run_id in runs.context.bundles.runs_on_disk() - tally.finished:
        tally.broken.append(f"after a restart: files of the run {run_id} are left, which is not finished")


def _check_all_models(runs: Runs, tally: Tally) -> None:
    """At the end every run that was ever finished predicts as it did; loading replays its golden predictions."""
    for run_id in tally.finished:
        try:
            runs.predictor(run_id, None)
        except Exception as error:
            tally.broken.append(f"at the end: {run_id}: {error}")
    with sqlite3.connect(runs.context.home / FILE_NAME) as registry:
        (found,) = registry.execute("PRAGMA integrity_check").fetchone()
    registry.close()
    if found != "ok":
        tally.broken.append(f"at the end: the registry is damaged: {found}")


def _until(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {seconds:.0f} s in vain.")
        time.sleep(0.002)


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop then, with fewer kills")
    arguments = parser.parse_args()
    clock = time.monotonic()
    home = arguments.home or Path(tempfile.mkdtemp(prefix="kill-"))
    tally = kill_again_and_again(home, arguments.kills, arguments.seed, minutes=arguments.minutes)
    told = {
        "kills": tally.kills,
        "moments": dict(tally.moments.most_common()),
        "runs_ended": dict(tally.ended),
        "finished_runs_at_the_end": len(tally.finished),
        "broken_promises": tally.broken,
        "seconds": round(time.monotonic() - clock),
    }
    print(json.dumps(told, indent=2))
    return 1 if tally.broken else 0


if __name__ == "__main__":
    sys.exit(main())
