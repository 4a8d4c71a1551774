"""Copies of configured tables, one folder a version: only those in use and the newest are kept."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from pathlib import Path
from typing import Final

LOCK: Final = ".lock"

_held: list[int] = []
"""Locks of the copies that this process works with, open for as long as it lives."""


def claim(folder: Path) -> None:
    """Make the folder of a copy this process's until it ends, and remove those that no process has.

    Parameters
    ----------
    folder : Path
        Beside the folders of other copies; made when missing. Several processes may have it at once.

    Raises
    ------
    OSError
    """
    _held.append(_shared(folder))
    for other in folder.parent.iterdir():
        if other != folder and other.is_dir():
            _remove_unused(other)


def _shared(folder: Path) -> int:
    """Hold the lock of a folder together with others; made anew where it was removed while one waited."""
    while True:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(handle, fcntl.LOCK_SH)
            if os.fstat(handle).st_nlink:
                return handle
            os.close(handle)


def _remove_unused(folder: Path) -> None:
    with contextlib.suppress(OSError):  # somebody works with it, or removes it; what stays is tried again the next time
        handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)
        finally:
            os.close(handle)


def _remove(folder: Path) -> None:
    """The lock goes last: from then on the folder may be somebody else's."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != LOCK:
            path.unlink(missing_ok=True)
    (folder / LOCK).unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()
