"""The one door to scored files: who may have one made, how long it is kept, how much room it may take."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.batch.folders import (
    FOLDER,
    INPUT,
    JOB,
    RESULT,
    change,
    count_active,
    drafted,
    find,
    give_way,
    locked,
    owners_below,
    remove,
    scorings_below,
    write_job,
)
from core.batch.jobs import Scoring, ScoringLimits, ScoringRequest
from core.errors import InvalidRequest, NotFound, Refused
from core.files import bytes_below, owner_folder, storage_errors, write_bytes
from core.processes import kill_tree
from core.runs.making import JobContext
from core.runs.model import ACTIVE_STATES, RunState
from core.runs.rules import is_uuid

NOT_HERE: Final = "There is no such scored file. It may have been cleared away: results are kept for a day."
GROWTH: Final = 4
"""What a scoring is expected to take, as a multiple of its file: the file, and the result of an unpacked one."""

Start = Callable[[JobContext, Path], None]
"""Starts the process of a scoring, and returns at once."""


class Scorings:
    """The one door to scored files. Safe to share between threads and processes.

    Parameters
    ----------
    context : JobContext
        Home, slots and limits are those of training jobs: both wait in one line for the same slots.
    start : callable
    limits : ScoringLimits, optional
    """

    def __init__(self, context: JobContext, start: Start, limits: ScoringLimits | None = None) -> None:
        self._context = context
        self._start = start
        self._limits = limits or ScoringLimits()
        self._root = context.home / FOLDER

    def submit(self, owner: str, key: object, request: ScoringRequest, *, training: int = 0) -> Scoring:
        """Queue the scoring of a file, and start its process.

        Parameters
        ----------
        owner : str
        key : object
            A UUID made anew for each press: the same one gives the same scoring again.
        request : ScoringRequest
        training : int
            Training jobs that are queued or running: they share slots and queue.

        Raises
        ------
        InvalidRequest
            When the key is none.
        Refused
            When the owner's last scoring has not ended, or the queue or the disk's share is full; nothing of what was
            scored before is cleared away then.
        """
        if not is_uuid(key):
            raise InvalidRequest("What was sent carries no key. Reload the page and try again.")
        with storage_errors("uploaded file"), self._locked():
            self._tidy()
            mine = scorings_below(self._folder(owner))
            known = next((one for one in mine if one.key == key), None)
            if known is not None:
                return known
            self._refuse_beyond(mine, training)
            room = self._make_room(owner, mine, len(request.content))
            scoring = request.scoring(str(key), room)
            folder = self._folder(owner) / scoring.id
            folder.mkdir(mode=0o700)
            write_bytes(folder / INPUT, request.content)
            write_job(folder, scoring)
        try:
            self._start(self._context, folder)
        except OSError:
            why = "The server has no room for another process."
            with storage_errors("state of the scoring"):
                change(folder, ACTIVE_STATES, state=RunState.FAILED, reason=why)
        return self.get(owner, scoring.id)

    def get(self, owner: str, scoring_id: str) -> Scoring:
        """One scoring; one whose process is dead is failed, with the reason.

        Raises
        ------
        NotFound
            When this owner has none of that id: absent, foreign and cleared ones answer alike.
        """
        return self._find(owner, scoring_id)[1]

    def list(self, owner: str) -> Sequence[Scoring]:
        """The scorings of an owner, newest first."""
        return [one for one in scorings_below(self._folder(owner)) if one.is_active or not self._has_expired(one)]

    def cancel(self, owner: str, scoring_id: str) -> Scoring:
        """Cancel a scoring and end its process; one that has ended stays as it is.

        Raises
        ------
        NotFound
        StorageError
            Where that could neither be stored nor done without.
        """
        folder, scoring = self._find(owner, scoring_id)
        if not scoring.is_active:
            return scoring
        try:
            if change(folder, ACTIVE_STATES, state=RunState.CANCELLED) and scoring.process is not None:
                kill_tree(scoring.process)
        except OSError as error:
            return self._cancel_on_full_disk(owner, folder, scoring, error)
        return self.get(owner, scoring_id)

    def result(self, owner: str, scoring_id: str) -> tuple[Path, Scoring]:
        """The scored file, which may be cleared away before it is opened.

        Raises
        ------
        NotFound
            Also while it is not finished.
        """
        folder, scoring = self._find(owner, scoring_id)
        if scoring.state is not RunState.FINISHED or not (folder / RESULT).is_file():
            raise NotFound(NOT_HERE)
        return folder / RESULT, scoring

    def tidy(self) -> None:
        """Clear away what has expired, of every owner."""
        if self._root.is_dir():
            with storage_errors("list of scored files"), self._locked():
                self._tidy()

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _cancel_on_full_disk(self, owner: str, folder: Path, scoring: Scoring, error: OSError) -> Scoring:
        """End the process first: what it had written, and its input, may be the room that is missing."""
        if scoring.process is None or not scoring.process.is_local:
            with storage_errors("wish to cancel"):
                raise error
        kill_tree(scoring.process)
        try:
            give_way(folder)
            change(folder, [*ACTIVE_STATES, RunState.FAILED], state=RunState.CANCELLED, reason=None)
        except OSError:
            return replace(scoring, state=RunState.CANCELLED, progress=None)  # so it is, though nobody can note it
        return self.get(owner, scoring.id)

    def _folder(self, owner: str) -> Path:
        return self._root / owner_folder(owner)

    def _find(self, owner: str, scoring_id: str) -> tuple[Path, Scoring]:
        folder = self._folder(owner) / scoring_id if is_uuid(scoring_id) else None
        found = find(folder) if folder is not None else None
        if folder is None or found is None or self._has_expired(found):
            raise NotFound(NOT_HERE)
        return folder, found

    def _has_expired(self, one: Scoring) -> bool:
        return one.ended_at is not None and time.time() - one.ended_at > self._limits.kept_seconds

    def _refuse_beyond(self, mine: Sequence[Scoring], training: int) -> None:
        if any(one.is_active for one in mine):
            raise Refused("Your last file is still being scored: wait for it, or cancel it.")
        limits = self._context.limits
        if count_active(self._context.home) + training >= limits.run_slots + limits.queue_limit:
            raise Refused("The server is busy and its queue is full. Try again in a few minutes.")

    def _make_room(self, owner: str, mine: Sequence[Scoring], more: int) -> int:
        """Let the oldest results of an owner give way to a new file; gives the bytes that its result may take."""
        folder, limits = self._folder(owner), self._limits
        folder.mkdir(mode=0o700, exist_ok=True)
        sizes = {one.id: bytes_below(folder / one.id) for one in mine}
        staying = [one.id for one in mine][: max(limits.kept - 1, 0)]
        while staying and sum(sizes[one] for one in staying) + GROWTH * more > limits.owner_bytes:
            staying.pop()
        going = [one for one in sizes if one not in staying]
        free = limits.all_bytes - bytes_below(self._root) - self._promised() + sum(sizes[one] for one in going)
        if GROWTH * more > limits.owner_bytes:
            share = limits.owner_bytes / 2**20
            raise Refused(f"Scoring this file would take more than your share of {share:,.0f} MiB. Score it in parts.")
        if GROWTH * more > free:
            raise Refused("There is no room for more scored files on this server at the moment.")
        for one in going:
            remove(folder / one)
        granted = max(free // 2, GROWTH * more)  # or a few who have just begun would leave nothing to all others
        return min(granted, limits.owner_bytes - sum(sizes[one] for one in staying)) - more

    def _promised(self) -> int:
        """What scorings that wait or run may yet write."""
        return sum(
            max(one.most_bytes - _written(folder / one.id), 0)
            for folder in owners_below(self._root)
            for one in scorings_below(folder)
            if one.is_active and one.most_bytes is not None
        )

    def _tidy(self) -> None:
        for folder in owners_below(self._root):
            for one in scorings_below(folder):
                if not one.is_active and self._has_expired(one):
                    remove(folder / one.id)
            for left in folder.iterdir():  # made by a process that ended before it could say what it is for
                if not (left / JOB).is_file() and time.time() - left.stat().st_mtime > self._limits.kept_seconds:
                    remove(left)
            with contextlib.suppress(OSError):  # of an owner who has something in it
                folder.rmdir()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self._root):
            yield


def _written(folder: Path) -> int:
    """Bytes of a scoring's result so far."""
    total = 0
    for name in (drafted(RESULT), RESULT):
        with contextlib.suppress(FileNotFoundError):
            total += (folder / name).stat().st_size
    return total
