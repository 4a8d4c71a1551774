"""Text to cells: the separator, then one strict pass that never shifts a column."""

from __future__ import annotations

import contextlib
import csv
import gc
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from data.upload.limits import UploadLimits
from data.upload.problems import ProblemLog, RefusalError, quote, shorten
from data.upload.synonyms import find_target, looks_like_number

SEPARATORS: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
HEAD = 1 << 16
MOST_WRONG_ROWS = 10_000
BLOCK = 2_000
FAR_TOO_MANY = 100
ROW_NUMBERS = frozenset({"", "Unnamed: 0"})
"""What stands above the numbers of the rows that pandas and R write."""


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
class _Shape:
    """What the first pass over the rows finds; at an open end stand columns without a name or a value."""

    lines: list[int] = field(default_factory=list)
    blank: int = 0
    wrong: int = 0
    has_open_end: bool = True


def read_grid(text: str, limits: UploadLimits, log: ProblemLog) -> Grid | None:
    """Read all rows; problems are noted, and ``None`` is given when the structure is wrong.

    Raises
    ------
    RefusalError
        When reading cannot go on: E_EMPTY, E_SIZE, E_HEADER or an open quote (E_SHAPE).
    """
    stream = io.StringIO(text, newline="")
    comments = _skip(stream, count_comments(text))
    separator, said = find_separator(text[stream.tell() : stream.tell() + HEAD + 1])
    skipped = comments + _skip(stream, said)
    begin = stream.tell()
    _check_width(text, begin, separator, skipped, limits)
    is_open = _ends_with_separators(stream, separator)
    stream.seek(begin)
    reader = csv.reader(stream, delimiter=separator, strict=True)
    header, line = _read_header(reader, skipped)
    names = (*(name.strip() for name in header), *[""] * is_open)
    _check_header(names, line, separator, limits, log)
    shape = _scan(reader, names, skipped, limits, log, has_long_lines=_has_long_lines(text, limits.max_cell_length))
    if not shape.lines and not log.is_fatal:
        raise RefusalError("E_EMPTY", "The file has a header but no rows. At least one row was expected.", line)
    has_numbers = names[0] in ROW_NUMBERS and len(names) > 1
    width = _named_width(names) if shape.has_open_end else len(names)
    _check_names(names[has_numbers:width], line, log, first=1 + has_numbers)
    if log.is_fatal:
        return None
    stream.seek(begin)
    columns = _collect(csv.reader(stream, delimiter=separator, strict=True), width)
    names = names[:width]
    notes = [f"Lines above the header that begin with # were left out ({comments:,})."] if comments else []
    notes += [f"{shape.blank:,} empty rows were left out."] if shape.blank else []
    if has_numbers:
        names, columns = _without_row_numbers(names, columns, notes)
        _check_names(names, line, log)
    return None if log.is_fatal else Grid(separator, names, columns, shape.lines, line, tuple(notes))


def count_comments(text: str) -> int:
    """Count the lines above the header that begin with ``#``; a header that does so itself is none of them.

    Examples
    --------
    >>> count_comments("# exported\\n# today\\ntrack_id,tempo\\n"), count_comments("#track_id,tempo\\n")
    (2, 0)
    """
    found = 0
    for number, line in enumerate(io.StringIO(text[:HEAD], newline=""), start=1):
        if line.startswith("#") and not any(_fitness(line, separator)[0] > 1 for separator in SEPARATORS):
            found = number
        elif line.strip():
            break
    return found


def _skip(stream: io.StringIO, lines: int) -> int:
    for _ in range(lines):
        stream.readline()
    return lines


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


def _ends_with_separators(stream: io.StringIO, separator: str) -> bool:
    """Whether every row, but not the header, ends with one separator too many: a last cell without a name."""
    reader = csv.reader(stream, delimiter=separator, strict=True)
    try:
        header = next((row for row in reader if any(cell.strip() for cell in row)), [])
        widths = {len(row) if not row[-1].strip() else 0 for row in _until_closed(reader, len(header) + 1)}
        return widths == {len(header) + 1}
    except csv.Error:
        return False


def _until_closed(rows: Iterable[list[str]], width: int) -> Iterator[list[str]]:
    """The rows up to the first that does not end with an empty cell too many."""
    for row in rows:
        if row:
            yield row
            if len(row) != width or row[-1].strip():
                return


