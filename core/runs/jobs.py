"""The process of a job: it waits for its turn, then makes its runs one after another, each in a child of its own."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.durations import in_words
from core.errors import DashboardError
from core.mlflow import log_runs
from core.processes import kill_tree, resident_mb, this_process
from core.progress import Event, Progress
from core.requests import TrainingRequest
from core.runs.artifacts import Bundles
from core.runs.child import Child, Failure, Message, Notice, explain, start_child
from core.runs.making import JobContext, Outcome, cores, data_facts
from core.runs.members import find_members
from core.runs.model import Job, Run, RunState
from core.runs.patience import LastAnswer, patiently, quietly
from core.runs.recording import begin, discard_unfinished, publish
from core.runs.registry import Registry, open_registry
from core.runs.slots import NoLongerWantedError, slot

Tell = Callable[[Mapping[str, Any]], None]
"""Takes what the page that started the job may show: job_id, run_id, state and progress."""

Wish = tuple[RunState | None, datetime | None]
"""As ``Registry.wish`` gives it."""

HEARTBEAT_EVERY_S = 2.0
LOOK_EVERY_S = 0.25
WEIGH_EVERY_S = 1.0
LAST_MOMENTS_S = 2.0

_WAITING = Progress("Waiting for the run before it")
_STOPPED = "It was stopped together with the server's computer or service."
_log = logging.getLogger(__name__)


def tell_nobody(news: Mapping[str, Any]) -> None:
    """A Tell for jobs that no page follows."""


def run_job(job_id: str, context: JobContext, tell: Tell = tell_nobody) -> bool:
    """Make all runs of a job in the calling process, which must have one thread and be made for this job alone.

    Every end of a run (finished, failed, cancelled) is recorded in the registry; nothing about runs is raised.

    Parameters
    ----------
    job_id : str
    context : JobContext
    tell : callable
        Hears of progress, for the page that started the job.

    Returns
    -------
    bool
        False when another process has this job already, or nobody wants it any more.
    """
    registry = open_registry(context.home, context.database_url)
    if not registry.claim(job_id, this_process()):
        return False
    job = registry.job(job_id)
    assert job is not None
    with _stopping_politely(), _failing_what_is_left(registry, context.bundles, job):
        _Dispatcher(context, registry, job, tell).run()
    return True


class _Dispatcher:
    """Watches over the runs of one job."""

    def __init__(self, context: JobContext, registry: Registry, job: Job, tell: Tell) -> None:
        self._context = context
        self._registry = registry
        self._job = job
        self._tell = tell
        self._last_beat = time.monotonic()
        self._last_weighed = 0.0
        self._last_ahead = -1
        self._stage = ""
        self._notices: list[str] = []
        self._wanted = LastAnswer(lambda: registry.is_wanted(job.id), True)

    def run(self) -> None:
        slots = self._context.limits.run_slots
        with (
            contextlib.suppress(NoLongerWantedError),
            slot(self._context.tickets, slots, self._note_queue, self._is_wanted),
        ):
            self._make_all()
        ids = [run.id for run in self._job.runs]
        log_runs(self._context.tracking, self._registry, self._context.bundles, ids)

    def _make_all(self) -> None:
        self._note_all(Progress("Loading the table"))
        table = self._job.table
        dataset = self._context.load_dataset(table)
        facts = data_facts(dataset, table)
        self._note_all(_WAITING)
        for run in self._job.runs:
            if begin(self._registry, run, facts):
                self._make(run, dataset)

    def _make(self, run: Run, dataset: Any) -> None:
        bundles = self._context.bundles
        self._stage, self._notices = "", []
        try:
            draft = bundles.open_draft(run.id)
            child = self._start_child(run, dataset, draft)
            try:
                ended = self._attend(run, child)
                if isinstance(ended, Outcome):  # at once: a large process takes a moment to end
                    publish(self._registry, bundles, run.id, draft, ended)
            finally:
                self._end(child)
        except DashboardError as error:  # a full disk, or a run that a stack was to be made of is gone
            ended = explain(error)
        if isinstance(ended, Failure):
            # First, as on a full disk the registry may need the space.
            discard_unfinished(self._registry, bundles, run.id)
            self._fail(run, ended.reason, self._notices)
        self._tell_state(run)

    def _start_child(self, run: Run, dataset: Any, draft: Path) -> Child:
        members = patiently(lambda: find_members(self._registry, run.request, run.owner))
        self._registry.close()  # a database connection must not cross a fork
        threads = max(1, cores() // self._context.limits.run_slots)
        child = start_child(self._context, run.request, dataset, draft, threads, members)
        with quietly():
            self._registry.set_child(run.id, child.process)
        return child

    def _attend(self, run: Run, child: Child) -> Outcome | Failure:
        """Watch a child until it has said its last word, ends, or has to."""
        deadline = time.monotonic() + self._context.limits.run_seconds
        wish = LastAnswer[Wish](lambda: self._registry.wish(run.id), (RunState.RUNNING, None))
        while True:
            code = child.exit_code()  # before listening, so that its last words are heard
            heard = child.listen(LOOK_EVERY_S if code is None else 0)
            ended = next((each for each in heard if isinstance(each, Outcome | Failure)), None)
            self._note(run, heard)
            self._beat()
            if ended is None and code is not None:
                ended = Failure(_why_ended(code))
            if ended is None:
                ended = self._reason_to_stop(run, child, deadline, wish)
            if ended is not None:
                return ended

    def _reason_to_stop(self, run: Run, child: Child, deadline: float, look: LastAnswer[Wish]) -> Failure | None:
        limits = self._context.limits
        if time.monotonic() > deadline:
            return Failure(too_long(run.request, limits.run_seconds, self._stage))
        if self._weighs_too_much(child):
            return Failure(f"It exceeded its memory limit of {limits.run_memory_mb} MiB.")
        state, wish = look()
        if state is not RunState.RUNNING:
            return Failure("It was cancelled.")
        if wish is not None:
            child.tell_to_stop(wish)
        return None

    def _weighs_too_much(self, child: Child) -> bool:
        """Looked at once a second only, as finding the children of a process means reading all processes."""
        if time.monotonic() - self._last_weighed < WEIGH_EVERY_S:
            return False
        self._last_weighed = time.monotonic()
        return resident_mb(child.process.pid) > self._context.limits.run_memory_mb

    def _end(self, child: Child) -> None:
        """Let a child that has said its last word end by itself; kill any other, and whatever it started."""
        child.messages.close()
        deadline = time.monotonic() + (LAST_MOMENTS_S if child.has_spoken else 0)
        while child.exit_code() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if child.exit_code() is None:
            kill_tree(child.process)
            with contextlib.suppress(ChildProcessError):  # the killer has waited for it, too
                while child.exit_code() is None:
                    time.sleep(0.01)

    # -- what is said meanwhile ------------------------------------------------------------------------------------

    def _is_wanted(self) -> bool:
        self._beat()
        return self._wanted()

    def _note_queue(self, ahead: int) -> None:
        if ahead != self._last_ahead:
            self._last_ahead = ahead
            self._note_all(Progress("Queued", ahead=ahead))

    def _note_all(self, progress: Progress) -> None:
        with quietly():
            self._registry.note_waiting(self._job.id, progress.to_dict())
        first = self._job.runs[0]
        self._tell(_news(first, RunState.QUEUED, progress))

    def _note(self, run: Run, heard: Sequence[Message]) -> None:
        """Record what was heard in one transaction, however much it is."""
        progress = next((each for each in reversed(heard) if isinstance(each, Progress)), None)
        events = [each for each in heard if isinstance(each, Event)]
        self._notices += [each.text for each in heard if isinstance(each, Notice)]
        if progress is None and not events:
            return
        self._stage = self._stage if progress is None else progress.stage
        with quietly():
            self._registry.note(run.id, progress, events)
        if progress is not None:
            self._tell(_news(run, RunState.RUNNING, progress))

    def _tell_state(self, run: Run) -> None:
        state = None
        with quietly():
            state = self._registry.state(run.id)
        if state is not None:
            self._tell(_news(run, state, None))

    def _beat(self) -> None:
        if time.monotonic() - self._last_beat >= HEARTBEAT_EVERY_S:
            self._last_beat = time.monotonic()
            with quietly():
                self._registry.beat(self._job.id)

    def _fail(self, run: Run, reason: str, notices: Sequence[str]) -> None:
        with quietly():  # what cannot be recorded now is tried again when the job ends
            if self._registry.fail(run.id, reason, notices):
                _log.warning("Run %s failed: %s", run.id, reason)


def _news(run: Run, state: RunState, progress: Progress | None) -> dict[str, Any]:
    shown = None if progress is None else progress.to_dict()
    return {"job_id": run.job_id, "run_id": run.id, "state": state.value, "progress": shown}


@contextlib.contextmanager
def _failing_what_is_left(registry: Registry, bundles: Bundles, job: Job) -> Iterator[None]:
    """No run stays active when its job ends, however that comes, and none leaves files without having finished."""
    reason = _STOPPED
    try:
        yield
        reason = "Its job ended before it."
    except Exception as error:
        reason = explain(error).reason
        if not isinstance(error, DashboardError):
            _log.exception("Job %s ended unexpectedly", job.id)
    finally:
        for run in job.runs:
            with quietly():
                if registry.fail(run.id, reason):
                    bundles.discard(run.id)
        registry.close()


@contextlib.contextmanager
def _stopping_politely() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that children end and the registry hears of it."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _why_ended(code: int | None) -> str:
    if code == -signal.SIGKILL:
        return "It was stopped by the system (signal 9), most often because memory ran out."
    if code is not None and code < 0:
        return f"It was stopped by signal {-code} ({signal.Signals(-code).name})."
    return f"Its process ended without a result (exit code {code})."


def too_long(request: TrainingRequest, run_seconds: float, stage: str) -> str:
    """Say that a run took too long, where it was, and what would take less.

    Examples
    --------
    >>> from core.requests import TrainingRequest
    >>> too_long(TrainingRequest(family="ridge", cv_folds=0), 90, "")
    'It exceeded its time limit of 1 min 30 s. Ask for a quicker model or for a smaller table, or start the server \
with more --run-seconds.'
    """
    less = ["fewer folds"] if request.cv_folds else []
    less += ["fewer tries or minutes of the search"] if request.tuning is not None else []
    where = f", at the step “{stage}”" if stage else ""
    ways = ", for ".join([*less, "a quicker model"])
    return (
        f"It exceeded its time limit of {in_words(run_seconds)}{where}. Ask for {ways} or for a smaller table, "
        "or start the server with more --run-seconds."
    )
