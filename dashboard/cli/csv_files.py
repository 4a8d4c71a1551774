"""CSV files of other people: read without changing a character, written so that a spreadsheet runs nothing in them."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import DataError, StorageError
from core.export import escape_cell, unescape_cell

MAX_COLUMNS = 1_000
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


@dataclass(frozen=True)
class TextTable:
    """A CSV file as text.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
        Every cell as it stands, as str; an empty cell is "".
    lines : int array of shape (n_rows,)
        Line of the file on which each row ends, counted from 1.
    """

    cells: pd.DataFrame
    lines: np.ndarray


def read_table(path: Path) -> TextTable:
    """Read a CSV file in UTF-8, with or without a byte order mark.

    Raises
    ------
    DataError
        With the line, when it is not a file, not such text, has no header or a row of another width.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not text in UTF-8 (byte {error.start:,}). Save it as CSV in UTF-8.") from error
    if "\0" in text:
        raise DataError(f"{path} is not a text file: it contains NUL bytes. A CSV file in UTF-8 was expected.")
    return _parse(text, path)


def _parse(text: str, path: Path) -> TextTable:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        header = next((row for row in reader if row), [])
        _check_header(header, path)
        for row in reader:
            if len(row) == len(header):
                rows.append([str(unescape_cell(cell)) for cell in row])
                lines.append(reader.line_num)
            elif row:
                expected = f"{len(header)} fields were expected"
                raise DataError(f"{path}, line {reader.line_num}: {len(row)} fields, {expected}.")
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: not well-formed CSV ({error}).") from error
    return TextTable(pd.DataFrame(rows, columns=header, dtype=object), np.array(lines, dtype=np.int64))


def _check_header(header: list[str], path: Path) -> None:
    if not header:
        raise DataError(f"{path} is empty. A CSV file with a header and rows was expected.")
    if len(header) > MAX_COLUMNS:
        raise DataError(f"{path} has {len(header):,} columns; at most {MAX_COLUMNS:,} can be read.")
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{path}: the column {twice[:80]!r} stands there more than once. Keep one of them.")


def format_table(cells: pd.DataFrame) -> str:
    """CSV text: numbers untouched, text that a spreadsheet would run as a formula escaped.

    Examples
    --------
    >>> format_table(pd.DataFrame({"track": ["=1+1"], "loudness": ["-5.3"], "predicted": [41.5]}))
    "track,loudness,predicted\\n'=1+1,-5.3,41.5\\n"
    """
    safe = cells.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].astype(object).map(_escape)
    safe.columns = pd.Index([_escape(name) for name in safe.columns])
    text = str(safe.to_csv(index=False, lineterminator="\n"))
    # A carriage return inside a cell would end the row, and is quoted only where lines end with one.
    return str(safe.to_csv(index=False, lineterminator="\r\n")) if "\r" in text else text


def _escape(cell: object) -> object:
    return cell if isinstance(cell, str) and _NUMBER.fullmatch(cell) else escape_cell(cell)


def write_atomically(path: Path, text: str) -> None:
    """Write a file whole or not at all; a pipe or a device is written to as it is.

    Raises
    ------
    StorageError
        When it cannot be written; what stood there before is untouched.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="")
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
