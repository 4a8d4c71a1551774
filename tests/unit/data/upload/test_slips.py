"""A slip of a whole column is named once, with what to do, instead of twenty times a number out of range."""

from __future__ import annotations

import pytest

from data.upload import Examination, examine
from data.upload.numbers import explain
from tests.unit.data.upload.files import good_table

SECONDS = ["232.923", "187.5", "201.044", "199", "260.1", "145.25", "311.7", "222.0"]
THOUSANDS = ["232.923", "187.500", "201.044", "199.000", "260.100", "145.250", "311.700", "1.222.000"]


def examined(separator: str = ",", **columns: object) -> Examination:
    table = good_table().assign(**columns)
    return examine(table.to_csv(index=False, sep=separator).encode(), "songs.csv")


def table_of(name: str, cells: list[str]) -> bytes:
    return bytes(good_table().drop(columns="duration_ms").assign(**{name: cells}).to_csv(index=False).encode())


def named(name: str, cells: list[str]) -> Examination:
    return examine(table_of(name, cells), "songs.csv")


@pytest.mark.parametrize(
    ("name", "cells", "words"),
    [
        ("duration_ms", SECONDS, "look like seconds, not milliseconds: name the column duration_s"),
        ("duration_ms", ["3.5", "4.1", "2.9", "3", "3.3", "3.2", "5.1", "2.5"], "look like minutes"),
        ("duration_s", [f"23{n}923" for n in range(8)], "look like milliseconds, not seconds"),
    ],
)
def test_a_duration_in_another_unit_than_its_name_says_is_diagnosed_once(
    name: str, cells: list[str], words: str
) -> None:
    found = named(name, cells)
    assert not found.accepted
    (problem,) = found.problems
    assert (problem.code, problem.line, problem.column) == ("E_DATA", 2, name)
    assert words in problem.message
    assert found.n_problems == len(found.rejected) == 8
    assert examine(table_of(name, cells), "songs.csv", mapping={"duration_ms": None}).accepted


def test_a_unit_that_would_fit_better_is_told_where_the_values_can_be_used_as_they_are() -> None:
    found = named("duration_min", ["232", "187", "201", "199", "260", "145", "311", "222"])
    assert found.accepted
    assert any("look like seconds, not minutes" in note for note in found.notes)
    quiet = named("duration_ms", ["232923"] * 6 + ["4000", "5000000"])
    assert not any("look like" in note for note in quiet.notes)


def test_points_that_mean_thousands_are_told_in_a_file_with_semicolons() -> None:
    found = examined(";", duration_ms=THOUSANDS)
    assert "write 232923 for '232.923'" in found.problems[0].message
    assert "duration_s" in found.problems[0].message
    assert "write 1222000" in explain("1.222.000")


def test_loudness_without_its_minus_sign_is_diagnosed() -> None:
    found = examined(loudness=[7.2, 8.1, 9.9, 12.3, 6.5, 7.7, 14.2, 5.0])
    assert not found.accepted
    assert "minus sign" in found.problems[0].message
    assert "Write -7.2 for '7.2'" in found.problems[0].message
    half = examined(loudness=[7.2, 8.1, 4.9, 2.3, 1.5, 3.7, 4.2, 5.0])
    assert (half.accepted, len(half.problems), half.n_problems) == (False, 1, 2)
    told = examined(loudness=[5.2, 4.1, 3.9, 2.3, 5.5, 3.7, 4.2, 5.0])
    assert told.accepted
    assert any("minus sign" in note for note in told.notes)


def test_a_few_cells_out_of_range_are_each_named() -> None:
    found = examined(duration_ms=[200_000] * 6 + [232.9, 187.1])
    assert (found.rows, found.n_problems) == (6, 2)
    assert [problem.line for problem in found.problems] == [8, 9]
