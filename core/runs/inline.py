"""Runs made in the calling process, one after another: what the command line does."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.errors import DashboardError, Refused
from core.mlflow import log_runs
from core.processes import this_process
from core.progress import Event, News, Progress, Report, follow_wish, is_asked_to_stop
from core.requests import TrainingRequest
from core.runs.child import explain
from core.runs.jobs import HEARTBEAT_EVERY_S
from core.runs.making import JobContext, cores, data_facts, make_run
from core.runs.members import find_members
from core.runs.model import Job, Run, now
from core.runs.patience import patiently, quietly
from core.runs.recording import begin, discard_unfinished, publish
from core.runs.registry import Registry

NOTE_EVERY_S = 0.25


def run_here(
    context: JobContext, registry: Registry, job: Job, requests: Sequence[TrainingRequest], report: Report
) -> None:
    """Make the runs of a submitted job; failures go to the registry.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C, when everything that had not ended is cancelled.
    DashboardError
        When the table cannot be read; the runs are failed then.
    """
    if not (registry.admit(job.id) and registry.claim(job.id, this_process())):
        raise Refused("This job is made by another process.")
    try:
        with _beating(registry, job.id):
            dataset = context.load_dataset(job.table)
            facts = data_facts(dataset, job.table)
            for run, request in zip(job.runs, requests, strict=True):
                if begin(registry, run, facts):
                    _make(context, registry, run, request, dataset, report)
    except KeyboardInterrupt:
        _end_all(registry, job, cancelled=True, reason="Stopped by Ctrl-C.")
        raise
    except DashboardError as error:
        _end_all(registry, job, cancelled=False, reason=str(error))
        raise
    finally:
        _end_all(registry, job, cancelled=False, reason="It was stopped before it could run.")
    log_runs(context.tracking, registry, context.bundles, [run.id for run in job.runs])


def _make(
    context: JobContext, registry: Registry, run: Run, request: TrainingRequest, dataset: Any, report: Report
) -> None:
    bundles = context.bundles
    notes = _Notes(registry, run, report)
    try:
        draft = bundles.open_draft(run.id)
        members = patiently(lambda: find_members(registry, request, None))
        outcome = make_run(context, request, dataset, draft, notes, cores(), members=members)
        notes.write()
        publish(registry, bundles, run.id, draft, outcome)
    except _CancelledError:
        pass
    except Exception as error:
        discard_unfinished(registry, bundles, run.id)  # first, as on a full disk the registry may need the space
        with contextlib.suppress(_CancelledError):
            notes.write()
        registry.fail(run.id, explain(error).reason, notes.notices)
    finally:
        discard_unfinished(registry, bundles, run.id)  # Ctrl-C may come when it is recorded as finished already


class _CancelledError(Exception):
    """The run was cancelled from elsewhere."""


class _Notes:
    """A Report that records what it hears, not too often, and passes it on."""

    def __init__(self, registry: Registry, run: Run, report: Report) -> None:
        self._registry = registry
        self._run = run
        self._report = report
        self._progress: Progress | None = None
        self._events: list[Event] = []
        self._written_at = self._asked_at = -NOTE_EVERY_S
        self._wish: datetime | None = None
        self._followed: datetime | None = None
        self._followed_at: str | None = None
        self.notices: list[str] = []

    def __call__(self, news: News) -> None:
        if isinstance(news, Progress):
            self._progress = replace(news, followed_at=self._followed_at)
        else:
            self._events.append(news)
        if time.monotonic() - self._written_at >= NOTE_EVERY_S:
            self.write()
        self._report(news)

    def write(self) -> None:
        """Record what has come since the last time."""
        self._written_at = time.monotonic()
        progress, events, self._progress, self._events = self._progress, self._events, None, []
        if progress is None and not events:
            return
        with quietly():
            if not self._registry.note(self._run.id, progress, events):
                raise _CancelledError

    def is_asked_to_stop(self) -> bool:
        """Whether the best so far is to be kept, as the caller's report or the registry says."""
        if self._wish == self._followed and time.monotonic() - self._asked_at >= NOTE_EVERY_S:
            self._asked_at = time.monotonic()
            with quietly():
                self._wish = self._registry.wish(self._run.id)[1]
        return self._wish != self._followed or is_asked_to_stop(self._report)

    def follow_wish(self) -> None:
        """The wish was followed: from now on only a new one counts."""
        self._followed, self._followed_at = self._wish, now().isoformat()
        self._report = follow_wish(self._report)

    def keep_notice(self, notice: str) -> None:
        """Keep what is to be known even if the run fails."""
        self.notices.append(notice)


def _end_all(registry: Registry, job: Job, *, cancelled: bool, reason: str) -> None:
    for run in job.runs:
        (registry.cancel if cancelled else registry.fail)(run.id, reason)


@contextlib.contextmanager
def _beating(registry: Registry, job_id: str) -> Iterator[None]:
    """Signs of life from a thread, as training blocks this one."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT_EVERY_S):
            with contextlib.suppress(DashboardError):
                registry.beat(job_id)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
