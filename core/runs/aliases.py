"""Champion and candidate: which run is meant for a purpose, and who said so, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from core.errors import InvalidRequest, NotFound, Refused, unknown_name
from core.runs.database import Database
from core.runs.model import SHELL_OWNER, RunState, now
from core.runs.rules import is_uuid, may_see, refuse_foreign
from core.runs.tables import ALIASES, RUNS
from core.texts import check_text

POPULARITY: Final = "popularity"
"""The purpose that everything is made for unless something else is said."""

LONGEST_PURPOSE: Final = 60
LONGEST_WHY: Final = 500
MOST_PURPOSES: Final = 50


class Alias(StrEnum):
    """What a run can be for a purpose; each is given to one run at a time."""

    CHAMPION = "champion"
    CANDIDATE = "candidate"


ALIAS_HELP: Final = {
    Alias.CHAMPION: "the model to use",
    Alias.CANDIDATE: "the model that may take its place",
}


def check_why(why: str) -> str:
    """Give the reason that a person or an operator must give for a promotion.

    Raises
    ------
    InvalidRequest
        When there is none.

    Examples
    --------
    >>> check_why("Lowest error on new artists")
    'Lowest error on new artists'
    """
    if not why.strip():
        raise InvalidRequest("Say why, in a sentence, for example: lowest error on new artists. The history keeps it.")
    return why


@dataclass(frozen=True)
class Promotion:
    """A run was, or is, the champion or the candidate for a purpose; times are aware and in UTC.

    Parameters
    ----------
    run_id : str
    owner : str
        Whose run it is; the alias is theirs too.
    alias : Alias
    purpose : str
    since : datetime
    by : str
        Owner who said so, or ``SHELL_OWNER`` for the operator.
    why : str
        Empty where no reason was given, as it need not be in older versions.
    family : str
        Key of the run's family.
    run_name : str
        What its owner calls the run; empty where nothing was said.
    is_deleted : bool
        Whether the run is in the bin.
    until : datetime or None
        None while it holds.
    ended_by, ended_why : str
    is_imported : bool
        Whether the run was made elsewhere.
    """

    run_id: str
    owner: str
    alias: Alias
    purpose: str
    since: datetime
    by: str
    why: str
    family: str
    run_name: str
    is_deleted: bool
    until: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""
    is_imported: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Everything a script wants to know, JSON-safe; owners stay private."""
        return {
            "run_id": self.run_id,
            "alias": self.alias.value,
            "purpose": self.purpose,
            "since": self.since.isoformat(timespec="seconds"),
            "why": self.why,
            "family": self.family,
            "name": self.run_name,
            "until": None if self.until is None else self.until.isoformat(timespec="seconds"),
            "ended_why": self.ended_why,
        }


