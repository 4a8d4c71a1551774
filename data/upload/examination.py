"""What the doctor found in a file: values only, for the page and the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from data.upload.mapping import MappedColumn
from data.upload.problems import Problem


@dataclass(frozen=True)
class SourceColumn:
    """One column of the file as it stands.

    Parameters
    ----------
    name : str
    dtype : str
        ``number``, ``date``, ``text`` or ``empty``, judged by the first cells.
    n_missing : int
        Empty cells.
    examples : tuple of str
        Up to three different values, shortened.
    """

    name: str
    dtype: str
    n_missing: int
    examples: tuple[str, ...]


def no_rejected_rows() -> pd.DataFrame:
    """Give the list of rejected rows when there are none."""
    return pd.DataFrame({"line": pd.Series(dtype="int64"), "reason": pd.Series(dtype="str")})


@dataclass(frozen=True)
class Examination:
    """The doctor's findings.

    Parameters
    ----------
    accepted : bool
        Whether the table can be kept; rows listed in ``rejected`` are left out then.
    filename : str
        Name of the file, without folders.
    format : {"csv", "csv.gz", "parquet"}
    encoding : str
    separator : str
        ``,`` ``;`` tab or ``|``; empty when unknown or parquet.
    rows_read : int
        Rows of the file, empty ones apart.
    rows : int
        Rows accepted; 0 when the file is refused.
    columns : tuple of SourceColumn
        The columns of the file.
    mapping : dict of str to MappedColumn
        By column of the schema, in its order.
    extras : tuple of str
        Unknown number columns that are kept as features; they stand in ``frame`` under these names.
    candidates : tuple of str
        All unknown number columns that could be kept.
    ignored : tuple of str
        Columns that are not used.
    problems : tuple of Problem
        The first twenty.
    n_problems : int
        How many there are in all.
    rejected : DataFrame of shape (n_rejected, 2 + n_columns)
        ``line``, ``reason`` and the original cells as text. Of a refused file at most the first 10,000.
    notes : tuple of str
        What a person should know: conversions, other scales, missing features and what they mean.
    can_train : bool
        Whether models can be trained on it; a table without popularity can only be scored.
    unread_dates : int
        Rows whose release date is stated but cannot be read; they stay, undated.
    frame : DataFrame or None
        The accepted rows: columns of the schema that are mapped, then the extras; ``None`` when refused.
    """

    accepted: bool
    filename: str
    format: str = "csv"
    encoding: str = ""
    separator: str = ""
    rows_read: int = 0
    rows: int = 0
    columns: tuple[SourceColumn, ...] = ()
    mapping: dict[str, MappedColumn] = field(default_factory=dict)
    extras: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    n_problems: int = 0
    rejected: pd.DataFrame = field(default_factory=no_rejected_rows)
    notes: tuple[str, ...] = ()
    can_train: bool = False
    unread_dates: int = 0
    frame: pd.DataFrame | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the findings as JSON-safe values, without the frame."""
        lines, reasons = self.rejected["line"].tolist(), self.rejected["reason"].tolist()
        return {
            "accepted": self.accepted,
            "rows": self.rows,
            "rows_read": self.rows_read,
            "filename": self.filename,
            "format": self.format,
            "encoding": self.encoding,
            "separator": self.separator,
            "mapping": {target: column.source for target, column in self.mapping.items()},
            "conversions": {target: column.conversion for target, column in self.mapping.items() if column.conversion},
            "extras": list(self.extras),
            "ignored": list(self.ignored),
            "rejected_rows": [
                {"line": int(line), "reason": reason} for line, reason in zip(lines, reasons, strict=True)
            ],
            "problems": [problem.to_dict() for problem in self.problems],
            "n_problems": self.n_problems,
            "notes": list(self.notes),
            "can_train": self.can_train,
            "unread_dates": self.unread_dates,
        }
