"""How columns move together: Pearson and Spearman correlations with their p-values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.eda.columns import label, spoken
from core.eda.extremes import row_of_most
from core.eda.filters import Filter, select
from core.eda.results import kept_on_table
from core.eda.table import EdaTable, IntArray, Rows, ranks, split_by_code
from data.schema import TARGET

Matrix = NDArray[np.float64]
MIN_PAIRS = 10
"""Fewer tracks than this give no correlation."""
MOST_GENRES = 40
"""Rows that a grid by genre has, of the largest genres: more could not be read."""
_CHUNK = 65_536


@dataclass(frozen=True, eq=False)
class Correlations:
    """A grid of associations.

    Parameters
    ----------
    method : {"pearson", "spearman", "information"}
    scope : {"all", "genre"}
        Between all columns, or of every column with the target in each genre.
    rows, columns : tuple of str
        Names of the grid's rows and columns, in the order in which they are drawn.
    values : float array of shape (n_rows, n_columns)
        NaN where there are too few tracks or a column is constant.
    n : int array of the same shape
        Tracks behind each value.
    p : float array of the same shape
        Two-sided p-values, adjusted for the number of distinct comparisons (Benjamini-Hochberg).
    left_out : tuple of str
        Columns that compare with none: they do not vary among the chosen tracks, or too few tracks state them.
    n_genres_left : int
        Genres of enough tracks that are not in the grid, as it has the `MOST_GENRES` largest.
    """

    method: str
    scope: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Matrix
    n: NDArray[np.int64]
    p: Matrix
    n_tracks: int
    left_out: tuple[str, ...] = ()
    n_genres_left: int = 0

    @property
    def frame(self) -> pd.DataFrame:
        """One row a comparison: row, column, value, n, p."""
        at_row, at_column = np.indices(self.values.shape)
        keep = (at_row < at_column).ravel() if self.is_square else np.ones(self.values.size, dtype=bool)
        return pd.DataFrame(
            {
                "row": np.array(self.rows, dtype=object)[at_row.ravel()[keep]],
                "column": np.array(self.columns, dtype=object)[at_column.ravel()[keep]],
                "value": self.values.ravel()[keep],
                "n": self.n.ravel()[keep],
                "p": self.p.ravel()[keep],
            }
        )

    @property
    def is_square(self) -> bool:
        """Whether the same columns stand on both sides."""
        return self.rows == self.columns

    @property
    def reading(self) -> str:
        """What the chart shows, in one line, and how many genres it leaves out."""
        left = self.n_genres_left
        more = f" Compared are the {MOST_GENRES} largest genres; {left:,} smaller left out." if left else ""
        return _reading(self) + more


@kept_on_table(most=16)
def correlations(table: EdaTable, asked: Filter, method: str = "pearson", scope: str = "all") -> Correlations:
    """Correlate the numeric columns of the chosen tracks.

    Each pair uses the tracks for which both values are known. Spearman is Pearson on average ranks, taken once a column
    over the chosen tracks that know it; p-values come from the t distribution with n - 2 degrees of freedom.

    Parameters
    ----------
    method : {"pearson", "spearman"}
    scope : {"all", "genre"}
        ``genre`` gives, for each of the largest main genres, the correlation of every column with the target.
    """
    chosen = select(table, asked)
    if scope == "genre":
        return _by_genre(table, chosen.rows, method, chosen.n)
    numbers = tuple(table.numbers)
    values, n = correlation_matrix(table, chosen.rows, method, numbers)
    kept = _comparable(values)
    left_out = tuple(name for at, name in enumerate(numbers) if at not in kept)
    values, n = values[np.ix_(kept, kept)], n[np.ix_(kept, kept)]
    order = cluster_order(values)
    upper = np.triu_indices(len(kept), 1)
    p = np.zeros_like(values)
    p[upper] = benjamini_hochberg(p_values(values[upper], n[upper]))
    p = p + p.T
    names = tuple(numbers[kept[position]] for position in order)
    grid = np.ix_(order, order)
    return Correlations(method, scope, names, names, values[grid], n[grid], p[grid], chosen.n, left_out)


def _comparable(values: Matrix) -> list[int]:
    """Positions of the columns that compare with another one; all where none does."""
    known = ~np.isnan(values)
    np.fill_diagonal(known, False)
    return [int(at) for at in np.flatnonzero(known.any(axis=0))] or list(range(len(values)))


def _by_genre(table: EdaTable, rows: Rows, method: str, n_tracks: int) -> Correlations:
    parts, n_left = genre_parts(table, rows)
    numbers = tuple(table.numbers)
    features = numbers[1:]
    values = np.full((len(parts), len(features)), np.nan)
    n = np.zeros(values.shape, dtype=np.int64)
    for at, part in enumerate(parts.values()):
        found, pairs = correlation_matrix(table, part, method, numbers)
        values[at], n[at] = found[0, 1:], pairs[0, 1:]
    p = benjamini_hochberg(p_values(values.ravel(), n.ravel())).reshape(values.shape)
    order = np.argsort(-np.nan_to_num(values).mean(axis=0), kind="stable") if parts else np.arange(len(features))
    columns = tuple(features[position] for position in order)
    grid = values[:, order], n[:, order], p[:, order]
    return Correlations(method, "genre", tuple(parts), columns, *grid, n_tracks, n_genres_left=n_left)


def genre_parts(table: EdaTable, rows: Rows) -> tuple[dict[str, IntArray], int]:
    """Split rows by main genre, in the genres' order; genres of fewer than ten of the rows are left out.

    Returns
    -------
    dict
        Positions of rows by genre; of the `MOST_GENRES` largest.
    int
        Genres of ten rows or more beyond those.
    """
    genre = table.categories["genre"]
    positions = np.arange(table.n_tracks, dtype=np.int32)[rows]
    parts = split_by_code(genre.codes[rows], positions, len(genre.names))
    sizes = np.array([len(part) for part in parts], dtype=np.int64)
    enough = np.flatnonzero(sizes >= MIN_PAIRS)
    kept = np.sort(enough[np.argsort(-sizes[enough], kind="stable")[:MOST_GENRES]])
    return {genre.names[at]: parts[at] for at in kept}, len(enough) - len(kept)


def correlation_matrix(
    table: EdaTable, rows: Rows, method: str, names: Sequence[str]
) -> tuple[Matrix, NDArray[np.int64]]:
    """Correlations and numbers of tracks of all pairs of columns, over the tracks that know both.

    Returns
    -------
    values, n : arrays of shape (n_names, n_names)
    """
    columns = [_ranked(table, name, rows) if method == "spearman" else table.numbers[name][rows] for name in names]
    return pairwise(columns)


def pairwise(columns: Sequence[NDArray[np.floating]]) -> tuple[Matrix, NDArray[np.int64]]:
    """Pearson correlation of all pairs of columns, each over the rows that know both; in chunks, so in little memory.

    Parameters
    ----------
    columns : sequence of float arrays of shape (n_rows,)
        NaN where unknown.
    """
    size, length = len(columns), len(columns[0])
    centres = np.array([_centre(column) for column in columns])[:, None]
    n, sums, squares, products = (np.zeros((size, size)) for _ in range(4))
    for start in range(0, length, _CHUNK):
        block = np.vstack([column[start : start + _CHUNK] for column in columns]).astype(np.float64) - centres
        known = ~np.isnan(block)
        block[~known] = 0.0
        mask = known.astype(np.float64)
        n += mask @ mask.T
        sums += block @ mask.T
        squares += (block * block) @ mask.T
        products += block @ block.T
    return _from_sums(n, sums, squares, products), n.astype(np.int64)


def _centre(column: NDArray[np.floating]) -> float:
    known = column[~np.isnan(column)]
    return float(known.mean(dtype=np.float64)) if len(known) else 0.0


def _from_sums(n: Matrix, sums: Matrix, squares: Matrix, products: Matrix) -> Matrix:
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = products - sums * sums.T / n
        variance = squares - sums**2 / n
        variance[variance <= 1e-10 * squares] = np.nan
        values = covariance / np.sqrt(variance * variance.T)
    values[n < MIN_PAIRS] = np.nan
    return np.clip(values, -1, 1)


def _ranked(table: EdaTable, name: str, rows: Rows) -> NDArray[np.float64]:
    """Average ranks within the rows, NaN where unknown, by counting distinct values instead of sorting."""
    found = ranks(table, name)
    codes = found.codes[rows]
    known = codes >= 0
    if known.all():
        return average_ranks(codes, len(found.values))
    ranked = np.full(len(codes), np.nan)
    ranked[known] = average_ranks(codes[known], len(found.values))
    return ranked


def average_ranks(codes: IntArray, n_values: int) -> NDArray[np.float64]:
    """Ranks from 1, ties sharing their mean.

    Examples
    --------
    >>> average_ranks(np.array([2, 0, 2, 1]), 3).tolist()
    [3.5, 1.0, 3.5, 2.0]
    """
    counts = np.bincount(codes, minlength=n_values)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[codes], dtype=np.float64)


def p_values(values: NDArray[np.float64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Two-sided p-values of correlations by the t distribution with n - 2 degrees of freedom; NaN stays NaN."""
    from scipy.special import stdtr

    free = np.maximum(n - 2, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(values) * np.sqrt(free / np.maximum(1 - values**2, 0))
        return np.asarray(np.where(np.isnan(values), np.nan, 2 * stdtr(free, -t)))


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p-values for the false discovery rate; NaN is not counted as a comparison.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1), 289-300.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return adjusted


