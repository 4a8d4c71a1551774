"""Background callbacks as processes of their own: dash's diskcache manager, hardened.

What differs from the stock manager, and why:

- every click has its own result: the stock key is made of the arguments, so equal settings shared one result;
- processes start from a clean, preloaded server (``forkserver``): a fork of the web process would inherit its threads,
  its listening socket and half-initialised OpenMP pools;
- a process starts only for a job that the registry admits, once;
- a job whose page was left or reloaded before it could ask for the process is started all the same;
- the web process neither waits for jobs at its end nor ever ends one: only the registry's ``cancel`` does.
"""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

import diskcache
import multiprocess
import psutil
from dash import DiskcacheManager
from multiprocess import forkserver
from multiprocess import process as multiprocess_process

from core.processes import ProcessId, is_alive, process_id
from core.runs.making import JobContext
from core.runs.model import SHELL_OWNER, now
from core.runs.registry import Registry, open_registry
from dashboard.limits import context_of
from dashboard.settings import Settings

KEPT_S = 24 * 3600
"""Results and progress that no page fetched are forgotten after this time; the registry keeps what matters."""

LINGER_S = 0.5
"""Dash looks for the result first and for the process next: one that ended in between would look as if killed."""

PRELOAD = (
    "callbacks.jobs",
    "dashboard.background",
    "core.batch.working",
    "core.runs.jobs",
    "core.training",
    "core.persistence",
    "data.sources",
    "alembic.util",
    "pandas",
    "scipy.stats",
    "skops.io",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.neighbors",
    "sklearn.svm",
    "sklearn.pipeline",
    "threadpoolctl",
    "dashboard.preload",
)

FORGOTTEN_AFTER = timedelta(seconds=3)
"""A page asks for the process of its job within a moment; after this time the server no longer waits for it."""

LOOK_S = 2.0
"""Pause between two looks for such jobs."""

_NO_UPDATE = {"_dash_no_update": "_dash_no_update"}
_log = logging.getLogger(__name__)


def make_manager(settings: Settings) -> TrainingManager:
    """The manager of one web process; call ``warm`` once the process serves."""
    return TrainingManager(context_of(settings))


