"""Scorings as folders: how one is read, changed and removed, while others do the same."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from core.batch.jobs import Scoring, why_dead
from core.files import DRAFT, write_bytes
from core.runs.model import ACTIVE_STATES, RunState

FOLDER: Final = "scored"
JOB, INPUT, PROGRESS, SUMMARY, RESULT = "job.json", "input", "progress.json", "summary.json", "scored.csv"
LOCK: Final = ".lock"


def drafted(name: str) -> str:
    """What a file is called while it is written."""
    return f"{DRAFT}{name}"


def count_active(home: Path) -> int:
    """Scorings of all owners that wait or run."""
    return sum(one.is_active for folder in owners_below(home / FOLDER) for one in scorings_below(folder))


def owners_below(root: Path) -> Sequence[Path]:
    """The folders of all owners."""
    with contextlib.suppress(FileNotFoundError):
        return [each for each in root.iterdir() if each.is_dir()]
    return []


def scorings_below(folder: Path) -> Sequence[Scoring]:
    """The scorings in an owner's folder, newest first; one that goes meanwhile is left out."""
    found = [one for path in folder.glob(f"*/{JOB}") if (one := find(path.parent)) is not None]
    return sorted(found, key=lambda one: one.created_at, reverse=True)


def find(folder: Path) -> Scoring | None:
    """The scoring of a folder, None where it is gone; where its process is dead, that is said first.

    Where that cannot be stored, as on a full disk, it is said all the same, and stored when there is room again.
    """
    with contextlib.suppress(FileNotFoundError):
        scoring = read_job(folder)
        reason = why_dead(scoring, _heard_at(folder))
        if reason is None:
            return scoring
        try:
            change(folder, ACTIVE_STATES, state=RunState.FAILED, reason=reason)
        except OSError:
            return replace(scoring, state=RunState.FAILED, reason=reason, progress=None)
        return read_job(folder)
    return None


def remove(folder: Path) -> None:
    """Remove a scoring: at once for all who read, and after whoever is changing it."""
    with contextlib.suppress(FileNotFoundError), locked(folder):
        (folder / JOB).unlink()
    shutil.rmtree(folder, ignore_errors=True)


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


def fail(folder: Path, reason: str) -> None:
    """Mark an active scoring as failed.

    On a full disk it makes room first; where even that is of no use, whoever looks finds that its process is dead.
    """
    try:
        change(folder, ACTIVE_STATES, state=RunState.FAILED, reason=reason)
    except OSError:
        give_way(folder)
        with contextlib.suppress(OSError):
            change(folder, ACTIVE_STATES, state=RunState.FAILED, reason=reason)


def give_way(folder: Path) -> None:
    """Remove what a scoring that comes to nothing had written, and its input."""
    for name in (drafted(RESULT), INPUT):
        (folder / name).unlink(missing_ok=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep others, in whichever process, from changing what is in a folder."""
    handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _heard_at(folder: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return (folder / PROGRESS).stat().st_mtime
    return (folder / JOB).stat().st_mtime