def cluster_order(values: Matrix) -> NDArray[np.int64]:
    """Order in which columns that move together stand side by side: average linkage on 1 - abs(correlation)."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(values) < 3:
        return np.arange(len(values))
    distance = 1 - np.abs(np.nan_to_num(values))
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), "average", optimal_ordering=True)
    return np.asarray(leaves_list(tree), dtype=np.int64)


def _reading(found: Correlations) -> str:
    frame = found.frame.dropna(subset=["value"])
    if frame.empty:
        return f"Fewer than {MIN_PAIRS} tracks with both values: nothing to correlate."
    if found.method == "information":
        best = row_of_most(frame, "value")
        where = f" in {best['row']}" if found.scope == "genre" else ""
        return f"Says most about popularity{where}: {spoken(best['column'])} ({best['value']:.2f} bits)."
    if found.scope == "genre":
        best = row_of_most(frame, "value", absolute=True)
        return (
            f"Strongest with popularity inside a genre: {spoken(best['column'])} in {best['row']} "
            f"({best['value']:+.2f}, n = {int(best['n']):,})."
        )
    best = row_of_most(frame, "value", absolute=True)
    text = f"Strongest pair: {label(best['row'])} and {spoken(best['column'])} ({best['value']:+.2f})."
    target = frame[(frame["row"] == TARGET) | (frame["column"] == TARGET)]
    if target.empty:
        return text
    top = row_of_most(target, "value", absolute=True)
    other = top["column"] if top["row"] == TARGET else top["row"]
    return f"{text} With popularity: {spoken(other)} ({top['value']:+.2f})."
