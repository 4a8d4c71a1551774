"""Lengths of tracks in milliseconds, from whatever way they are written in; each cell by what it says itself."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.upload.mapping import stated_duration_unit
from data.upload.numbers import Parsed, parse_clock, parse_column, parse_plain

IN_MS = {"ms": 1.0, "s": 1_000.0, "min": 60_000.0}
WORDS = {"ms": "milliseconds", "s": "seconds", "min": "minutes"}
USUAL_MS = (10_000.0, 3_600_000.0)
"""Tracks outside ten seconds to an hour are rare: where nothing states the unit, people are asked to look."""
_UNIT = re.compile(r"([\d.,+]+)\s*(ms|msec|s|sec|secs|seconds|min|mins|minutes)", re.IGNORECASE)


def to_milliseconds(cells: Sequence[str], source: str, *, decimal_comma: bool, most_wrong: int | None) -> Parsed:
    """Give durations in milliseconds.

    A cell such as ``3:25`` or ``205 s`` says its unit itself. The unit of a bare number is in the column's name, else
    it is told from the middle one of the bare numbers.
    """
    bare = parse_column(cells, decimal_comma=decimal_comma, most_wrong=most_wrong)
    if not bare.wrong.any():
        return _scaled(bare, source)
    stated = parse_column(cells, parse_stated, most_wrong=most_wrong)
    if stated.wrong.all() or not (~np.isnan(stated.values)).any():
        return _scaled(bare, source)
    says = ~np.isnan(stated.values)
    numbers = replace(bare, wrong=bare.wrong & stated.wrong)
    if np.isnan(bare.values).all():
        return replace(numbers, values=stated.values, conversion="mm:ss to milliseconds")
    scaled = _scaled(numbers, source)
    unit = WORDS[_unit_of(bare, source)]
    note = (
        f"Durations are written in two ways: {int(says.sum()):,} such as 3:25 or with a unit, and "
        f"{int((~np.isnan(bare.values)).sum()):,} as bare numbers, which were read as {unit}."
    )
    return replace(
        scaled,
        values=np.where(says, stated.values, scaled.values),
        conversion=f"mm:ss to milliseconds, bare numbers read as {unit}",
        notes=(note, *scaled.notes),
    )


def parse_stated(cell: str) -> float | None:
    """Give the milliseconds of a duration that says its unit; NaN for a missing one, None for anything else.

    Examples
    --------
    >>> parse_stated("3:25"), parse_stated("205 s"), parse_stated("205")
    (205000.0, 205000.0, None)
    """
    seconds = parse_clock(cell)
    if seconds is not None:
        return seconds * IN_MS["s"]
    match = _UNIT.fullmatch(cell.strip())
    value = parse_plain(match.group(1).replace(",", ".")) if match else None
    if match is None or value is None or math.isnan(value):
        return None
    return value * IN_MS[stated_duration_unit(match.group(2))]


def _unit_of(parsed: Parsed, source: str) -> str:
    stated = stated_duration_unit(source)
    values = np.abs(parsed.values[~np.isnan(parsed.values)])
    if stated or not len(values):
        return stated or "ms"
    middle = float(np.median(values))
    return "min" if middle < 30 else "s" if middle < 5_000 else "ms"


def _scaled(parsed: Parsed, source: str) -> Parsed:
    unit = _unit_of(parsed, source)
    # A product has digits that nobody wrote (0.57 * 100): twelve of them are more than any source has.
    with np.errstate(over="ignore"):
        values = np.round(parsed.values * IN_MS[unit], 12)
    notes = () if stated_duration_unit(source) else _unusual(values, unit)
    if unit == "ms":
        return replace(parsed, notes=notes)
    words = f"{WORDS[unit]} to milliseconds"
    conversion = f"{parsed.conversion}, {words}" if parsed.conversion else words
    return replace(parsed, values=values, conversion=conversion, notes=notes)


def _unusual(values: np.ndarray, unit: str) -> tuple[str, ...]:
    odd = int(((values < USUAL_MS[0]) | (values > USUAL_MS[1])).sum())
    if not odd:
        return ()
    return (
        f"Nothing says the unit of the durations; they were read as {WORDS[unit]}. {odd:,} of them would be shorter "
        "than ten seconds or longer than an hour: check whether all have the same unit.",
    )
