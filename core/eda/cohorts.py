"""Popularity by when tracks were released: by year, and by calendar month where the month is known."""

from __future__ import annotations

import calendar
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.eda.columns import value_words
from core.eda.extremes import row_of_most
from core.eda.filters import Filter, select
from core.eda.mean_interval import with_intervals
from core.eda.quantiles import spread_by_code
from core.eda.results import kept_on_table
from core.eda.table import EdaTable, IntArray
from data.schema import TARGET

MIN_COHORT = 10
"""Cohorts with fewer tracks are in the numbers but not on the line."""


@dataclass(frozen=True, eq=False)
class Cohorts:
    """Popularity of cohorts of releases, at one moment in time.

    Parameters
    ----------
    by : {"year", "month"}
    frame : DataFrame of columns cohort, label, n, mean, sd, low, q1, median, q3, high, zeros, mean_low, mean_high
    n : int
        Tracks in the cohorts.
    mean, median : float
        Popularity of all tracks in the cohorts.
    n_left_out : int
        Chosen tracks whose date is not known to that precision.
    """

    by: str
    frame: pd.DataFrame
    n: int
    n_left_out: int
    mean: float
    median: float

    @property
    def drawn(self) -> pd.DataFrame:
        """The cohorts that are large enough for the line."""
        return self.frame[self.frame["n"] >= MIN_COHORT]


@kept_on_table(most=16)
def cohorts(table: EdaTable, asked: Filter, by: str) -> Cohorts:
    """Popularity by release year, or by calendar month of release over all years.

    Year-only dates belong to no month: they are left out there and counted.
    """
    chosen = select(table, asked)
    codes, first = _months(table) if by == "month" else _years(table)
    found = spread_by_code(codes[chosen.rows], int(codes.max(initial=-1)) + 1, table, TARGET, chosen.rows)
    found["cohort"] = found.pop("code") + first
    found["label"] = [calendar.month_abbr[value] if by == "month" else str(value) for value in found["cohort"]]
    found = with_intervals(found, TARGET)
    values = table.numbers[TARGET][chosen.rows]
    values = values[(codes[chosen.rows] >= 0) & ~np.isnan(values)]
    n = len(values)
    mean, median = (float(values.mean(dtype=np.float64)), float(np.median(values))) if n else (np.nan, np.nan)
    return Cohorts(by, found, n, chosen.n - n, mean, median)


def describe_cohorts(found: Cohorts, middle: str = "median") -> str:
    """Say what the chart shows, in one line.

    Parameters
    ----------
    middle : {"median", "mean"}
        What is drawn of each cohort.
    """
    drawn, left_out = found.drawn, _left_out(found)
    if drawn.empty:
        return f"No cohort has {MIN_COHORT} tracks or more. {left_out}".strip()
    said = _months_in_words(drawn, middle) if found.by == "month" else _years_in_words(found, middle)
    return f"{said} {left_out}".strip()


@kept_on_table(most=1)
def _years(table: EdaTable) -> tuple[IntArray, int]:
    years = table.numbers["release_year"]
    known = ~np.isnan(years)
    first = int(years[known].min()) if known.any() else 0
    codes = np.where(known, years - first, -1)
    return np.where(codes < 3_000, codes, -1).astype(np.int32), first


@kept_on_table(most=1)
def _months(table: EdaTable) -> tuple[IntArray, int]:
    if "release_date" not in table.tracks:
        return np.full(table.n_tracks, -1, dtype=np.int32), 1
    months = table.tracks["release_date"].dt.month.to_numpy(dtype=np.float32, na_value=np.nan)
    exact = table.tracks["release_precision"].isin(["day", "month"]).to_numpy()
    return np.where(exact & ~np.isnan(months), np.nan_to_num(months) - 1, -1).astype(np.int32), 1


def _months_in_words(drawn: pd.DataFrame, middle: str) -> str:
    values = drawn[middle].round(1)
    top, bottom = float(values.max()), float(values.min())
    subject = f"{middle.capitalize()} popularity"
    if top == bottom:
        return f"{subject} is {_points(top)} in every month."
    highest, lowest = (", ".join(drawn["label"][values == end]) for end in (top, bottom))
    return (
        f"{subject} is highest for releases of {highest} ({_points(top)}), lowest for those of {lowest} "
        f"({_points(bottom)}): {_points(round(top - bottom, 1))} points apart."
    )


def _years_in_words(found: Cohorts, middle: str) -> str:
    largest = row_of_most(found.frame, "n")
    first, last = found.drawn.iloc[0], found.drawn.iloc[-1]
    return (
        f"{middle.capitalize()} popularity is {_points(first[middle])} for releases of {first['label']} and "
        f"{_points(last[middle])} for {last['label']}; the largest cohort is {largest['label']} "
        f"({int(largest['n']):,}). One snapshot in time, not the path of any track."
    )


def _points(value: float) -> str:
    """Popularity to three telling digits: a median may lie half-way between two points."""
    return value_words(TARGET, value)


def _left_out(found: Cohorts) -> str:
    if not found.n_left_out:
        return ""
    what = "no known month (year-only dates)" if found.by == "month" else "no known release year"
    return f"{found.n_left_out:,} tracks have {what} and are not in the chart."
