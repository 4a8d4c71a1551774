"""Which finished runs share a footing, and which of them are best by each measure, however many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from core.comparison import Footing
from core.metrics import MEASURES
from core.runs.database import Database
from core.runs.history import visible
from core.runs.model import Run, RunState
from core.runs.tables import RUNS, SCORES, run_from_row

MOST_GROUPS: Final = 100
BEST_BY_OTHERS: Final = 3
"""Of the best by each measure that does not order the board, so many stand on it: the first, and what may tie."""
SAME_ORDER: Final[Mapping[str, str]] = {"wmape": "mae", "mse": "rmse"}
"""Measures by which runs on the same tracks stand in the order of another one, which all runs have stored."""


@dataclass(frozen=True)
class Group:
    """Finished runs on one footing.

    Parameters
    ----------
    footing : Footing
    newest : Run
        The newest of them.
    n : int
        How many they are.
    """

    footing: Footing
    newest: Run
    n: int


class Standings:
    """Reads which runs can be compared; each answer holds only what the owner may see.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def groups(self, owner: str | None) -> list[Group]:
        """The groups of runs on one footing, that of the newest run first; at most 100 of them."""
        fields = (RUNS.c.id, RUNS.c.data_sha256, RUNS.c.protocol, _SHARE.label("share"), _SEED.label("seed"))
        query = sa.select(*fields).where(*_finished(owner)).order_by(RUNS.c.created_at.desc(), RUNS.c.position)
        found: dict[Footing, list[str]] = {}
        with self._database.reading() as connection:
            for run_id, sha256, protocol, share, seed in connection.execute(query):
                found.setdefault(Footing(sha256, protocol, float(share), int(seed)), []).append(run_id)
        shown = list(found.items())[:MOST_GROUPS]
        newest = {run.id: run for run in self._read([ids[0] for _, ids in shown])}
        return [Group(footing, newest[ids[0]], len(ids)) for footing, ids in shown if ids[0] in newest]

    def best(self, owner: str | None, footing: Footing, objective: str, most: int) -> list[Run]:
        """The best runs of a footing by one measure, and the first few by every other.

        Parameters
        ----------
        footing : Footing
        objective : str
            Key of ``core.metrics.MEASURES``.
        most : int
            How many by this measure.

        Returns
        -------
        list of Run
            Those by the objective first, the best first.
        """
        keys = dict.fromkeys([objective, *MEASURES])
        chosen: dict[str, None] = {}
        with self._database.reading() as connection:
            for key in keys:
                query = _by(owner, footing, key).limit(most if key == objective else BEST_BY_OTHERS)
                chosen |= dict.fromkeys(connection.execute(query).scalars())
            if not chosen:  # none of them has stored a score: the newest
                every = sa.select(RUNS.c.id).where(*_on(owner, footing)).order_by(RUNS.c.created_at.desc())
                chosen = dict.fromkeys(connection.execute(every.limit(most)).scalars())
        read = {run.id: run for run in self._read(list(chosen))}
        return [read[run_id] for run_id in chosen if run_id in read]

    def digest(self, owner: str | None) -> str:
        """A text that changes with what can be seen of the runs: how many there are, and the states of the newest."""
        seen = visible(owner)
        newest = sa.select(RUNS.c.id, RUNS.c.state, RUNS.c.edition).where(*seen).order_by(RUNS.c.created_at.desc())
        count = sa.select(sa.func.count(), sa.func.sum(RUNS.c.edition)).select_from(RUNS).where(*seen)
        with self._database.reading() as connection:
            total = connection.execute(count).one()
            states = connection.execute(newest.limit(400)).all()
        return repr((tuple(total), [(run_id[:8], state, edition) for run_id, state, edition in states]))

    def count(self, owner: str | None) -> int:
        """How many runs the owner may see, of any state."""
        with self._database.reading() as connection:
            query = sa.select(sa.func.count()).select_from(RUNS).where(*visible(owner))
            return int(connection.execute(query).scalar() or 0)

    def _read(self, ids: Sequence[str]) -> list[Run]:
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(RUNS).where(RUNS.c.id.in_(ids))).mappings()
            return [run_from_row(row) for row in rows]


_SHARE: Final = RUNS.c.request["test_share"].as_float()
_SEED: Final = RUNS.c.request["seed"].as_integer()


def _finished(owner: str | None) -> list[sa.ColumnElement[bool]]:
    return [*visible(owner), RUNS.c.state == RunState.FINISHED.value, RUNS.c.data_sha256.is_not(None)]


def _on(owner: str | None, footing: Footing) -> list[sa.ColumnElement[bool]]:
    return [
        *_finished(owner),
        RUNS.c.data_sha256 == footing.sha256,
        RUNS.c.protocol == footing.protocol,
        footing.test_share == _SHARE,
        footing.seed == _SEED,
    ]


def _by(owner: str | None, footing: Footing, key: str) -> sa.Select[Any]:
    """Ids of the runs of a footing that have stored a score, the best first."""
    value = SCORES.c.value.desc() if MEASURES[key].greater_is_better else SCORES.c.value.asc()
    same = (SCORES.c.run_id == RUNS.c.id) & (SCORES.c.key == SAME_ORDER.get(key, key))
    return sa.select(RUNS.c.id).join(SCORES, same).where(*_on(owner, footing)).order_by(value, RUNS.c.created_at.desc())
