"""The turning points of a run, on disk and in the registry: begun, published, or its files removed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.runs.artifacts import Bundles
from core.runs.making import Outcome, versions
from core.runs.manifest import describe
from core.runs.model import Run, RunState
from core.runs.patience import patiently, quietly
from core.runs.registry import Registry


def begin(registry: Registry, run: Run, data: Mapping[str, Any]) -> bool:
    """Call a queued run running; false when it is no longer wanted.

    Parameters
    ----------
    registry : Registry
    run : Run
    data : dict
        As `data_facts` gives it.

    Raises
    ------
    StorageError
        When the registry could not be used for as long as one waits for it.
    """
    made_with = versions(run.request)

    def start() -> bool:  # one that was recorded and raised then has begun
        is_first = registry.start(run.id, data=data, versions=made_with)
        return is_first or registry.state(run.id) is RunState.RUNNING

    return patiently(start)


def publish(registry: Registry, bundles: Bundles, run_id: str, draft: Path, outcome: Outcome) -> bool:
    """Put the bundle in place, then call the run finished; false (and no bundle) when it was cancelled meanwhile.

    Raises
    ------
    StorageError
        When the disk refuses, or the registry could not be used for as long as one waits for it. It may know the run
        as finished all the same: only `discard_unfinished` may remove the bundle then.
    """
    run = patiently(lambda: registry.run(run_id))
    digests = bundles.publish(draft, run_id, None if run is None else describe(run, outcome.golden))

    def finish() -> bool:  # one that was recorded and raised then has finished
        is_first = registry.finish(
            run_id, metrics=outcome.metrics, timings=outcome.timings, notices=outcome.notices, digests=digests
        )
        return is_first or registry.state(run_id) is RunState.FINISHED

    finished = patiently(finish)
    if not finished:
        bundles.discard(run_id)
    return finished


def discard_unfinished(registry: Registry, bundles: Bundles, run_id: str) -> None:
    """Remove the drafts of a run that has ended, and its bundle where the registry says that it did not finish.

    A registry that cannot be asked may know it as finished: the bundle stays then, and goes at the next start if not.
    """
    bundles.discard_drafts(run_id)
    with quietly():
        if registry.state(run_id) is not RunState.FINISHED:
            bundles.discard(run_id)
