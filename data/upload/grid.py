"""Text to cells: the separator, then one strict pass that never shifts a column."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

from data.upload.limits import UploadLimits
from data.upload.problems import ProblemLog, RefusalError, quote, shorten
from data.upload.synonyms import find_target, looks_like_number

SEPARATORS: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
HEAD = 1 << 16
MOST_WRONG_ROWS = 10_000
BLOCK = 2_000
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Grid:
    """The cells of a table as they stand.

    Parameters
    ----------
    separator : str
    header : tuple of str
        Names without surrounding spaces.
    columns : tuple of list of str
        The cells, column by column.
    lines : list of int
        Line of the file on which each row begins.
    header_line : int
    notes : tuple of str
    """

    separator: str
    header: tuple[str, ...]
    columns: tuple[list[str], ...]
    lines: list[int]
    header_line: int
    notes: tuple[str, ...]


@dataclass
class _Rows:
    columns: list[list[str]]
    lines: list[int] = field(default_factory=list)
    blank: int = 0
    wrong: int = 0


def read_grid(text: str, limits: UploadLimits, log: ProblemLog) -> Grid | None:
    """Read all rows; problems are noted, and ``None`` is given when the structure is wrong.

    Raises
    ------
    RefusalError
        When reading cannot go on: E_EMPTY, E_SIZE, E_HEADER or an open quote (E_SHAPE).
    """
    separator, skipped = find_separator(text)
    stream = io.StringIO(text, newline="")
    for _ in range(skipped):
        stream.readline()
    reader = csv.reader(stream, delimiter=separator, strict=True)
    header, line = _read_header(reader, skipped)
    names = tuple(name.strip() for name in header)
    _check_header(names, line, separator, limits, log)
    read = _read_rows(reader, len(names), skipped, limits, log)
    lines = read.lines
    if not lines:
        if not log.is_fatal:
            raise RefusalError("E_EMPTY", "The file has a header but no rows. At least one row was expected.", line)
        return None
    columns = tuple(read.columns)
    if max(map(len, text.split("\n"))) > limits.max_cell_length or reader.line_num > len(lines) + 1:
        _check_cells(names, columns, lines, limits, log)
    notes = [f"{read.blank:,} empty rows were left out."] if read.blank else []
    names, columns = _without_row_numbers(names, columns, notes)
    _check_names(names, line, log)
    return None if log.is_fatal else Grid(separator, names, columns, lines, line, tuple(notes))


def find_separator(text: str) -> tuple[str, int]:
    """Give the separator and the number of lines before the header (Excel's ``sep=;``).

    Examples
    --------
    >>> find_separator("track_id;tempo\\nx;1,5")
    (';', 0)
    """
    head = text[:HEAD]
    first = head.partition("\n")[0]
    said = first.strip().strip('"').lower()
    if said.startswith("sep=") and (said[4:] or "\t") in SEPARATORS:
        return (said[4:] or "\t"), 1
    complete = head if len(text) <= HEAD else head.rpartition("\n")[0] or head
    return max(SEPARATORS, key=lambda separator: _fitness(complete, separator)), 0


def _fitness(head: str, separator: str) -> tuple[int, float, int]:
    """How well a separator fits: names recognised in the header, share of rows as wide as it, its width."""
    try:
        rows = [
            row for row in itertools.islice(csv.reader(io.StringIO(head, newline=""), delimiter=separator), 30) if row
        ]
    except csv.Error:
        rows = []
    if not rows or len(rows[0]) < 2:
        return 0, 0.0, 0
    known = sum(find_target(name) is not None for name in rows[0][:1000])
    return known, sum(len(row) == len(rows[0]) for row in rows) / len(rows), len(rows[0])


def _read_header(reader: csv._reader, skipped: int) -> tuple[list[str], int]:  # type: ignore[name-defined]
    start = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                return row, start + skipped + 1
            start = reader.line_num
    except csv.Error as error:
        raise _broken(error, start + skipped + 1, reader.line_num + skipped) from error
    raise RefusalError("E_EMPTY", "The file has no header. Names of columns in the first line and rows were expected.")


def _check_header(names: tuple[str, ...], line: int, separator: str, limits: UploadLimits, log: ProblemLog) -> None:
    """Look at the header alone, before the rows are read."""
    if len(names) > limits.max_columns:
        message = f"The header has {len(names):,} columns; at most {limits.max_columns} are accepted. Remove some."
        raise RefusalError("E_SIZE", message, line)
    if len(names) == 1 and find_target(names[0]) is None:
        tried = ", ".join(SEPARATORS.values())
        message = f"Only one column was found: {quote(names[0])}. Columns separated by one of {tried} were expected."
        raise RefusalError("E_HEADER", message + " Save the table as CSV with commas.", line)
    if 3 * sum(map(looks_like_number, names)) >= len(names):
        message = "There is no header: the first line looks like data. Put the names of the columns in a line above it."
        raise RefusalError("E_HEADER", message, line)


def _check_names(names: tuple[str, ...], line: int, log: ProblemLog) -> None:
    for position, name in enumerate(names, start=1):
        if not name:
            log.add("E_HEADER", f"Column {position} has no name. Name it in the header or delete the column.", line)
    for name, count in Counter(names).items():
        if count > 1 and name:
            log.add("E_HEADER", f"{count} columns are named {quote(name)}. Keep one or rename the others.", line, name)


def _read_rows(
    reader: csv._reader,  # type: ignore[name-defined]
    width: int,
    skipped: int,
    limits: UploadLimits,
    log: ProblemLog,
) -> _Rows:
    """Read in blocks, each of which is turned into columns at once: row by row takes three times as long."""
    read = _Rows([[] for _ in range(width)])
    most = min(limits.max_rows, limits.max_cells // width)
    while len(read.lines) <= most and read.wrong < MOST_WRONG_ROWS:
        start = reader.line_num
        block: list[list[str]] = []
        try:
            block.extend(itertools.islice(reader, BLOCK))  # what was read before an error stays in the block
        except csv.Error as error:
            last = [start, *_line_ends(block, start)][-1]
            raise _broken(error, last + 1 + skipped, reader.line_num + skipped) from error
        if not block:
            return read
        is_plain = reader.line_num - start == len(block)
        ends = list(range(start + 1, start + 1 + len(block))) if is_plain else _line_ends(block, start)
        _sort_rows(block, [start + 1 + skipped, *(end + 1 + skipped for end in ends)], read, width, log)
    if len(read.lines) > most:
        message = f"The table has more than {most:,} rows of {width} columns. Upload part of it."
        raise RefusalError("E_SIZE", message, read.lines[most])
    return read


def _line_ends(block: list[list[str]], start: int) -> list[int]:
    """Give the line on which each row ends, by the line breaks inside its cells."""
    return list(itertools.accumulate((1 + len(_BREAK.findall("\0".join(row))) for row in block), initial=start))[1:]


def _sort_rows(block: list[list[str]], starts: list[int], read: _Rows, width: int, log: ProblemLog) -> None:
    """Take the rows that are as wide as the header, leave out empty ones, note the others."""
    lines = starts[:-1]
    if set(map(len, block)) != {width} or not all(map(any, block)):
        kept = [(row, line) for row, line in zip(block, lines, strict=True) if len(row) == width and any(row)]
        for row, line in zip(block, lines, strict=True):
            if not any(row):
                read.blank += bool(row)
            elif len(row) != width:
                read.wrong += 1
                _note_width(row, width, line, log)
        block, lines = [row for row, _ in kept], [line for _, line in kept]
    for column, cells in zip(read.columns, zip(*block, strict=True), strict=False):
        column.extend(cells)
    read.lines.extend(lines)


def _note_width(row: list[str], width: int, line: int, log: ProblemLog) -> None:
    found = f"Line {line:,} has {len(row):,} field{'s' * (len(row) != 1)}, {width:,} were expected as in the header."
    if len(row) > width:
        advice = " A text that contains the separator must stand in quotes."
    else:
        advice = " Perhaps the line is broken in two or a separator is missing."
    log.add("E_SHAPE", found + advice, line)


def _broken(error: csv.Error, start: int, end: int) -> RefusalError:
    words = str(error)
    if "field larger" in words and end == start:
        return RefusalError(
            "E_SIZE", f"Line {start:,} holds a cell of more than 100,000 characters. Shorten it.", start
        )
    if "unexpected end" in words or "field larger" in words:
        message = (
            f"A quote that opens in line {start:,} is never closed. Close it, or write a quote inside a text twice."
        )
    else:
        where = f"the row that begins in line {start:,}" if end > start else f"line {start:,}"
        message = f'In {where} a closing quote is followed by more text. Write a quote inside a text twice ("").'
    return RefusalError("E_SHAPE", message, start)


def _check_cells(
    names: tuple[str, ...],
    columns: tuple[list[str], ...],
    lines: list[int],
    limits: UploadLimits,
    log: ProblemLog,
) -> None:
    most = limits.max_cell_length
    for name in names:
        if len(name) > most:
            log.add("E_SIZE", f"The name of a column has {len(name):,} characters; at most {most:,} are accepted.", 1)
    for name, cells in zip(names, columns, strict=True):
        if max(map(len, cells)) <= most:
            continue
        for line, cell in zip(lines, cells, strict=True):
            if len(cell) > most:
                message = f"The cell has {len(cell):,} characters; at most {most:,} are accepted. Shorten it."
                log.add("E_SIZE", message, line, shorten(name, 80))


def _without_row_numbers(
    names: tuple[str, ...], columns: tuple[list[str], ...], notes: list[str]
) -> tuple[tuple[str, ...], tuple[list[str], ...]]:
    """Leave out the unnamed first column that pandas and R write: the numbers of the rows."""
    if names[0] not in {"", "Unnamed: 0"} or len(names) < 2:
        return names, columns
    cells = columns[0]
    if any(all(cell == str(row) for row, cell in enumerate(cells, start)) for start in (0, 1)):
        notes.append("The first column holds only the numbers of the rows; it was left out.")
        return names[1:], columns[1:]
    return names, columns