class Promotions:
    """Gives and takes aliases; each answer holds only what the owner may see.

    An alias belongs to the owner of its run. Those of the shell's runs are seen by everybody, as these runs are, and
    changed by the operator alone.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, owner: str | None) -> list[Promotion]:
        """The aliases that hold now, those of deleted runs left out.

        Parameters
        ----------
        owner : str or None
            None sees all; others see their own and those of the shell.

        Returns
        -------
        list of Promotion
            The owner's own first, then by purpose, the champion before the candidate.
        """
        held = ALIASES.c.until.is_(None) & RUNS.c.deleted_at.is_(None)
        found = self._read(owner, held, limit=10_000)
        order = list(Alias)
        return sorted(found, key=lambda one: (one.owner == SHELL_OWNER, one.purpose.casefold(), order.index(one.alias)))

    def of_run(self, run_id: str, owner: str | None) -> list[Promotion]:
        """All that a run was and is, the latest first; also of a deleted one."""
        return self._read(owner, ALIASES.c.run_id == run_id, limit=200)

    def history(self, owner: str | None, limit: int = 50) -> list[Promotion]:
        """Who was what, the latest first."""
        return self._read(owner, sa.true(), limit=limit)

    def promote(
        self, run_id: str, owner: str | None, alias: str, purpose: str = POPULARITY, why: str = ""
    ) -> Promotion:
        """Make a finished run the champion or the candidate for a purpose; who was so before is so no more.

        A run that is so already stays so, since when it was.

        Parameters
        ----------
        run_id : str
        owner : str or None
            Who says so; None is the operator.
        alias : str
            One of ``Alias``.
        purpose : str
            At most 60 characters, one line; upper and lower case are one.
        why : str
            At most 500 characters.

        Raises
        ------
        NotFound
            When this owner may not see the run, or it is deleted.
        InvalidRequest
            When a text is missing or too long, or there is no such alias.
        Refused
            When the run is not finished, or is the shell's and not the operator's to promote.
        """
        kind, reason = _checked_alias(alias), _checked_text("reason", why, LONGEST_WHY)
        purpose = _checked_purpose(purpose)
        moment, by = now(), owner or SHELL_OWNER
        with self._database.writing() as connection:
            self._database.lock_out_writers(connection, ALIASES)
            run = _find_run(connection, run_id, owner)
            refuse_foreign(run["owner"], owner)
            if run["state"] != RunState.FINISHED:
                raise Refused(f"This run is {run['state']}, so there is no model. Only a finished run can be promoted.")
            held = _held(connection, run["owner"])
            purpose = _known_spelling(purpose, held)
            here = [row for row in held if row["purpose"] == purpose]
            if not any(row["run_id"] == run_id and row["alias"] == kind for row in here):
                _end(connection, _replaced(here, run_id, kind), moment, by)
                values = {"owner": run["owner"], "purpose": purpose, "alias": kind, "run_id": run_id}
                row = {**values, "since": moment, "given_by": by, "why": reason or None}
                connection.execute(sa.insert(ALIASES).values(**row))
            mine = (ALIASES.c.run_id == run_id) & (ALIASES.c.alias == kind) & (ALIASES.c.purpose == purpose)
            return _select(connection, owner, mine & ALIASES.c.until.is_(None), limit=1)[0]

    def withdraw(self, run_id: str, owner: str | None, alias: str, purpose: str = POPULARITY, why: str = "") -> None:
        """Take an alias away; that it was there stays in the history.

        Raises
        ------
        NotFound
            When this owner may not see the run, or it does not have the alias.
        InvalidRequest, Refused
            As for ``promote``.
        """
        kind, reason = _checked_alias(alias), _checked_text("reason", why, LONGEST_WHY)
        purpose = _checked_purpose(purpose)
        with self._database.writing() as connection:
            self._database.lock_out_writers(connection, ALIASES)
            run = _find_run(connection, run_id, owner)
            refuse_foreign(run["owner"], owner)
            held = _held(connection, run["owner"])
            purpose = _known_spelling(purpose, held)
            wanted = (run_id, kind, purpose)
            ids = {row["id"]: reason for row in held if (row["run_id"], row["alias"], row["purpose"]) == wanted}
            if not ids:
                raise NotFound(f"This run is not the {kind} for {purpose}.")
            _end(connection, ids, now(), owner or SHELL_OWNER)

    def _read(self, owner: str | None, condition: sa.ColumnElement[bool], limit: int) -> list[Promotion]:
        with self._database.reading() as connection:
            return _select(connection, owner, condition, limit)


def _select(
    connection: sa.Connection, owner: str | None, condition: sa.ColumnElement[bool], limit: int
) -> list[Promotion]:
    columns = (RUNS.c.family, RUNS.c.name, RUNS.c.deleted_at, RUNS.c.imported)
    query = sa.select(ALIASES, *columns).join(RUNS, RUNS.c.id == ALIASES.c.run_id).where(condition)
    if owner is not None:
        query = query.where(ALIASES.c.owner.in_((owner, SHELL_OWNER)))
    query = query.order_by(ALIASES.c.since.desc(), ALIASES.c.id.desc()).limit(limit)
    return [_promotion(row) for row in connection.execute(query).mappings()]


def _promotion(row: RowMapping) -> Promotion:
    return Promotion(
        run_id=row["run_id"],
        owner=row["owner"],
        alias=Alias(row["alias"]),
        purpose=row["purpose"],
        since=row["since"],
        by=row["given_by"],
        why=row["why"] or "",
        family=row["family"] or "",
        is_imported=row["imported"] is not None,
        run_name=row["name"] or "",
        is_deleted=row["deleted_at"] is not None,
        until=row["until"],
        ended_by=row["ended_by"] or "",
        ended_why=row["ended_why"] or "",
    )


def _find_run(connection: sa.Connection, run_id: str, owner: str | None) -> RowMapping:
    query = sa.select(RUNS.c.owner, RUNS.c.state).where(RUNS.c.id == run_id, RUNS.c.deleted_at.is_(None))
    row = connection.execute(query).mappings().first() if is_uuid(run_id) else None
    if row is None or not may_see(row["owner"], owner):
        raise NotFound("There is no such run.")
    return row


def _held(connection: sa.Connection, owner: str) -> Sequence[RowMapping]:
    query = sa.select(ALIASES).where(ALIASES.c.owner == owner, ALIASES.c.until.is_(None))
    return connection.execute(query).mappings().all()


def _replaced(here: Sequence[RowMapping], run_id: str, alias: Alias) -> dict[int, str]:
    """What ends when a run gets an alias: the one who had it, and what the run itself was before."""
    ended = {row["id"]: "Another run took its place." for row in here if row["alias"] == alias}
    return ended | {row["id"]: f"It became the {alias}." for row in here if row["run_id"] == run_id}


def _end(connection: sa.Connection, reasons: dict[int, str], moment: datetime, by: str) -> None:
    for row_id, reason in reasons.items():
        ended = {"until": moment, "ended_by": by, "ended_why": reason or None}
        connection.execute(sa.update(ALIASES).where(ALIASES.c.id == row_id).values(**ended))


def _known_spelling(purpose: str, held: Sequence[RowMapping]) -> str:
    """The purpose as it was first written."""
    known = {row["purpose"] for row in held} | {POPULARITY}
    found = next((name for name in known if name.casefold() == purpose.casefold()), None)
    if found is None and len(known) >= MOST_PURPOSES:
        raise Refused(f"There are {MOST_PURPOSES} purposes already. Use one of them, or withdraw its runs first.")
    return found or purpose


def _checked_alias(alias: object) -> Alias:
    if not isinstance(alias, str) or alias not in list(Alias):
        raise unknown_name("alias", str(alias)[:40], [one.value for one in Alias])
    return Alias(alias)


def _checked_purpose(purpose: object) -> str:
    text = _checked_text("purpose", purpose, LONGEST_PURPOSE)
    if not text:
        raise InvalidRequest("Say for which purpose, for example: popularity.")
    return text


def _checked_text(name: str, text: object, most: int) -> str:
    """A text of one line."""
    if not isinstance(text, str):
        raise InvalidRequest(f"The {name} is a text.")
    check_text(name, text)
    line = " ".join(text.split())
    if len(line) > most:
        raise InvalidRequest(f"The {name} has {len(line):,} characters; at most {most} are kept.")
    return line
