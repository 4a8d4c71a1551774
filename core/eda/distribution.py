"""How the values of one column are spread: bins, a density line, the share of zeros."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.eda.columns import CATEGORIES, is_whole, spoken, value_words
from core.eda.extremes import row_of_least, row_of_most
from core.eda.filters import Filter, select
from core.eda.results import kept_on_table
from core.eda.table import EdaTable, FloatArray, IntArray, Rows, limits
from data.schema import TARGET

MAX_BINS = 50
MAX_GROUPS = 8
_GRID = 200
_SMALL = 30
"""Groups with fewer tracks get no line of their own: it would say little."""


@dataclass(frozen=True, eq=False)
class Distribution:
    """Spread of one column, for all chosen tracks or by group.

    Parameters
    ----------
    bins : DataFrame of columns group, low, high, n, share
        `share` is the share of the group's tracks in the bin, in percent; every group has the same bins.
    density : DataFrame of columns group, value, share
        A smooth line on the scale of the bins: percent of the group's tracks a bin.
    groups : DataFrame of columns group, n, median, zeros
        `zeros` counts tracks at exactly 0.
    """

    column: str
    split: str
    n: int
    n_missing: int
    n_left_out: int
    bins: pd.DataFrame
    density: pd.DataFrame
    groups: pd.DataFrame

    @property
    def reading(self) -> str:
        """What the chart shows, in one line."""
        return _reading(self)


@kept_on_table(most=32)
def distribution(table: EdaTable, asked: Filter, column: str, split: str = "none") -> Distribution:
    """Bin a column of the chosen tracks.

    Parameters
    ----------
    column : str
        A numeric column.
    split : str
        A category, or ``none``. At most the eight largest groups are drawn, of 30 tracks or more; the rest is counted.
    """
    rows = select(table, asked).rows
    values = table.numbers[column][rows]
    known = ~np.isnan(values)
    codes, names, n_left_out = _groups(table, rows, split, known)
    edges = _edges(column, *limits(table)[column])
    inside = known & (codes >= 0)
    counts = _count(values[inside], codes[inside], edges, len(names))
    totals = counts.sum(axis=1)
    shares = 100 * counts / np.maximum(totals, 1)[:, None]
    bins = pd.DataFrame(
        {
            "group": np.repeat(names, len(edges) - 1),
            "low": np.tile(edges[:-1], len(names)),
            "high": np.tile(edges[1:], len(names)),
            "n": counts.ravel(),
            "share": shares.ravel(),
        }
    )
    return Distribution(
        column=column,
        split=split,
        n=int(totals.sum()),
        n_missing=int((~known).sum()),
        n_left_out=n_left_out,
        bins=bins,
        density=_density(values[inside], codes[inside], edges, names, column),
        groups=_facts(values[inside], codes[inside], names),
    )


def _groups(table: EdaTable, rows: Rows, split: str, known: NDArray[np.bool_]) -> tuple[IntArray, list[str], int]:
    if split not in CATEGORIES:
        return np.zeros(len(known), dtype=np.int32), ["All tracks"], 0
    category = table.categories[split]
    codes = category.codes[rows]
    sizes = np.bincount(codes[known & (codes >= 0)], minlength=len(category.names))
    largest = np.sort(np.argsort(-sizes, kind="stable")[:MAX_GROUPS])
    kept = [int(code) for code in largest if sizes[code] >= _SMALL] or [int(code) for code in largest if sizes[code]]
    lookup = np.full(len(category.names) + 1, -1, dtype=np.int32)
    lookup[kept] = np.arange(len(kept))
    return lookup[codes], [category.names[code] for code in kept], int(known.sum() - sizes[kept].sum())


def _edges(column: str, low: float, high: float) -> NDArray[np.float64]:
    if high <= low:
        high = low + 1
    if is_whole(column):
        whole = 2 if column == TARGET else max(1, math.ceil((high - low + 1) / MAX_BINS))
        n_bins = math.ceil((high - low + 1) / whole)
        return low + whole * np.arange(n_bins + 1, dtype=float)
    step = _round_step((high - low) / MAX_BINS)
    first, last = math.floor(low / step), math.ceil(high / step)
    return step * np.arange(first, last + 1, dtype=float)


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= step * 0.999)


def _count(values: FloatArray, codes: IntArray, edges: NDArray[np.float64], n_groups: int) -> NDArray[np.int64]:
    n_bins = len(edges) - 1
    step = edges[1] - edges[0]
    position = np.clip(np.floor((values.astype(np.float64) - edges[0]) / step + 1e-6), 0, n_bins - 1).astype(np.int64)
    flat = np.bincount(codes.astype(np.int64) * n_bins + position, minlength=n_groups * n_bins)
    return flat.reshape(n_groups, n_bins)


def _density(
    values: FloatArray, codes: IntArray, edges: NDArray[np.float64], names: list[str], column: str
) -> pd.DataFrame:
    step = edges[1] - edges[0]
    grid = np.linspace(edges[0], edges[-1], _GRID + 1)
    centres = (grid[:-1] + grid[1:]) / 2
    counts = _count(values, codes, grid, len(names))
    minimum = 0.75 if is_whole(column) else float(step) / 2  # a finer line would show what no bar can
    lines = [_smooth(row, centres, minimum) * 100 * step for row in counts]
    return pd.DataFrame(
        {
            "group": np.repeat(names, _GRID),
            "value": np.tile(centres, len(names)),
            "share": np.concatenate(lines) if lines else np.empty(0),
        }
    )


def _smooth(counts: NDArray[np.int64], centres: NDArray[np.float64], minimum: float) -> NDArray[np.float64]:
    """Gaussian kernel density of binned values, bandwidth after Silverman, mirrored at both ends.

    References
    ----------
    Silverman (1986), Density Estimation for Statistics and Data Analysis, equation 3.31.
    """
    n = counts.sum()
    if n < 2:
        return np.zeros(len(centres))
    mean = (counts * centres).sum() / n
    sd = math.sqrt((counts * (centres - mean) ** 2).sum() / (n - 1))
    low, high = (centres[np.searchsorted(np.cumsum(counts), share * n)] for share in (0.25, 0.75))
    spread = min(sd, (high - low) / 1.349) or sd
    width = centres[1] - centres[0]
    bandwidth = max(0.9 * spread * n**-0.2, minimum, width)
    reach = len(counts)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * width / bandwidth) ** 2)
    padded = np.concatenate([counts[::-1], counts, counts[::-1]]).astype(float)
    smooth = np.convolve(padded, kernel / kernel.sum(), mode="same")[reach : 2 * reach]
    return np.asarray(smooth / (n * width))


def _facts(values: FloatArray, codes: IntArray, names: list[str]) -> pd.DataFrame:
    rows = []
    for code, name in enumerate(names):
        part = values[codes == code]
        median = float(np.median(part)) if len(part) else float("nan")
        rows.append({"group": name, "n": len(part), "median": median, "zeros": int((part == 0).sum())})
    return pd.DataFrame(rows, columns=["group", "n", "median", "zeros"])


def _reading(found: Distribution) -> str:
    facts = found.groups[found.groups["n"] > 0]
    if facts.empty:
        return "No track has a value here."
    if found.split in CATEGORIES and len(facts) > 1:
        top, bottom = row_of_most(facts, "median"), row_of_least(facts, "median")
        low, high = (value_words(found.column, end["median"]) for end in (bottom, top))
        text = f"Median {spoken(found.column)} runs from {low} ({bottom['group']}) to {high} ({top['group']})."
        left_out = f" {found.n_left_out:,} tracks of smaller groups are not drawn." if found.n_left_out else ""
        return text + left_out
    median, n, zeros = facts["median"].iloc[0], int(facts["n"].iloc[0]), int(facts["zeros"].iloc[0])
    text = f"Half of the tracks lie at {value_words(found.column, median)} or below"
    text += f"; {_percent(zeros, n)} ({zeros:,}) stand at exactly 0." if zeros else "."
    if not found.n_missing:
        return text
    return f"{text} {found.n_missing:,} {'has' if found.n_missing == 1 else 'have'} no value."


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return f"{share:.0f}%" if share >= 1 else f"{share:.1g}%"
