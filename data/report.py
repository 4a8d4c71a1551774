"""The cleaning report: every decision taken on a table, counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Action = Literal[
    "set aside", "set missing", "left missing", "converted", "filled", "resolved", "merged", "kept", "ignored"
]
MAX_EXAMPLES = 3


@dataclass(frozen=True)
class Decision:
    """One rule that applied to some rows or tracks of one column.

    Parameters
    ----------
    rule : str
        What was found, in words: ``out of range``.
    column : str
        Column of the raw table.
    count : int
        How many rows (for ``several genres``: tracks) it applied to.
    action : str
        What was done: ``set aside``, ``set missing``, ``left missing``, ``converted``, ``filled``, ``resolved``,
        ``merged``, ``kept`` or ``ignored``.
    examples : tuple of str
        At most three of them, such as ``row 12: 1.7`` (rows are counted from 1, without the header).
    """

    rule: str
    column: str
    count: int
    action: Action
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class CleaningReport:
    """What cleaning read, kept and decided; ``rows_read == rows_kept + rows_set_aside`` always."""

    rows_read: int
    rows_kept: int
    tracks: int
    decisions: tuple[Decision, ...]

    @property
    def rows_set_aside(self) -> int:
        """Rows that could not be used: no track id, or no popularity."""
        return sum(decision.count for decision in self.decisions if decision.action == "set aside")

    @property
    def repeated_rows_merged(self) -> int:
        """Rows kept beyond the first of each track."""
        return self.rows_kept - self.tracks

    def count(self, rule: str, column: str | None = None) -> int:
        """How often a rule applied, in one column or in all."""
        return sum(d.count for d in self.decisions if d.rule == rule and column in (None, d.column))

    def to_dict(self) -> dict[str, Any]:
        """Give the report as JSON-safe values."""
        return {
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_set_aside": self.rows_set_aside,
            "tracks": self.tracks,
            "repeated_rows_merged": self.repeated_rows_merged,
            "decisions": [
                {
                    "rule": d.rule,
                    "column": d.column,
                    "count": d.count,
                    "action": d.action,
                    "examples": list(d.examples),
                }
                for d in self.decisions
            ],
        }


@dataclass
class DecisionLog:
    """Collects decisions while a table is cleaned; rules that applied to nothing leave no trace.

    Parameters
    ----------
    passed_over : frozenset of str
        Rules that decide nothing in this table, and are not noted.
    """

    decisions: list[Decision] = field(default_factory=list)
    passed_over: frozenset[str] = frozenset()

    def add(self, rule: str, column: str, count: int, action: Action, examples: tuple[str, ...] = ()) -> None:
        """Note a decision, unless it applied to nothing."""
        if count and rule not in self.passed_over:
            self.decisions.append(Decision(rule, column, int(count), action, examples[:MAX_EXAMPLES]))

    def add_rows(
        self,
        rule: str,
        column: str,
        rows: npt.NDArray[np.bool_],
        action: Action,
        show: Callable[[int], object] | None = None,
    ) -> None:
        """Note a decision on the rows of a mask, with ``show(row)`` of the first ones as examples."""
        count = int(np.count_nonzero(rows))
        if not count:
            return
        examples = []
        for row in _first_true(rows, MAX_EXAMPLES):
            examples.append(f"row {row + 1}: {_shorten(show(row))}" if show else f"row {row + 1}")
        self.add(rule, column, count, action, tuple(examples))


def _first_true(mask: npt.NDArray[np.bool_], n: int) -> list[int]:
    return [int(row) for row in np.flatnonzero(mask)[:n]]


def _shorten(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    if isinstance(value, str) and value and value == value.strip():
        text = text[1:-1]  # quotes only where they show where the text begins and ends
    return text if len(text) <= 60 else text[:57] + "..."
