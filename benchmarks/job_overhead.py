"""What a job costs over the bare scikit-learn fit: the ratio of a whole job to the fit inside it.

Run it with ``python -m benchmarks.job_overhead [TABLE.csv]``; without a table it uses the built-in sample. The promise
is at most 5% for fits of 10 seconds or more, in jobs that do not explain their model; with ``--explain`` they do. Both
sides use the same data, split, estimator and number of threads, and take turns. On a busy computer only the ratio of
processor seconds can be trusted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil

from dashboard.environment import prepare_environment

prepare_environment()
if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
    os.environ["DASHBOARD_DATA"] = str(Path(sys.argv[1]).absolute())  # as on a server, jobs inherit the loaded table

from callbacks.jobs import follow_job  # noqa: E402
from core.requests import TrainingRequest  # noqa: E402
from core.runs.child import NICENESS  # noqa: E402
from core.runs.making import JobContext, cores  # noqa: E402
from core.runs.model import RunState  # noqa: E402
from core.runs.service import Runs  # noqa: E402
from dashboard.background import TrainingManager  # noqa: E402
from data.schema import TARGET  # noqa: E402


def main() -> int:
    arguments = _parse_arguments()
    home = Path(tempfile.mkdtemp(prefix="job-overhead-"))
    context = JobContext(home, data=arguments.table.absolute() if arguments.table else None)
    manager, runs = TrainingManager(context), Runs(home, context=context)
    request = TrainingRequest(
        family=arguments.family,
        params={"n_estimators": arguments.trees},
        defaults=arguments.defaults,
        protocol="track",
        cv_folds=0,
        explain=arguments.explain,
    )
    dataset = context.load_dataset()
    _run_job(manager, runs, TrainingRequest(family="mean", cv_folds=0))  # the first one loads the libraries
    rows = []
    for _ in range(arguments.repeats):
        rows.append((*_bare_fit_seconds(request, dataset), *_run_job(manager, runs, request)))
    print(json.dumps(_summary(rows), indent=2))
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, nargs="?")
    parser.add_argument("--family", default="extra_trees")
    parser.add_argument("--defaults", choices=("recommended", "library"), default="recommended")
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--explain", action="store_true", help="explain the model as well: its cost is stated apart")
    return parser.parse_args()


def _bare_fit_seconds(request: TrainingRequest, dataset: Any) -> tuple[float, float]:
    """The bare fit, in a process as nice to others as the job's is."""
    with ProcessPoolExecutor(1, get_context("fork"), os.nice, (NICENESS,)) as one_process:
        return one_process.submit(_fit, request, dataset).result()


def _fit(request: TrainingRequest, dataset: Any) -> tuple[float, float]:
    """Seconds and processor seconds of the same pipeline on the same rows, with nothing around it."""
    from core.families import FAMILIES
    from core.features import feature_frame
    from core.validation import make_split

    split = make_split(dataset, request.protocol, request.test_share, request.cv_folds, request.seed)
    family = FAMILIES[request.family]
    X = feature_frame(split.table, family.columns(request.features)).iloc[split.train]
    y = split.table[TARGET].to_numpy(dtype=float)[split.train]
    threads = max(1, cores() // 2)
    pipeline = family.build(request.params, request.defaults, request.features, request.seed, threads)
    clock, processor = time.perf_counter(), time.process_time()
    pipeline.fit(X, y)
    return time.perf_counter() - clock, time.process_time() - processor


def _run_job(manager: TrainingManager, runs: Runs, request: TrainingRequest) -> tuple[float, float, float]:
    """Seconds from pressing Train to the finished run, processor seconds of its processes, seconds of the fit in it."""
    clock = time.perf_counter()
    job = runs.submit("benchmark", [request], str(time.time_ns()))
    handle = manager.call_job_fn(str(time.time_ns()), follow_job, [{"job_id": job.id}], None)
    assert handle is not None
    process = psutil.Process(int(handle.split("@")[0]))
    run = runs.get(job.runs[0].id, None)
    while run.is_active:
        time.sleep(0.02)
        run = runs.get(run.id, None)
    finished = time.perf_counter() - clock
    assert run.state is RunState.FINISHED, run.reason
    used = process.cpu_times()  # it lingers for a moment; its child has ended and counts in
    while manager.job_running(handle):
        time.sleep(0.05)
    processor = used.user + used.system + used.children_user + used.children_system
    return finished, processor, (run.timings or {})["fit_seconds"]


def _summary(rows: list[tuple[float, ...]]) -> dict[str, Any]:
    bare, bare_processor, job, job_processor, fit_in_job = (
        statistics.median(column) for column in zip(*rows, strict=True)
    )
    return {
        "bare_fit_seconds": round(bare, 2),
        "job_seconds": round(job, 2),
        "ratio": round(statistics.median(row[2] / row[0] for row in rows), 3),
        "bare_fit_processor_seconds": round(bare_processor, 2),
        "job_processor_seconds": round(job_processor, 2),
        "processor_ratio": round(statistics.median(row[3] / row[1] for row in rows), 3),
        "seconds_around_the_fit": round(statistics.median(row[2] - row[4] for row in rows), 2),
        "fit_in_job_seconds": round(fit_in_job, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
