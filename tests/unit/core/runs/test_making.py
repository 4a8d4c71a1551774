from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from core.errors import DataError
from core.plain_json import as_plain
from core.runs.making import load_table


def test_a_table_is_loaded_once_until_its_file_changes(tmp_path: Path, sample_csv: Path) -> None:
    first = load_table(sample_csv, tmp_path)
    assert load_table(sample_csv, tmp_path) is first
    content = sample_csv.read_text().splitlines(keepends=True)
    sample_csv.write_text("".join(content[:-1]))
    os.utime(sample_csv, (1, 1))
    assert load_table(sample_csv, tmp_path) is not first


def test_a_table_that_is_not_there_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        load_table(tmp_path / "absent.csv", tmp_path)


@pytest.fixture
def sample_csv(tmp_path: Path) -> Path:
    from data.sample import generate_sample

    path = tmp_path / "table.csv"
    generate_sample(300, seed=1).to_csv(path, index=False)
    return path


def test_numbers_become_plain_and_what_json_does_not_know_becomes_none() -> None:
    value = {1: np.float64("nan"), "a": np.arange(2), "b": (np.int64(3), float("inf")), "c": "text", "d": True}
    assert as_plain(value) == {"1": None, "a": [0, 1], "b": [3, None], "c": "text", "d": True}
