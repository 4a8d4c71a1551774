"""The watch beside a scoring: its limits and the wish to cancel hold, whatever else fails."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.batch.folders import PROGRESS, fail, read_job
from core.processes import resident_mb
from core.runs.model import Limits, RunState

WATCH_EVERY_S: Final = 1.0
_UNWANTED: Final = (RunState.CANCELLED, RunState.FAILED)
_log = logging.getLogger(__name__)


def watch(limits: Limits, folder: Path, end: Callable[[int], object] = os._exit) -> None:
    """End the process beyond its limits, or when nobody wants its scoring any more.

    Parameters
    ----------
    limits : Limits
        run_seconds count from the moment at which it left the queue.
    folder : Path
        Of the scoring; gone, it is not wanted.
    end : callable
        Ends the process. It is called however the watch ends: no scoring goes on unwatched.
    """
    try:
        reason = _wait_for_a_reason(limits, folder)
        if reason:
            fail(folder, reason)
    except Exception:
        _log.exception("The watch of a scoring raised")
    finally:
        end(1)


def _wait_for_a_reason(limits: Limits, folder: Path) -> str:
    """Why the process has to end; empty where nobody needs to be told."""
    state, deadline = RunState.QUEUED, float("inf")
    while True:
        time.sleep(WATCH_EVERY_S)
        try:
            found = read_job(folder).state
        except FileNotFoundError:
            return ""
        except (OSError, ValueError):  # it cannot be read at the moment; the limits hold all the same
            found = state
        if found in _UNWANTED:
            return ""
        if found is RunState.RUNNING and state is not found:
            deadline = time.monotonic() + limits.run_seconds
        state = found
        with contextlib.suppress(OSError):  # not there while the disk is full
            os.utime(folder / PROGRESS)
        if state is RunState.RUNNING and (reason := _exceeded(limits, deadline)):
            return reason


def _exceeded(limits: Limits, deadline: float) -> str:
    if time.monotonic() > deadline:
        return f"It exceeded its time limit of {limits.run_seconds:g} seconds."
    if resident_mb(os.getpid()) > limits.run_memory_mb:
        return f"It exceeded its memory limit of {limits.run_memory_mb} MiB."
    return ""
