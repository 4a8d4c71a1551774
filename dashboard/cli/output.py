"""What commands print: JSON for programs, calm tables for people."""

from __future__ import annotations

import contextlib
import io
import json
import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from core.plain_json import as_plain

PIECE = 1 << 15


def print_json(value: Any) -> None:
    """Print one JSON document; what JSON has no number for (nan, infinity) becomes null."""
    print(json.dumps(as_plain(value), ensure_ascii=False, indent=2, allow_nan=False))


def print_text(text: str) -> None:
    """Print a long text as it is, in UTF-8, in pieces: an unbuffered stdout does not tell of a half-written one."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    for start in range(0, len(text), PIECE):
        sys.stdout.write(text[start : start + PIECE])


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns that line up: the first to the left, the others, which are numbers as a rule, to the right."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for row in [header, ["-" * width for width in widths], *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells).rstrip())


def printable(text: str) -> str:
    """Text from a file without characters that move a terminal's cursor.

    Examples
    --------
    >>> printable("a\x1bb")
    'a?b'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text)


@contextlib.contextmanager
def only_results_on_stdout() -> Iterator[None]:
    """Send whatever libraries print while they work to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def number(value: Any, digits: int = 2) -> str:
    """A number for people, or a dash.

    Examples
    --------
    >>> number(0.12345), number(-0.0001), number(None), number(1234567, 0)
    ('0.12', '0.00', '-', '1,234,567')
    """
    if value is None or not math.isfinite(value):
        return "-"
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def duration(seconds: Any) -> str:
    """A duration for people.

    Examples
    --------
    >>> duration(0.4), duration(12.3), duration(200)
    ('0.4 s', '12 s', '3 min 20 s')
    """
    if seconds is None:
        return "-"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
