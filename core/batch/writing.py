"""Scored tables as CSV: the cells as they came, what was found beside them, nothing that a spreadsheet would run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.export import MAY_START_A_FORMULA, escape_cell

PIECE_ROWS = 10_000
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


@dataclass(frozen=True)
class TextTable:
    """A CSV file as text.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
        Every cell as it stands, as str; an empty cell is "".
    lines : int array of shape (n_rows,)
        Line of the file at which each row stands, counted from 1.
    """

    cells: pd.DataFrame
    lines: np.ndarray


def format_table(cells: pd.DataFrame) -> str:
    """CSV text: numbers untouched, text that a spreadsheet would run as a formula escaped.

    Examples
    --------
    >>> format_table(pd.DataFrame({"track": ["=1+1"], "loudness": ["-5.3"], "predicted": [41.5]}))
    "track,loudness,predicted\\n'=1+1,-5.3,41.5\\n"
    """
    return "".join(csv_pieces(cells))


def csv_pieces(cells: pd.DataFrame, results: pd.DataFrame | None = None) -> Iterator[str]:
    """The text of `format_table` in pieces, so that a long table need not stand in memory twice.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
    results : DataFrame of shape (n_rows, any), optional
        Further columns after those of ``cells``.
    """
    # A carriage return inside a cell would end the row, and is quoted only where lines end with one.
    newline = "\r\n" if _has_carriage_return(cells) else "\n"
    for start in range(0, max(len(cells), 1), PIECE_ROWS):
        rows = slice(start, start + PIECE_ROWS)
        piece = cells.iloc[rows] if results is None else pd.concat([cells.iloc[rows], results.iloc[rows]], axis=1)
        yield str(_safe(piece).to_csv(index=False, header=not start, lineterminator=newline))


def _has_carriage_return(cells: pd.DataFrame) -> bool:
    texts = (cells[name] for name in cells if not pd.api.types.is_numeric_dtype(cells[name]))
    in_cells = any(any("\r" in cell for cell in text if isinstance(cell, str)) for text in texts)
    return in_cells or any("\r" in str(name) for name in cells)


def _safe(piece: pd.DataFrame) -> pd.DataFrame:
    safe = piece.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            cells = safe[name].astype(object)
            found = [c if type(c) is str and c[:1] not in MAY_START_A_FORMULA else _escape(c) for c in cells]
            safe[name] = pd.Series(found, safe.index, dtype=object)
    safe.columns = pd.Index([_escape(name) for name in safe.columns])
    return safe


def _escape(cell: object) -> object:
    return cell if isinstance(cell, str) and _NUMBER.fullmatch(cell) else escape_cell(cell)
