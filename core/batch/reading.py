"""An uploaded file to what is scored: the cells of its accepted rows as they came, and the values that models take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.batch.needs import absent_columns, check_free
from core.batch.writing import TextTable
from core.errors import DataError
from core.export import unescape_cell
from core.features import is_extra
from data.schema import AUDIO_FEATURES, EXTRA_PREFIX, TARGET
from data.values import MISSING_TEXT_WORDS

if TYPE_CHECKING:
    from core.prediction import Predictor
    from data.upload import Examination

_OF_TRAINING = ("There is no ", "Features that this table lacks", "Kept as features")


@dataclass(frozen=True)
class Readable:
    """A file that can be scored.

    Parameters
    ----------
    table : TextTable
        The accepted rows, every cell as it stands in the file.
    frame : DataFrame of shape (n_rows, any)
        The same rows in the columns and units of the schema.
    found : Examination
    """

    table: TextTable
    frame: pd.DataFrame
    found: Examination


def without_target(mapping: Mapping[str, str | None] | None) -> dict[str, str | None]:
    """The choice of columns for scoring: popularity is what is asked for, so nobody's column of it is read.

    Examples
    --------
    >>> without_target({"tempo": "bpm"})
    {'tempo': 'bpm', 'track_popularity': None}
    """
    return {**(mapping or {}), TARGET: None}


def notes_for_scoring(found: Examination) -> list[str]:
    """What the doctor says of a file, without what only concerns training."""
    return [note for note in found.notes if not note.startswith(_OF_TRAINING)]


def typed_frame(found: Examination) -> pd.DataFrame:
    """The accepted rows with the columns that the file has; its own further ones by the names of their features.

    Raises
    ------
    DataError
        When the file was not accepted.
    """
    if not found.accepted or found.frame is None:
        words = " ".join(problem.message for problem in found.problems[:1])
        raise DataError(f"The file cannot be scored. {words}".rstrip())
    absent = [name for name in AUDIO_FEATURES if name not in found.mapping]
    frame = found.frame.drop(columns=absent, errors="ignore")
    texts = {str(name): known_texts(frame[name]) for name in frame if not pd.api.types.is_numeric_dtype(frame[name])}
    return frame.assign(**texts).rename(columns={name: EXTRA_PREFIX + name for name in found.extras})


def known_texts(cells: pd.Series) -> pd.Series:
    """Texts without the spaces around them; nan for an empty cell, and for words that say that nothing is known.

    Examples
    --------
    >>> known_texts(pd.Series([" pop", "", "NA"])).tolist()
    ['pop', nan, nan]
    """
    text = cells.astype(object).str.strip()
    return text.mask(text.isin(MISSING_TEXT_WORDS))


def missing_for(columns: tuple[str, ...], found: Examination) -> list[str]:
    """Features of a model that a file does not have; empty where it can be scored.

    Parameters
    ----------
    columns : tuple of str
        ``Predictor.columns``.
    found : Examination
    """
    header = {*found.mapping, *(EXTRA_PREFIX + name for name in found.extras)}
    return absent_columns(columns, header)


def read_file(
    content: bytes, filename: str, mapping: Mapping[str, str | None], predictor: Predictor, *, reasons: bool = False
) -> Readable:
    """Read an uploaded file with the chosen columns, for one model.

    Raises
    ------
    DataError
        When the file is not accepted, lacks a feature of the model, or has a column that scoring would overwrite.
    """
    from data.upload import examine

    return read_found(content, examine(content, filename, mapping=without_target(mapping)), predictor, reasons=reasons)


def read_found(content: bytes, found: Examination, predictor: Predictor, *, reasons: bool = False) -> Readable:
    """Read a file that the doctor has examined, for one model.

    Raises
    ------
    DataError
        As :func:`read_file` does.
    """
    frame = typed_frame(found)
    missing = missing_for(predictor.columns, found)
    if missing:
        raise DataError(lacks(missing))
    table = _accepted_cells(content, found)
    check_free(table.cells.columns, reasons=reasons)
    return Readable(table, frame.set_axis(table.cells.index), found)


def lacks(missing: list[str]) -> str:
    """Say which features of a model a file lacks, and what to do about it on the page."""
    return f"{lacking(missing)} Choose the column under “Which column is what”, or another model."


def lacking(missing: list[str]) -> str:
    """Say which features of a model a file lacks."""
    names = ", ".join(name.removeprefix(EXTRA_PREFIX) if is_extra(name) else name for name in missing[:8])
    more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
    return f"The model needs what the file does not have: {names}{more}."


def _accepted_cells(content: bytes, found: Examination) -> TextTable:
    from data.upload.decoding import decode
    from data.upload.grid import read_grid
    from data.upload.limits import UploadLimits
    from data.upload.problems import ProblemLog

    limits = UploadLimits()
    grid = read_grid(decode(content, limits).text, limits, ProblemLog())
    assert grid is not None
    lines = np.array(grid.lines, dtype=np.int64)
    kept = np.flatnonzero(~np.isin(lines, found.rejected["line"].to_numpy())).tolist()
    columns = {
        name: [str(unescape_cell(cell)) if cell[:1] == "'" else cell for cell in map(cells.__getitem__, kept)]
        for name, cells in zip(grid.header, grid.columns, strict=True)
    }
    return TextTable(pd.DataFrame(columns, dtype=object), lines[kept])
