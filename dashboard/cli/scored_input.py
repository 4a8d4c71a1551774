"""What ``predict`` scores: a CSV file in the schema's columns as it stands, others as the page Score a file reads them.

Whichever way: every row is scored, or none and the reasons are said with their lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from core.batch import check_free
from core.batch.needs import DATES, RAW_DATE, WORKED_OUT
from core.batch.reading import lacking, missing_for, notes_for_scoring, read_found, without_target
from core.errors import DashboardError, DataError
from dashboard.cli.csv_files import parse_table, read_bytes
from dashboard.cli.output import printable
from dashboard.cli.scoring import MOST_PROBLEMS, typed_table
from data.errors import DataFileError

if TYPE_CHECKING:
    from core.prediction import Predictor
    from data.upload import Examination


@dataclass(frozen=True)
class ScoredInput:
    """A file that can be scored.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
        Every cell as it stands in the file.
    frame : DataFrame of shape (n_rows, any)
        The same rows as values, in the columns and units of the schema.
    notes : tuple of str
        What was converted and should be known.
    """

    cells: pd.DataFrame
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def read_input(
    path: Path, predictor: Predictor, mapping: Mapping[str, str | None], *, reasons: bool = False
) -> ScoredInput:
    """Read the tracks to score.

    Parameters
    ----------
    path : Path
    predictor : Predictor
    mapping : mapping of str to str or None
        Chosen columns; where any is, the file is read by the doctor.
    reasons : bool
        Whether reasons will be added.

    Raises
    ------
    DataError, DataFileError
        When the file cannot be read, lacks a feature, or has cells that make no sense; or when it has a column that
        scoring would overwrite.
    """
    content = read_bytes(path)
    plain: DashboardError | DataFileError | None = None
    if not mapping:
        try:
            table = parse_table(content, path)
        except DataError:
            return _by_the_doctor(content, path, predictor, mapping, None, reasons=reasons)
        try:
            check_free(table.cells.columns, reasons=reasons)
            return ScoredInput(table.cells, typed_table(table, predictor))
        except DataFileError as error:
            plain = error if table.cells.shape[1] > 1 else None  # else the columns are separated in another way
        except DataError as error:
            plain = error
    return _by_the_doctor(content, path, predictor, mapping, plain, reasons=reasons)


def _by_the_doctor(
    content: bytes,
    path: Path,
    predictor: Predictor,
    mapping: Mapping[str, str | None],
    plain: DashboardError | DataFileError | None,
    *,
    reasons: bool,
) -> ScoredInput:
    """Read what is no plain table; of a table in the schema's columns, ``plain`` says already what is wrong with it."""
    from data.upload import UploadLimits, examine

    found = examine(content[: UploadLimits().max_bytes + 1], path.name, mapping=without_target(mapping))
    missing = missing_for(predictor.columns, found) if found.mapping else []
    is_sound = found.accepted and not missing and not _wrong(found, predictor)
    if plain is not None and not is_sound and (missing or not found.mapping or not isinstance(plain, DataFileError)):
        raise plain
    if found.accepted and missing:
        raise DataError(f"{path}: {lacking(missing)} Name its column with --map, or take another model.")
    if not is_sound:
        raise DataError(_refusal(found, predictor, path))
    read = read_found(content, found, predictor, reasons=reasons)
    return ScoredInput(read.table.cells, read.frame, tuple(notes_for_scoring(found)))


def _wrong(found: Examination, predictor: Predictor) -> int:
    """How many rows could not be scored as they stand: those that the doctor rejects, and dates that a model needs."""
    return len(found.rejected) + (found.unread_dates if _reads_dates(predictor) else 0)


def _reads_dates(predictor: Predictor) -> bool:
    return any(not set(DATES).isdisjoint(WORKED_OUT.get(name, ())) for name in predictor.columns)


def _refusal(found: Examination, predictor: Predictor, path: Path) -> str:
    dates = found.mapping[RAW_DATE].source if RAW_DATE in found.mapping else None
    skipped = None if _reads_dates(predictor) else dates
    told = [one for one in found.problems if one.column is None or one.column != skipped]
    places = [f"line {one.line:,}: " if one.line else "" for one in told]
    lines = [place + printable(one.message) for place, one in zip(places, told, strict=True)][:MOST_PROBLEMS]
    more = max(found.n_problems, _wrong(found, predictor)) - len(lines)
    rest = [f"... and {more:,} more."] if more > 0 and len(told) == len(found.problems) else []
    return "\n".join([f"{path} cannot be scored:", *lines, *rest])
