"""The data dictionary: every column of the table in use, with its meaning, unit and range."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.schema import COLUMNS, DERIVED, Column
from layouts.wording import MINUS

NOT_SHOWN = frozenset({"genres", "subgenres"})


def dictionary_frame(tracks: pd.DataFrame) -> pd.DataFrame:
    """Give one row a column of the cleaned table, own columns last."""
    columns = [DERIVED.get(name) or COLUMNS.get(name) for name in tracks.columns if name not in NOT_SHOWN]
    rows = [_known(column, tracks) for column in columns if column is not None]
    rows += [_own(name, tracks[name]) for name in tracks.columns if name.startswith("extra:")]
    return pd.DataFrame(rows, columns=["Name", "Column", "Meaning", "Unit", "Allowed range", "Tracks without a value"])


def _known(column: Column, tracks: pd.DataFrame) -> tuple[Any, ...]:
    span = "–"
    if column.low is not None:
        span = (
            f"{column.low:,g} or more"
            if column.high is None
            else f"{_bound(column, column.low)} to " + _bound(column, column.high)
        )
    missing = int((tracks[column.name].isna() | (tracks[column.name].astype(object) == "")).sum())
    return column.label, column.name, column.description, column.unit or "–", span, missing


def _bound(column: Column, value: float) -> str:
    words = f"{value:,.0f}" if abs(value) >= 1000 and column.unit != "year" else f"{value:g}"
    return words.replace("-", MINUS)


def _own(name: str, values: pd.Series) -> tuple[Any, ...]:
    low, high = values.min(), values.max()
    span = "–" if pd.isna(low) else f"{low:,.4g} to {high:,.4g} (seen)"
    meaning = "A column of your own file, kept as it is."
    return name.removeprefix("extra:"), name, meaning, "–", span, int(values.isna().sum())
