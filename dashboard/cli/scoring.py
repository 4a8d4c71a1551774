"""Text cells to what a model takes, every cell that makes no sense named with its line, and the scores beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas import DataFrame

from core.batch import TextTable, absent_columns, check_free, is_there, score_rows
from core.batch.needs import DATES, RAW_DATE, WORKED_OUT, texts_of
from core.batch.reading import known_texts
from core.errors import DataError
from core.features import FEATURES, Feature
from core.progress import Report, report_nothing
from core.runs.making import cores
from data.errors import missing_columns
from data.report import DecisionLog
from data.values import MISSING_NUMBER_WORDS, RHYTHM_FEATURES, UNDETECTED, Texts, read_dates

if TYPE_CHECKING:
    from core.prediction import Predictor

MOST_PROBLEMS = 20


def score(
    table: TextTable, predictor: Predictor, *, reasons: bool = False, report: Report = report_nothing
) -> DataFrame:
    """Give the columns that scoring adds to the table, a row each: see ``core.batch.score_rows``.

    ``interval`` says what the interval holds, and of which tracks: where the table has a genre, it is that genre's own,
    whether or not the model looks at it. ``attrs["notices"]`` tells what people should know, such as values that were
    taken for missing.

    Raises
    ------
    DataError
        When a feature is missing or cells make no sense: the first twenty with line, column and what was expected.
    """
    check_free(table.cells.columns, reasons=reasons)
    return score_rows(predictor, typed_table(table, predictor), reasons=reasons, report=report, threads=cores)


def typed_table(table: TextTable, predictor: Predictor) -> DataFrame:
    """Give the columns that a model reads, in the names and units of the schema, as values.

    Raises
    ------
    DataFileError
        When a feature is missing.
    DataError
        When cells make no sense, as for ``score``.
    """
    header = list(table.cells.columns)
    absent = absent_columns(predictor.columns, header)
    if absent:
        raise missing_columns(absent, header)
    return _typed(table, _with_genre(predictor.columns, header))


def _with_genre(columns: tuple[str, ...], header: list[str]) -> tuple[str, ...]:
    """The columns of the model, and the genre where the table has it."""
    return columns if "genre" in columns or not is_there("genre", header) else (*columns, "genre")


def _typed(table: TextTable, columns: tuple[str, ...]) -> pd.DataFrame:
    """The columns that the predictor reads, numbers as float64, texts with NaN where they are missing."""
    typed: dict[str, pd.Series] = {}
    problems: list[str] = []
    for name in columns:
        if name in table.cells and not FEATURES[name].is_text:
            typed[name], found = _numbers(table, FEATURES[name])
            problems.extend(found)
            continue
        if name not in table.cells and (texts := texts_of(name)):
            typed |= {text: _text(table, text) for text in texts}
            continue
        source = next(source for source in (name, *WORKED_OUT.get(name, ())) if source in table.cells)
        text = _text(table, source)
        if source not in DATES:
            typed[source] = text
        elif RAW_DATE not in typed:  # both year and month are worked out from it
            typed[RAW_DATE] = text
            problems.extend(_wrong_dates(table, source, text))
    if "tempo" in table.cells and "tempo" not in typed and not set(RHYTHM_FEATURES).isdisjoint(columns):
        # Tells whether a zero was measured, also where the model does not look at it.
        typed["tempo"] = pd.to_numeric(table.cells["tempo"].str.strip(), errors="coerce").astype(np.float64)
    if problems:
        shown, rest = problems[:MOST_PROBLEMS], len(problems) - MOST_PROBLEMS
        more = [f"... and {rest:,} more."] if rest > 0 else []
        raise DataError("\n".join(["the table cannot be scored:", *shown, *more]))
    return pd.DataFrame(typed, index=table.cells.index)


def _text(table: TextTable, column: str) -> pd.Series:
    return known_texts(table.cells[column])


def _numbers(table: TextTable, feature: Feature) -> tuple[pd.Series, list[str]]:
    """One number column, and a sentence for each cell that is no such number."""
    text = table.cells[feature.name].str.strip()
    codes = {name: str(code) for code, name in enumerate(feature.categories or ())}
    values = pd.to_numeric(text.replace(codes), errors="coerce").astype(np.float64)
    # What Spotify writes where it detected nothing is a gap, too, which the model fills as in training.
    is_gap = text.str.lower().isin(MISSING_NUMBER_WORDS) | (values == UNDETECTED.get(feature.name, np.nan))
    low, high = feature.bounds
    is_sound = (values >= low) & (values <= high) & np.isfinite(values)
    if feature.categories:
        is_sound &= values % 1 == 0
    problems = [
        f"line {table.lines[row]}, column {feature.name!r}: expected {_expected(feature)}, got {text.iloc[row][:80]!r}."
        for row in np.flatnonzero(~(is_sound | is_gap).to_numpy())
    ]
    return values.mask(is_gap), problems


def _wrong_dates(table: TextTable, source: str, text: pd.Series) -> list[str]:
    """A sentence for each cell that is no date, by the rule of cleaning."""
    codes, values = pd.factorize(text)
    wrong = (read_dates(Texts(codes, values), source, DecisionLog()).precision < 0) & (codes >= 0)
    expected = "expected YYYY, YYYY-MM or YYYY-MM-DD"
    return [
        f"line {table.lines[row]}, column {source!r}: {expected}, got {text.iloc[row][:80]!r}."
        for row in np.flatnonzero(wrong)
    ]


def _expected(feature: Feature) -> str:
    low, high = feature.bounds
    kind = f"one of {', '.join(feature.categories)}, or its code" if feature.categories else "a number"
    return f"{kind} from {low:g} to {high:g}"
