"""The database behind the registry: connections, their safety switches and the schema at its newest revision."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from core.errors import StorageError

HEAD = "0006"
"""Newest revision in ``migrations/versions``; known here so that a start without changes never imports Alembic."""

BUSY_S = 15.0
_MIGRATION_LOCK = 727_274_001


class Database:
    """Short transactions on one database.

    Parameters
    ----------
    url : str
        SQLAlchemy address. SQLite must lie on a local disk.
    lock_file : Path
        File that lets one process at a time change the schema.

    Raises
    ------
    StorageError
        When the address makes no sense, its driver is not installed, or the database cannot be used.
    """

    def __init__(self, url: str, lock_file: Path) -> None:
        self.engine = _make_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite:
            event.listen(self.engine, "connect", _switch_safety_on)
            event.listen(self.engine, "begin", _begin)
        with explained():
            self._bring_to_head(lock_file)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads."""
        with explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction with the write lock from its start: what it reads cannot change before it writes."""
        with explained(), self.engine.connect() as raw:
            connection = raw.execution_options(takes_write_lock=True)
            with connection.begin():
                yield connection

    def lock_out_writers(self, connection: sa.Connection, table: sa.Table) -> None:
        """Keep others from adding rows until the transaction ends; SQLite's writers are alone already."""
        if self.engine.dialect.name == "postgresql":
            connection.execute(sa.text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))

    def close(self) -> None:
        """Close all connections; the next transaction opens a new one. Needed before a fork."""
        self.engine.dispose()

    def _bring_to_head(self, lock_file: Path) -> None:
        if self._revision() == HEAD:
            return
        with _one_at_a_time(lock_file), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            if self._revision() != HEAD:
                _upgrade(connection)
                connection.commit()

    def _revision(self) -> str | None:
        with self.engine.begin() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _make_engine(url: str) -> sa.Engine:
    """The engine of an address; what is wrong with it is said without repeating it, as it may hold a password."""
    try:
        return sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except sa.exc.NoSuchModuleError:
        kind = url.partition("://")[0].replace("+", ".")
        problem = f"there is no kind of database {kind!r}. Begin the address with sqlite:/// or postgresql+psycopg://"
    except ImportError as error:
        driver = error.name or "its driver"
        package = "'psycopg[binary]'" if driver == "psycopg" else driver
        problem = f"its driver {driver} is not installed. Install it: pip install {package}"
    except (sa.exc.ArgumentError, ValueError):
        problem = "it is not an address that SQLAlchemy understands, such as postgresql+psycopg://user@host/database"
    raise StorageError(f"The run registry cannot be opened at DASHBOARD_DATABASE_URL: {problem}.") from None


@contextmanager
def explained() -> Iterator[None]:
    """Turn the database's own errors into one that people can read.

    Raises
    ------
    StorageError
        When the database cannot be opened, read or written.
    """
    try:
        yield
    except (sa.exc.DatabaseError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        if isinstance(error, sa.exc.IntegrityError):
            raise
        raise StorageError(f"The run registry cannot be used: {_cause(error)}.") from error


def _cause(error: sa.exc.SQLAlchemyError) -> str:
    if isinstance(error, sa.exc.TimeoutError):
        return "all of its connections are busy"
    said = str(getattr(error, "orig", None) or "").strip()
    text = said.splitlines()[0].rstrip(".") if said else type(error).__name__
    return "the disk is full" if "disk is full" in text else text


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(
            f"The run registry was written by a newer version of this program ({error}). Update the program, or choose "
            "another home folder."
        ) from error


def _switch_safety_on(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch the file to write-ahead logging; while another process does so, SQLite refuses without waiting."""
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin(connection: sa.Connection) -> None:
    wants_lock = connection.get_execution_options().get("takes_write_lock", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_lock else "BEGIN")


@contextmanager
def _one_at_a_time(lock_file: Path) -> Iterator[None]:
    handle = os.open(lock_file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
