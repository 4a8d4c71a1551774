"""How large an uploaded table may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UploadLimits:
    """Limits of an uploaded table; a file beyond one of them is refused with E_SIZE.

    Parameters
    ----------
    max_bytes : int
        Bytes of the file as it came.
    max_unpacked_bytes : int
        Bytes after unpacking; a small archive can hold a huge file.
    max_rows, max_columns : int
        Shape of the table, without its header.
    max_cells : int
        Rows times columns.
    max_cell_length : int
        Characters of one cell.
    """

    max_bytes: int = 32 * 1024 * 1024
    max_unpacked_bytes: int = 64 * 1024 * 1024
    max_rows: int = 250_000
    max_columns: int = 64
    max_cells: int = 6_000_000
    max_cell_length: int = 10_000


MEGABYTE = 1024 * 1024
MAX_PROBLEMS = 20
"""How many problems are listed; the others are counted."""
MAX_LISTED_ROWS = 10_000
"""How many rejected rows are listed of a file that is refused as a whole."""
REFUSED_SHARE = 0.5
"""A file is refused when more than this share of its rows cannot be used: its columns mean something else then."""
MIN_TRACKS = 5
"""Fewer tracks than the folds of an ordinary cross-validation are not worth training on."""
