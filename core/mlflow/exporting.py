"""Hands finished runs to a process that logs them, waits for it a bounded time, and says what came of it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import DashboardError, Refused
from core.mlflow.described import describe

if TYPE_CHECKING:
    from core.runs.artifacts import Bundles
    from core.runs.model import Run
    from core.runs.registry import Registry

TIME_LIMIT_S: Final = 30.0
LONGEST_TROUBLE: Final = 400
GRACE_S: Final = 3.0
"""For the process to say why it gave up, before it is ended from outside."""
NOT_LOGGED: Final = "Not logged to MLflow: "
"""How a notice about it begins."""

_ROOT: Final = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tracking:
    """Where finished runs are logged.

    Parameters
    ----------
    uri : str
        Address of the tracking server; may hold a password, so it is never shown.
    experiment : str
        Name of the experiment there; made when missing.
    token : str
        Bearer token; empty for none.
    time_limit_s : float
        After which logging a run is given up, seconds.
    waits_s : tuple of float
        Seconds to wait before each further try, within that limit, where a server is away, busy or broken.
    """

    uri: str = field(repr=False)
    experiment: str = "track-popularity"
    token: str = field(default="", repr=False)
    time_limit_s: float = TIME_LIMIT_S
    waits_s: tuple[float, ...] = (1.0, 4.0)


def log_runs(tracking: Tracking | None, registry: Registry, bundles: Bundles, run_ids: Sequence[str]) -> None:
    """Log the finished ones of some runs; trouble becomes a line of the log and a notice of the run, and nothing else.

    After the first trouble the others are not tried: a server that is away would be waited for again and again.

    Parameters
    ----------
    tracking : Tracking or None
        None logs nothing.
    registry : Registry
    bundles : Bundles
    run_ids : sequence of str
    """
    if tracking is None:
        return
    trouble = ""
    for run_id in run_ids:
        try:
            run = registry.run(run_id)
            if run is None or run.state != "finished":
                continue
            trouble = trouble or _log_one(tracking, describe(run, bundles))[1]
            if trouble:
                _log.warning("Run %s was not logged to MLflow: %s", run_id, trouble)
                registry.notices.add(run_id, f"{NOT_LOGGED}{trouble}. The run itself is complete.")
        except (DashboardError, OSError) as error:
            _log.warning("Run %s was not logged to MLflow: %s", run_id, error)


def log_again(tracking: Tracking | None, registry: Registry, bundles: Bundles, run: Run) -> str:
    """Log a finished run by hand, whether or not it was logged before; its notice about that goes.

    Returns
    -------
    str
        Id of the run in MLflow.

    Raises
    ------
    Refused
        When no server is named, the run is not finished, or with what went wrong.
    StorageError
    """
    if tracking is None:
        raise Refused("No MLflow server is named. Set DASHBOARD_MLFLOW_TRACKING_URI to its address.")
    if run.state != "finished":
        raise Refused(f"This run is {run.state.value}. Only finished runs are logged to MLflow.")
    logged_as, trouble = _log_one(tracking, describe(run, bundles))
    if trouble:
        raise Refused(f"{NOT_LOGGED}{trouble}.")
    registry.notices.drop(run.id, NOT_LOGGED)
    return logged_as


def _log_one(tracking: Tracking, described: dict[str, Any]) -> tuple[str, str]:
    """Id of the run there, and what went wrong; one of them is empty. The time limit holds whatever the server does."""
    asked = {"uri": tracking.uri, "token": tracking.token, "experiment": tracking.experiment, "run": described,
             "seconds": tracking.time_limit_s, "waits": tracking.waits_s}  # fmt: skip
    command = [sys.executable, "-m", "core.mlflow"]
    try:
        done = subprocess.run(
            command, input=json.dumps(asked), capture_output=True, text=True, cwd=_ROOT,
            timeout=tracking.time_limit_s + GRACE_S, check=False,
        )  # fmt: skip
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return "", f"it took longer than {tracking.time_limit_s:g} seconds"
    except ValueError:
        return "", "the process that logs it ended without a word"
    if "run_id" not in told:
        return "", str(told.get("trouble", ""))[:LONGEST_TROUBLE]
    _log.info("Logged to MLflow as run %s", told["run_id"])
    return str(told["run_id"]), ""
