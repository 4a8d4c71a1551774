"""Runs and jobs as values: what the registry keeps and what pages and the shell read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.cautions import cautions
from core.families import FAMILIES
from core.search_space import ParamValue

if TYPE_CHECKING:
    from core.requests import TrainingRequest
    from core.tables import TableRef

SHELL_OWNER = "shell"
"""Owner of the runs made from the command line: everybody may read them, only the operator may change them."""


class RunState(StrEnum):
    """Where a run stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        return self in ACTIVE_STATES


ACTIVE_STATES = (RunState.QUEUED, RunState.RUNNING)

TRANSITIONS: Mapping[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.FAILED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset({RunState.FINISHED, RunState.FAILED, RunState.CANCELLED}),
    RunState.FINISHED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.CANCELLED: frozenset(),
}
"""The states that may follow each state; the registry refuses every other change."""


@dataclass(frozen=True)
class Limits:
    """How much training may happen at the same time, and how much one run may take.

    Parameters
    ----------
    run_slots : int
        Jobs that run at the same time.
    queue_limit : int
        Jobs that may wait beside those that run.
    jobs_per_user : int
        Queued or running jobs one owner may have.
    run_seconds : float, seconds
        Longest time one run may take.
    run_memory_mb : int, MiB
        Most resident memory one run may use.
    bin_days : float
        After how many days deleted runs are removed for good; 0 for never.
    """

    run_slots: int = 2
    queue_limit: int = 8
    jobs_per_user: int = 1
    run_seconds: float = 3600
    run_memory_mb: int = 8192
    bin_days: float = 30


@dataclass(frozen=True)
class Run:
    """One trained model, or the attempt at one; all times are aware and in UTC.

    Parameters
    ----------
    id, job_id : str
        UUIDs made by the server.
    owner : str
        Who asked for it.
    state : RunState
    request : TrainingRequest
        What was asked for.
    created_at, started_at, finished_at, heartbeat_at : datetime or None
        The last one is the latest sign of life of its process.
    progress : dict or None
        ``Progress.to_dict()`` of the latest moment while the run is active.
    metrics, timings : dict or None
        As in ``TrainingResult``; None until the run is finished.
    versions : dict of str
        Versions of Python, the libraries and this product that made the run.
    data : dict
        Facts of the table: source_name, source_kind, is_synthetic, sha256, tracks; for an uploaded one also its id
        (``table``) and low, high and median of its further columns (``extra_ranges``).
    notices : list of str
        What the person should know about the result.
    reason : str or None
        Why the run failed or was cancelled, one sentence.
    digests : dict of str
        SHA-256 of each file of the bundle, by file name.
    deleted_at : datetime or None
        When it was put into the bin.
    stop_requested_at : datetime or None
        When its owner asked to end the search, or the learning, and to keep the best so far.
    name, note : str
        What its owner calls it and says of it; empty where nothing was said.
    tags : tuple of str
    is_starred : bool
    edition : int
        Grows with each change of name, note, tags or star.
    imported : dict or None
        Where a run came from that was not made here: ``run_id`` (when it was made), ``host`` (the computer that
        exported it), ``exported_at``, ``imported_at`` (ISO 8601), ``key`` (fingerprint of the key that signed it).
    """

    id: str
    job_id: str
    owner: str
    state: RunState
    request: TrainingRequest
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    heartbeat_at: datetime | None = None
    progress: dict[str, Any] | None = None
    metrics: dict[str, Any] | None = None
    timings: dict[str, Any] | None = None
    versions: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    reason: str | None = None
    digests: dict[str, str] = field(default_factory=dict)
    deleted_at: datetime | None = None
    stop_requested_at: datetime | None = None
    name: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    is_starred: bool = False
    edition: int = 0
    imported: dict[str, str] | None = None

    @property
    def is_active(self) -> bool:
        return self.state.is_active

    @property
    def model_label(self) -> str:
        """Name of the model family for people, marked where the run was imported."""
        family = FAMILIES.get(self.request.family)
        label = family.label if family is not None else self.request.family
        return f"{label} (imported)" if self.imported else label

    @property
    def params(self) -> dict[str, ParamValue]:
        """The hyperparameters that the model is made with: recommended, asked for, and found by a search."""
        found = ((self.metrics or {}).get("search") or {}).get("best_params") or {}
        return FAMILIES[self.request.family].resolve({**self.request.params, **found}, self.request.defaults)

    def to_dict(self) -> dict[str, Any]:
        """Everything a script wants to know, JSON-safe; the owner stays private.

        ``params`` are those the model was made with, recommended and found ones included; ``request`` has those asked
        for.
        """
        return {
            "run_id": self.id,
            "job_id": self.job_id,
            "state": self.state.value,
            "name": self.name,
            "note": self.note,
            "tags": list(self.tags),
            "is_starred": self.is_starred,
            "family": self.request.family,
            "protocol": self.request.protocol,
            "features": list(self.request.features),
            "params": self.params,
            "request": self.request.model_dump(mode="json"),
            "created_at": iso(self.created_at),
            "started_at": iso(self.started_at),
            "finished_at": iso(self.finished_at),
            "stop_requested_at": iso(self.stop_requested_at),
            "progress": self.progress,
            "timings": self.timings,
            "metrics": self.metrics,
            "cautions": [one.sentence for one in cautions(self.request)],
            "reason": self.reason,
            "notices": list(self.notices),
            "data": dict(self.data),
            "versions": dict(self.versions),
            "imported": self.imported,
        }


@dataclass(frozen=True)
class Job:
    """One press of Train: its runs are made one after another by one process.

    Parameters
    ----------
    id : str
        UUID made by the server.
    owner : str
    key : str
        The idempotency key: the same key of the same owner is the same job.
    created_at : datetime
    launched_at : datetime or None
        When a process was asked for.
    heartbeat_at : datetime or None
        Latest sign of life of that process.
    table : TableRef or None
        The uploaded table that it trains on; None for the default one.
    runs : tuple of Run
        In the order in which they are made.
    """

    id: str
    owner: str
    key: str
    created_at: datetime
    launched_at: datetime | None = None
    heartbeat_at: datetime | None = None
    table: TableRef | None = None
    runs: tuple[Run, ...] = ()

    @property
    def is_active(self) -> bool:
        return any(run.is_active for run in self.runs)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with whole seconds, or None."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def now() -> datetime:
    """This moment, aware and in UTC."""
    return datetime.now(UTC)
