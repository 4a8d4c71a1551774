"""How much a column says about popularity, whatever the shape: mutual information from a table of bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.eda.columns import CATEGORIES, NUMBERS
from core.eda.correlation import MIN_PAIRS, Correlations, benjamini_hochberg, genre_parts
from core.eda.filters import Filter, select
from core.eda.results import kept_on_table
from core.eda.table import EdaTable, Rows, ranks
from data.schema import TARGET

N_BINS = 16


@dataclass(frozen=True)
class Information:
    """Mutual information of two binned columns.

    Parameters
    ----------
    bits : float
        Estimate after Miller and Madow, not below 0.
    p : float
        Of the G test of independence: chance of so much or more where there is no relation.
    n : int
        Tracks for which both are known.
    """

    bits: float
    p: float
    n: int


@kept_on_table(most=16)
def information(table: EdaTable, asked: Filter, scope: str = "all") -> Correlations:
    """Mutual information of every column with popularity, in bits, largest first.

    Numbers are cut into 16 bins of about equal size within the whole table, categories count as they are. Of the
    plug-in estimate the bias (r - 1)(c - 1) / 2n is taken off (Miller-Madow), where r and c count the bins in use.

    References
    ----------
    Miller (1955), Note on the bias of information estimates. Sokal and Rohlf (1981), Biometry, chapter 17 (G test).
    """
    chosen = select(table, asked)
    n_left = 0
    if scope == "genre":
        parts, n_left = genre_parts(table, chosen.rows)
        columns = tuple(name for name in _columns(table) if name != "genre")
        grid = [[_measure(table, rows, name) for name in columns] for rows in parts.values()]
        rows_drawn = tuple(parts)
    else:
        columns = _columns(table)
        grid = [[_measure(table, chosen.rows, name) for name in columns]]
        rows_drawn = (TARGET,)
    values, n, p = (
        np.array([[getattr(cell, part) for cell in row] for row in grid]).reshape(len(grid), len(columns))
        for part in ("bits", "n", "p")
    )
    p = benjamini_hochberg(p.ravel()).reshape(p.shape)
    order = np.argsort(-np.nan_to_num(values).sum(axis=0), kind="stable")
    return Correlations(
        "information",
        scope,
        rows_drawn,
        tuple(columns[at] for at in order),
        values[:, order],
        n[:, order].astype(np.int64),
        p[:, order],
        chosen.n,
        n_genres_left=n_left,
    )


def _columns(table: EdaTable) -> tuple[str, ...]:
    return (*(name for name in table.numbers if name != TARGET), *CATEGORIES)


def mutual_information(first: NDArray[np.int64], second: NDArray[np.int64]) -> Information:
    """Mutual information of two columns of bins; rows where either is negative are left out."""
    known = (first >= 0) & (second >= 0)
    n = int(known.sum())
    if n < MIN_PAIRS:
        return Information(float("nan"), float("nan"), n)
    width = int(second.max()) + 1
    counts = np.bincount(first[known] * width + second[known], minlength=(int(first.max()) + 1) * width)
    counts = counts.reshape(-1, width)
    counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    return _from_counts(counts, n)


def _from_counts(counts: NDArray[np.int64], n: int) -> Information:
    from scipy.special import chdtrc

    expected = counts.sum(axis=1, keepdims=True) * (counts.sum(axis=0, keepdims=True) / n)
    filled = counts > 0
    nats = float((counts[filled] / n * np.log(counts[filled] / expected[filled])).sum())
    free = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    p = float(chdtrc(free, 2 * n * nats)) if free else float("nan")
    return Information(max(nats - free / (2 * n), 0.0) / float(np.log(2)), p, n)


def _measure(table: EdaTable, rows: Rows, name: str) -> Information:
    return mutual_information(_binned(table, name)[rows], _binned(table, TARGET)[rows])


@kept_on_table(most=4 * (len(NUMBERS) + len(CATEGORIES)))
def _binned(table: EdaTable, name: str) -> NDArray[np.int64]:
    if name in CATEGORIES:
        return table.categories[name].codes.astype(np.int64)
    found = ranks(table, name)
    counts = np.bincount(found.codes[found.codes >= 0], minlength=len(found.values))
    before = np.cumsum(counts) - counts
    bins = np.append(before * N_BINS // max(int(counts.sum()), 1), -1)
    return bins.astype(np.int64)[found.codes]
