from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.batch import format_table
from dashboard.cli.csv_files import read_table


@pytest.mark.parametrize("cell", ["a\r=1+1", "a\n=1+1", "a\r\nb", "\r=1", 'a,"b"', " =1", "'=1", "NA", ""])
def test_a_cell_comes_back_as_it_was(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "tracks.csv"
    path.write_text(format_table(pd.DataFrame({"name": [cell, "x"], "predicted": [1.5, 2.0]})), "utf-8", newline="")
    assert read_table(path).cells["name"].tolist() == [cell, "x"]
