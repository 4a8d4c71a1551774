"""Release dates: read where they say what they mean, told of with place and count where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.sources import load_dataset
from data.upload import Examination, examine, write_table
from data.upload.dates import to_dates
from tests.unit.data.upload.files import good_table

DATES = "track_album_release_date"


def examined(dates: list[object]) -> Examination:
    table = good_table().assign(**{DATES: dates})
    return examine(table.to_csv(index=False).encode(), "songs.csv")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([18_263 + n for n in range(8)], "a bare number may count days"),
        ([f"14.06.{n:02d}" for n in range(8)], "a year of two digits"),
        ([f"0{n + 1}/06/2019" for n in range(8)], "which number is the day"),
    ],
)
def test_dates_that_do_not_say_what_they_mean_are_counted_with_the_reason(cells: list[object], words: str) -> None:
    found = examined(cells)
    assert (found.accepted, found.rows, len(found.rejected), found.n_problems) == (True, 8, 0, 1)
    problem = found.problems[0]
    assert (problem.code, problem.line, problem.column) == ("E_VALUE", 2, DATES)
    assert words in problem.message
    assert "YYYY-MM-DD" in problem.message
    assert found.unread_dates == found.to_dict()["unread_dates"] == 8
    assert "8 of 8 release dates cannot be read: those rows count as undated." in found.notes
    assert "There is no release date that can be read: the split by time is not possible." in found.notes


@pytest.mark.parametrize("cell", ["2020-13-45", "yesterday", "0000", "31.02.2019", "3019-01-01"])
def test_a_cell_that_is_no_date_is_named_and_its_row_stays(cell: str) -> None:
    found = examined(["2019-06-14"] * 3 + [cell] + ["2019"] * 4)
    assert (found.rows, found.n_problems, found.unread_dates) == (8, 1, 1)
    assert (found.problems[0].line, found.problems[0].column) == (5, DATES)
    assert repr(cell) in found.problems[0].message
    assert "1 of 8 release dates cannot be read: those rows count as undated." in found.notes
    assert not any("split by time" in note for note in found.notes)


def test_a_column_without_any_date_that_can_be_read_takes_the_split_by_time_away() -> None:
    for cells in (["05/06/2019"] * 8, [""] * 8, ["NaT", "nan", "NA", "", "null", "", "", ""]):
        assert any("split by time is not possible" in note for note in examined(cells).notes)
    assert examined([""] * 8).unread_dates == 0


def test_what_the_doctor_counts_as_unread_is_what_the_table_lacks_afterwards(tmp_path: Path) -> None:
    found = examined(["14.06.2019", "2019/6/1", "20190614", "31/12/1999 00:00", "05/06/2019", "1.2.3", "soon", "2019"])
    assert found.frame is not None
    write_table(found.frame, tmp_path / "table.csv")
    undated = load_dataset(tmp_path / "table.csv", tmp_path).tracks["release_date"].isna().sum()
    assert undated == found.unread_dates == 2


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["13/06/2019", "05/06/2019"], ["2019-06-13", "2019-06-05"]),
        (["06/13/2019", "05/06/2019"], ["2019-06-13", "2019-05-06"]),
        (["05.06.2019", "7.6.2019"], ["2019-06-05", "2019-06-07"]),
        (["13/06/2019", "06/14/2019", "05/06/2019"], ["2019-06-13", "2019-06-14", "05/06/2019"]),
        (["2019/06/05", "2019.6", "2019-06-05T00:00:00Z", "1999.0"], ["2019-06-05", "2019-06", "2019-06-05", "1999"]),
    ],
)
def test_a_date_is_read_only_where_the_column_or_the_cell_tells_its_order(
    cells: list[str], expected: list[str]
) -> None:
    assert to_dates(cells).texts == expected


def test_words_about_dates_and_conversions_are_plain() -> None:
    without = examine(good_table().drop(columns=DATES).to_csv(index=False).encode(), "songs.csv")
    assert "There is no release date: the split by time is not possible." in without.notes
    assert "Converted: dates to YYYY-MM-DD (Release date)." in examined(["31.12.1999"] * 8).notes
