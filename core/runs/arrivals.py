"""Imported runs in the registry: finished when they come, and theirs who brought them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from core.runs.bin import REMOVED
from core.runs.database import Database
from core.runs.model import SHELL_OWNER, Run, RunState, now
from core.runs.tables import (
    EVENTS,
    JOBS,
    RUNS,
    SCORES,
    columns_of_data,
    columns_of_request,
    score_rows,
    written_tags,
)

KEY: Final = "imported:"
"""Begins the key of the job that an imported run belongs to; a page's key is a random one."""


class Arrivals:
    """Adds runs that were made elsewhere.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, owner: str, origin: str) -> str | None:
        """Id of a run that an owner sees and that is, or was imported from, the run of this id, unless deleted."""
        with self._database.reading() as connection:
            return _known(connection, owner, origin)

    def imported(self) -> Mapping[str, str]:
        """Owner of each imported run, by its id; those in the bin as well, while their files are still there."""
        is_here = RUNS.c.deleted_at.is_(None) | (RUNS.c.deleted_at > REMOVED)
        query = sa.select(RUNS.c.id, RUNS.c.owner).where(RUNS.c.imported["run_id"].as_string().is_not(None), is_here)
        with self._database.reading() as connection:
            return {row.id: row.owner for row in connection.execute(query)}

    def add(self, run: Run, events: Sequence[Mapping[str, Any]]) -> str | None:
        """Add a finished run whose bundle is in place.

        Returns
        -------
        str or None
            Id of the run that was there already; nothing is added then.
        """
        assert run.imported is not None
        with self._database.writing() as connection:
            self._database.lock_out_writers(connection, RUNS)
            if (known := _known(connection, run.owner, run.imported["run_id"])) is not None:
                return known
            job = {"id": run.job_id, "owner": run.owner, "key": KEY + str(uuid.uuid4()), "created_at": run.created_at}
            connection.execute(sa.insert(JOBS).values(**job, launched_at=now()))
            connection.execute(sa.insert(RUNS).values(**_values(run)))
            told = [
                {"run_id": run.id, "key": f"{KEY}{number}", "seq": number, "body": dict(event)}
                for number, event in enumerate(events, start=1)
            ]
            for table, rows in ((SCORES, score_rows(run.id, run.metrics or {}, run.timings or {})), (EVENTS, told)):
                if rows:
                    connection.execute(sa.insert(table), rows)
        return None


_SAME: Final = (
    "id", "job_id", "owner", "created_at", "started_at", "finished_at", "metrics", "timings", "versions", "data",
    "notices", "digests", "imported",
)  # fmt: skip


def _known(connection: sa.Connection, owner: str, origin: str) -> str | None:
    same = (RUNS.c.id == origin) | (RUNS.c.imported["run_id"].as_string() == origin)
    mine = RUNS.c.owner.in_((owner, SHELL_OWNER)) & RUNS.c.deleted_at.is_(None)
    found: str | None = connection.execute(sa.select(RUNS.c.id).where(same, mine).limit(1)).scalar()
    return found


def _values(run: Run) -> dict[str, Any]:
    request = run.request.model_dump(mode="json")
    return {
        **{name: getattr(run, name) for name in _SAME},
        "position": 0,
        "state": RunState.FINISHED,
        "request": request,
        "name": run.name or None,
        "note": run.note or None,
        "tags": written_tags(run.tags),
        **columns_of_request(request),
        **columns_of_data(run.data),
    }
