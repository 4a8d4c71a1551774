"""Scorings on disk: a folder an owner, a folder a scoring; every change of state by one at a time."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from core.batch.jobs import Scoring, ScoringLimits, why_dead
from core.errors import InvalidRequest, NotFound, Refused
from core.runs.artifacts import storage_errors
from core.runs.making import JobContext
from core.runs.model import ACTIVE_STATES, RunState
from core.runs.processes import kill_tree
from core.runs.rules import is_uuid
from core.tables.shelves import bytes_below, digest, write_bytes

FOLDER: Final = "scored"
JOB, INPUT, PROGRESS, SUMMARY, RESULT = "job.json", "input", "progress.json", "summary.json", "scored.csv"
LOCK: Final = ".lock"
NOT_HERE: Final = "There is no such scored file. It may have been cleared away: results are kept for a day."

Start = Callable[[JobContext, Path], None]
"""Starts the process of a scoring, and returns at once."""


class Scorings:
    """The one door to scored files. Safe to share between threads and processes.

    Parameters
    ----------
    context : JobContext
        Home, slots and limits are those of training jobs.
    start : callable
    limits : ScoringLimits, optional
    """

    def __init__(self, context: JobContext, start: Start, limits: ScoringLimits | None = None) -> None:
        self._context = context
        self._start = start
        self._limits = limits or ScoringLimits()
        self._root = context.home / FOLDER

    def submit(
        self,
        owner: str,
        key: object,
        *,
        content: bytes,
        run_id: str,
        model: str,
        filename: str,
        mapping: Mapping[str, str | None],
        reasons: bool,
        training: int = 0,
    ) -> Scoring:
        """Queue the scoring of a file, and start its process.

        Parameters
        ----------
        owner : str
        key : object
            A UUID made anew for each press: the same one gives the same scoring again.
        content : bytes
        run_id, model, filename, mapping, reasons
            As in `Scoring`; the caller has made sure that the owner may use the run.
        training : int
            Training jobs that are queued or running: they share slots and queue.

        Raises
        ------
        InvalidRequest
            When the key is none.
        Refused
            When the owner's last scoring has not ended, or the queue or the disk's share is full.
        """
        if not is_uuid(key):
            raise InvalidRequest("What was sent carries no key. Reload the page and try again.")
        with storage_errors(), self._locked():
            self._tidy()
            mine = self._of(self._folder(owner))
            known = next((one for one in mine if one.key == key), None)
            if known is not None:
                return known
            self._refuse_beyond(mine, training, len(content))
            self._make_room(owner, mine)
            scoring = Scoring(str(uuid.uuid4()), str(key), run_id, model, filename, dict(mapping), reasons)
            folder = self._folder(owner) / scoring.id
            folder.mkdir(mode=0o700)
            write_bytes(folder / INPUT, content)
            write_job(folder, scoring)
        try:
            self._start(self._context, folder)
        except OSError:
            change(folder, ACTIVE_STATES, state=RunState.FAILED, reason="The server has no room for another process.")
        return self.get(owner, scoring.id)

    def get(self, owner: str, scoring_id: str) -> Scoring:
        """One scoring; one whose process is dead is failed, with the reason.

        Raises
        ------
        NotFound
            When this owner has none of that id: absent, foreign and cleared ones answer alike.
        """
        return _honest(self._find(owner, scoring_id))

    def list(self, owner: str) -> Sequence[Scoring]:
        """The scorings of an owner, newest first."""
        found = self._of(self._folder(owner))
        return [one for one in found if one.is_active or not self._has_expired(one)]

    def cancel(self, owner: str, scoring_id: str) -> Scoring:
        """Cancel a scoring and end its process; one that has ended stays as it is.

        Raises
        ------
        NotFound
        """
        folder = self._find(owner, scoring_id)
        process = read_job(folder).process
        if change(folder, ACTIVE_STATES, state=RunState.CANCELLED) and process is not None:
            kill_tree(process)
        return self.get(owner, scoring_id)

    def result(self, owner: str, scoring_id: str) -> tuple[Path, Scoring]:
        """The scored file.

        Raises
        ------
        NotFound
            Also while it is not finished.
        """
        folder = self._find(owner, scoring_id)
        scoring = read_job(folder)
        if scoring.state is not RunState.FINISHED or not (folder / RESULT).is_file():
            raise NotFound(NOT_HERE)
        return folder / RESULT, scoring

    def tidy(self) -> None:
        """Clear away what has expired, of every owner."""
        if self._root.is_dir():
            with storage_errors(), self._locked():
                self._tidy()

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _folder(self, owner: str) -> Path:
        return self._root / digest(owner)

    def _find(self, owner: str, scoring_id: str) -> Path:
        folder = self._folder(owner) / scoring_id if is_uuid(scoring_id) else None
        if folder is None or not (folder / JOB).is_file() or self._has_expired(read_job(folder)):
            raise NotFound(NOT_HERE)
        return folder

    def _of(self, folder: Path) -> Sequence[Scoring]:
        found = [_honest(path.parent) for path in folder.glob(f"*/{JOB}")]
        return sorted(found, key=lambda one: one.created_at, reverse=True)

    def _has_expired(self, one: Scoring) -> bool:
        return one.ended_at is not None and time.time() - one.ended_at > self._limits.kept_seconds

    def _refuse_beyond(self, mine: Iterable[Scoring], training: int, more: int) -> None:
        if any(one.is_active for one in mine):
            raise Refused("Your last file is still being scored: wait for it, or cancel it.")
        active = sum(one.is_active for folder in self._root.iterdir() if folder.is_dir() for one in self._of(folder))
        limits = self._context.limits
        if active + training >= limits.run_slots + limits.queue_limit:
            raise Refused("The server is busy and its queue is full. Try again in a few minutes.")
        if bytes_below(self._root) + more > self._limits.all_bytes:
            raise Refused("There is no room for more scored files on this server at the moment.")

    def _make_room(self, owner: str, mine: Iterable[Scoring]) -> None:
        folder = self._folder(owner)
        folder.mkdir(mode=0o700, exist_ok=True)
        ended = [one for one in mine if not one.is_active]
        for one in ended[max(self._limits.kept - 1, 0) :]:
            shutil.rmtree(folder / one.id, ignore_errors=True)

    def _tidy(self) -> None:
        for folder in [each for each in self._root.iterdir() if each.is_dir()]:
            for one in self._of(folder):
                if not one.is_active and self._has_expired(one):
                    shutil.rmtree(folder / one.id, ignore_errors=True)
            for left in folder.iterdir():  # made by a process that ended before it could say what it is for
                if not (left / JOB).is_file() and time.time() - left.stat().st_mtime > self._limits.kept_seconds:
                    shutil.rmtree(left, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self._root):
            yield


def read_job(folder: Path) -> Scoring:
    """The scoring of a folder, with its progress or its summary."""
    scoring = Scoring.from_dict(json.loads((folder / JOB).read_bytes()))
    name = PROGRESS if scoring.is_active else SUMMARY
    with contextlib.suppress(FileNotFoundError, ValueError):
        found: dict[str, Any] = json.loads((folder / name).read_bytes())
        return replace(scoring, progress=found) if scoring.is_active else replace(scoring, summary=found)
    return scoring


def write_job(folder: Path, scoring: Scoring) -> None:
    """Keep a scoring as it stands."""
    write_bytes(folder / JOB, json.dumps(scoring.to_dict()).encode())


def change(folder: Path, expected: Collection[RunState], **values: Any) -> bool:
    """Change a scoring where its state is one of those expected; what ends takes its input along.

    Returns
    -------
    bool
        False when its state is another, or it is gone.
    """
    try:
        with locked(folder):
            scoring = read_job(folder)
            if scoring.state not in expected:
                return False
            changed = replace(scoring, **values)
            if not changed.is_active:
                changed = replace(changed, ended_at=time.time())
            write_job(folder, changed)
    except FileNotFoundError:
        return False
    if not changed.is_active:
        (folder / INPUT).unlink(missing_ok=True)
    return True


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep others, in whichever process, from changing what is in a folder."""
    handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _honest(folder: Path) -> Scoring:
    """The scoring of a folder; where its process is dead, that is said first."""
    scoring = read_job(folder)
    reason = why_dead(scoring, _heard_at(folder))
    if reason is None:
        return scoring
    change(folder, ACTIVE_STATES, state=RunState.FAILED, reason=reason)
    return read_job(folder)


def _heard_at(folder: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return (folder / PROGRESS).stat().st_mtime
    return (folder / JOB).stat().st_mtime
