"""CSV files of other people: read without changing a character, written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from core.batch.writing import TextTable
from core.errors import DataError, StorageError
from core.export import unescape_cell

MAX_COLUMNS = 1_000


def read_table(path: Path) -> TextTable:
    """Read a CSV file in UTF-8, with or without a byte order mark.

    Raises
    ------
    DataError
        With the line, when it is not a file, not such text, has no header or a row of another width.
    """
    return parse_table(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """Read a file whole.

    Raises
    ------
    DataError
        When it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error


def parse_table(content: bytes, path: Path) -> TextTable:
    """Take the bytes of a CSV file apart; ``lines`` are those on which rows begin.

    Raises
    ------
    DataError
        As ``read_table`` does.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not text in UTF-8 (byte {error.start:,}). Save it as CSV in UTF-8.") from error
    if "\0" in text:
        raise DataError(f"{path} is not a text file: it contains NUL bytes. A CSV file in UTF-8 was expected.")
    return _parse(text, path)


def _parse(text: str, path: Path) -> TextTable:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begin = 1
    try:
        header = next((row for row in reader if row), [])
        _check_header(header, path)
        begin = reader.line_num + 1
        for row in reader:
            if len(row) == len(header):
                rows.append([str(unescape_cell(cell)) for cell in row])
                lines.append(begin)
            elif row:
                raise DataError(f"{path}, line {begin}: {len(row)} fields, {len(header)} fields were expected.")
            begin = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {begin}: not well-formed CSV ({error}).") from error
    return TextTable(pd.DataFrame(rows, columns=header, dtype=object), np.array(lines, dtype=np.int64))


def _check_header(header: list[str], path: Path) -> None:
    if not header:
        raise DataError(f"{path} is empty. A CSV file with a header and rows was expected.")
    if len(header) > MAX_COLUMNS:
        raise DataError(f"{path} has {len(header):,} columns; at most {MAX_COLUMNS:,} can be read.")
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{path}: the column {twice[:80]!r} stands there more than once. Keep one of them.")


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
