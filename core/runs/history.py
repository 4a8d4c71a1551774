"""The history: the runs of an owner, searched, filtered, sorted, a page at a time; their names, notes, tags, stars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from core.errors import InvalidRequest, NotFound, Refused
from core.families import FAMILIES
from core.metrics import MEASURES
from core.runs.database import Database
from core.runs.model import SHELL_OWNER, Run, RunState, now
from core.runs.rules import is_uuid, may_see, refuse_foreign
from core.runs.tables import RUNS, SCORES, run_from_row, written_tags
from core.texts import check_text
from core.validation import PROTOCOLS

LONGEST_NAME: Final = 120
LONGEST_NOTE: Final = 4000
LONGEST_TAG: Final = 30
MOST_TAGS: Final = 12
LONGEST_TEXT: Final = 200
MOST_ROWS: Final = 10_000

PERIODS: Final[Mapping[str, tuple[str, timedelta]]] = {
    "day": ("last 24 hours", timedelta(days=1)),
    "week": ("last 7 days", timedelta(days=7)),
    "month": ("last 30 days", timedelta(days=30)),
    "year": ("last 365 days", timedelta(days=365)),
}
COLUMNS: Final = {"created": RUNS.c.created_at, "family": RUNS.c.family, "protocol": RUNS.c.protocol,
                  "name": RUNS.c.name, "state": RUNS.c.state, "starred": RUNS.c.is_starred}  # fmt: skip
TIMES: Final = ("total_seconds", "fit_seconds")
SORTS: Final = (*COLUMNS, *MEASURES, *TIMES)
"""What the history can be sorted by."""


@dataclass(frozen=True)
class Asked:
    """What is asked of the history; an empty text asks for nothing.

    Parameters
    ----------
    text : str
        Each word stands in the name, the note, a tag, the model's, the validation's or the table's name, or at the
        start of the id.
    state, family, protocol, tag : str
    features : str
        Names of the feature set, joined by commas.
    data : str
        SHA-256 of the table.
    period : str
        Key of ``PERIODS``.
    starred : bool
        Only those with a star.
    sort : str
        One of ``SORTS``.
    ascending : bool
    offset, limit : int
    """

    text: str = ""
    state: str = ""
    family: str = ""
    protocol: str = ""
    features: str = ""
    data: str = ""
    period: str = ""
    tag: str = ""
    starred: bool = False
    sort: str = "created"
    ascending: bool = False
    offset: int = 0
    limit: int = 50

    def __post_init__(self) -> None:
        for name in ("text", "state", "family", "protocol", "features", "data", "period", "tag"):
            check_text(f"filter {name}", getattr(self, name))
            if name != "features" and len(getattr(self, name)) > LONGEST_TEXT:
                raise InvalidRequest(f"The filter {name} has more than {LONGEST_TEXT} characters.")
        _one_of("state", self.state, [state.value for state in RunState])
        _one_of("period", self.period, list(PERIODS))
        _one_of("sort", self.sort, SORTS)
        if not (0 <= self.offset <= 10_000_000 and 1 <= self.limit <= MOST_ROWS):
            raise InvalidRequest(f"A page of the history has 1 to {MOST_ROWS} runs.")


@dataclass(frozen=True)
class HistoryPage:
    """Some runs of the history, and how many there are in all that fit the filters."""

    runs: Sequence[Run]
    total: int


@dataclass(frozen=True)
class Choices:
    """What the filters can be set to: only what occurs."""

    families: Sequence[str] = ()
    protocols: Sequence[str] = ()
    features: Sequence[str] = ()
    tables: Sequence[tuple[str, str]] = ()
    tags: Sequence[str] = ()


class History:
    """Reads and describes runs; each answer holds only what the owner may see.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, owner: str | None, asked: Asked, *, in_brief: bool = False) -> HistoryPage:
        """The runs that fit, a page of them; deleted ones are left out.

        Parameters
        ----------
        owner : str or None
            None sees all; others see their own and those of the shell.
        asked : Asked
        in_brief : bool
            Of the metrics only the test scores, and no versions, notices and digests: much quicker for many runs.
        """
        fits = sa.and_(*_conditions(owner, asked))
        # First only the ids, from an index: sorting whole rows would drag all their scores and curves along.
        ids = sa.select(RUNS.c.id, sa.func.count().over()).where(fits)
        if asked.sort in COLUMNS:
            key = COLUMNS[asked.sort]
        else:
            ids = ids.outerjoin(SCORES, (SCORES.c.run_id == RUNS.c.id) & (SCORES.c.key == asked.sort))
            key = SCORES.c.value
        order = key.asc() if asked.ascending else key.desc()
        ids = ids.order_by(key.is_(None), order, RUNS.c.created_at.desc(), RUNS.c.position, RUNS.c.id)
        with self._database.reading() as connection:
            listed = connection.execute(ids.offset(asked.offset).limit(asked.limit)).all()
            found = [row[0] for row in listed]
            total = listed[0][1] if listed else 0
            if asked.offset and not listed:  # beyond the last page
                total = connection.execute(sa.select(sa.func.count()).select_from(RUNS).where(fits)).scalar() or 0
            rows: dict[str, Run] = {}
            for start in range(0, len(found), 500):
                some = sa.select(*(_BRIEF if in_brief else (RUNS,))).where(RUNS.c.id.in_(found[start : start + 500]))
                read = connection.execute(some).mappings()
                rows |= {row["id"]: run_from_row(_filled(row) if in_brief else row) for row in read}
        return HistoryPage([rows[run_id] for run_id in found if run_id in rows], total)

    def choices(self, owner: str | None) -> Choices:
        """What occurs among the owner's runs."""
        columns = (
            RUNS.c.family,
            RUNS.c.protocol,
            RUNS.c.feature_set,
            RUNS.c.data_sha256,
            RUNS.c.data_name,
            RUNS.c.tags,
        )
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(*columns).where(*visible(owner)).distinct()).all()
        return Choices(
            sorted({row.family for row in rows if row.family}),
            sorted({row.protocol for row in rows if row.protocol}),
            sorted({row.feature_set for row in rows if row.feature_set}),
            sorted({(row.data_sha256, row.data_name or "") for row in rows if row.data_sha256}),
            sorted({tag for row in rows for tag in (row.tags or "").split("|") if tag}),
        )

    def describe(
        self,
        run_id: str,
        owner: str | None,
        edition: int,
        *,
        name: str | None = None,
        note: str | None = None,
        tags: Sequence[str] | None = None,
        is_starred: bool | None = None,
    ) -> Run:
        """Change what people say of a run; what is None stays.

        Parameters
        ----------
        edition : int
            ``Run.edition`` as it was when the change was begun.
        name, note : str, optional
            At most 120 and 4,000 characters; empty takes it away.
        tags : sequence of str, optional
            At most 12 of at most 30 characters.

        Raises
        ------
        NotFound
        InvalidRequest
            When a text is too long, or a tag has a bar in it.
        Refused
            When it belongs to the shell, or was changed elsewhere meanwhile.
        """
        run = self._find(run_id, owner)
        refuse_foreign(run.owner, owner)
        values = _checked_values(name, note, tags, is_starred)
        same = (RUNS.c.id == run.id) & (RUNS.c.edition == edition)
        with self._database.writing() as connection:
            update = sa.update(RUNS).where(same).values(**values, edition=RUNS.c.edition + 1)
            if connection.execute(update).rowcount != 1:
                raise Refused("This run was changed elsewhere meanwhile. Look at it again, then make your change.")
        return self._find(run_id, owner)

    def _find(self, run_id: str, owner: str | None) -> Run:
        row = None
        if is_uuid(run_id):
            query = sa.select(RUNS).where(RUNS.c.id == run_id, RUNS.c.deleted_at.is_(None))
            with self._database.reading() as connection:
                row = connection.execute(query).mappings().first()
        if row is None or not may_see(row["owner"], owner):
            raise NotFound("There is no such run.")
        return run_from_row(row)


