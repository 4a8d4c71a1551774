"""Raw columns to typed values: numbers, texts and dates, with every decision noted.

Texts stay factorised (codes into an array of distinct values), so that work is done once a distinct value.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.report import DecisionLog
from data.schema import DERIVED, TARGET, Column

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

MISSING_NUMBER_WORDS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none"})
"""Words that stand for a missing number, compared in lower case."""
MISSING_TEXT_WORDS = frozenset({"", "NA"})
"""Words that stand for a missing text: nothing, and the ``NA`` that R writes. In ids it is an id like any other."""
UNDETECTED = {"key": -1.0, "tempo": 0.0}
"""What Spotify writes where it found no key or no beat."""
NUMBER_AS_TEXT = "number written as text"
"""Rule of the cleaning report."""
RHYTHM_FEATURES = ("danceability", "speechiness", "valence")
"""What Spotify derives from rhythm and voice, and gives as 0 where it found no beat."""
PRECISIONS = np.array(["day", "month", "year", ""], dtype=object)
"""Date precisions by code; the last one (also reached as -1) says that there is no date."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True)
class Texts:
    """A text column, factorised.

    Parameters
    ----------
    codes : array of shape (n_rows,)
        Position in ``values``, -1 where missing.
    values : object array of shape (n_distinct,)
        The distinct texts.
    """

    codes: Codes
    values: npt.NDArray[np.object_]

    def at(self, row: int) -> str | None:
        """Give the text of one row."""
        code = int(self.codes[row])
        return None if code < 0 else str(self.values[code])

    def take(self, rows: Any) -> Texts:
        """Keep some rows."""
        return Texts(self.codes[rows], self.values)

    def to_array(self) -> Any:
        """Give the texts as a pandas string array, NaN where missing."""
        return pd.array(self.values, dtype="str").take(self.codes, allow_fill=True)


@dataclass(frozen=True)
class Dates:
    """Release dates: days since 1970 of the first day of the stated period, and a code into ``PRECISIONS``."""

    days: npt.NDArray[np.int64]
    precision: npt.NDArray[np.int8]


def read_numbers(column: pd.Series[Any], spec: Column, log: DecisionLog) -> Floats:
    """Give a column as float64, NaN where it is missing, unreadable or outside the schema's range.

    Parameters
    ----------
    column : Series of shape (n_rows,)
        Raw values: numbers, or texts that read as numbers.
    spec : Column
        Its row of the schema.
    log : DecisionLog
        Where decisions are noted.
    """
    values = _to_floats(column, spec, log)
    low, high = -np.inf if spec.low is None else spec.low, np.inf if spec.high is None else spec.high
    whole = np.trunc(values) == values if spec.dtype == "int" else np.ones(1, dtype=bool)
    undetected = values == UNDETECTED.get(spec.name, np.nan)
    outside = ((values < low) | (values > high)) & ~undetected
    broken = ~(whole | outside | undetected | np.isnan(values))
    log.add_rows("not detected", spec.name, undetected, "set missing", lambda row: float(values[row]))
    log.add_rows("out of range", spec.name, outside, "set missing", lambda row: float(values[row]))
    log.add_rows("not a whole number", spec.name, broken, "set missing", lambda row: float(values[row]))
    wrong = outside | undetected | broken
    return np.where(wrong, np.nan, values) if wrong.any() else values


def undetected_rhythm(tempo: Floats, values: Floats) -> Mask:
    """Which zeros of a rhythm feature are no measurements, as there is no tempo beside them.

    Cleaning and prediction share this rule: a model must not meet zeros that it was never trained on.

    Parameters
    ----------
    tempo : array of shape (n_rows,)
        NaN where no beat was detected or none is stated.
    values : array of shape (n_rows,)
        One of ``RHYTHM_FEATURES``.
    """
    zero: Mask = np.isnan(tempo) & (values == 0)
    return zero


