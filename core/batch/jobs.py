"""Scorings as values: what was asked, where it stands, what came of it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.processes import ProcessId, is_alive
from core.runs.model import RunState

UNCLAIMED_S = 120
"""Longest time a process may take to start."""
SILENT_S = 60
"""Silence after which a process on another computer counts as dead."""
ENDED = "Its process ended unexpectedly, most often because memory ran out."


@dataclass(frozen=True)
class ScoringLimits:
    """How much of scored files may be kept.

    Parameters
    ----------
    kept : int
        Scorings of one owner; the oldest one that has ended gives way.
    kept_seconds : float, seconds
        How long a result can be fetched.
    owner_bytes : int
        Everything of one owner; the oldest ones that have ended give way.
    all_bytes : int
        Everything of all owners together.
    """

    kept: int = 5
    kept_seconds: float = 24 * 3600
    owner_bytes: int = 2**30
    all_bytes: int = 4 * 2**30


@dataclass(frozen=True)
class ScoringRequest:
    """What somebody wants to have scored; the caller has made sure that they may use the run.

    Parameters
    ----------
    content : bytes
        The file.
    run_id, model, filename, mapping, reasons
        As in `Scoring`.
    """

    content: bytes
    run_id: str
    model: str
    filename: str
    mapping: Mapping[str, str | None]
    reasons: bool

    def scoring(self, key: str, most_bytes: int) -> Scoring:
        """A scoring that waits to be started."""
        return Scoring(
            str(uuid.uuid4()),
            key,
            self.run_id,
            self.model,
            self.filename,
            dict(self.mapping),
            self.reasons,
            most_bytes=most_bytes,
        )


@dataclass(frozen=True)
class Scoring:
    """One file scored with one model, or the attempt at it.

    Parameters
    ----------
    id : str
        A UUID made by the server.
    key : str
        The same key of the same owner is the same scoring.
    run_id, model : str
        The run, and what it is called.
    filename : str
    mapping : dict of str to str or None
        Columns of the schema to columns of the file, as the person chose.
    reasons : bool
    most_bytes : int or None
        What its result may take on disk.
    state : RunState
    created_at : float, seconds since the epoch
    ended_at : float or None
    process : ProcessId or None
    reason : str or None
        Why it failed.
    progress : dict or None
        ``Progress.to_dict()`` while it is active.
    summary : dict or None
        What came of it: see ``core.batch.working``.
    """

    id: str
    key: str
    run_id: str
    model: str
    filename: str
    mapping: Mapping[str, str | None]
    reasons: bool
    most_bytes: int | None = None
    state: RunState = RunState.QUEUED
    created_at: float = field(default_factory=time.time)
    ended_at: float | None = None
    process: ProcessId | None = None
    reason: str | None = None
    progress: dict[str, Any] | None = None
    summary: dict[str, Any] | None = None

    @property
    def is_active(self) -> bool:
        return self.state.is_active

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe, for its file; progress and summary have files of their own."""
        kept = asdict(replace(self, progress=None, summary=None))
        return {name: value for name, value in kept.items() if name not in {"progress", "summary"}}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Scoring:
        """The scoring that ``to_dict`` described."""
        process = kept["process"]
        return cls(**{**kept, "state": RunState(kept["state"]), "process": process and ProcessId(**process)})


def why_dead(scoring: Scoring, heard_at: float) -> str | None:
    """Why an active scoring cannot go on, or None while it may.

    Parameters
    ----------
    scoring : Scoring
    heard_at : float, seconds since the epoch
        Its latest sign of life.
    """
    if not scoring.is_active:
        return None
    if scoring.process is None:
        late = time.time() - scoring.created_at > UNCLAIMED_S
        return "It did not start: the server could not make its process. Score the file again." if late else None
    if scoring.process.is_local:
        return None if is_alive(scoring.process) else ENDED
    silent = time.time() - heard_at > SILENT_S
    return f"Nothing was heard from its computer for over {SILENT_S} seconds." if silent else None
