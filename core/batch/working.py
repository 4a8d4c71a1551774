"""The process of a scoring: it waits for a slot, reads, scores, writes the result, and says how it ended."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.batch.folders import INPUT, PROGRESS, RESULT, SUMMARY, change, drafted, fail, read_job
from core.batch.reading import Readable, notes_for_scoring, read_file
from core.batch.scoring import FLAGS, score_rows, state_interval
from core.batch.watching import watch
from core.batch.writing import csv_pieces
from core.errors import BundleError, DashboardError, StorageError
from core.files import storage_errors, write_bytes
from core.plain_json import as_plain
from core.processes import this_process
from core.progress import News, Progress
from core.runs.making import JobContext, cores
from core.runs.model import RunState
from core.runs.slots import NoLongerWantedError, held_tickets, slot

NICENESS = 10
TELL_EVERY_S = 0.25
SHOWN_ROWS = 25
SHOWN_COLUMNS = ("track_name", "track_artist")
BIN_POINTS = 5
TOO_LARGE = "The result would take more than its share of the disk. Score the file in parts."
STOPPED = "It was stopped together with the server's computer or service."
_log = logging.getLogger(__name__)


def start_process(context: JobContext, folder: Path) -> None:
    """Start the process of a scoring from the clean process server, as those of training jobs.

    Raises
    ------
    OSError
        When the system has no room for it.
    """
    import multiprocess
    from multiprocess import process as multiprocess_process

    child = multiprocess.get_context("forkserver").Process(target=live, args=(context, folder), name="scoring")
    child.start()
    multiprocess_process._children.discard(child)  # or the web process would wait for it at its own end


def live(context: JobContext, folder: Path) -> None:
    """The life of a scoring's process, which is made for it alone."""
    os.setsid()  # it outlives the server that started it
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    threading.Thread(target=watch, args=(context.limits, folder), name="watch", daemon=True).start()
    run_scoring(context, folder)


def run_scoring(context: JobContext, folder: Path) -> None:
    """Score the file of a folder in the calling process; every end is recorded there, nothing is raised.

    Parameters
    ----------
    context : JobContext
    folder : Path
        As ``Scorings.submit`` made it.
    """
    if read_job(folder).process is not None or not change(folder, [RunState.QUEUED], process=this_process()):
        return
    with _failing_what_is_left(folder), contextlib.suppress(NoLongerWantedError):
        tell = _Telling(folder)
        slots = context.limits.run_slots
        with slot(
            context.tickets, slots, lambda ahead: tell(Progress("Queued", ahead=ahead)), lambda: _is_wanted(folder)
        ):
            if change(folder, [RunState.QUEUED], state=RunState.RUNNING):
                _score(context, folder, tell)


def _score(context: JobContext, folder: Path, tell: _Telling) -> None:
    began = time.monotonic()
    scoring = read_job(folder)
    tell(Progress("Loading the model"))
    predictor = _predictor(context, scoring.run_id)
    tell(Progress("Reading the file"))
    content = (folder / INPUT).read_bytes()
    read = read_file(content, scoring.filename, scoring.mapping, predictor, reasons=scoring.reasons)
    del content
    scored = score_rows(
        predictor, read.frame, reasons=scoring.reasons, report=tell, threads=lambda: threads_of(context)
    )
    tell(Progress("Writing the result"))
    summary = _summary(read, scored, predictor)
    with storage_errors():
        _write(folder / RESULT, csv_pieces(read.table.cells, scored), scoring.most_bytes)
        summary["seconds"] = time.monotonic() - began
        write_bytes(folder / SUMMARY, json.dumps(as_plain(summary), allow_nan=False).encode())
        change(folder, [RunState.RUNNING], state=RunState.FINISHED)


def threads_of(context: JobContext, *, joining: int = 0) -> int:
    """Cores that one of the jobs now in line may use: all of them while it is alone.

    Parameters
    ----------
    context : JobContext
    joining : int
        Jobs that are about to come.
    """
    working = min(held_tickets(context.tickets) + joining, context.limits.run_slots)
    return max(1, cores() // max(1, working))


def _predictor(context: JobContext, run_id: str) -> Any:
    from core.runs.loading import Models
    from core.runs.registry import open_registry

    registry = open_registry(context.home, context.database_url)
    try:
        run = registry.run(run_id)
    finally:
        registry.close()
    if run is None or run.deleted_at is not None or run.state is not RunState.FINISHED:
        raise BundleError("The run was deleted meanwhile, so there is no model to use.")
    return Models(context.bundles).of(run)


def _summary(read: Readable, scored: pd.DataFrame, predictor: Any) -> dict[str, Any]:
    predicted = scored["predicted"].to_numpy()
    edges = np.arange(0, 100 + BIN_POINTS, BIN_POINTS)
    shown = [name for name in SHOWN_COLUMNS if name in read.frame] or ["track_id"]
    head = pd.concat([read.frame[shown].head(SHOWN_ROWS), scored.head(SHOWN_ROWS)], axis=1)
    return {
        "rows": len(scored),
        "rejected": len(read.found.rejected),
        "interval": state_interval(predictor),
        "notices": [*notes_for_scoring(read.found), *scored.attrs["notices"]],
        "histogram": np.histogram(predicted, bins=edges)[0],
        "quantiles": np.quantile(predicted, [0.05, 0.5, 0.95]),
        "flagged": {name: int((scored[name] != "").sum()) for name in FLAGS},
        "head": head.astype(object).where(head.notna(), None).to_dict("records"),
    }


def _write(path: Path, pieces: Iterator[str], most_bytes: int | None) -> None:
    """Write a file whole or not at all, readable for the server only; what fails gives its room back at once.

    Raises
    ------
    StorageError
        When it would take more than it may.
    """
    draft = path.with_name(drafted(path.name))
    try:
        handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            for piece in pieces:
                file.write(piece)
                if most_bytes is not None and file.tell() > most_bytes:
                    raise StorageError(TOO_LARGE)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


class _Telling:
    """Keeps the latest moment in the scoring's folder: each new stage, and else four times a second at most."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stage, self._last = "", 0.0

    def __call__(self, news: News) -> None:
        if not isinstance(news, Progress):
            return
        if news.stage == self._stage and time.monotonic() - self._last < TELL_EVERY_S:
            return
        self._stage, self._last = news.stage, time.monotonic()
        draft = self._folder / drafted(PROGRESS)
        with contextlib.suppress(OSError):  # without a sign of life the result still comes
            draft.write_text(json.dumps(news.to_dict()), "utf-8")
            draft.replace(self._folder / PROGRESS)


def _is_wanted(folder: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return read_job(folder).is_active
    return False


@contextlib.contextmanager
def _failing_what_is_left(folder: Path) -> Iterator[None]:
    """No scoring stays active when its process ends, however that comes."""
    reason = STOPPED
    try:
        yield
        reason = "Its process ended without a result."
    except DashboardError as error:
        reason = str(error)
    except MemoryError:
        reason = "It ran out of memory. Score the file in parts."
    except Exception as error:
        _log.exception("A scoring raised")
        reason = f"The scoring raised {type(error).__name__}; the server's log says more."
    finally:
        fail(folder, reason)
