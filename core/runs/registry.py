"""The one truth about runs: rows that change state only by compare-and-set."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.errors import Refused
from core.files import storage_errors
from core.processes import ProcessId
from core.progress import Event, Progress
from core.runs.aliases import Promotions
from core.runs.arrivals import Arrivals
from core.runs.bin import Bin
from core.runs.database import Database
from core.runs.events import read_events, store_events
from core.runs.history import History
from core.runs.model import ACTIVE_STATES, SHELL_OWNER, TRANSITIONS, Job, Limits, Run, RunState, now
from core.runs.notices import Notices
from core.runs.standings import Standings
from core.runs.tables import (
    JOBS,
    RUNS,
    SCORES,
    Moment,
    columns_of_data,
    columns_of_request,
    job_from_row,
    process_from_row,
    run_from_row,
    score_rows,
)
from core.tables import TableRef

FILE_NAME = "registry.sqlite3"

_IS_ACTIVE = RUNS.c.state.in_(ACTIVE_STATES)


@dataclass(frozen=True)
class Watched:
    """An active job as the sweep sees it.

    Parameters
    ----------
    job : Job
        With its active runs only.
    process : ProcessId or None
        Who works on the job; None before it is claimed.
    children : dict
        Process of each run that is being made, by run id.
    """

    job: Job
    process: ProcessId | None
    children: Mapping[str, ProcessId]


class Registry:
    """Jobs and runs in a database.

    Parameters
    ----------
    url : str
        SQLAlchemy address; SQLite on a local disk, or PostgreSQL.
    lock_file : Path
        File that lets one process at a time change the schema.
    """

    def __init__(self, url: str, lock_file: Path) -> None:
        self._database = Database(url, lock_file)
        self.history = History(self._database)
        self.standings = Standings(self._database)
        self.arrivals = Arrivals(self._database)
        self.promotions = Promotions(self._database)
        self.notices = Notices(self._database)
        self.bin = Bin(self._database)

    def close(self) -> None:
        """Close all connections; they reopen by themselves."""
        self._database.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def run(self, run_id: str) -> Run | None:
        with self._database.reading() as connection:
            row = connection.execute(sa.select(RUNS).where(RUNS.c.id == run_id)).mappings().first()
        return None if row is None else run_from_row(row)

    def job(self, job_id: str) -> Job | None:
        with self._database.reading() as connection:
            return _read_job(connection, JOBS.c.id == job_id)

    def job_of_key(self, owner: str, key: str) -> Job | None:
        """The job that an owner's idempotency key has made, None where it has made none."""
        with self._database.reading() as connection:
            return _read_job(connection, (JOBS.c.owner == owner) & (JOBS.c.key == key))

    def runs(
        self, owner: str | None, *, limit: int, active: bool = False, ended_since: datetime | None = None
    ) -> list[Run]:
        """Runs that the owner may see, newest first; deleted ones are left out.

        Parameters
        ----------
        owner : str or None
            None sees all; others see their own and those of the shell.
        limit : int
        active : bool
            Only those that are queued or running.
        ended_since : datetime, optional
            Only those that are active or ended after this moment.
        """
        query = sa.select(RUNS).where(RUNS.c.deleted_at.is_(None))
        if owner is not None:
            query = query.where(RUNS.c.owner.in_((owner, SHELL_OWNER)))
        if active:
            query = query.where(_IS_ACTIVE)
        if ended_since is not None:
            query = query.where(_IS_ACTIVE | (RUNS.c.finished_at >= ended_since))
        # Where the limit cuts, it never cuts off what is still under way.
        first = [_IS_ACTIVE.desc()] if ended_since is not None else []
        query = query.order_by(*first, RUNS.c.created_at.desc(), RUNS.c.position).limit(limit)
        with self._database.reading() as connection:
            return [run_from_row(row) for row in connection.execute(query).mappings()]

    def state(self, run_id: str) -> RunState | None:
        return self.wish(run_id)[0]

    def wish(self, run_id: str) -> tuple[RunState | None, datetime | None]:
        """The state of a run, and when it was last asked to stop and keep the best so far."""
        query = sa.select(RUNS.c.state, RUNS.c.stop_requested_at).where(RUNS.c.id == run_id)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return (None, None) if row is None else (RunState(row.state), row.stop_requested_at)

    def events(self, run_id: str, after: int) -> tuple[int, list[dict[str, Any]]]:
        """The number of a run's last event, and what it told after a number."""
        with self._database.reading() as connection:
            return read_events(connection, run_id, after)

    def is_wanted(self, job_id: str) -> bool:
        """True while a run of the job is queued or running."""
        query = sa.select(RUNS.c.id).where(RUNS.c.job_id == job_id, _IS_ACTIVE).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def child(self, run_id: str) -> ProcessId | None:
        """The process in which a run is being made."""
        query = sa.select(RUNS.c.pid, RUNS.c.pid_created, RUNS.c.host).where(RUNS.c.id == run_id)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else process_from_row(row)

    def bundle_owners(self) -> set[str]:
        """Ids of the runs that have, or may be about to have, a bundle on disk."""
        query = sa.select(RUNS.c.id).where(RUNS.c.state.in_((RunState.RUNNING, RunState.FINISHED)))
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def watched(self) -> list[Watched]:
        """The active jobs with their processes."""
        with self._database.reading() as connection:
            runs = connection.execute(sa.select(RUNS).where(_IS_ACTIVE).order_by(RUNS.c.position)).mappings().all()
            ids = {row["job_id"] for row in runs}
            jobs = connection.execute(sa.select(JOBS).where(JOBS.c.id.in_(ids))).mappings().all() if ids else []
        found = []
        for job in jobs:
            mine = [row for row in runs if row["job_id"] == job["id"]]
            children = {row["id"]: process for row in mine if (process := process_from_row(row)) is not None}
            value = job_from_row(job, tuple(run_from_row(row) for row in mine))
            found.append(Watched(value, process_from_row(job), children))
        return found

    # -- jobs ------------------------------------------------------------------------------------------------------

    def submit(
        self,
        owner: str,
        requests: Sequence[Mapping[str, Any]],
        key: str,
        limits: Limits | None,
        table: TableRef | None = None,
        beside: int = 0,
    ) -> Job:
        """Add a job with one queued run for each request, or find the one that this key made before.

        Parameters
        ----------
        owner : str
        requests : sequence of dict
            JSON-safe training requests.
        key : str
            Idempotency key of this owner.
        limits : Limits or None
            None for the shell, which neither waits in the queue nor fills it.
        table : TableRef, optional
            The uploaded table to train on, instead of the default one.
        beside : int
            Work of other kinds in the same queue.

        Raises
        ------
        Refused
            When the owner has enough active jobs, the queue is full, or the key belongs to a job of other requests.
        """
        with self._database.writing() as connection:
            self._database.lock_out_writers(connection, JOBS)
            same = (JOBS.c.owner == owner) & (JOBS.c.key == key)
            known = _read_job(connection, same)
            if known is not None:
                _refuse_other(known, requests)
                return known
            if limits is not None:
                _refuse_beyond(connection, owner, limits, beside)
            _insert(connection, owner, requests, key, table)
            made = _read_job(connection, same)
        assert made is not None
        return made

    def admit(self, job_id: str) -> bool:
        """Allow one process to be started for the job; true exactly once, and only while it is wanted."""
        return self._change_job(job_id, JOBS.c.launched_at.is_(None), launched_at=now())

    def claim(self, job_id: str, process: ProcessId) -> bool:
        """Make a process the one that works on the job; true for the first that asks while it is wanted."""
        mine = (JOBS.c.pid == process.pid) & (JOBS.c.host == process.host) & JOBS.c.heartbeat_at.is_(None)  # announced
        return self._change_job(job_id, JOBS.c.pid.is_(None) | mine, **_process_values(process), heartbeat_at=now())

    def announce(self, job_id: str, process: ProcessId) -> bool:
        """Record which process was started for a job, so that its end is noticed even before it claims the job."""
        return self._change_job(job_id, JOBS.c.pid.is_(None), **_process_values(process))

    def beat(self, job_id: str) -> None:
        """Record that the job's process lives."""
        moment = now()
        with self._database.writing() as connection:
            connection.execute(sa.update(JOBS).where(JOBS.c.id == job_id).values(heartbeat_at=moment))
            mine = (RUNS.c.job_id == job_id) & _IS_ACTIVE
            connection.execute(sa.update(RUNS).where(mine).values(heartbeat_at=moment))

    def _change_job(self, job_id: str, condition: sa.ColumnElement[bool], **values: Any) -> bool:
        wanted = sa.exists().where(RUNS.c.job_id == JOBS.c.id, _IS_ACTIVE)
        with self._database.writing() as connection:
            update = sa.update(JOBS).where(JOBS.c.id == job_id, condition, wanted).values(**values)
            return connection.execute(update).rowcount == 1

    # -- runs ------------------------------------------------------------------------------------------------------

    def start(self, run_id: str, *, data: Mapping[str, Any], versions: Mapping[str, str]) -> bool:
        """Queued to running; false when it is no longer queued."""
        moment = now()
        values = {"data": dict(data), **columns_of_data(data), "versions": dict(versions), "progress": None}
        return self._change(run_id, RunState.RUNNING, started_at=moment, heartbeat_at=moment, **values)

    def finish(
        self,
        run_id: str,
        *,
        metrics: Mapping[str, Any],
        timings: Mapping[str, Any],
        notices: Sequence[str],
        digests: Mapping[str, str],
    ) -> bool:
        """Running to finished, with the digests of the bundle that is on disk already; false when it was cancelled."""
        values = {"metrics": dict(metrics), "timings": dict(timings), "notices": list(notices)}
        running = (RUNS.c.id == run_id) & (RUNS.c.state == RunState.RUNNING)
        ended = {"state": RunState.FINISHED, "digests": dict(digests), "finished_at": now(), "progress": None}
        with self._database.writing() as connection:
            if connection.execute(sa.update(RUNS).where(running).values(**values, **ended)).rowcount != 1:
                return False
            rows = score_rows(run_id, metrics, timings)
            if rows:
                connection.execute(sa.insert(SCORES), rows)
        return True

    def fail(self, run_id: str, reason: str, notices: Sequence[str] = ()) -> bool:
        """Active to failed, with what people should know of it beside the reason; false when it has ended already."""
        ended = {"finished_at": now(), "progress": None, "reason": reason}
        return self._change(run_id, RunState.FAILED, **ended, **({"notices": list(notices)} if notices else {}))

    def cancel(self, run_id: str, reason: str) -> bool:
        """Active to cancelled; false when it has ended already."""
        return self._change(run_id, RunState.CANCELLED, finished_at=now(), progress=None, reason=reason)

    def set_child(self, run_id: str, process: ProcessId) -> None:
        """Record in which process a run is being made."""
        self._update(RUNS.c.id == run_id, **_process_values(process))

    def note(self, run_id: str, progress: Progress | None, events: Sequence[Event] = ()) -> bool:
        """Record the latest moment and the events of an active run, together; false (and nothing) when it has ended."""
        active = (RUNS.c.id == run_id) & _IS_ACTIVE
        latest = RUNS.c.progress if progress is None else progress.to_dict()
        with self._database.writing() as connection:
            if connection.execute(sa.update(RUNS).where(active).values(progress=latest)).rowcount != 1:
                return False
            store_events(connection, run_id, events)
        return True

    def ask_to_stop(self, run_id: str, *, again: bool = False) -> bool:
        """Record that a running run is to keep the best so far; false when it is not running.

        Parameters
        ----------
        run_id : str
        again : bool
            Whether an earlier wish was followed, so that this is a new one.
        """
        moment = sa.literal(now(), Moment())
        kept = moment if again else sa.func.coalesce(RUNS.c.stop_requested_at, moment)
        return self._update((RUNS.c.id == run_id) & (RUNS.c.state == RunState.RUNNING), stop_requested_at=kept)

    def note_waiting(self, job_id: str, progress: Mapping[str, Any]) -> None:
        """Record the same moment for all queued runs of a job."""
        self._update((RUNS.c.job_id == job_id) & (RUNS.c.state == RunState.QUEUED), progress=dict(progress))

    def _change(self, run_id: str, to: RunState, **values: Any) -> bool:
        """The only place that writes a state, beside ``finish``."""
        before = [state for state, following in TRANSITIONS.items() if to in following]
        return self._update((RUNS.c.id == run_id) & RUNS.c.state.in_(before), state=to, **values)

    def _update(self, condition: sa.ColumnElement[bool], **values: Any) -> bool:
        with self._database.writing() as connection:
            return connection.execute(sa.update(RUNS).where(condition).values(**values)).rowcount > 0


