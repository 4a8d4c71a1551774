"""One numeric column by group: spread, mean and its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.eda.columns import CATEGORIES, spoken, value_words
from core.eda.extremes import row_of_least, row_of_most
from core.eda.filters import Filter, select
from core.eda.mean_interval import with_intervals
from core.eda.quantiles import grouped_quantiles
from core.eda.results import kept_on_table
from core.eda.table import EdaTable

SMALL = 30
"""Groups with fewer tracks are not named as highest or lowest."""
MOST_DRAWN = 40
"""Rows that a chart by group has, of the largest groups: a chart of all would be no picture, and of many megabytes."""
_ORDERED = ("key", "decade", "mode")


@dataclass(frozen=True, eq=False)
class Groups:
    """Spread of `measure` in each group of `category`.

    Parameters
    ----------
    frame : DataFrame of columns group, n, mean, sd, low, q1, median, q3, high, zeros, mean_low, mean_high
        Largest median first, or in natural order for key, mode and decade. `mean_low` and `mean_high` bound the 95%
        interval of the mean; NaN for groups of few tracks.
    """

    category: str
    measure: str
    frame: pd.DataFrame
    n: int
    n_missing: int

    @property
    def drawn(self) -> pd.DataFrame:
        """The largest groups, at most `MOST_DRAWN`, in the order of all."""
        if len(self.frame) <= MOST_DRAWN:
            return self.frame
        largest = np.sort(np.argsort(-self.frame["n"].to_numpy(), kind="stable")[:MOST_DRAWN])
        return self.frame.iloc[largest].reset_index(drop=True)

    @property
    def reading(self) -> str:
        """What the chart shows, in one line, and how many groups it leaves out."""
        n = len(self.frame)
        if n <= MOST_DRAWN:
            return _reading(self)
        drawn = f"Drawn are the {MOST_DRAWN} largest of {n:,} groups; Summary has the popularity of all as CSV."
        return f"{_reading(self)} {drawn}"


@kept_on_table(most=16)
def groups(table: EdaTable, asked: Filter, category: str, measure: str) -> Groups:
    """Compare a numeric column between the groups of a category, over the chosen tracks."""
    found = grouped_quantiles(table, asked, category, measure)
    if category not in _ORDERED:
        found = found.sort_values(["median", "mean"], ascending=False, ignore_index=True)
    found = with_intervals(found, measure)
    n = int(found["n"].sum())
    return Groups(category, measure, found, n, select(table, asked).n - n)


def _reading(found: Groups) -> str:
    large = found.drawn[found.drawn["n"] >= SMALL]
    if large.empty:
        return f"No group has {SMALL} tracks or more: too few to compare."
    subject = spoken(found.measure)
    top, bottom = row_of_most(large, "median"), row_of_least(large, "median")
    note = CATEGORIES[found.category].note
    note = f" ({note})" if note else ""
    high, low = (value_words(found.measure, end["median"]) for end in (top, bottom))
    if len(large) == 1 or top["median"] == bottom["median"]:
        return f"Median {subject} is {high} in {_all(len(large), top['group'])}{note}."
    return (
        f"Median {subject}: highest in {top['group']} ({high}, n = {int(top['n']):,}), "
        f"lowest in {bottom['group']} ({low}, n = {int(bottom['n']):,}){note}."
    )


def _all(size: int, name: str) -> str:
    return str(name) if size == 1 else "all large groups"
