"""Slips of a whole column: another unit than its name says, a lost minus, points that mean thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from data.upload.durations import IN_MS, USUAL_MS, WORDS
from data.upload.mapping import stated_duration_unit
from data.upload.numbers import Floats
from data.upload.problems import quote
from data.values import MISSING_NUMBER_WORDS

MOST = 0.9
HALF = 0.5
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})+")


def find_slip(target: str, source: str, values: Floats, cells: Sequence[str], separator: str) -> str:
    """Say what would explain a column of which most values cannot be meant so; empty where nothing does.

    Parameters
    ----------
    target, source : str
        Column of the schema, and its name in the file.
    values : float array of shape (n_rows,)
        The numbers as they were read, in the unit of the schema.
    cells : sequence of str
        The column as it stands.
    separator : str
        Of the file: where it is a comma, no comma in a cell can mean thousands, and a point hardly does.

    Examples
    --------
    >>> find_slip("duration_ms", "duration_ms", np.array([232.9, 187.0]), ["232.9", "187"], ",")
    'The values look like seconds, not milliseconds: name the column duration_s in the file, and they are converted.'
    """
    stated = values[~np.isnan(values)]
    if target == "loudness":
        return _lost_minus(values, cells)
    return _other_unit(stated, source, cells, separator) if target == "duration_ms" else ""


def _other_unit(values: Floats, source: str, cells: Sequence[str], separator: str) -> str:
    unit = stated_duration_unit(source)
    if not unit or not len(values) or _usual(values) >= HALF:
        return ""
    fitting = (other for other in IN_MS if other != unit and _usual(values * IN_MS[other] / IN_MS[unit]) >= MOST)
    other = next(fitting, "")
    if not other:
        return ""
    words = f"The values look like {WORDS[other]}, not {WORDS[unit]}: name the column duration_{other} in the file"
    if (unit, other) == ("ms", "s") and separator != "," and (cell := _thousands(cells)):
        mark = "point" if "." in cell else "comma"
        plain = cell.replace(".", "").replace(",", "")
        return f"The {mark} seems to mean thousands: write {plain} for {quote(cell)}. If it does not: {_lower(words)}."
    return f"{words}, and they are converted."


def _lost_minus(values: Floats, cells: Sequence[str]) -> str:
    positive = np.flatnonzero(values > 0)
    if len(positive) <= HALF * int((~np.isnan(values)).sum()):
        return ""
    cell = cells[positive[0]].strip()
    return (
        "Most values are above 0, as if the minus sign were lost: loudness lies between -60 and 0 dB as a rule. "
        f"Write -{cell.lstrip('+')} for {quote(cell)}."
    )


def _thousands(cells: Sequence[str]) -> str:
    """A cell that may have thousands set apart, where every cell of the column may; else nothing."""
    stated = {cell.strip() for cell in cells} - {""}
    stated = {cell for cell in stated if cell.lower() not in MISSING_NUMBER_WORDS}
    if not stated or not all(map(_THOUSANDS.fullmatch, stated)):
        return ""
    return next(cell for cell in map(str.strip, cells) if cell in stated)


def _usual(values: Floats) -> float:
    """Share of durations between ten seconds and an hour."""
    return float(((values >= USUAL_MS[0]) & (values <= USUAL_MS[1])).mean())


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