def open_registry(home: Path, url: str | None = None) -> Registry:
    """Open the registry of a home folder, private to its owner, or the one at a database address.

    Raises
    ------
    StorageError
        When the folder cannot be made or the database cannot be used.
    """
    with storage_errors("registry of runs"):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if url is None:
            (home / FILE_NAME).touch(mode=0o600)
            url = f"sqlite:///{(home / FILE_NAME).absolute()}"
    return Registry(url, home / "registry.lock")


def _read_job(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Job | None:
    row = connection.execute(sa.select(JOBS).where(condition)).mappings().first()
    if row is None:
        return None
    runs = sa.select(RUNS).where(RUNS.c.job_id == row["id"]).order_by(RUNS.c.position)
    return job_from_row(row, tuple(run_from_row(each) for each in connection.execute(runs).mappings()))


def _refuse_other(known: Job, requests: Sequence[Mapping[str, Any]]) -> None:
    """A key that comes again must ask for the same: what it asked for first would else be given for something else."""
    if [run.request.model_dump(mode="json") for run in known.runs] != [dict(request) for request in requests]:
        raise Refused("What this page asked for has changed since it was sent. Reload the page and try again.")


def _refuse_beyond(connection: sa.Connection, owner: str, limits: Limits, beside: int) -> None:
    active = sa.select(sa.func.count(sa.distinct(RUNS.c.job_id))).where(_IS_ACTIVE, RUNS.c.owner != SHELL_OWNER)
    if (connection.execute(active.where(RUNS.c.owner == owner)).scalar() or 0) >= limits.jobs_per_user:
        many = "a training job" if limits.jobs_per_user == 1 else f"{limits.jobs_per_user} training jobs"
        raise Refused(f"You already have {many} queued or running. Wait until it ends, or cancel it.")
    if (connection.execute(active).scalar() or 0) + beside >= limits.run_slots + limits.queue_limit:
        raise Refused(
            f"The queue is full: {limits.run_slots} jobs run and {limits.queue_limit} wait. Try again in a few minutes."
        )


def _insert(
    connection: sa.Connection, owner: str, requests: Sequence[Mapping[str, Any]], key: str, table: TableRef | None
) -> None:
    moment = now()
    job_id = str(uuid.uuid4())
    source = None if table is None else table.to_dict()
    job = {"id": job_id, "owner": owner, "key": key, "created_at": moment, "source_table": source}
    connection.execute(sa.insert(JOBS).values(**job))
    rows = [
        {
            "id": str(uuid.uuid4()),
            "job_id": job_id,
            "position": position,
            "owner": owner,
            "state": RunState.QUEUED,
            "request": dict(request),
            **columns_of_request(request),
            "created_at": moment,
        }
        for position, request in enumerate(requests)
    ]
    connection.execute(sa.insert(RUNS), rows)


def _process_values(process: ProcessId) -> dict[str, Any]:
    return {"pid": process.pid, "pid_created": process.created, "host": process.host}
