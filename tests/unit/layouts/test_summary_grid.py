"""The grid of groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layouts.components.summary_grid import MOST_GROUPS, groups_grid

HEADINGS = {"group": "Genre", "count": "Tracks"}


def table(n: int) -> pd.DataFrame:
    return pd.DataFrame({"group": [f"g{at}" for at in range(n)], "count": np.arange(n) + 1})


def test_of_very_many_groups_the_largest_stand_in_the_grid_in_their_order_and_a_line_says_so() -> None:
    grid, words = groups_grid("grid", table(1200), HEADINGS)
    assert [row["group"] for row in grid.rowData] == [f"g{at}" for at in range(1200 - MOST_GROUPS, 1200)]
    assert words.children == "The 200 largest of 1,200 groups; the CSV has all."


def test_few_groups_all_stand_in_the_grid() -> None:
    (grid,) = groups_grid("grid", table(MOST_GROUPS), HEADINGS)
    assert len(grid.rowData) == MOST_GROUPS
