"""How quick the history is with many runs: reading a page by each order and filter, and drawing it, and the charts.

    python benchmarks/run_history.py [--runs 10000]

The registry is made in a temporary folder, with as much in each row as a real run writes.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.families import FAMILIES
from core.requests import TrainingRequest
from core.runs.history import Asked
from core.runs.model import RunState, now
from core.runs.registry import Registry, open_registry
from core.runs.tables import JOBS, RUNS, SCORES, columns_of_data, columns_of_request, score_rows, written_tags

OWNER = "browser:bench"
BALLAST = {f"genre {i}": {"n": i, "coverage": 0.9, "width": 61.2, "half_width": 30.6} for i in range(60)}
"""Stands for what a run measures by genre, band and fold."""
REPEATS = 7


def fill(registry: Registry, n: int) -> None:
    """Write finished, failed and cancelled runs of many families and days, as quickly as it goes."""
    rng = random.Random(0)
    job = {"id": str(uuid.uuid4()), "owner": OWNER, "key": "bench", "created_at": now()}
    families = [key for key in ("ridge", "knn", "random_forest", "hist_gradient_boosting", "svr") if key in FAMILIES]
    runs, scores = [], []
    for at in range(n):
        request = TrainingRequest(family=rng.choice(families), protocol=rng.choice(["song", "artist", "time"]))
        data = {"sha256": rng.choice(["ab", "cd"]) * 32, "source_name": "Songs", "is_synthetic": False}
        rmse, seconds = rng.uniform(18, 30), rng.uniform(1, 300)
        test = {"rmse": rmse, "r2": rng.uniform(-0.1, 0.3), "mae": rmse * 0.8, "mse": rmse**2}
        metrics = {"test": test, "test_interval": {key: [0, 1] for key in test}, "coverage": BALLAST}
        timings = {"total_seconds": seconds, "fit_seconds": seconds / 3}
        body = request.model_dump(mode="json")
        state = rng.choice([RunState.FINISHED] * 8 + [RunState.FAILED, RunState.CANCELLED])
        run_id = str(uuid.uuid4())
        done = state is RunState.FINISHED
        created = now() - timedelta(minutes=7 * at)
        runs.append(
            {
                "id": run_id, "job_id": job["id"], "position": 0, "owner": OWNER, "state": state, "request": body,
                "created_at": created, "finished_at": created, "data": data, "edition": 0,
                "metrics": metrics if done else None, "timings": timings if done else None,
                "name": f"Run {at}" if at % 3 == 0 else None, "note": "a longer note " * 5 if at % 5 == 0 else None,
                "tags": written_tags([rng.choice(["paper", "try", "base"])]), "is_starred": at % 50 == 0,
                **columns_of_request(body), **columns_of_data(data),
            }
        )  # fmt: skip
        scores += score_rows(run_id, metrics, timings) if done else []
    with registry._database.writing() as connection:
        connection.execute(sa.insert(JOBS).values(**job))
        for start in range(0, n, 1000):
            connection.execute(sa.insert(RUNS), runs[start : start + 1000])
        connection.execute(sa.insert(SCORES), scores)


def measure(name: str, action: Callable[[], Any]) -> None:
    """Print the median and the slowest of a few repetitions, and the median of the processor's time, milliseconds."""
    spans, worked = [], []
    for _ in range(REPEATS):
        started, began = time.perf_counter(), time.process_time()
        action()
        spans.append(1000 * (time.perf_counter() - started))
        worked.append(1000 * (time.process_time() - began))
    print(f"{name:46s} {statistics.median(spans):7.0f} {max(spans):7.0f} {statistics.median(worked):9.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    n = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        registry = open_registry(home)
        fill(registry, n)
        size = (home / "registry.sqlite3").stat().st_size / 1e6
        print(f"{n:,} runs, registry {size:.0f} MB; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'milliseconds':46s} {'median':>7s} {'slowest':>7s} {'processor':>9s}")
        history = registry.history
        for name, asked in {
            "newest first, page of 50": Asked(),
            "by RMSE, page of 50": Asked(sort="rmse", ascending=True),
            "by RMSE, last page": Asked(sort="rmse", offset=max(0, n - 50)),
            "one family, one protocol, by R2": Asked(family="knn", protocol="artist", sort="r2"),
            "search in names, notes, tags, tables": Asked(text="run 99"),
            "search that finds nothing": Asked(text="zzzz"),
            "a tag": Asked(tag="paper"),
            "starred": Asked(starred=True),
        }.items():
            measure(name, lambda asked=asked: history.page(OWNER, asked))
        measure("what can be chosen", lambda: history.choices(OWNER))
        standings = registry.standings
        groups = standings.groups(OWNER)
        measure("leaderboard: every comparison", lambda: standings.groups(OWNER))
        measure("leaderboard: the best of one", lambda: standings.best(OWNER, groups[0].footing, "rmse", 12))
        measure("leaderboard: has anything changed", lambda: standings.digest(OWNER))
        _measure_pages(home)
        measure("all runs, for an export", lambda: history.page(OWNER, Asked(limit=n)))
        registry.close()


def _measure_pages(home: Path) -> None:
    """The whole server side of the page: the question, the components, the JSON."""
    from dash import Dash
    from flask import Flask
    from plotly.utils import PlotlyJSONEncoder

    from callbacks import history as page
    from callbacks import trends
    from dashboard.services import build_services
    from dashboard.settings import Settings

    services = build_services(Settings(home=home))
    app = Dash(__name__, server=Flask("bench"))

    def draw(query: str) -> None:
        with app.server.test_request_context():
            PlotlyJSONEncoder().encode(page.page(services, OWNER, query))

    def draw_charts(query: str) -> None:
        with app.server.test_request_context():
            PlotlyJSONEncoder().encode(trends.page(services, OWNER, query))

    draw("")
    gc.collect()
    gc.freeze()  # as a server does when it is warm
    measure("page, newest first (to JSON)", lambda: draw(""))
    measure("page, by RMSE, filtered (to JSON)", lambda: draw("?sort=rmse&family=knn&text=run"))
    measure("charts of the newest 1,000 (to JSON)", lambda: draw_charts(""))
    measure("charts of one family (to JSON)", lambda: draw_charts("?family=knn"))


if __name__ == "__main__":
    main()
