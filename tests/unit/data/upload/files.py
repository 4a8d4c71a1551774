"""Files that people might upload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from tests.unit.data.messy import raw_table


def good_table(n_rows: int = 8, **cells: Any) -> pd.DataFrame:
    """A tidy table of different tracks; ``cells`` replaces a column's value in the third row (line 4 of the file)."""
    rows = [{"track_id": f"t{row}", "track_popularity": 10 + row, "energy": 0.1 + row / 100} for row in range(n_rows)]
    table = raw_table(*rows).astype(object)
    for name, value in cells.items():
        table.loc[2, name] = value
    return table


def good_text(n_rows: int = 8, **cells: Any) -> str:
    """The same as CSV text."""
    return str(good_table(n_rows, **cells).to_csv(index=False, lineterminator="\n"))


def changed(change: Callable[[pd.DataFrame], pd.DataFrame], **options: Any) -> bytes:
    """The tidy table after a change, as bytes."""
    return change(good_table()).to_csv(index=False, lineterminator="\n", **options).encode()
