"""One folder an owner: the index of their tables, changed by one at a time, with what lies beside it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from core.errors import NotFound, Refused
from core.runs.artifacts import storage_errors
from core.tables.model import DEFAULT_ID, TableLimits

FOLDER: Final = "tables"
INDEX, STAGED, DRAFT = "index.json", "staged", ".writing-"
NOT_HERE: Final = "There is no such table."
MOST_KNOWN: Final = 1000


@dataclass(frozen=True)
class Entry:
    """A table as the index has it."""

    id: str
    name: str
    rows: int
    tracks: int
    sha256: str
    created_at: str
    extras: tuple[str, ...]
    can_train: bool
    size: int
    deleted_at: float | None = None


@dataclass(frozen=True)
class Index:
    """An owner's tables, the deleted ones that can be taken back included, and the id of the current one."""

    current: str = DEFAULT_ID
    tables: tuple[Entry, ...] = ()

    def find(self, table_id: object, *, deleted: bool = False) -> Entry:
        for entry in self.tables:
            if entry.id == table_id and (entry.deleted_at is not None) == deleted:
                return entry
        raise NotFound(NOT_HERE)

    def having(self, entry: Entry) -> Index:
        return replace(self, tables=tuple(entry if one.id == entry.id else one for one in self.tables))


class Shelves:
    """The folders of all owners.

    Parameters
    ----------
    home : Path
    limits : TableLimits
    """

    def __init__(self, home: Path, limits: TableLimits) -> None:
        self._home = home
        self._limits = limits
        self._lock = threading.Lock()
        self._known: dict[str, tuple[tuple[int, int, int], Index]] = {}

    def folder(self, owner: str) -> Path:
        return self._home / FOLDER / digest(owner)

    def check_room(self, owner: str, more: int) -> None:
        if bytes_below(self.folder(owner)) + more > self._limits.owner_bytes:
            self._empty_bin(owner, before=time.time())
        if bytes_below(self.folder(owner)) + more > self._limits.owner_bytes:
            limit = self._limits.owner_bytes // 2**20
            raise Refused(f"Your tables would take more than {limit} MiB. Delete one of them first.")
        if bytes_below(self._home / FOLDER) + more > self._limits.all_bytes:
            raise Refused("There is no room for more tables on this server at the moment.")

    def staged_files(self, owner: str) -> Sequence[Path]:
        """Newest first."""
        try:
            found = [(path.stat().st_mtime_ns, path) for path in (self.folder(owner) / STAGED).iterdir()]
        except FileNotFoundError:
            return []
        return [path for _, path in sorted(found, reverse=True) if not path.name.startswith(DRAFT)]

    def is_fresh(self, path: Path) -> bool:
        return time.time() - path.stat().st_mtime <= self._limits.staging_seconds

    @contextlib.contextmanager
    def changing(self, owner: str) -> Iterator[Index]:
        """One change at a time for each owner, in whichever process; clears away what has expired first."""
        folder = self.folder(owner)
        with storage_errors():
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield self._tidied(owner)
            finally:
                os.close(handle)

    def _tidied(self, owner: str) -> Index:
        for path in self.staged_files(owner):
            if not self.is_fresh(path):
                path.unlink(missing_ok=True)
        self._empty_bin(owner, before=time.time() - self._limits.bin_seconds)
        return self.read(owner)

    def _empty_bin(self, owner: str, before: float) -> None:
        index = self.read(owner)
        gone = [one for one in index.tables if one.deleted_at is not None and one.deleted_at <= before]
        if gone:
            self.save(owner, replace(index, tables=tuple(one for one in index.tables if one not in gone)))
        for one in gone:
            file = self.folder(owner) / file_name(one)
            for path in (file, file.with_suffix(".facts.json")):
                path.unlink(missing_ok=True)

    def read(self, owner: str) -> Index:
        path = self.folder(owner) / INDEX
        try:
            found = path.stat()
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
            known = self._known.get(owner)
            if known is not None and known[0] == stamp:
                return known[1]
            kept = json.loads(path.read_bytes())
        except FileNotFoundError:
            return Index()
        index = Index(
            kept["current"], tuple(Entry(**{**one, "extras": tuple(one["extras"])}) for one in kept["tables"])
        )
        with self._lock:
            while len(self._known) >= MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[owner] = (stamp, index)
        return index

    def save(self, owner: str, index: Index) -> None:
        kept = {"current": index.current, "tables": [asdict(one) for one in index.tables]}
        write_bytes(self.folder(owner) / INDEX, json.dumps(kept).encode())


def file_name(entry: Entry) -> str:
    """Name of the stored CSV."""
    return f"{entry.id}.csv"


def digest(owner: str) -> str:
    """What stands for an owner in paths."""
    return hashlib.sha256(owner.encode()).hexdigest()


def bytes_below(folder: Path) -> int:
    """Size of all files in a folder and those below it."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


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
