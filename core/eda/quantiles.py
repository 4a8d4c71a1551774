"""Quantiles, mean and spread of a numeric column in each group, without a Python loop over tracks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.eda.filters import Filter, select
from core.eda.results import kept_on_table
from core.eda.table import EdaTable, IntArray, Rows, ranks

COLUMNS: tuple[str, ...] = ("group", "n", "mean", "sd", "low", "q1", "median", "q3", "high", "zeros")


@kept_on_table(most=32)
def grouped_quantiles(table: EdaTable, asked: Filter, category: str, measure: str) -> pd.DataFrame:
    """Spread of a numeric column in each group of a category, over the chosen tracks.

    Returns
    -------
    DataFrame of columns group, n, mean, sd, low, q1, median, q3, high, zeros
        In the category's order; groups without a known value are left out. `low` and `high` are the 5th and 95th
        percentile.
    """
    rows = select(table, asked).rows
    groups = table.categories[category]
    found = spread_by_code(groups.codes[rows], len(groups.names), table, measure, rows)
    found.insert(0, "group", [groups.names[code] for code in found.pop("code")])
    return found[list(COLUMNS)]


def spread_by_code(codes: IntArray, n_groups: int, table: EdaTable, measure: str, rows: Rows) -> pd.DataFrame:
    """Spread of a numeric column by group codes (-1 is left out); one row a group that has values.

    Returns
    -------
    DataFrame of columns code, n, mean, sd, low, q1, median, q3, high, zeros
    """
    distinct = ranks(table, measure)
    at = distinct.codes[rows]
    known = (codes >= 0) & (at >= 0)
    groups, at = codes[known].astype(np.int64), at[known].astype(np.int64)
    n_values = max(len(distinct.values), 1)
    key = np.sort(groups * n_values + at)
    values = distinct.values[key % n_values] if len(key) else np.empty(0)
    sizes = np.bincount(groups, minlength=n_groups)
    present = np.flatnonzero(sizes)
    n, starts = sizes[present], (np.cumsum(sizes) - sizes)[present]
    quantiles = {
        name: _at_share(values, starts, n, share)
        for name, share in (("low", 0.05), ("q1", 0.25), ("median", 0.5), ("q3", 0.75), ("high", 0.95))
    }
    mean = np.add.reduceat(values, starts) / n if len(present) else np.empty(0)
    squares = np.add.reduceat((values - np.repeat(mean, n)) ** 2, starts) if len(present) else np.empty(0)
    zeros = np.add.reduceat((values == 0).astype(np.int64), starts) if len(present) else np.empty(0, dtype=np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)
    return pd.DataFrame({"code": present, "n": n, "mean": mean, "sd": sd, **quantiles, "zeros": zeros})


def _at_share(
    values: NDArray[np.float64], starts: NDArray[np.int64], n: NDArray[np.int64], share: float
) -> NDArray[np.float64]:
    if not len(starts):
        return np.empty(0)
    position = share * (n - 1)
    low = np.floor(position).astype(np.int64)
    high = np.minimum(low + 1, n - 1)
    below, above = values[starts + low], values[starts + high]
    return np.asarray(below + (position - low) * (above - below))
