"""Summary statistics of the chosen tracks: one row a column, one row a group."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.eda.columns import label, unit
from core.eda.filters import Filter, select
from core.eda.quantiles import grouped_quantiles
from core.eda.results import kept_on_table
from core.eda.table import EdaTable, Ranks, Rows, ranks
from data.schema import TARGET

FloatArray64 = NDArray[np.float64]

NUMBER_SUMMARY: dict[str, str] = {
    "column": "Column",
    "count": "Count",
    "mean": "Mean",
    "sd": "SD",
    "min": "Min",
    "q1": "25%",
    "median": "Median",
    "q3": "75%",
    "max": "Max",
    "skew": "Skew",
    "missing": "Missing",
    "zeros": "Zeros",
    "unique": "Unique",
}
"""Columns of `summarise_numbers` and their headings."""

GROUP_SUMMARY: dict[str, str] = {
    "group": "Group",
    "count": "Tracks",
    "share": "Share %",
    "artists": "Artists",
    "mean": "Mean",
    "sd": "SD",
    "q1": "25%",
    "median": "Median",
    "q3": "75%",
    "zeros": "At 0, %",
}
"""Columns of `summarise_groups` and their headings."""


@kept_on_table(most=8)
def summarise_numbers(table: EdaTable, asked: Filter) -> pd.DataFrame:
    """One row a numeric column over the chosen tracks, keys as in `NUMBER_SUMMARY`.

    SD divides by n - 1; skew is the adjusted Fisher-Pearson coefficient (what pandas gives); quartiles interpolate.
    """
    rows = select(table, asked).rows
    return pd.DataFrame(
        [{"column": _name(name)} | _facts(ranks(table, name), rows) for name in table.numbers],
        columns=list(NUMBER_SUMMARY),
    )


def _name(name: str) -> str:
    """Label, and the unit where it says more than the range."""
    return f"{label(name)} ({unit(name)})" if unit(name) in ("dB", "BPM", "ms") else label(name)


def _facts(distinct: Ranks, rows: Rows) -> dict[str, float]:
    """Everything follows from how often each distinct value occurs: no sorting a filter."""
    codes = distinct.codes[rows]
    counts = np.bincount(codes + 1, minlength=len(distinct.values) + 1)
    missing, counts = int(counts[0]), counts[1:]
    used = counts > 0
    values, counts = distinct.values[used], counts[used]
    n = int(counts.sum())
    if n == 0:
        empty = dict.fromkeys(("mean", "sd", "min", "q1", "median", "q3", "max", "skew"), float("nan"))
        return {"count": 0, **empty, "missing": missing, "zeros": 0, "unique": 0}
    q1, median, q3 = (_quantile(values, np.cumsum(counts), share) for share in (0.25, 0.5, 0.75))
    mean = float(counts @ values) / n
    deviation = values - mean
    squares = float(counts @ deviation**2)
    return {
        "count": n,
        "mean": mean,
        "sd": (squares / (n - 1)) ** 0.5 if n > 1 else float("nan"),
        "min": float(values[0]),
        "q1": q1,
        "median": median,
        "q3": q3,
        "max": float(values[-1]),
        "skew": _skew(squares, float(counts @ deviation**3), n),
        "missing": missing,
        "zeros": int(counts[values == 0].sum()),
        "unique": len(values),
    }


def _quantile(values: FloatArray64, ends: NDArray[np.int64], share: float) -> float:
    at = share * (int(ends[-1]) - 1)
    low = int(at)
    below, above = (values[np.searchsorted(ends, place, side="right")] for place in (low, min(low + 1, ends[-1] - 1)))
    return float(below + (at - low) * (above - below))


def _skew(squares: float, cubes: float, n: int) -> float:
    if n < 3:
        return float("nan")
    if squares <= 0:
        return 0.0
    return float((cubes / n) / (squares / n) ** 1.5 * (n * (n - 1)) ** 0.5 / (n - 2))


@kept_on_table(most=16)
def summarise_groups(table: EdaTable, asked: Filter, category: str) -> pd.DataFrame:
    """Popularity of each group of the chosen tracks, keys as in `GROUP_SUMMARY`; groups without tracks left out."""
    chosen = select(table, asked)
    found = grouped_quantiles(table, asked, category, TARGET)
    groups = table.categories[category]
    codes = groups.codes[chosen.rows].astype(np.int64)
    artist = table.artist_codes[chosen.rows].astype(np.int64)
    known = (codes >= 0) & (artist >= 0)
    pairs = np.unique(codes[known] * (len(table.artists) + 1) + artist[known])
    artists = np.bincount(pairs // (len(table.artists) + 1), minlength=len(groups.names))
    sizes = np.bincount(codes[codes >= 0], minlength=len(groups.names))
    by_name = {name: code for code, name in enumerate(groups.names)}
    order = [by_name[name] for name in found["group"]]
    return pd.DataFrame(
        {
            "group": found["group"],
            "count": sizes[order],
            "share": 100 * sizes[order] / max(chosen.n, 1),
            "artists": artists[order],
            "mean": found["mean"],
            "sd": found["sd"],
            "q1": found["q1"],
            "median": found["median"],
            "q3": found["q3"],
            "zeros": 100 * found["zeros"] / found["n"],
        }
    )
