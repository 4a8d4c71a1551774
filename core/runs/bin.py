"""The bin: deleted runs can be taken back for some days, then they are removed for good.

Only what is in the bin is ever removed. A run that is being removed is marked first, so that nobody takes it back half
gone, and whatever interrupts the removal, the next one goes on. Of a run that was once champion or candidate the row
stays, without files, as the history of promotions speaks of it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from core.runs.model import ACTIVE_STATES, now
from core.runs.tables import ALIASES, EVENTS, JOBS, RUNS

if TYPE_CHECKING:
    from core.runs.artifacts import Bundles
    from core.runs.database import Database

REMOVED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a run was deleted that cannot be taken back any more."""

AT_ONCE: Final = 50

_WAS_PROMOTED = sa.exists().where(ALIASES.c.run_id == RUNS.c.id)
_IS_MARKED = RUNS.c.deleted_at == REMOVED
_log = logging.getLogger(__name__)


class Bin:
    """Puts runs into the bin, takes them out, and empties it.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, run_id: str) -> bool:
        """Delete an ended run, so that it can be taken back; false where there is none."""
        ended = RUNS.c.state.not_in(ACTIVE_STATES) & RUNS.c.deleted_at.is_(None)
        return self._set(ended & (RUNS.c.id == run_id), now())

    def take_out(self, run_id: str) -> bool:
        """Take a run back; false where it is not in the bin any more."""
        return self._set((RUNS.c.id == run_id) & (RUNS.c.deleted_at > REMOVED), None)

    def empty(self, bundles: Bundles, days: float) -> int:
        """Remove what was deleted longer ago than some days, with its files.

        Parameters
        ----------
        bundles : Bundles
        days : float
            0 removes nothing.

        Returns
        -------
        int
            How many runs.

        Raises
        ------
        StorageError
        """
        if days <= 0:
            return 0
        self._set(RUNS.c.deleted_at.is_not(None) & (RUNS.c.deleted_at < now() - timedelta(days=days)), REMOVED)
        removed = 0
        stuck: set[str] = set()  # tried again the next time
        while ids := self._marked(stuck):
            for run_id in ids:
                bundles.discard(run_id)
            there = bundles.runs_on_disk()
            stuck |= there & set(ids)
            gone = [run_id for run_id in ids if run_id not in there]
            self._forget(gone)
            removed += len(gone)
        if stuck:
            _log.warning("The files of %s deleted runs could not be removed, as of %s", len(stuck), min(stuck))
        if removed:
            _log.info("Removed %s deleted more than %g days ago", f"{removed} run{'s' * (removed > 1)}", days)
        return removed

    def _marked(self, apart_from: Collection[str]) -> list[str]:
        """Some runs of which there is something to remove."""
        query = sa.select(RUNS.c.id).where(_IS_MARKED, ~_WAS_PROMOTED | RUNS.c.digests.is_not(None))
        query = query.where(RUNS.c.id.not_in(apart_from)).limit(AT_ONCE)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def _forget(self, ids: list[str]) -> None:
        mine = RUNS.c.id.in_(ids) & _IS_MARKED
        with self._database.writing() as connection:
            jobs = set(connection.execute(sa.select(RUNS.c.job_id).where(mine)).scalars())
            connection.execute(sa.update(RUNS).where(mine, _WAS_PROMOTED).values(digests=None))
            connection.execute(sa.delete(EVENTS).where(EVENTS.c.run_id.in_(ids)))
            connection.execute(sa.delete(RUNS).where(mine, ~_WAS_PROMOTED))
            has_runs = sa.exists().where(RUNS.c.job_id == JOBS.c.id)
            connection.execute(sa.delete(JOBS).where(JOBS.c.id.in_(jobs), ~has_runs))

    def _set(self, condition: sa.ColumnElement[bool], moment: datetime | None) -> bool:
        with self._database.writing() as connection:
            return connection.execute(sa.update(RUNS).where(condition).values(deleted_at=moment)).rowcount > 0
