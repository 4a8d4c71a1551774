"""Tickets that decide which jobs may run now; the kernel takes a ticket back the moment its holder ends.

A ticket is a numbered file held with ``flock``. A job runs when fewer than ``slots`` held tickets have a smaller
number. Processes forked by the holder share the hold, so a slot stays taken until the last of its work has ended.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_S = 0.25


class NoLongerWantedError(Exception):
    """The job was cancelled while it waited."""


@contextmanager
def slot(
    folder: Path,
    slots: int,
    on_wait: Callable[[int], None],
    is_wanted: Callable[[], bool],
    poll_s: float = POLL_S,
) -> Iterator[None]:
    """Wait in line, first come first served, and hold one of the slots inside the ``with`` block.

    Parameters
    ----------
    folder : Path
        Where tickets are kept; on a local disk.
    slots : int
        Holders that may run at the same time.
    on_wait : callable
        Called with the number of jobs in front each time it is looked at while waiting (1 means next).
    is_wanted : callable
        Asked at the same times; when false, the wait ends.

    Raises
    ------
    NoLongerWantedError
        When ``is_wanted`` said no.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ticket, held = _draw_ticket(folder)
    try:
        while (ahead := _count_ahead(folder, ticket)) >= slots:
            if not is_wanted():
                raise NoLongerWantedError
            on_wait(ahead - slots + 1)
            time.sleep(poll_s)
        yield
    finally:
        ticket.unlink(missing_ok=True)
        os.close(held)


def held_tickets(folder: Path) -> int:
    """Tickets held by living processes."""
    return _count_ahead(folder, None) if folder.is_dir() else 0


def _draw_ticket(folder: Path) -> tuple[Path, int]:
    with _lock(folder):
        number = max((_number(path) for path in folder.glob("*.ticket")), default=0) + 1
        ticket = folder / f"{number:012d}.ticket"
        held = os.open(ticket, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX)
    return ticket, held


def _count_ahead(folder: Path, ticket: Path | None) -> int:
    with _lock(folder):
        earlier = [path for path in sorted(folder.glob("*.ticket")) if ticket is None or path.name < ticket.name]
        return sum(_is_held(path) for path in earlier)


def _is_held(ticket: Path) -> bool:
    try:
        handle = os.open(ticket, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        ticket.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One process at a time looks at the tickets, so numbers never repeat and no ticket is seen half made."""
    handle = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _number(ticket: Path) -> int:
    return int(ticket.stem) if ticket.stem.isdecimal() else 0