class TrainingManager(DiskcacheManager):
    """Starts the processes of jobs and passes on what they tell.

    Background functions are registered with every manager of a process, so it is the manager that knows the settings:
    each function is called as ``function(set_progress, *inputs, context=...)``.

    Parameters
    ----------
    context : JobContext
    """

    def __init__(self, context: JobContext) -> None:
        folder = context.home / "jobs"
        context.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        super().__init__(diskcache.Cache(str(folder), eviction_policy="none"))
        self.handle.expire()
        self._context = context
        self._processes = multiprocess.get_context("forkserver")
        self._processes.set_forkserver_preload(list(PRELOAD))

    def warm(self, job_fn: Callable[..., Any]) -> None:
        """Start loading the libraries of the process server, in a thread, so that the first job starts at once.

        Parameters
        ----------
        job_fn : callable
            What makes the runs of a launched job, for jobs that no page asks for any more.
        """
        threading.Thread(target=forkserver.ensure_running, name="warm-up", daemon=True).start()
        threading.Thread(target=self._look_after, args=(job_fn,), name="forgotten-jobs", daemon=True).start()

    def start_forgotten(self, job_fn: Callable[..., Any]) -> list[str]:
        """Start the jobs that wait for a page to ask for their process, which it should have done; returns their ids.

        Of several servers one starts a job: the registry admits it once. Jobs of the command line make themselves.
        """
        waits_since = now() - FORGOTTEN_AFTER
        forgotten = [
            job.id
            for job in (watched.job for watched in self._registry.watched())
            if job.launched_at is None and job.created_at < waits_since and job.owner != SHELL_OWNER
        ]
        return [job_id for job_id in forgotten if self._start_for_nobody(job_id, job_fn)]

    # -- what dash calls -------------------------------------------------------------------------------------------

    def build_cache_key(self, fn: object, args: object, cache_args_to_ignore: object, triggered: object) -> str:
        return uuid.uuid4().hex

    def make_job_fn(self, fn: Callable[..., Any], progress: object, key: str | None = None) -> Callable[..., Any]:
        return fn

    def call_job_fn(self, key: str, job_fn: Callable[..., Any], args: Any, context: Any) -> str | None:
        """Start the process of the job that the page names; a job that is not to be started answers at once."""
        inputs = tuple(args.values()) if isinstance(args, Mapping) else tuple(args)
        job_id = _job_id(inputs)
        if job_id is None or not self._registry.admit(job_id):
            self.handle.set(key, _NO_UPDATE, expire=KEPT_S)
            return None
        try:
            return self._start(job_id, key, job_fn, inputs)
        except OSError:
            _log.exception("The process of job %s could not be started", job_id)
            self._give_up(job_id, key, "It did not start: the server has no room for another process.")
        except psutil.NoSuchProcess:
            _log.exception("The process of job %s ended before it could be recorded", job_id)
            self._give_up(job_id, key, "Its process ended in its first moments, most often because memory ran out.")
        return None

    def job_running(self, job: str | None) -> bool:
        process = _parse_handle(job)
        return process is not None and is_alive(process)

    def terminate_job(self, job: str | None) -> None:
        """Do nothing: dash asks for this when a result was read or a page starts its next job.

        A job ends by itself, and is cancelled only through the registry.
        """

    def terminate_unhealthy_job(self, job: str | None) -> bool:
        return False

    def _look_after(self, job_fn: Callable[..., Any]) -> None:
        while True:
            time.sleep(LOOK_S)
            try:
                self.start_forgotten(job_fn)
            except Exception:  # the next look may succeed; to stop looking would strand jobs
                _log.exception("Jobs that no page asked for could not be looked for")

    def _start_for_nobody(self, job_id: str, job_fn: Callable[..., Any]) -> bool:
        _log.info("No page asked for the process of job %s: the server starts it", job_id)
        return self.call_job_fn(uuid.uuid4().hex, job_fn, [{"job_id": job_id}], None) is not None

    # -- helpers ---------------------------------------------------------------------------------------------------

    @cached_property
    def _registry(self) -> Registry:
        return open_registry(self._context.home, self._context.database_url)

    def _give_up(self, job_id: str, key: str, reason: str) -> None:
        job = self._registry.job(job_id)
        for run in job.runs if job else ():
            self._registry.fail(run.id, reason)
        self.handle.set(key, _NO_UPDATE, expire=KEPT_S)

    def _start(self, job_id: str, key: str, job_fn: Callable[..., Any], inputs: tuple[Any, ...]) -> str:
        child = self._processes.Process(
            target=_live,
            args=(self.handle.directory, key, self._make_progress_key(key), job_fn, inputs, self._context),
            name=f"job-{key[:8]}",
        )
        child.start()
        multiprocess_process._children.discard(child)  # or the web process would wait for it at its own end
        started = process_id(child.pid)
        self._registry.announce(job_id, started)
        return f"{started.pid}@{started.created}@{started.host}"


def _job_id(inputs: Sequence[Any]) -> str | None:
    """The job a page wants started; None for anything that is not the id of a job."""
    launch = inputs[0] if inputs else None
    found = launch.get("job_id") if isinstance(launch, Mapping) else None
    try:
        return found if isinstance(found, str) and str(uuid.UUID(found)) == found else None
    except ValueError:
        return None


def _parse_handle(job: str | None) -> ProcessId | None:
    try:
        pid, created, host = str(job).split("@", 2)
        return ProcessId(int(pid), float(created), host)
    except ValueError:
        return None


def _live(
    cache: str, key: str, progress_key: str, function: Callable[..., Any], inputs: tuple[Any, ...], context: JobContext
) -> None:
    """The life of a job's process."""
    os.setsid()  # it outlives the terminal and the server that started it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    results = diskcache.Cache(cache)

    def tell(name: str, value: Any) -> None:
        try:
            results.set(name, value, expire=KEPT_S)
        except (OSError, sqlite3.Error, diskcache.Timeout) as error:  # the registry has the truth
            _log.warning("News of a job could not be passed on: %s", error)

    try:
        answer = function(lambda news: tell(progress_key, [news]), *inputs, context=context)
    except Exception:
        _log.exception("A job's process failed")
        answer = _NO_UPDATE
    tell(key, answer)
    time.sleep(LINGER_S)
