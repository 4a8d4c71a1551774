"""Finds active runs whose process has ended without a word, and says so in the registry."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from core.processes import is_alive, kill_tree
from core.runs.artifacts import Bundles
from core.runs.model import RunState, now
from core.runs.registry import Registry, Watched

UNLAUNCHED_AFTER = timedelta(seconds=30)
"""Longest pause between pressing Train and the page asking for the process, on a slow connection, too."""

UNCLAIMED_AFTER = timedelta(seconds=120)
"""Longest time a process may take to start; the very first one imports the libraries."""

STALE_AFTER = timedelta(seconds=60)
"""Silence after which a process on another computer counts as dead."""

IMPORT_S = 3600.0
"""Longer than any import takes: a draft of a run that nobody knows is left alone for so long."""

_UNLAUNCHED = (
    f"It did not start: the page did not ask for it within {UNLAUNCHED_AFTER.seconds} seconds, most often because it "
    "was closed. Train it again."
)
_log = logging.getLogger(__name__)


def sweep(registry: Registry) -> None:
    """Mark the runs of dead processes as failed, with the reason."""
    moment = now()
    for watched in registry.watched():
        reason = _why_dead(watched, moment)
        if reason is None:
            continue
        for run in watched.job.runs:
            if registry.fail(run.id, reason):
                _log.warning("Run %s failed: %s", run.id, reason)
        for child in watched.children.values():
            kill_tree(child)


def remove_orphans(registry: Registry, bundles: Bundles) -> None:
    """Remove the files of runs that ended unfinished, also while others are made.

    What the registry does not know is left alone, but for drafts that are older than any import takes.
    """
    on_disk = bundles.runs_on_disk()  # before asking who is alive, as a run may start in between
    for run_id in on_disk - registry.bundle_owners():
        state = registry.state(run_id)
        if state is None:  # perhaps finished in another registry: never lose that
            bundles.discard_drafts(run_id, IMPORT_S)  # one that is being imported has no row yet
        elif not state.is_active and state is not RunState.FINISHED:  # it began, or its import ended, meanwhile
            _log.info("Removing the files of run %s, which never finished", run_id)
            bundles.discard(run_id)


def _why_dead(watched: Watched, moment: datetime) -> str | None:
    job, process = watched.job, watched.process
    if process is not None and process.is_local and not is_alive(process):
        return "Its process ended unexpectedly, most often because memory ran out."
    if process is None or job.heartbeat_at is None:  # not claimed yet
        if job.launched_at is None:
            late = moment - job.created_at > UNLAUNCHED_AFTER
            return _UNLAUNCHED if late else None
        late = moment - job.launched_at > UNCLAIMED_AFTER
        return "It did not start: the server could not make its process. Train it again." if late else None
    if process.is_local:
        return None
    silent = moment - job.heartbeat_at > STALE_AFTER
    return f"Nothing was heard from its computer for over {STALE_AFTER.seconds} seconds." if silent else None
