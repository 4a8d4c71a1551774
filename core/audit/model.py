"""Findings and reports as values, and what every check is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import pandas as pd

from core.plain_json import as_plain

if TYPE_CHECKING:
    from core.audit.table import AuditedTable

Level = Literal["leak", "caution", "note"]
Unit = Literal["tracks", "rows", "columns"]

LEVELS: dict[Level, str] = {
    "leak": "Scores can look better than they are",
    "caution": "Read results with care",
    "note": "Good to know",
}
"""From the most to the least serious, in words for people."""

Result = Literal["found", "passed", "not checked"]
SHOWN_TRACKS = 20


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Parameters
    ----------
    key, title : str
        Those of the check.
    level : {"leak", "caution", "note"}
        How serious it is, see ``LEVELS``.
    count, total : int
        How many ``unit`` are concerned, of how many.
    unit : {"tracks", "rows", "columns"}
    what, why, protocols : str
        What was found, why it matters, and what the validation protocols do about it.
    table : DataFrame
        All tracks or columns concerned, the most telling first.
    """

    key: str
    title: str
    level: Level
    count: int
    total: int
    unit: Unit
    what: str
    why: str
    protocols: str
    table: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def share(self) -> float:
        """Share of the total that is concerned, 0 to 1."""
        return self.count / self.total if self.total else 0.0

    def to_dict(self, shown: int = SHOWN_TRACKS) -> dict[str, Any]:
        """Give the finding as JSON-safe values, with the first ``shown`` rows of its table."""
        return {
            "key": self.key,
            "title": self.title,
            "level": self.level,
            "count": self.count,
            "total": self.total,
            "unit": self.unit,
            "what": self.what,
            "why": self.why,
            "protocols": self.protocols,
            "examples": _records(self.table.head(shown)),
        }


@dataclass(frozen=True)
class CheckResult:
    """How a check ended: those that found nothing, and those that had nothing to look at, are told as well.

    Parameters
    ----------
    key, title, question : str
        Those of the check.
    result : {"found", "passed", "not checked"}
    reason : str
        Why the table could not be checked; empty otherwise.
    """

    key: str
    title: str
    question: str
    result: Result
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check looked and found nothing."""
        return self.result == "passed"

    def to_dict(self) -> dict[str, Any]:
        """Give the result as JSON-safe values."""
        return {**vars(self), "passed": self.passed}


@dataclass(frozen=True)
class AuditReport:
    """What the checks found in one table.

    Parameters
    ----------
    findings : tuple of Finding
        Leaks first, then cautions, then notes.
    checks : tuple of CheckResult
        How every check ended, in the order of the registry.
    rows, tracks : int
    sha256 : str
        Digest of the table that was audited.
    source_name : str
    own, unread : tuple of str
        Columns that the schema does not know: number columns that were looked at, too, and those that were not.
    """

    findings: tuple[Finding, ...]
    checks: tuple[CheckResult, ...]
    rows: int
    tracks: int
    sha256: str
    source_name: str = ""
    own: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def find(self, key: str) -> Finding | None:
        """Give the finding of a check, or None where it found nothing or could not look."""
        return next((finding for finding in self.findings if finding.key == key), None)

    def to_dict(self) -> dict[str, Any]:
        """Give the report as JSON-safe values."""
        return {
            "source_name": self.source_name,
            "sha256": self.sha256,
            "rows": self.rows,
            "tracks": self.tracks,
            "own_columns": list(self.own),
            "columns_not_checked": list(self.unread),
            "findings": [finding.to_dict() for finding in self.findings],
            "checks": [check.to_dict() for check in self.checks],
        }


class Check(Protocol):
    """A check: a few words for people and one function. Add a row to ``CHECKS`` for a new one."""

    key: ClassVar[str]
    title: ClassVar[str]
    question: ClassVar[str]
    why: ClassVar[str]
    protocols: ClassVar[str]

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Give what was found, None where nothing was, or why the table could not be checked.

        Never raises for a table that cleaning accepted.
        """
        ...


@dataclass(frozen=True)
class Found:
    """What the function of a check gives: the parts of a finding that depend on the table."""

    level: Level
    count: int
    total: int
    unit: Unit
    what: str
    table: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class NotChecked:
    """What the function of a check gives where the table has nothing that it could judge.

    Parameters
    ----------
    reason : str
        A sentence that says what is missing.
    """

    reason: str


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    records = plain.to_dict("records")
    return [{str(name): _plain(value) for name, value in record.items()} for record in records]


def _plain(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else as_plain(value)