def _named_width(names: tuple[str, ...]) -> int:
    """How many columns are left without those at the end that have no name."""
    return max((position for position, name in enumerate(names, start=1) if name), default=len(names))


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
    for name in names:
        if len(name) > limits.max_cell_length:
            found = f"The name of a column has {len(name):,} characters"
            log.add("E_SIZE", f"{found}; at most {limits.max_cell_length:,} are accepted.", line)
    if len(names) == 1 and find_target(names[0]) is None:
        tried = ", ".join(SEPARATORS.values())
        message = f"Only one column was found: {quote(names[0])}. Columns separated by one of {tried} were expected."
        raise RefusalError("E_HEADER", message + " Save the table as CSV with commas.", line)
    if 3 * sum(map(looks_like_number, names)) >= len(names):
        message = "There is no header: the first line looks like data. Put the names of the columns in a line above it."
        raise RefusalError("E_HEADER", message, line)


def _check_names(names: tuple[str, ...], line: int, log: ProblemLog, first: int = 1) -> None:
    for position, name in enumerate(names, start=first):
        if not name:
            log.add("E_HEADER", f"Column {position} has no name. Name it in the header or delete the column.", line)
    for name, count in Counter(names).items():
        if count > 1 and name:
            log.add("E_HEADER", f"{count} columns are named {quote(name)}. Keep one or rename the others.", line, name)


def _scan(
    reader: csv._reader,  # type: ignore[name-defined]
    names: tuple[str, ...],
    skipped: int,
    limits: UploadLimits,
    log: ProblemLog,
    *,
    has_long_lines: bool,
) -> _Shape:
    """Look at the width of every row and keep none: what is wrong with a large file is said soon."""
    width, shape = len(names), _Shape()
    named = _named_width(names)
    most = min(limits.max_rows, limits.max_cells // width)
    lines = shape.lines
    longest = limits.max_cell_length
    before = reader.line_num
    try:
        for row in reader:
            after = reader.line_num
            if len(row) == width and any(row):
                lines.append(before + 1 + skipped)
                if named < width and any(map(str.strip, row[named:])):
                    shape.has_open_end = False
                if (has_long_lines or after - before > 1) and sum(map(len, row)) > longest:
                    _check_cells(names, row, before + 1 + skipped, limits, log)
                if len(lines) > most:
                    break
            elif not any(row):
                shape.blank += bool(row)
            else:
                shape.wrong += 1
                _note_width(row, width, before + 1 + skipped, log)
                if shape.wrong >= MOST_WRONG_ROWS:
                    break
            before = after
    except csv.Error as error:
        raise _broken(error, before + 1 + skipped, reader.line_num + skipped) from error
    if len(lines) > most:
        message = f"The table has more than {most:,} rows of {width} columns. Upload part of it."
        raise RefusalError("E_SIZE", message, lines[most])
    return shape


def _has_long_lines(text: str, longest: int) -> bool:
    """Whether a line is longer than this: seen by leaps of that length, as most lines are far shorter."""
    start = 0
    while len(text) - start > longest:
        end = text.rfind("\n", start, start + longest + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _collect(reader: csv._reader, width: int) -> tuple[list[str], ...]:  # type: ignore[name-defined]
    """Give the columns of rows that were looked at before, in blocks: row by row takes three times as long."""
    columns: tuple[list[str], ...] = tuple([] for _ in range(width))
    next(row for row in reader if any(cell.strip() for cell in row))  # the header
    with _without_collector():
        while block := list(itertools.islice(reader, BLOCK)):
            rows = block if all(map(any, block)) else [row for row in block if any(row)]
            for column, cells in zip(columns, zip(*rows, strict=True), strict=False):
                column.extend(cells)
    return columns


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of new texts set off Python's collector again and again, which takes as long as reading them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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


def _check_cells(names: tuple[str, ...], row: list[str], line: int, limits: UploadLimits, log: ProblemLog) -> None:
    most = limits.max_cell_length
    for name, cell in zip(names, row, strict=True):
        if len(cell) > most:
            message = f"The cell has {len(cell):,} characters; at most {most:,} are accepted. Shorten it."
            log.add("E_SIZE", message, line, shorten(name, 80))


def _check_width(text: str, begin: int, separator: str, skipped: int, limits: UploadLimits) -> None:
    """Refuse a first line with far too many separators before it is taken apart."""
    end = text.find("\n", begin)
    first = text[begin:] if end < 0 else text[begin:end]
    found = first.count(separator)
    if found > FAR_TOO_MANY * limits.max_columns and '"' not in first:
        message = f"The header has {found + 1:,} columns; at most {limits.max_columns} are accepted. Remove some."
        raise RefusalError("E_SIZE", message, skipped + 1)


def _without_row_numbers(
    names: tuple[str, ...], columns: tuple[list[str], ...], notes: list[str]
) -> tuple[tuple[str, ...], tuple[list[str], ...]]:
    """Leave out the unnamed first column that pandas and R write: the numbers of the rows."""
    cells = columns[0]
    if any(all(cell == str(row) for row, cell in enumerate(cells, start)) for start in (0, 1)):
        notes.append("The first column holds only the numbers of the rows; it was left out.")
        return names[1:], columns[1:]
    return names, columns
