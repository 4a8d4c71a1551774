"""How long scoring a file of 100,000 tracks takes, in a job of its own, and how good the estimate before it is.

Run it with ``python -m benchmarks.batch [TABLE.csv]``; without a table it uses the built-in sample. The promise is less
than a minute with reasons for a family whose explanations are quick (linear models, boosting on trees); of a family
that would take longer than ``--most`` seconds only the estimate is told.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from dashboard.environment import prepare_environment

prepare_environment()

from core.batch.estimating import estimate_seconds  # noqa: E402
from core.batch.jobs import ScoringRequest  # noqa: E402
from core.batch.reading import typed_frame, without_target  # noqa: E402
from core.batch.store import Scorings  # noqa: E402
from core.batch.working import start_process  # noqa: E402
from core.requests import TrainingRequest  # noqa: E402
from core.runs.making import JobContext, cores  # noqa: E402
from core.runs.service import Runs  # noqa: E402
from dashboard.background import TrainingManager  # noqa: E402

FAMILIES = ("ridge", "hist_gradient_boosting", "random_forest", "knn", "svr")


def main() -> int:
    arguments = _parse_arguments()
    home = Path(tempfile.mkdtemp(prefix="batch-"))
    context = JobContext(home, data=arguments.table.absolute() if arguments.table else None)
    TrainingManager(context).warm()  # as on a server, the process server has the libraries
    runs = Runs(home, context=context)
    content = _file(context, arguments.rows)
    frame = _read(content)
    scorings = Scorings(context, start_process)
    rows = []
    for family in arguments.families:
        run = runs.run_inline([TrainingRequest(family=family, cv_folds=0, explain=False)])[0]
        predictor = runs.predictor(run.id, None)
        for reasons in (False, True):
            expected = estimate_seconds(predictor, frame, reasons=reasons, threads=cores())
            row: dict[str, Any] = {"family": family, "reasons": reasons, "estimate_s": round(expected, 1)}
            if expected <= arguments.most:
                row |= _measure(scorings, run.id, content, reasons)
            print(json.dumps(row), flush=True)
            rows.append(row)
    quick = [row["seconds"] for row in rows if row["reasons"] and "seconds" in row]
    print(json.dumps({"rows": arguments.rows, "file_mb": round(len(content) / 2**20, 1), "quickest_s": min(quick)}))
    return 0


def _measure(scorings: Scorings, run_id: str, content: bytes, reasons: bool) -> dict[str, Any]:
    """Wall seconds from the press to the result, processor seconds and most memory of its process."""
    began = time.monotonic()
    request = ScoringRequest(content, run_id, "", "tracks.csv", {}, reasons)
    scoring = scorings.submit("bench", str(uuid.uuid4()), request)
    most, busy = 0, 0.0
    while scoring.is_active:
        time.sleep(0.1)
        scoring = scorings.get("bench", scoring.id)
        if scoring.process is not None and psutil.pid_exists(scoring.process.pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(scoring.process.pid)
                most, busy = max(most, process.memory_info().rss), sum(process.cpu_times()[:2])
    seconds = time.monotonic() - began
    if scoring.summary is None:
        return {"failed": scoring.reason}
    spent = {"seconds": round(seconds, 1), "cpu_seconds": round(busy, 1), "load": round(os.getloadavg()[0], 1)}
    return {**spent, "rows": scoring.summary["rows"], "peak_mb": most // 2**20}


def _file(context: JobContext, rows: int) -> bytes:
    """Tracks of the table, drawn again and again."""
    from data.sample import generate_sample
    from data.upload import examine

    raw = examine(context.data.read_bytes(), "table.csv", keep=()).frame if context.data else generate_sample(5_000)
    drawn = raw.iloc[np.random.default_rng(0).integers(0, len(raw), rows)]
    text: str = drawn.drop(columns="track_popularity").to_csv(index=False)
    return text.encode()


def _read(content: bytes) -> Any:
    from data.upload import examine

    return typed_frame(examine(content, "tracks.csv", mapping=without_target(None)))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", nargs="?", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--families", nargs="+", default=FAMILIES)
    parser.add_argument("--most", type=float, default=180.0, help="seconds; of what would take longer, the estimate")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
