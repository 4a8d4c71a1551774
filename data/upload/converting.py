"""Columns of the file to columns of the schema: units, scales, ranges, ids and dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from data.schema import COLUMNS, TARGET, Column
from data.upload.durations import to_milliseconds
from data.upload.numbers import (
    Floats,
    Mask,
    Parse,
    Parsed,
    explain,
    parse_column,
    parse_key,
    parse_mode,
    parse_per_cent,
    parse_plain,
    parse_with_unit,
)
from data.upload.problems import quote
from data.upload.scales import SIGNS, is_share, rescale
from data.values import UNDETECTED

_TRACK_ID = re.compile(
    r"(?:spotify:(?:track|album|playlist):|https?://open\.spotify\.com/(?:intl-\w+/)?(?:track|album|playlist)/)"
    r"(\w+)(?:\?.*)?"
)
_PARSERS: dict[str, tuple[Parse, str]] = {
    "key": (parse_key, "names of keys to numbers"),
    "mode": (parse_mode, "major and minor to 1 and 0"),
    "loudness": (parse_with_unit, "unit removed"),
    "tempo": (parse_with_unit, "unit removed"),
}


@dataclass(frozen=True)
class Numbers:
    """A number column in the schema's unit.

    Parameters
    ----------
    values : float array of shape (n_rows,)
        NaN where missing or wrong.
    bad : bool array of shape (n_rows,)
        Whether a cell cannot be used.
    why : callable
        Says of a row whose cell cannot be used why not.
    conversion : str
        What was done to the values, in words.
    notes : tuple of str
        What a person should know about it.
    """

    values: Floats
    bad: Mask
    why: Callable[[int], str]
    conversion: str = ""
    notes: tuple[str, ...] = field(default=())


def read_numbers(
    cells: Sequence[str], target: str, source: str, *, decimal_comma: bool, most_wrong: int | None = None
) -> Parsed:
    """Read a number column of the schema: durations in milliseconds, others on the scale they are written in."""
    if target == "duration_ms":
        return to_milliseconds(cells, source, decimal_comma=decimal_comma, most_wrong=most_wrong)
    parsed = parse_column(cells, decimal_comma=decimal_comma, most_wrong=most_wrong)
    if not parsed.wrong.any():
        return parsed
    if (is_share(target) or target == TARGET) and any("%" in cell for cell in cells):
        signs = parse_column(cells, parse_per_cent, most_wrong=most_wrong)
        if signs.n_wrong < parsed.n_wrong:
            return replace(signs, conversion=SIGNS, why=_explain_sign)
        return parsed  # few have a sign: those rows are named, as the sign may be what is wrong
    special = _PARSERS.get(target)
    if special:
        other = parse_column(cells, special[0], most_wrong=most_wrong)
        if other.n_wrong < parsed.n_wrong:
            return replace(other, conversion=special[1])
    return parsed


def to_numbers(parsed: Parsed, cells: Sequence[str], target: str, *, is_per_cent: bool) -> Numbers:
    """Give a number column of the schema, in its unit and within its range.

    Parameters
    ----------
    parsed : Parsed
        What ``read_numbers`` gave.
    cells : sequence of str
        The column as it stands.
    is_per_cent : bool
        Whether shares are in per cent, as ``find_per_cent`` says.
    """
    spec = COLUMNS[target]
    parsed = rescale(parsed, target, is_per_cent=is_per_cent)
    low, high = -np.inf if spec.low is None else spec.low, np.inf if spec.high is None else spec.high
    undetected = parsed.values == UNDETECTED.get(spec.name, np.nan)
    outside = ((parsed.values < low) | (parsed.values > high)) & ~undetected
    bad = parsed.wrong | outside
    if spec.dtype == "int":
        bad |= ~np.isnan(parsed.values) & (np.trunc(parsed.values) != parsed.values)
    values = parsed.values
    if bad.any():
        values = values.copy()
        values[bad] = np.nan
    bounds = f"{low:,.12g} to {high:,.12g}{'' if spec.unit in {'', '0–1', '0–100'} else ' ' + spec.unit}"

    def why(row: int) -> str:
        if parsed.wrong[row]:
            return parsed.why(cells[row])
        return f"{_short(cells[row])} is {f'outside {bounds}' if outside[row] else 'not a whole number'}"

    return Numbers(values, bad, why, parsed.conversion, (*parsed.notes, *_notes(parsed, spec)))


def to_texts(cells: Sequence[str], target: str) -> tuple[list[str], str]:
    """Give a text column without surrounding spaces, ids without the address around them, and what was done."""
    texts = [cell.strip() for cell in cells]
    if target.endswith("_id"):
        known = {text: _bare_id(text) for text in set(texts)}
        bare = [known[text] for text in texts]
        return bare, "addresses to ids" if bare != texts else ""
    return texts, ""


def _bare_id(text: str) -> str:
    match = _TRACK_ID.fullmatch(text)
    return match.group(1) if match else text


def _explain_sign(cell: str) -> str:
    if parse_plain(cell) is None:
        return explain(cell)
    return f"{quote(cell.strip())} has no per-cent sign, though other cells of the column do"


def _short(cell: str) -> str:
    text = cell.strip()
    return text if len(text) <= 30 else text[:27] + "..."


def _notes(parsed: Parsed, spec: Column) -> tuple[str, ...]:
    notes = []
    values = parsed.values[~np.isnan(parsed.values)]
    if len(values) > 1 and spec.name != TARGET and bool((values == values[0]).all()):
        notes.append(f"{spec.label} has the same value in every row: models can learn nothing from it.")
    return tuple(notes)
