"""The columns of a file as they stand: what kind of values, how many missing, a few examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from data.schema import COLUMNS, LARGEST_EXTRA
from data.upload.examination import SourceColumn
from data.upload.numbers import Floats, parse_column, parse_truth
from data.upload.problems import shorten
from data.values import MISSING_NUMBER_WORDS

LOOK_AT = 300
_DATE = re.compile(r"\d{4}(-\d{2}){1,2}([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{4}")


def describe_column(name: str, cells: Sequence[str]) -> SourceColumn:
    """Describe one column."""
    head = [cell.strip() for cell in cells[:LOOK_AT]]
    stated = list(dict.fromkeys(cell for cell in head if cell.lower() not in MISSING_NUMBER_WORDS))
    if not stated:
        dtype = "empty"
    elif not parse_column(stated, parse_truth, decimal_comma=True).n_wrong:
        dtype = "number"
    else:
        dtype = "date" if all(map(_DATE.fullmatch, stated)) else "text"
    n_missing = cells.count("")
    return SourceColumn(name, dtype, n_missing, tuple(shorten(cell) for cell in stated[:3]))


def read_extras(
    names: Iterable[str], columns: dict[str, Sequence[str]], *, decimal_comma: bool, may_be_constant: bool = False
) -> tuple[dict[str, Floats], list[str]]:
    """Give the unknown columns that can be kept as features, as numbers, and notes on numbers that cannot.

    A column qualifies when every stated cell is a finite number (or true/false), two of them differ (unless the table
    is only scored), and its name is not one of the schema's.
    """
    extras: dict[str, Floats] = {}
    notes = []
    for name in names:
        if not name or len(name) > 80 or name in COLUMNS or not name.isprintable():
            continue
        cells = columns[name]
        head = parse_column(cells[:LOOK_AT], parse_truth)
        if not decimal_comma and head.n_wrong > len(cells[:LOOK_AT]) // 2:
            continue
        parsed = parse_column(cells, decimal_comma=decimal_comma)
        if parsed.n_wrong:
            parsed = parse_column(cells, parse_truth)
        values = parsed.values[~np.isnan(parsed.values)]
        if parsed.n_wrong:
            if parsed.n_wrong < 0.05 * len(cells):
                notes.append(f"Column {name!r} is ignored: {parsed.n_wrong:,} of its cells are not numbers.")
        elif reason := _of_no_use(values, may_be_constant):
            notes.append(f"Column {name!r} is ignored: {reason}.")
        else:
            extras[name] = parsed.values
    return extras, notes


def _of_no_use(values: Floats, may_be_constant: bool) -> str:
    """Why numbers cannot be kept as a feature; empty where they can."""
    if not len(values):
        return "no row has a value"
    if values.min() == values.max() and not may_be_constant:
        return f"it holds the same value, {values[0]:.6g}, in every row that has one"
    return f"it has numbers beyond {LARGEST_EXTRA:g}" if np.abs(values).max() > LARGEST_EXTRA else ""
