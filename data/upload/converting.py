"""Columns of the file to columns of the schema: units, scales, ranges, ids and dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from data.schema import COLUMNS, TARGET, Column
from data.upload.mapping import stated_duration_unit
from data.upload.numbers import (
    Floats,
    Parse,
    Parsed,
    parse_clock,
    parse_column,
    parse_key,
    parse_mode,
    parse_with_unit,
)
from data.values import UNDETECTED

_TRACK_ID = re.compile(
    r"(?:spotify:(?:track|album|playlist):|https?://open\.spotify\.com/(?:intl-\w+/)?(?:track|album|playlist)/)"
    r"(\w+)(?:\?.*)?"
)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[T ].*")
_YEAR = re.compile(r"(\d{4})\.0")
_DOTTED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_PARSERS: dict[str, tuple[Parse, str]] = {
    "key": (parse_key, "names of keys to numbers"),
    "mode": (parse_mode, "major and minor to 1 and 0"),
    "loudness": (parse_with_unit, "unit removed"),
    "tempo": (parse_with_unit, "unit removed"),
}
MS = 1000.0


@dataclass(frozen=True)
class Numbers:
    """A number column in the schema's unit.

    Parameters
    ----------
    values : float array of shape (n_rows,)
        NaN where missing or wrong.
    bad : dict of int to str
        Why a cell cannot be used, by row.
    conversion : str
        What was done to the values, in words.
    notes : tuple of str
        What a person should know about it.
    """

    values: Floats
    bad: dict[int, str]
    conversion: str = ""
    notes: tuple[str, ...] = field(default=())


def to_numbers(cells: Sequence[str], target: str, source: str, *, decimal_comma: bool) -> Numbers:
    """Give a number column of the schema, in its unit and within its range."""
    spec = COLUMNS[target]
    if target == "duration_ms":
        parsed = _to_milliseconds(cells, source, decimal_comma)
    else:
        parsed = _parse(cells, target, decimal_comma)
        parsed = _rescale(parsed, spec)
    bad = parsed.bad | _out_of_range(parsed.values, spec, cells)
    values = parsed.values
    if bad:
        values = values.copy()
        values[list(bad)] = np.nan
    return Numbers(values, bad, parsed.conversion, _notes(parsed, spec))


def to_texts(cells: Sequence[str], target: str) -> tuple[list[str], str]:
    """Give a text column without surrounding spaces, ids without the address around them, and what was done."""
    texts = [cell.strip() for cell in cells]
    if target.endswith("_id"):
        known = {text: _bare_id(text) for text in set(texts)}
        bare = [known[text] for text in texts]
        return bare, "addresses to ids" if bare != texts else ""
    if COLUMNS[target].dtype == "date":
        return _to_dates(texts)
    return texts, ""


def _bare_id(text: str) -> str:
    match = _TRACK_ID.fullmatch(text)
    return match.group(1) if match else text


def _parse(cells: Sequence[str], target: str, decimal_comma: bool) -> Parsed:
    parsed = parse_column(cells, decimal_comma=decimal_comma)
    special = _PARSERS.get(target)
    if parsed.bad and special:
        other = parse_column(cells, special[0])
        if len(other.bad) < len(parsed.bad):
            return replace(other, conversion=special[1])
    return parsed


def _rescale(parsed: Parsed, spec: Column) -> Parsed:
    """Bring shares in per cent to 0-1 and popularity in 0-1 to 0-100, where a whole column is on that scale."""
    values = parsed.values[~np.isnan(parsed.values)]
    if not len(values):
        return parsed
    if spec.unit == "0–1" and values.min() >= 0 and 1 < values.max() <= 100 and (values > 1).mean() > 0.5:
        return _scaled(parsed, 0.01, "per cent to shares (divided by 100)")
    if spec.name == TARGET and values.min() >= 0 and values.max() <= 1 and bool((values % 1 > 0).any()):
        return _scaled(parsed, 100.0, "0–1 to 0–100 (times 100)")
    return parsed


def _to_milliseconds(cells: Sequence[str], source: str, decimal_comma: bool) -> Parsed:
    parsed = parse_column(cells, decimal_comma=decimal_comma)
    if parsed.bad and any(":" in cell for cell in cells[:1000]):
        clock = parse_column(cells, parse_clock)
        if len(clock.bad) < len(parsed.bad):
            return replace(clock, values=clock.values * MS, conversion="mm:ss to milliseconds")
    values = parsed.values[~np.isnan(parsed.values)]
    unit = stated_duration_unit(source)
    if not unit and len(values):
        middle = float(np.median(np.abs(values)))
        unit = "min" if middle < 30 else "s" if middle < 5_000 else "ms"
    if unit == "s":
        return _scaled(parsed, MS, "seconds to milliseconds")
    return _scaled(parsed, 60 * MS, "minutes to milliseconds") if unit == "min" else parsed


def _scaled(parsed: Parsed, factor: float, words: str) -> Parsed:
    # A product has digits that nobody wrote (0.57 * 100): twelve of them are more than any source has.
    with np.errstate(over="ignore"):
        values = np.round(parsed.values * factor, 12)
    conversion = f"{parsed.conversion}, {words}" if parsed.conversion else words
    return replace(parsed, values=values, conversion=conversion)


def _out_of_range(values: Floats, spec: Column, cells: Sequence[str]) -> dict[int, str]:
    low, high = -np.inf if spec.low is None else spec.low, np.inf if spec.high is None else spec.high
    undetected = values == UNDETECTED.get(spec.name, np.nan)
    outside = ((values < low) | (values > high)) & ~undetected
    bounds = f"{low:,g} to {high:,g}{'' if spec.unit in {'', '0–1', '0–100'} else ' ' + spec.unit}"
    bad = {row: f"{_short(cells[row])} is outside {bounds}" for row in np.flatnonzero(outside).tolist()}
    if spec.dtype == "int":
        broken = ~np.isnan(values) & (np.trunc(values) != values) & ~outside
        bad |= {row: f"{_short(cells[row])} is not a whole number" for row in np.flatnonzero(broken).tolist()}
    return bad


def _short(cell: str) -> str:
    text = cell.strip()
    return text if len(text) <= 30 else text[:27] + "..."


def _notes(parsed: Parsed, spec: Column) -> tuple[str, ...]:
    notes = []
    values = parsed.values[~np.isnan(parsed.values)]
    if len(values) > 1 and spec.name != TARGET and bool((values == values[0]).all()):
        notes.append(f"{spec.label} has the same value in every row: models can learn nothing from it.")
    return tuple(notes)


def _to_dates(texts: list[str]) -> tuple[list[str], str]:
    distinct = set(texts)
    parts = [match.groups() for match in map(_DOTTED.fullmatch, distinct) if match]
    day_first = any(int(first) > 12 for first, _, _, _ in parts) or all(mark == "." for _, mark, _, _ in parts)
    month_first = any(int(second) > 12 for _, _, second, _ in parts)
    known = {text: _iso(text, day_first, month_first) for text in distinct}
    dates = [known[text] for text in texts]
    return dates, "dates to YYYY-MM-DD" if dates != texts else ""


def _iso(text: str, day_first: bool, month_first: bool) -> str:
    if match := _DAY.fullmatch(text) or _YEAR.fullmatch(text):
        return match.group(1)
    match = _DOTTED.fullmatch(text)
    if match is None or day_first == month_first:  # which is the day and which the month cannot be told
        return text
    first, _, second, year = match.groups()
    day, month = (first, second) if day_first else (second, first)
    return f"{year}-{int(month):02d}-{int(day):02d}"
