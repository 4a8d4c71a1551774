"""Popularity by when tracks were released: by year, and by calendar month where the month is known."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.eda.extremes import row_of_least, row_of_most
from core.eda.filters import Filter, select
from core.eda.quantiles import spread_by_code
from core.eda.table import EdaTable
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

    @property
    def reading(self) -> str:
        """What the chart shows, in one line."""
        return _reading(self)


@lru_cache(maxsize=16)
def cohorts(table: EdaTable, asked: Filter, by: str) -> Cohorts:
    """Popularity by release year, or by calendar month of release over all years.

    Year-only dates belong to no month: they are left out there and counted.
    """
    chosen = select(table, asked)
    codes, first = _months(table) if by == "month" else _years(table)
    found = spread_by_code(codes[chosen.rows], int(codes.max(initial=-1)) + 1, table, TARGET, chosen.rows)
    found["cohort"] = found.pop("code") + first
    found["label"] = [calendar.month_abbr[value] if by == "month" else str(value) for value in found["cohort"]]
    margin = 1.959964 * found["sd"] / np.sqrt(found["n"])
    found = found.assign(mean_low=found["mean"] - margin, mean_high=found["mean"] + margin)
    values = table.numbers[TARGET][chosen.rows]
    values = values[(codes[chosen.rows] >= 0) & ~np.isnan(values)]
    n = len(values)
    mean, median = (float(values.mean(dtype=np.float64)), float(np.median(values))) if n else (np.nan, np.nan)
    return Cohorts(by, found, n, chosen.n - n, mean, median)


@lru_cache(maxsize=4)
def _years(table: EdaTable) -> tuple[NDArray[np.int16], int]:
    years = table.numbers["release_year"]
    known = ~np.isnan(years)
    first = int(years[known].min()) if known.any() else 0
    codes = np.where(known, years - first, -1)
    return np.where(codes < 3_000, codes, -1).astype(np.int16), first


@lru_cache(maxsize=4)
def _months(table: EdaTable) -> tuple[NDArray[np.int16], int]:
    if "release_date" not in table.tracks:
        return np.full(table.n_tracks, -1, dtype=np.int16), 1
    months = table.tracks["release_date"].dt.month.to_numpy(dtype=np.float32, na_value=np.nan)
    exact = table.tracks["release_precision"].isin(["day", "month"]).to_numpy()
    return np.where(exact & ~np.isnan(months), np.nan_to_num(months) - 1, -1).astype(np.int16), 1


def _reading(found: Cohorts) -> str:
    drawn = found.drawn
    left_out = _left_out(found)
    if drawn.empty:
        return f"No cohort has {MIN_COHORT} tracks or more. {left_out}".strip()
    if found.by == "month":
        top, bottom = row_of_most(drawn, "mean"), row_of_least(drawn, "mean")
        gap = top["mean"] - bottom["mean"]
        text = f"Releases of {top['label']} average {top['mean']:.0f}, of {bottom['label']} {bottom['mean']:.0f}"
        return f"{text}: {gap:.0f} points apart. {left_out}".strip()
    largest = row_of_most(found.frame, "n")
    first, last = drawn.iloc[0], drawn.iloc[-1]
    return (
        f"Median popularity is {first['median']:.0f} for releases of {first['label']} and {last['median']:.0f} for "
        f"{last['label']}; the largest cohort is {largest['label']} ({int(largest['n']):,}). One snapshot in time, "
        f"not the path of any track. {left_out}"
    ).strip()


def _left_out(found: Cohorts) -> str:
    if not found.n_left_out:
        return ""
    what = "no known month (year-only dates)" if found.by == "month" else "no known release year"
    return f"{found.n_left_out:,} tracks have {what} and are not in the chart."