def parse_asked(values: Mapping[str, Any]) -> Asked:
    """Turn untrusted values into what is asked; those that it does not know are left out.

    Raises
    ------
    InvalidRequest
    """
    known = {key: value for key, value in values.items() if key in Asked.__dataclass_fields__ and value is not None}
    for key, value in known.items():
        kind = type(getattr(Asked, key))
        if type(value) is not kind:
            raise InvalidRequest(f"The filter {key} is a {kind.__name__}.")
    return replace(Asked(), **known)


_LONG: Final = ("metrics", "progress", "versions", "notices", "digests")
_BRIEF: Final = (*(column for column in RUNS.c if column.name not in _LONG), RUNS.c.metrics["test"].label("test"))


def _filled(row: RowMapping) -> dict[str, Any]:
    """A row that was read in brief, with what was left out as if it were not there."""
    return {**row, **dict.fromkeys(_LONG), "metrics": None if row["test"] is None else {"test": row["test"]}}


def _conditions(owner: str | None, asked: Asked) -> list[sa.ColumnElement[bool]]:
    found = visible(owner)
    exact = {
        RUNS.c.state: asked.state,
        RUNS.c.family: asked.family,
        RUNS.c.protocol: asked.protocol,
        RUNS.c.feature_set: asked.features,
        RUNS.c.data_sha256: asked.data,
    }
    found += [column == value for column, value in exact.items() if value]
    if asked.tag:
        found.append(RUNS.c.tags.contains(f"|{asked.tag}|", autoescape=True))
    if asked.starred:
        found.append(RUNS.c.is_starred.is_(True))
    if asked.period:
        found.append(RUNS.c.created_at >= now() - PERIODS[asked.period][1])
    for word in asked.text.split()[:8]:
        found.append(_says(word))
    return found


