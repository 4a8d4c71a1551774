"""Columns of one's own are looked for without stumbling over what loading will say in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.cli.own_file import own_numbers, with_readable_table
from dashboard.settings import Settings
from data.sample import generate_sample


@pytest.fixture(scope="module")
def table() -> str:
    return str(generate_sample(600).head(20).assign(mood=range(20), remark="x").to_csv(index=False))


def test_columns_of_numbers_are_found(table: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(table, encoding="utf-8")
    assert own_numbers(path) == ["mood"]


@pytest.mark.parametrize(("what", "instead"), [(b",x\n", b",\xe9\n"), (b",x\n", b',"x\n')])
def test_a_broken_file_is_left_to_loading(
    what: bytes, instead: bytes, table: str, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(table.encode().replace(what, instead, 1))
    settings = Settings(home=home, data=path)
    assert with_readable_table(settings) is settings
    assert capsys.readouterr().err == ""
