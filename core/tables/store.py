"""The tables that people uploaded: kept per owner, named, switched between, deleted and taken back."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from core.errors import DataError, InvalidRequest, NotFound, Refused
from core.files import DRAFT, owner_folder, storage_errors, sync, write_bytes
from core.tables.model import DEFAULT_ID, Examined, Facts, TableInfo, TableLimits, TableRef
from core.tables.shelves import FOLDER, NOT_HERE, STAGED, Entry, Shelves, file_name

LONGEST_NAME: Final = 80


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
    check : callable, optional
        ``check(path, examination)`` raises DataFileError where the written table cannot be read back; by default it
        is read as a job would.
    """

    def __init__(
        self,
        home: Path,
        default: Callable[[], Facts],
        limits: TableLimits | None = None,
        write: Callable[[pd.DataFrame, Path], str] | None = None,
        check: Callable[[Path, Examined], None] | None = None,
    ) -> None:
        self._default = default
        self._limits = limits or TableLimits()
        self._write = write or _write_table
        self._check = check or (_read_back if write is None else _check_nothing)
        self._shelves = Shelves(home, self._limits)

    # -- reading ---------------------------------------------------------------------------------------------------

    def list(self, owner: str) -> Sequence[TableInfo]:
        """The default table first, then the owner's in the order of their upload; deleted ones are left out."""
        index = self._shelves.read(owner)
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
        raise NotFound(NOT_HERE)

    def current(self, owner: str) -> TableRef | None:
        """The table that the owner works with; None is the default one. Quick enough for every callback."""
        index = self._shelves.read(owner)
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
        return None if table_id == DEFAULT_ID else self._ref(owner, self._shelves.read(owner).find(table_id))

    def path(self, owner: str, table_id: str) -> Path:
        """The stored CSV of an uploaded table.

        Raises
        ------
        NotFound
            Also for the default table, which is not stored here.
        """
        return self._shelves.folder(owner) / file_name(self._shelves.read(owner).find(table_id))

    def made_of(self, owner: str, staging_id: str) -> TableInfo | None:
        """The table that was made of a file under examination, where there is one."""
        index = self._shelves.read(owner)
        entry = index.made_of(staging_id)
        return None if entry is None else _info(entry, index.current)

    # -- changing --------------------------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Clear away what has expired, of every owner; quick, and safe beside others at work."""
        with storage_errors("list of tables"):
            self._shelves.tidy()

    def add(self, owner: str, name: str, examination: Examined, staged: str = "") -> TableInfo:
        """Keep an accepted table; it does not become the current one by itself.

        Parameters
        ----------
        staged : str
            The file under examination that it is made of. Asked for twice, by whichever processes, it makes one
            table, and the second asker gets the first one's.

        Raises
        ------
        InvalidRequest
            When the file was not accepted, or the name is empty or too long.
        DataError
            When what was written cannot be read back; nothing is kept then.
        Refused
            When the owner has as many tables, or as many bytes, as may be kept.
        StorageError
            When the disk is full.
        """
        frame = examination.frame
        if not examination.accepted or frame is None:
            raise InvalidRequest("The file was not accepted, so there is nothing to keep.")
        title = _checked_name(name)
        with self._shelves.changing(owner, "table") as index:
            made = index.made_of(staged)
            if made is not None:
                return _info(made, index.current)
            kept = [one for one in index.tables if one.deleted_at is None]
            if len(kept) >= self._limits.tables:
                raise Refused(f"You keep {self._limits.tables} tables already. Delete one of them first.")
            entry = replace(self._store(owner, _free_name(title, kept), examination, frame), staged=staged)
            index = self._shelves.read(owner)  # making room may have emptied the bin
            self._shelves.save(owner, replace(index, tables=(*index.tables, entry)))
        return _info(entry, index.current)

    def choose(self, owner: str, table_id: str) -> TableInfo:
        """Make a table the owner's current one.

        Raises
        ------
        NotFound
        """
        with self._shelves.changing(owner) as index:
            if table_id != DEFAULT_ID:
                index.find(table_id)
            self._shelves.save(owner, replace(index, current=table_id))
        return self.get(owner, table_id)

    def rename(self, owner: str, table_id: str, name: str) -> TableInfo:
        """Give an uploaded table another name; one that another table has gets a number.

        Raises
        ------
        NotFound
            Also for the default table, whose name is not the owner's.
        InvalidRequest
            When the name is empty or too long.
        """
        title = _checked_name(name)
        with self._shelves.changing(owner) as index:
            entry = index.find(table_id)
            others = [one for one in index.tables if one.deleted_at is None and one.id != entry.id]
            self._shelves.save(owner, index.having(replace(entry, name=_free_name(title, others))))
        return self.get(owner, table_id)

    def delete(self, owner: str, table_id: str) -> TableInfo:
        """Put an uploaded table into the bin, from which ``restore`` takes it back for a while.

        Runs that were trained on it stay. Where it was the current table, the default one takes its place.

        Raises
        ------
        NotFound
        """
        with self._shelves.changing(owner) as index:
            entry = index.find(table_id)
            changed = index.having(replace(entry, deleted_at=time.time()))
            current = DEFAULT_ID if index.current == table_id else index.current
            self._shelves.save(owner, replace(changed, current=current))
        return _info(entry, current)

    def restore(self, owner: str, table_id: str) -> TableInfo:
        """Take a table out of the bin; it does not become the current one by itself.

        Where another table took its name meanwhile, it comes back with a number.

        Raises
        ------
        NotFound
            Also when it was there for too long.
        Refused
            When other tables have taken its place.
        """
        with self._shelves.changing(owner) as index:
            entry = index.find(table_id, deleted=True)
            kept = [one for one in index.tables if one.deleted_at is None]
            if len(kept) >= self._limits.tables:
                raise Refused(f"You keep {self._limits.tables} tables already. Delete one of them first.")
            back = replace(entry, deleted_at=None, name=_free_name(entry.name, kept))
            self._shelves.save(owner, index.having(back))
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
            When there is no room; the files that were there stay then.
        StorageError
            When the disk is full.
        """
        staging_id = str(uuid.uuid4())
        head = json.dumps({"filename": filename[:255]}).encode()
        with self._shelves.changing(owner, "uploaded file"):
            folder = self._shelves.folder(owner) / STAGED
            folder.mkdir(mode=0o700, exist_ok=True)
            going = self._shelves.staged_files(owner)[max(self._limits.staged - 1, 0) :]
            draft = folder / f"{DRAFT}{staging_id}"
            try:
                write_bytes(draft, head + b"\n" + content)
                self._shelves.check_room(owner, going)
                for path in going:
                    path.unlink(missing_ok=True)
                draft.rename(folder / staging_id)
            finally:
                draft.unlink(missing_ok=True)
        return staging_id

    def staged(self, owner: str, staging_id: str) -> tuple[bytes, str]:
        """Content and name of a file under examination.

        Raises
        ------
        NotFound
            When the owner has none of that id, or it has expired.
        """
        for path in self._shelves.staged_files(owner):
            if path.name == staging_id and self._shelves.is_fresh(path):
                with contextlib.suppress(FileNotFoundError):
                    head, _, content = path.read_bytes().partition(b"\n")
                    return content, str(json.loads(head)["filename"])
        raise NotFound("The uploaded file is no longer here. Upload it again.")

    def discard(self, owner: str, staging_id: str) -> None:
        """Forget a file under examination; one that is not there is forgotten already."""
        for path in self._shelves.staged_files(owner):
            if path.name == staging_id:
                path.unlink(missing_ok=True)

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _ref(self, owner: str, entry: Entry) -> TableRef:
        file = f"{FOLDER}/{owner_folder(owner)}/{file_name(entry)}"
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

    def _store(self, owner: str, name: str, examination: Examined, frame: pd.DataFrame) -> Entry:
        table_id = str(uuid.uuid4())
        folder = self._shelves.folder(owner)
        draft = folder / f"{DRAFT}{table_id}"
        try:
            sha256 = self._write(frame, draft)
            draft.chmod(0o600)
            size = draft.stat().st_size
            self._shelves.check_room(owner)
            self._check(draft, examination)
            sync(draft)
            draft.rename(folder / f"{table_id}.csv")
            sync(folder)
        finally:
            draft.unlink(missing_ok=True)
        tracks = int(frame["track_id"].nunique()) if "track_id" in frame else len(frame)
        created_at = datetime.now(UTC).isoformat()
        extras = tuple(examination.extras)
        return Entry(table_id, name, len(frame), tracks, sha256, created_at, extras, bool(examination.can_train), size)


def _write_table(frame: pd.DataFrame, path: Path) -> str:
    from data.upload import write_table

    return write_table(frame, path)


def _read_back(path: Path, examination: Examined) -> None:
    from data.errors import DataFileError
    from data.upload import check_table

    try:
        check_table(path, 0 if examination.frame is None else len(examination.frame), examination.extras)
    except DataFileError as error:
        message = f"The table could not be read back after it was written, so it was not kept. {error}"
        raise DataError(message.replace(path.name, "The file")) from error


def _check_nothing(_path: Path, _examination: Examined) -> None:
    """What a test's own way of writing gets."""


def _info(entry: Entry, current: str) -> TableInfo:
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


def _checked_name(name: object) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in name) if isinstance(name, str) else ""
    text = " ".join(text.split())
    if not 1 <= len(text) <= LONGEST_NAME:
        raise InvalidRequest(f"The name of a table is a text of 1 to {LONGEST_NAME} characters.")
    return text


def _free_name(name: str, others: Sequence[Entry]) -> str:
    """The name, or the name with the first number that no other table of the owner has."""
    taken = {one.name for one in others}
    numbered = (f"{name[: LONGEST_NAME - 5]} ({number})" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)