def read_texts(column: pd.Series[Any], spec: Column, log: DecisionLog) -> Texts:
    """Give a column as texts without surrounding spaces; ``NA`` means missing, except in ids."""
    codes, uniques = _factorize(column)
    missing_words = frozenset({""}) if spec.name.endswith("_id") else MISSING_TEXT_WORDS
    texts = uniques if set(map(type, uniques)) <= {str} else [_as_text(value) for value in uniques]
    stripped = [text.strip() for text in texts]
    if stripped == uniques and missing_words.isdisjoint(stripped):
        _note_empty(codes < 0, spec, log)
        return Texts(codes, np.array(uniques, dtype=object))
    trimmed = np.array([a != b for a, b in zip(texts, stripped, strict=True)] + [False], dtype=bool)[codes]
    log.add_rows("spaces around a text", spec.name, trimmed, "converted", lambda row: texts[codes[row]])
    cleaned = [None if text in missing_words else text for text in stripped]
    new_codes, values = pd.factorize(np.array([*cleaned, None], dtype=object))
    rows = new_codes[codes].astype(np.intp, copy=False)
    _note_empty(rows < 0, spec, log)
    return Texts(rows, np.asarray(values, dtype=object))


def read_dates(texts: Texts, name: str, log: DecisionLog) -> Dates:
    """Read YYYY, YYYY-MM or YYYY-MM-DD; anything else is missing, and counted."""
    parsed = [_parse_date(text) for text in texts.values]
    days = np.array([day for day, _ in parsed] + [0], dtype=np.int64)[texts.codes]
    precision = np.array([code for _, code in parsed] + [-1], dtype=np.int8)[texts.codes]
    invalid = (precision < 0) & (texts.codes >= 0)
    log.add_rows("not a date", name, invalid, "set missing", texts.at)
    for code, words in ((2, "only the year is known"), (1, "only the month is known")):
        log.add_rows(words, name, precision == code, "kept", texts.at)
    return Dates(days, precision)


def _to_floats(column: pd.Series[Any], spec: Column, log: DecisionLog) -> Floats:
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_complex_dtype(column.dtype):
        is_numpy = isinstance(column.dtype, np.dtype)
        values = column.to_numpy(dtype=np.float64) if is_numpy else column.to_numpy(dtype=np.float64, na_value=np.nan)
        _note_empty(np.isnan(values), spec, log)
        return values
    codes, uniques = _factorize(column)
    texts = [_as_text(value).strip() for value in uniques]
    missing = np.array([text.lower() in MISSING_NUMBER_WORDS for text in texts] + [True], dtype=bool)
    parsed = pd.to_numeric(pd.Series([*texts, ""], dtype="str"), errors="coerce").to_numpy(dtype=np.float64, copy=True)
    parsed[missing] = np.nan
    unreadable = np.isnan(parsed) & ~missing
    from_text = np.array([isinstance(value, str) for value in uniques] + [False], dtype=bool) & ~np.isnan(parsed)
    _note_empty(missing[codes], spec, log)
    log.add_rows(NUMBER_AS_TEXT, spec.name, from_text[codes], "converted", lambda row: texts[codes[row]])
    log.add_rows("not a number", spec.name, unreadable[codes], "set missing", lambda row: texts[codes[row]])
    return parsed[codes]


def _note_empty(empty: Mask, spec: Column, log: DecisionLog) -> None:
    """Count empty cells; those without which a row cannot be used are counted where it is set aside."""
    if spec.name not in {"track_id", TARGET}:
        log.add_rows("no value", spec.name, empty, "left missing")


def _factorize(column: pd.Series[Any]) -> tuple[Codes, list[Any]]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.cat.codes, dtype=np.intp), column.cat.categories.tolist()
    try:
        codes, uniques = pd.factorize(np.asarray(column, dtype=object))
    except TypeError:  # lists and other values that cannot be hashed
        codes, uniques = pd.factorize(np.asarray(column.map(_as_text, na_action="ignore"), dtype=object))
    return codes.astype(np.intp, copy=False), uniques.tolist()


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return str(value)


def _parse_date(text: str) -> tuple[int, int]:
    match = _DATE.fullmatch(text)
    if match is None:
        return 0, -1
    year, month, day = match.groups()
    try:
        start = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return 0, -1
    years = DERIVED["release_year"]
    if not (years.low or 0) <= start.year <= (years.high or 9999):
        return 0, -1
    return (start - dt.date(1970, 1, 1)).days, 0 if day else 1 if month else 2
