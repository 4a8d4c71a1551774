"""What people should know about a finished run, added or taken back when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from core.runs.model import RunState
from core.runs.tables import RUNS

if TYPE_CHECKING:
    from core.runs.database import Database


class Notices:
    """Changes the notices of finished runs; the others get theirs with their result.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run_id: str, notice: str) -> None:
        """Add a notice, once."""
        self._change(run_id, lambda notices: notices if notice in notices else [*notices, notice])

    def drop(self, run_id: str, start: str) -> None:
        """Take the notices that begin so away, as they are no longer true."""
        self._change(run_id, lambda notices: [one for one in notices if not one.startswith(start)])

    def _change(self, run_id: str, changed: Callable[[list[str]], list[str]]) -> None:
        finished = (RUNS.c.id == run_id) & (RUNS.c.state == RunState.FINISHED)
        with self._database.writing() as connection:
            row = connection.execute(sa.select(RUNS.c.notices).where(finished)).first()
            if row is None:
                return
            before = list(row.notices or [])
            if (after := changed(before)) != before:
                connection.execute(sa.update(RUNS).where(finished).values(notices=after))
