"""The points of the scatter: which rows are drawn, and in how few bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.eda.columns import CATEGORIES
from core.eda.filters import Filter, select
from core.eda.results import kept_on_table
from core.eda.table import EdaTable, FloatArray, IntArray

POINT_LIMIT = 30_000
SAMPLE = 5_000
MAX_GROUPS = 7
OTHER = "Other"
UNKNOWN = "Unknown"
_SEED = 20_200_121


@dataclass(frozen=True, eq=False)
class Points:
    """Rows of the scatter.

    Parameters
    ----------
    rows : int32 array of shape (n_drawn,)
        Positions in the table, in drawing order: point i of the chart is ``rows[i]``.
    x, y : float32 arrays of shape (n_drawn,)
    groups : tuple of (name, slice)
        Colour groups, each one run of the points; a single unnamed group where colour is not a category.
    levels : uint8 array of shape (n_drawn,), or None
        Colour value in 256 steps from `colour_low` to `colour_high` (2nd and 98th percentile).
    n : int
        Tracks with both values; more than drawn where a random part is shown.
    """

    rows: IntArray
    x: FloatArray
    y: FloatArray
    groups: tuple[tuple[str, slice], ...]
    levels: NDArray[np.uint8] | None
    colour_low: float
    colour_high: float
    n: int

    @property
    def is_part(self) -> bool:
        """Whether only a random part of the tracks is drawn."""
        return len(self.rows) < self.n

    def row_at(self, group: int, number: int) -> int | None:
        """The position in the table of a clicked point, or None where there is no such point."""
        if not 0 <= group < len(self.groups):
            return None
        run = self.groups[group][1]
        at = run.start + number
        return int(self.rows[at]) if number >= 0 and at < run.stop else None


def shown_points(asked: str, webgl: bool) -> str:
    """Which points are drawn: what was asked for, but a sample where the browser has no WebGL."""
    return asked if webgl else "sample"


@kept_on_table(most=8)
def points(table: EdaTable, asked: Filter, x: str, y: str, colour: str, shown: str) -> Points:
    """Choose and order the points of the scatter.

    Parameters
    ----------
    colour : str
        A category, a numeric column, or ``none``.
    shown : {"all", "sample"}
        ``all`` draws up to 30,000 points, ``sample`` 5,000; beyond that a random part with a fixed seed.
    """
    chosen = select(table, asked)
    rows = chosen.positions()
    known = ~(np.isnan(table.numbers[x][rows]) | np.isnan(table.numbers[y][rows]))
    rows = rows[known]
    n = len(rows)
    limit = SAMPLE if shown == "sample" else POINT_LIMIT
    if n > limit:
        rows = np.sort(np.random.default_rng(_SEED).choice(rows, limit, replace=False))
    groups: tuple[tuple[str, slice], ...] = (("", slice(0, len(rows))),)
    levels, low, high = None, 0.0, 0.0
    if colour in CATEGORIES:
        rows, groups = _by_group(table, rows, colour)
    elif colour in table.numbers:
        levels, low, high = _levels(table.numbers[colour][rows])
    return Points(rows, table.numbers[x][rows], table.numbers[y][rows], groups, levels, low, high, n)


def _by_group(table: EdaTable, rows: IntArray, name: str) -> tuple[IntArray, tuple[tuple[str, slice], ...]]:
    category = table.categories[name]
    codes = category.codes[rows].astype(np.int64)
    sizes = np.bincount(codes[codes >= 0], minlength=len(category.names))
    kept = [int(code) for code in np.sort(np.argsort(-sizes, kind="stable")[:MAX_GROUPS]) if sizes[code]]
    lookup = np.full(len(category.names) + 1, len(kept), dtype=np.int64)
    lookup[kept] = np.arange(len(kept))
    lookup[-1] = len(kept) + 1
    drawn = lookup[codes]
    order = np.argsort(drawn, kind="stable")
    ends = np.cumsum(np.bincount(drawn, minlength=len(kept) + 2))
    names = [*(category.names[code] for code in kept), OTHER, UNKNOWN]
    runs = [
        (group, slice(int(end - size), int(end)))
        for group, size, end in zip(names, np.diff(ends, prepend=0), ends, strict=True)
    ]
    return rows[order], tuple((group, run) for group, run in runs if run.stop > run.start)


def _levels(values: FloatArray) -> tuple[NDArray[np.uint8], float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros(len(values), dtype=np.uint8), 0.0, 0.0
    low, high = (float(edge) for edge in np.percentile(known, [2, 98]))
    if high <= low:
        low, high = float(known.min()), float(known.max())
    scaled = (np.nan_to_num(values, nan=low) - low) / ((high - low) or 1.0) * 255
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8), low, high
