"""Files of the home folder: written whole or not at all, made durable, their trouble told in words."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.errors import StorageError

DRAFT: Final = ".writing-"
"""How the name of a file begins while it is written."""


@contextlib.contextmanager
def storage_errors(what: str = "result") -> Iterator[None]:
    """Turn errors of the disk into one that people can read.

    Parameters
    ----------
    what : str
        What is stored, as people call it.

    Raises
    ------
    StorageError
        With the reason: a full disk, or what the system said.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(f"The disk is full, so the {what} could not be stored. Free some space.") from error
        raise StorageError(f"The {what} could not be stored: {error.strerror or type(error).__name__}.") from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step, readable for the server only, and durably."""
    draft = path.with_name(f"{DRAFT}{uuid.uuid4().hex}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def bytes_below(folder: Path) -> int:
    """Size of all files in a folder and those below it."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def owner_folder(owner: str) -> str:
    """The name of an owner's folder, which tells nobody who that is."""
    return hashlib.sha256(owner.encode()).hexdigest()