def visible(owner: str | None) -> list[sa.ColumnElement[bool]]:
    """Conditions for the runs that an owner may see (all for None), without deleted ones."""
    found: list[sa.ColumnElement[bool]] = [RUNS.c.deleted_at.is_(None)]
    if owner is not None:
        found.append(RUNS.c.owner.in_((owner, SHELL_OWNER)))
    return found


def _says(word: str) -> sa.ColumnElement[bool]:
    """A word of the search: anywhere in what is said of the run, or the start of its id."""
    families = [key for key, family in FAMILIES.items() if word.lower() in f"{key} {family.label}".lower()]
    names = {key: protocol.label.partition(" (")[0] for key, protocol in PROTOCOLS.items()}  # as the list shows them
    protocols = [key for key, name in names.items() if word.lower() in f"{key} {name}".lower()]
    texts = (RUNS.c.name, RUNS.c.note, RUNS.c.tags, RUNS.c.data_name)
    said = [text.icontains(word, autoescape=True) for text in texts]
    known = (RUNS.c.family.in_(families), RUNS.c.protocol.in_(protocols))
    return sa.or_(*known, RUNS.c.id.startswith(word.lower(), autoescape=True), *said)


def _checked_values(
    name: str | None, note: str | None, tags: Sequence[str] | None, is_starred: bool | None
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, text, most in (("name", name, LONGEST_NAME), ("note", note, LONGEST_NOTE)):
        if text is not None:
            check_text(key, text)
            if len(text) > most:
                raise InvalidRequest(f"The {key} has {len(text):,} characters; at most {most:,} are kept.")
            values[key] = text.strip() or None
    if tags is not None:
        for tag in tags:
            check_text("tag", tag)
        clean = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
        if len(clean) > MOST_TAGS or any(len(tag) > LONGEST_TAG or "|" in tag for tag in clean):
            raise InvalidRequest(
                f"A run has at most {MOST_TAGS} tags of at most {LONGEST_TAG} characters, without bars."
            )
        values["tags"] = written_tags(clean)
    if is_starred is not None:
        values["is_starred"] = is_starred
    return values


def _one_of(name: str, value: str, known: Sequence[str]) -> None:
    if value and value not in known:
        raise InvalidRequest(f"Unknown {name} {value[:40]!r}. Choose one of: {', '.join(known)}.")
