"""The tables that people uploaded: kept per owner, named, switched between, deleted and taken back."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import pandas as pd

from core.errors import DataError, InvalidRequest, NotFound, Refused
from core.features import EXTRA_PREFIX, is_extra
from core.runs.artifacts import storage_errors

DEFAULT_ID: Final = "default"
FOLDER: Final = "tables"
LONGEST_NAME: Final = 80
NEEDS_POPULARITY: Final = (
    "The table has no popularity column, so it can neither be explored nor train a model. "
    "Switch to another table in the Dataset view."
)

_INDEX, _STAGED, _DRAFT = "index.json", "staged", ".writing-"
_NOT_HERE = "There is no such table."


class Examined(Protocol):
    """What is kept of an examined file; ``data.upload.Examination`` has more."""

    @property
    def accepted(self) -> bool: ...

    @property
    def frame(self) -> pd.DataFrame | None: ...

    @property
    def extras(self) -> tuple[str, ...]: ...

    @property
    def can_train(self) -> bool: ...


class Asked(Protocol):
    """What is checked of a training request."""

    @property
    def features(self) -> tuple[str, ...]: ...


class Facts(Protocol):
    """What the default table tells of itself."""

    @property
    def source_name(self) -> str: ...

    @property
    def rows_read(self) -> int: ...

    @property
    def tracks(self) -> int: ...

    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True)
class TableLimits:
    """How much one owner may keep.

    Parameters
    ----------
    tables : int
        Tables in use, besides the default one.
    owner_bytes, all_bytes : int, bytes
        Everything of one owner, and of all owners together; deleted tables count until they are gone.
    staged : int
        Files under examination; the oldest gives way.
    staging_seconds, bin_seconds : float, seconds
        How long a file under examination, and a deleted table, can be asked for.
    """

    tables: int = 10
    owner_bytes: int = 256 * 2**20
    all_bytes: int = 8 * 2**30
    staged: int = 3
    staging_seconds: float = 3600
    bin_seconds: float = 3600


@dataclass(frozen=True)
class TableRef:
    """Which stored table a job trains on; travels in the job's row.

    Parameters
    ----------
    id, name : str
    file : str
        Path of the stored CSV below the home folder, made by the server alone.
    extras : tuple of str
        Further numeric columns, under their own names; features call them ``extra:<name>``.
    can_train : bool
        False without a popularity column.
    """

    id: str
    name: str
    file: str
    extras: tuple[str, ...] = ()
    can_train: bool = True

    def path(self, home: Path) -> Path:
        """The stored CSV."""
        return home / self.file

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe, for the job's row."""
        return {**asdict(self), "extras": list(self.extras)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TableRef:
        """The reference that ``to_dict`` described."""
        return cls(**{**values, "extras": tuple(values["extras"])})


@dataclass(frozen=True)
class TableInfo:
    """A table as its owner sees it.

    Parameters
    ----------
    id : str
        A UUID, or "default" for the table that the program came with or was configured to use.
    name : str
    rows, tracks : int
        Accepted rows, and the different tracks among them.
    sha256 : str
        Of the stored bytes.
    created_at : datetime or None
        Aware, in UTC; None for the default table.
    extras : tuple of str
        Further numeric columns.
    can_train, is_current, is_default : bool
    """

    id: str
    name: str
    rows: int
    tracks: int
    sha256: str
    created_at: datetime | None
    extras: tuple[str, ...] = ()
    can_train: bool = True
    is_current: bool = False
    is_default: bool = False


@dataclass(frozen=True)
class _Entry:
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
class _Index:
    current: str = DEFAULT_ID
    tables: tuple[_Entry, ...] = ()

    def find(self, table_id: object, *, deleted: bool = False) -> _Entry:
        for entry in self.tables:
            if entry.id == table_id and (entry.deleted_at is not None) == deleted:
                return entry
        raise NotFound(_NOT_HERE)

    def having(self, entry: _Entry) -> _Index:
        return replace(self, tables=tuple(entry if one.id == entry.id else one for one in self.tables))


def check_requests(requests: Iterable[Asked], table: TableRef | None) -> None:
    """Refuse requests that a table cannot serve.

    Parameters
    ----------
    requests : iterable of TrainingRequest
    table : TableRef or None
        None is the default table, which has no further columns.

    Raises
    ------
    DataError
        When the table cannot train a model.
    InvalidRequest
        When a feature is a column that the table does not have.
    """
    if table is not None and not table.can_train:
        raise DataError(NEEDS_POPULARITY)
    known = {EXTRA_PREFIX + name for name in table.extras} if table is not None else set()
    for request in requests:
        for name in request.features:
            if is_extra(name) and name not in known:
                raise InvalidRequest(f"The table in use has no column {name.removeprefix(EXTRA_PREFIX)!r}.")


class Tables:
    """The one door to stored tables. Safe to share between threads and processes.

    Parameters
    ----------
    home : Path
        Tables lie in ``home/tables/<digest of the owner>/``, readable for the server only.
    default : callable
        Gives the facts of the default table; called by ``list`` alone. May raise DataError.
    limits : TableLimits, optional
    write : callable, optional
        ``write(frame, path) -> sha256``; default is ``data.upload.write_table``.
    """

    def __init__(
        self,
        home: Path,
        default: Callable[[], Facts],
        limits: TableLimits | None = None,
        write: Callable[[pd.DataFrame, Path], str] | None = None,
    ) -> None:
        self._home = home
        self._default = default
        self._limits = limits or TableLimits()
        self._write = write or _write_table
        self._lock = threading.Lock()
        self._known: dict[str, tuple[tuple[int, int, int], _Index]] = {}

    # -- reading ---------------------------------------------------------------------------------------------------

    def list(self, owner: str) -> Sequence[TableInfo]:
        """The default table first, then the owner's in the order of their upload; deleted ones are left out."""
        index = self._read(owner)
        kept = [one for one in index.tables if one.deleted_at is None]
        current = index.current if any(one.id == index.current for one in kept) else DEFAULT_ID
        return [self._default_info(current), *(_info(one, current) for one in kept)]

    def get(self, owner: str, table_id: str) -> TableInfo:
        """One table.

        Raises
        ------
        NotFound
            When this owner has none of that id: absent, foreign and deleted ones answer alike.
        """
        for one in self.list(owner):
            if one.id == table_id:
                return one
        raise NotFound(_NOT_HERE)

    def current(self, owner: str) -> TableRef | None:
        """The table that the owner works with; None is the default one. Quick enough for every callback."""
        index = self._read(owner)
        try:
            return self._ref(owner, index.find(index.current))
        except NotFound:
            return None

    def ref(self, owner: str, table_id: str) -> TableRef | None:
        """What a job needs to know of a table; None is the default one.

        Raises
        ------
        NotFound
        """
        return None if table_id == DEFAULT_ID else self._ref(owner, self._read(owner).find(table_id))

    def path(self, owner: str, table_id: str) -> Path:
        """The stored CSV of an uploaded table.

        Raises
        ------
        NotFound
            Also for the default table, which is not stored here.
        """
        return self._folder(owner) / _file_name(self._read(owner).find(table_id))

    # -- changing --------------------------------------------------------------------------------------------------

    def add(self, owner: str, name: str, examination: Examined) -> TableInfo:
        """Keep an accepted table; it does not become the current one by itself.

        Raises
        ------
        InvalidRequest
            When the file was not accepted, or the name is empty or too long.
        Refused
            When the owner has as many tables, or as many bytes, as may be kept.
        StorageError
            When the disk is full.
        """
        frame = examination.frame
        if not examination.accepted or frame is None:
            raise InvalidRequest("The file was not accepted, so there is nothing to keep.")
        title = _checked_name(name)
        with self._changing(owner) as index:
            kept = [one for one in index.tables if one.deleted_at is None]
            if len(kept) >= self._limits.tables:
                raise Refused(f"You keep {self._limits.tables} tables already. Delete one of them first.")
            entry = self._store(owner, _free_name(title, kept), examination, frame)
            index = self._read(owner)  # making room may have emptied the bin
            self._save(owner, replace(index, tables=(*index.tables, entry)))
        return _info(entry, index.current)

    def choose(self, owner: str, table_id: str) -> TableInfo:
        """Make a table the owner's current one.

        Raises
        ------
        NotFound
        """
        with self._changing(owner) as index:
            if table_id != DEFAULT_ID:
                index.find(table_id)
            self._save(owner, replace(index, current=table_id))
        return self.get(owner, table_id)

    def rename(self, owner: str, table_id: str, name: str) -> TableInfo:
        """Give an uploaded table another name.

        Raises
        ------
        NotFound
            Also for the default table, whose name is not the owner's.
        InvalidRequest
            When the name is empty or too long.
        """
        title = _checked_name(name)
        with self._changing(owner) as index:
            entry = index.find(table_id)
            others = [one for one in index.tables if one.deleted_at is None and one.id != entry.id]
            self._save(owner, index.having(replace(entry, name=_free_name(title, others))))
        return self.get(owner, table_id)

    def delete(self, owner: str, table_id: str) -> TableInfo:
        """Put an uploaded table into the bin, from which ``restore`` takes it back for a while.

        Runs that were trained on it stay. Where it was the current table, the default one takes its place.

        Raises
        ------
        NotFound
        """
        with self._changing(owner) as index:
            entry = index.find(table_id)
            changed = index.having(replace(entry, deleted_at=time.time()))
            current = DEFAULT_ID if index.current == table_id else index.current
            self._save(owner, replace(changed, current=current))
        return _info(entry, current)

    def restore(self, owner: str, table_id: str) -> TableInfo:
        """Take a table out of the bin; it does not become the current one by itself.

        Raises
        ------
        NotFound
            Also when it was there for too long.
        Refused
            When other tables have taken its place.
        """
        with self._changing(owner) as index:
            entry = index.find(table_id, deleted=True)
            if sum(one.deleted_at is None for one in index.tables) >= self._limits.tables:
                raise Refused(f"You keep {self._limits.tables} tables already. Delete one of them first.")
            back = replace(entry, deleted_at=None)
            self._save(owner, index.having(back))
        return _info(back, index.current)

    # -- files under examination -----------------------------------------------------------------------------------

    def stage(self, owner: str, content: bytes, filename: str) -> str:
        """Keep an uploaded file while it is examined.

        Parameters
        ----------
        content : bytes
        filename : str
            As the browser names it; only shown, never used as a path.

        Returns
        -------
        str
            Its staging id.

        Raises
        ------
        Refused
            When there is no room.
        """
        staging_id = str(uuid.uuid4())
        with self._changing(owner):
            folder = self._folder(owner) / _STAGED
            folder.mkdir(mode=0o700, exist_ok=True)
            for path in self._staged_files(owner)[max(self._limits.staged - 1, 0) :]:
                path.unlink(missing_ok=True)
            self._check_room(owner, len(content))
            head = json.dumps({"filename": filename[:255]}).encode()
            _write_bytes(folder / staging_id, head + b"\n" + content)
        return staging_id

    def staged(self, owner: str, staging_id: str) -> tuple[bytes, str]:
        """Content and name of a file under examination.

        Raises
        ------
        NotFound
            When the owner has none of that id, or it has expired.
        """
        for path in self._staged_files(owner):
            if path.name == staging_id and self._is_fresh(path):
                with contextlib.suppress(FileNotFoundError):
                    head, _, content = path.read_bytes().partition(b"\n")
                    return content, str(json.loads(head)["filename"])
        raise NotFound("The uploaded file is no longer here. Upload it again.")

    def discard(self, owner: str, staging_id: str) -> None:
        """Forget a file under examination; one that is not there is forgotten already."""
        for path in self._staged_files(owner):
            if path.name == staging_id:
                path.unlink(missing_ok=True)

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _folder(self, owner: str) -> Path:
        return self._home / FOLDER / _digest(owner)

    def _ref(self, owner: str, entry: _Entry) -> TableRef:
        file = f"{FOLDER}/{_digest(owner)}/{_file_name(entry)}"
        return TableRef(entry.id, entry.name, file, entry.extras, entry.can_train)

    def _default_info(self, current: str) -> TableInfo:
        is_current = current == DEFAULT_ID
        try:
            facts = self._default()
        except DataError:
            name = "The configured table, which cannot be read"
            return TableInfo(DEFAULT_ID, name, 0, 0, "", None, (), False, is_current, True)
        return TableInfo(
            DEFAULT_ID, facts.source_name, facts.rows_read, facts.tracks, facts.sha256, None, (), True, is_current, True
        )

    def _store(self, owner: str, name: str, examination: Examined, frame: pd.DataFrame) -> _Entry:
        table_id = str(uuid.uuid4())
        folder = self._folder(owner)
        draft = folder / f"{_DRAFT}{table_id}"
        try:
            with storage_errors():
                sha256 = self._write(frame, draft)
                draft.chmod(0o600)
                size = draft.stat().st_size
                self._check_room(owner, 0)
                _sync(draft)
                draft.rename(folder / f"{table_id}.csv")
                _sync(folder)
        finally:
            draft.unlink(missing_ok=True)
        tracks = int(frame["track_id"].nunique()) if "track_id" in frame else len(frame)
        created_at = datetime.now(UTC).isoformat()
        extras = tuple(examination.extras)
        return _Entry(table_id, name, len(frame), tracks, sha256, created_at, extras, bool(examination.can_train), size)

    def _check_room(self, owner: str, more: int) -> None:
        if _bytes_below(self._folder(owner)) + more > self._limits.owner_bytes:
            self._empty_bin(owner, before=time.time())
        if _bytes_below(self._folder(owner)) + more > self._limits.owner_bytes:
            limit = self._limits.owner_bytes // 2**20
            raise Refused(f"Your tables would take more than {limit} MiB. Delete one of them first.")
        if _bytes_below(self._home / FOLDER) + more > self._limits.all_bytes:
            raise Refused("There is no room for more tables on this server at the moment.")

    def _staged_files(self, owner: str) -> Sequence[Path]:
        """Newest first."""
        try:
            found = [(path.stat().st_mtime_ns, path) for path in (self._folder(owner) / _STAGED).iterdir()]
        except FileNotFoundError:
            return []
        return [path for _, path in sorted(found, reverse=True) if not path.name.startswith(_DRAFT)]

    def _is_fresh(self, path: Path) -> bool:
        return time.time() - path.stat().st_mtime <= self._limits.staging_seconds

    @contextlib.contextmanager
    def _changing(self, owner: str) -> Iterator[_Index]:
        """One change at a time for each owner, in whichever process; clears away what has expired first."""
        folder = self._folder(owner)
        with storage_errors():
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield self._tidied(owner)
            finally:
                os.close(handle)

    def _tidied(self, owner: str) -> _Index:
        for path in self._staged_files(owner):
            if not self._is_fresh(path):
                path.unlink(missing_ok=True)
        self._empty_bin(owner, before=time.time() - self._limits.bin_seconds)
        return self._read(owner)

    def _empty_bin(self, owner: str, before: float) -> None:
        index = self._read(owner)
        gone = [one for one in index.tables if one.deleted_at is not None and one.deleted_at <= before]
        if gone:
            self._save(owner, replace(index, tables=tuple(one for one in index.tables if one not in gone)))
        for one in gone:
            file = self._folder(owner) / _file_name(one)
            for path in (file, file.with_suffix(".facts.json")):
                path.unlink(missing_ok=True)

    def _read(self, owner: str) -> _Index:
        path = self._folder(owner) / _INDEX
        try:
            found = path.stat()
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
            known = self._known.get(owner)
            if known is not None and known[0] == stamp:
                return known[1]
            kept = json.loads(path.read_bytes())
        except FileNotFoundError:
            return _Index()
        index = _Index(
            kept["current"], tuple(_Entry(**{**one, "extras": tuple(one["extras"])}) for one in kept["tables"])
        )
        with self._lock:
            while len(self._known) >= 1000:
                self._known.pop(next(iter(self._known)))
            self._known[owner] = (stamp, index)
        return index

    def _save(self, owner: str, index: _Index) -> None:
        kept = {"current": index.current, "tables": [asdict(one) for one in index.tables]}
        _write_bytes(self._folder(owner) / _INDEX, json.dumps(kept).encode())


def _write_table(frame: pd.DataFrame, path: Path) -> str:
    from data.upload import write_table

    return write_table(frame, path)


def _info(entry: _Entry, current: str) -> TableInfo:
    return TableInfo(
        entry.id,
        entry.name,
        entry.rows,
        entry.tracks,
        entry.sha256,
        datetime.fromisoformat(entry.created_at),
        entry.extras,
        entry.can_train,
        is_current=entry.id == current,
    )


def _file_name(entry: _Entry) -> str:
    return f"{entry.id}.csv"


def _digest(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()


def _checked_name(name: object) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in name) if isinstance(name, str) else ""
    text = " ".join(text.split())
    if not 1 <= len(text) <= LONGEST_NAME:
        raise InvalidRequest(f"The name of a table is a text of 1 to {LONGEST_NAME} characters.")
    return text


def _free_name(name: str, others: Sequence[_Entry]) -> str:
    """The name, or the name with the first number that no other table of the owner has."""
    taken = {one.name for one in others}
    numbered = (f"{name[: LONGEST_NAME - 5]} ({number})" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def _write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step, readable for the server only, and durably."""
    draft = path.with_name(f"{_DRAFT}{uuid.uuid4().hex}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
