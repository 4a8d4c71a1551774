"""A CSV file to a raw frame, or a message that says what is wrong with it."""

from __future__ import annotations

import csv
import hashlib
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import pandas as pd

from data.errors import DataFileError, missing_columns
from data.schema import COLUMNS, NUMBER_COLUMNS, REQUIRED_COLUMNS
from data.values import MISSING_NUMBER_WORDS

HEAD_BYTES = 1 << 20
MAX_COLUMNS = 1_000
_KINDS = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet"),
    (b"\x89PNG", "a picture"),
    (b"PAR1", "a parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)


def file_sha256(path: Path) -> str:
    """Give the sha256 of a file's bytes.

    Raises
    ------
    DataFileError
        If the file cannot be read.
    """
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_header(path: Path) -> None:
    """Look at the first rows of a file alone.

    Raises
    ------
    DataFileError
        As :func:`read_table` does for what no row of the file can mend: another kind of file, other columns.
    """
    with _opened(path) as file:
        _check_header(*_read_head(file, path.name), path.name)


def read_table(path: Path, extras: Sequence[str] = ()) -> tuple[pd.DataFrame, list[str]]:
    """Read the columns of the schema from a CSV file in UTF-8, with or without a byte order mark.

    Parameters
    ----------
    path : Path
        The file.
    extras : sequence of str
        Further columns of numbers to read.

    Returns
    -------
    raw : DataFrame
        The known columns and the extras; texts as they stand (``NA`` stays text), numbers where they read as such.
    ignored : list of str
        Names of the columns that are neither in the schema nor among the extras.

    Raises
    ------
    DataFileError
        If it is no such file, cannot be read, or lacks a required column.
    """
    with _opened(path) as file:
        header, first_width = _read_head(file, path.name)
        _check_header(header, first_width, path.name)
        absent = [name for name in extras if name not in header]
        if absent:
            raise DataFileError(f"{path.name} has no column {absent[0]!r}, which is one of its own features.")
        file.seek(0)
        wanted = {*COLUMNS, *extras}
        return _parse(file, path.name, wanted, extras), [name for name in header if name not in wanted]


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    """Open a regular file for reading bytes, with the reason in words when that fails."""
    if path.is_dir():
        raise DataFileError(f"{path} is a folder. Name a CSV file.")
    if not path.exists():
        raise DataFileError(f"There is no file {path}. Check the path.")
    if not path.is_file():
        raise DataFileError(f"{path} is not a regular file. Name a CSV file.")
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise DataFileError(f"{path} cannot be read: {error.strerror or error}.") from error


def _read_head(file: BufferedReader, name: str) -> tuple[list[str], int]:
    """Give the header and the number of fields in the first row, before pandas sees the file."""
    head = file.read(HEAD_BYTES)
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise DataFileError(f"{name} is empty. A CSV file with a header and rows was expected.")
    for magic, kind in _KINDS:
        if head.startswith(magic):
            raise DataFileError(f"{name} is {kind}. A CSV text file in UTF-8 was expected: save it as such.")
    if b"\x00" in head:
        raise DataFileError(f"{name} is not a text file (it contains NUL bytes). A CSV file in UTF-8 was expected.")
    text = head.decode("utf-8-sig", errors="replace")
    if text.lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        raise DataFileError(f"{name} is a web page, not a CSV file. Download the file itself.")
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        header = next(row for row in rows if row)
        first_row = next((row for row in rows if row), [])
    except csv.Error as error:
        raise DataFileError(f"{name} is not a CSV file: {error}.") from error
    return header, len(first_row)


def _check_header(header: list[str], first_width: int, name: str) -> None:
    if len(header) > MAX_COLUMNS:
        raise DataFileError(f"{name} has {len(header):,} columns; at most {MAX_COLUMNS:,} can be read.")
    twice = [column for column in COLUMNS if header.count(column) > 1]
    if twice:
        raise DataFileError(f"{name}: column {twice[0]!r} stands {header.count(twice[0])} times. Keep one of them.")
    missing = [column for column in REQUIRED_COLUMNS if column not in header]
    if missing and len(header) == 1:
        for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if separator in header[0]:
                raise DataFileError(f"{name} separates its columns by {word}. Save it with commas.")
    if missing:
        raise DataFileError(f"{name}: {missing_columns(missing, header)}")
    if not first_width:
        raise DataFileError(f"{name} has a header but no rows.")
    if first_width > len(header):
        raise DataFileError(f"{name}: the first row has {first_width} fields, the header only {len(header)}.")


def _parse(file: BufferedReader, name: str, wanted: set[str], extras: Sequence[str]) -> pd.DataFrame:
    words = sorted({form for word in MISSING_NUMBER_WORDS for form in (word, word.upper(), word.capitalize(), "NaN")})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)  # cleaning converts mixed columns
            raw = pd.read_csv(
                file,
                encoding="utf-8-sig",
                index_col=False,
                dtype={column: "str" for column in COLUMNS if column not in NUMBER_COLUMNS},
                keep_default_na=False,
                na_values=dict.fromkeys((*NUMBER_COLUMNS, *extras), words),
            )
            # Not usecols: with it pandas cuts rows that are too wide without a word.
            return raw if set(raw.columns) <= wanted else raw[[name for name in raw.columns if name in wanted]]
    except pd.errors.ParserError as error:
        reason = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise DataFileError(f"{name} is not a well-formed CSV file: {reason}.") from error
    except UnicodeDecodeError as error:
        line = _first_line_not_utf8(file)
        raise DataFileError(f"{name} is not text in UTF-8 (line {line:,}). Save it as CSV in UTF-8.") from error


def _first_line_not_utf8(file: BufferedReader) -> int:
    file.seek(0)
    for number, line in enumerate(file, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return 0
