"""One folder an owner: the index of their tables, changed by one at a time, with what lies beside it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from core.errors import NotFound, Refused
from core.files import DRAFT, bytes_below, owner_folder, storage_errors, write_bytes
from core.tables.model import DEFAULT_ID, TableLimits

log = logging.getLogger(__name__)

FOLDER: Final = "tables"
INDEX, STAGED, LOCK = "index.json", "staged", ".lock"
OF_A_TABLE: Final = (".csv", ".facts.json")
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
    staged: str = ""  # the file under examination that it was made of: one file makes one table


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

    def made_of(self, staging_id: str) -> Entry | None:
        """The table that was made of a file under examination, unless it was deleted since."""
        found = (one for one in self.tables if staging_id and one.staged == staging_id and one.deleted_at is None)
        return next(found, None)

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
        return self._home / FOLDER / owner_folder(owner)

    def check_room(self, owner: str, going: Sequence[Path] = ()) -> None:
        """Refuse what is too much; asked when a draft of it is written, so that owners who write at once count it, too.

        Parameters
        ----------
        going : sequence of Path
            Files of the owner that will give way.
        """
        less = sum(path.stat().st_size for path in going)
        if bytes_below(self.folder(owner)) - less > self._limits.owner_bytes:
            self._empty_bin(self.folder(owner), before=time.time())
        if bytes_below(self.folder(owner)) - less > self._limits.owner_bytes:
            limit = self._limits.owner_bytes // 2**20
            raise Refused(f"Your tables would take more than {limit} MiB. Delete one of them first.")
        if self._bytes_of_all() - less > self._limits.all_bytes:
            self.tidy(besides=owner)
        if self._bytes_of_all() - less > self._limits.all_bytes:
            raise Refused("There is no room for more tables on this server at the moment.")

    def _bytes_of_all(self) -> int:
        return bytes_below(self._home / FOLDER)

    def tidy(self, besides: str | None = None) -> None:
        """Clear away what has expired, of every owner, also of those who never come back.

        Parameters
        ----------
        besides : str, optional
            An owner whose folder is being changed already. Folders in which others are at work are passed over.
        """
        passed_over = None if besides is None else self.folder(besides)
        with contextlib.suppress(FileNotFoundError):
            for folder in sorted((self._home / FOLDER).iterdir()):
                if folder.is_dir() and folder != passed_over:
                    self._tidy_one(folder)

    def _tidy_one(self, folder: Path) -> None:
        try:
            with _locked(folder, wait=False):
                if self._tidied(folder) == Index():
                    self._remove_empty(folder)
        except (BlockingIOError, FileNotFoundError):
            return
        except (ValueError, KeyError, TypeError):  # one owner's broken index must not keep the others from being tidied
            log.exception("The index in %s cannot be read", folder)

    def _remove_empty(self, folder: Path) -> None:
        """Remove the folder of an owner who has nothing in it, and has not put anything there for a while."""
        beside = {path.name for path in folder.iterdir()} - {INDEX, LOCK, STAGED}
        if beside or any((folder / STAGED).glob("*")) or age(folder) <= self._limits.staging_seconds:
            return
        (folder / INDEX).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody begins to put something there
            if (folder / STAGED).is_dir():
                (folder / STAGED).rmdir()
            (folder / LOCK).unlink()
            folder.rmdir()

    def staged_files(self, owner: str) -> Sequence[Path]:
        """Newest first."""
        return staged_below(self.folder(owner))

    def is_fresh(self, path: Path) -> bool:
        """Whether a file under examination is there and may still be asked for."""
        return age(path) <= self._limits.staging_seconds

    @contextlib.contextmanager
    def changing(self, owner: str, what: str = "list of tables") -> Iterator[Index]:
        """One change at a time for each owner, in whichever process; clears away what has expired first.

        Parameters
        ----------
        owner : str
        what : str
            What is stored, as people call it: where the disk refuses, they are told.
        """
        folder = self.folder(owner)
        with storage_errors(what):
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            with _locked(folder):
                yield self._tidied(folder)

    def _tidied(self, folder: Path) -> Index:
        for path in staged_below(folder):
            if not self.is_fresh(path):
                path.unlink(missing_ok=True)
        self._empty_bin(folder, before=time.time() - self._limits.bin_seconds)
        index = self._read(folder)
        self._remove_orphans(folder, index)
        return index

    def _remove_orphans(self, folder: Path, index: Index) -> None:
        """Remove what an interrupted process left: drafts, and tables that the index does not know."""
        known = {one.id for one in index.tables}
        for path in [*folder.iterdir(), *(folder / STAGED).glob("*")]:
            is_draft = path.name.startswith(".") and path.name != LOCK
            is_table = path.parent == folder and path.name.endswith(OF_A_TABLE)
            is_left = is_draft or (is_table and path.name.split(".")[0] not in known)
            if is_left and path.is_file() and age(path) > self._limits.draft_seconds:
                path.unlink(missing_ok=True)

    def _empty_bin(self, folder: Path, before: float) -> None:
        index = self._read(folder)
        gone = [one for one in index.tables if one.deleted_at is not None and one.deleted_at <= before]
        if gone:
            self._save(folder, replace(index, tables=tuple(one for one in index.tables if one not in gone)))
        for one in gone:
            file = folder / file_name(one)
            for path in (file, file.with_suffix(".facts.json")):
                path.unlink(missing_ok=True)

    def read(self, owner: str) -> Index:
        """The tables of an owner as they stand."""
        return self._read(self.folder(owner))

    def _read(self, folder: Path) -> Index:
        path = folder / INDEX
        try:
            found = path.stat()
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
            known = self._known.get(folder.name)
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
            self._known[folder.name] = (stamp, index)
        return index

    def save(self, owner: str, index: Index) -> None:
        """Keep the tables of an owner as they stand now."""
        self._save(self.folder(owner), index)

    def _save(self, folder: Path, index: Index) -> None:
        kept = {"current": index.current, "tables": [asdict(one) for one in index.tables]}
        write_bytes(folder / INDEX, json.dumps(kept).encode())


@contextlib.contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Keep others out of a folder; raises BlockingIOError where one is in it and we are not to wait."""
    handle = _lock(folder, wait=wait)
    try:
        yield
    finally:
        os.close(handle)


def _lock(folder: Path, *, wait: bool) -> int:
    """Hold the lock of a folder; made anew where it was empty and removed while one waited."""
    while True:
        if wait:
            folder.mkdir(mode=0o700, exist_ok=True)
        try:
            handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            if wait:
                continue
            raise
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            os.close(handle)
            raise
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)


def staged_below(folder: Path) -> Sequence[Path]:
    """The files under examination in an owner's folder, newest first; one that goes meanwhile is left out."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for path in (folder / STAGED).iterdir():
            with contextlib.suppress(FileNotFoundError):
                found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True) if not path.name.startswith(DRAFT)]


def age(path: Path) -> float:
    """Seconds since a file was written; without end where it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def file_name(entry: Entry) -> str:
    """Name of the stored CSV."""
    return f"{entry.id}.csv"
