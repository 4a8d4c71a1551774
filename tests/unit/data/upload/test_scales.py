"""Per cent or shares, milliseconds or minutes: told from names, cells and the columns beside; no silent shift."""

from __future__ import annotations

import pandas as pd
import pytest

from data.upload import Examination, examine
from data.upload.synonyms import LONGEST, _find, find_target
from tests.unit.data.upload.files import good_table

PLAIN_SHARES = ("danceability", "energy", "speechiness", "acousticness", "liveness", "valence")


def examined(names: dict[str, str] | None = None, separator: str = ",", **columns: object) -> Examination:
    table = good_table().assign(**columns).rename(columns=names or {})
    return examine(table.to_csv(index=False, sep=separator).encode(), "songs.csv")


def values_of(found: Examination, column: str) -> list[float]:
    assert found.frame is not None, found.problems
    return list(found.frame[column])


def in_per_cent(name: str) -> str:
    return f"{name}_%"


MOSTLY_ZERO = [0, 0, 1, 0, 0, 0, 0, 0]
SHARES_OF_IT = [0, 0, 0.01, 0, 0, 0, 0, 0]


def test_one_per_cent_in_a_column_that_is_mostly_zero_is_one_hundredth() -> None:
    shares = {name: [57 + n for n in range(8)] for name in PLAIN_SHARES}
    names = {name: in_per_cent(name) for name in (*PLAIN_SHARES, "instrumentalness")}
    found = examined(names, instrumentalness=MOSTLY_ZERO, **shares)
    assert values_of(found, "instrumentalness") == SHARES_OF_IT
    assert values_of(found, "energy")[0] == 0.57


@pytest.mark.parametrize("name", ["instrumentalness_%", "Instrumentalness (pct)", "instrumentalness percent"])
def test_the_name_of_a_column_says_per_cent_where_its_cells_cannot(name: str) -> None:
    found = examined({"instrumentalness": name}, instrumentalness=MOSTLY_ZERO)
    assert values_of(found, "instrumentalness") == SHARES_OF_IT


def test_where_names_say_nothing_a_mostly_empty_column_follows_those_beside_it() -> None:
    shares = {name: [57 + n for n in range(8)] for name in PLAIN_SHARES}
    assert values_of(examined(instrumentalness=MOSTLY_ZERO, **shares), "instrumentalness") == SHARES_OF_IT
    assert values_of(examined(instrumentalness=MOSTLY_ZERO), "instrumentalness") == MOSTLY_ZERO


def test_a_column_of_small_and_large_per_cents_follows_those_beside_it() -> None:
    shares = {name: [57 + n for n in range(8)] for name in PLAIN_SHARES}
    mixed = [0.1, 0.2, 40.1, 0.3, 0, 0.4, 11.4, 0.2]
    assert values_of(examined(instrumentalness=mixed, **shares), "instrumentalness")[2] == 0.401
    assert examined(instrumentalness=mixed).rows == 6


def test_columns_with_different_scales_are_told_apart() -> None:
    found = examined(energy=[57 + n for n in range(8)], instrumentalness=[0, 0, 82, 3, 0, 0, 0, 0])
    assert values_of(found, "energy")[0] == 0.57
    assert values_of(found, "instrumentalness")[2] == 0.82
    assert values_of(found, "valence") == list(good_table()["valence"])


def test_shares_under_a_name_that_says_per_cent_stay_shares() -> None:
    assert values_of(examined({"energy": "energy_%"}), "energy") == list(good_table()["energy"])


def test_a_single_cell_out_of_range_does_not_make_a_column_per_cent() -> None:
    found = examined(energy=[0.5, 0.6, 1.7, 0.4, 0.3, 0.2, 0.1, 0.9])
    assert (found.rows, found.problems[0].column) == (7, "energy")
    assert values_of(found, "energy")[0] == 0.5


def test_cells_with_a_per_cent_sign_are_read() -> None:
    found = examined(separator=";", energy=["74%", "7,5 %", "0", "", "100%", "1%", "0.5%", "3%"])
    assert values_of(found, "energy")[:3] == [0.74, 0.075, 0]
    assert found.mapping["energy"].conversion == "per cent to shares (divided by 100)"
    assert examined(track_popularity=[f"{n}%" for n in range(8)]).rows == 8


def test_a_number_without_the_sign_that_the_others_have_is_no_guess() -> None:
    found = examined(energy=["74%", "0.5", "7%", "8%", "9%", "1%", "2%", "3%"])
    assert found.to_dict()["rejected_rows"][0]["reason"].endswith("though other cells of the column do")
    assert found.rows == 7


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("duration", ["3:25", "205000", "187000"], [205_000, 205_000, 187_000]),
        ("duration", ["3:25", "205", "187.5"], [205_000, 205_000, 187_500]),
        ("duration_ms", ["3:25", "205000", "1000"], [205_000, 205_000, 1_000]),
        ("duration_s", ["3:25", "205", "20"], [205_000, 205_000, 20_000]),
        ("duration", ["205 s", "3.5 min", "205000 ms"], [205_000, 210_000, 205_000]),
    ],
)
def test_durations_written_in_two_ways_are_each_read_as_they_say(
    name: str, cells: list[str], expected: list[float]
) -> None:
    found = examined({"duration_ms": name}, duration_ms=[*cells, *["4:00"] * 5])
    assert values_of(found, "duration_ms")[:3] == expected
    assert values_of(found, "duration_ms")[3] == 240_000


def test_two_ways_of_writing_durations_are_told() -> None:
    found = examined({"duration_ms": "duration"}, duration_ms=["3:25"] * 6 + ["205000"] * 2)
    assert any("6 such as 3:25" in note and "2 as bare numbers" in note for note in found.notes)
    assert "bare numbers read as milliseconds" in found.mapping["duration_ms"].conversion


def test_a_bare_number_of_another_unit_is_rejected_or_told() -> None:
    found = examined({"duration_ms": "duration"}, duration_ms=[205_000] * 7 + [187])
    assert (found.rows, found.problems[0].line) == (7, 9)
    found = examined({"duration_ms": "duration"}, duration_ms=[205] * 7 + [3.5])
    assert any("1 of them would be shorter than ten seconds" in note for note in found.notes)


def test_a_column_of_words_for_durations_is_refused() -> None:
    assert not examined(duration_ms=["long"] * 8).accepted


def test_names_of_columns_are_remembered_in_part_only() -> None:
    _find.cache_clear()
    for n in range(3):
        assert find_target("x" * 1_000_000 + str(n)) is None
    assert _find.cache_info().currsize == 1
    assert find_target("tempo" + " " * LONGEST + "y") == ("tempo", 0)


def test_the_reader_of_per_cent_survives_an_empty_column() -> None:
    found = examined({"energy": "energy_%"}, energy=pd.Series([None] * 8))
    assert not found.accepted
    assert found.problems[0].code == "E_DATA"
