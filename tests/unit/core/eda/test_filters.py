"""The one filter."""

from __future__ import annotations

import pytest

from core.eda.filters import Filter, Span, chips, select
from core.eda.table import EdaTable


def positions(table: EdaTable, asked: Filter) -> list[int]:
    return select(table, asked).positions().tolist()


def test_no_condition_keeps_every_track_without_copying(small: EdaTable) -> None:
    chosen = select(small, Filter())
    assert chosen.n == 6
    assert small.numbers["tempo"][chosen.rows].base is not None


def test_genre_matches_any_genre_of_a_track_not_only_the_main_one(small: EdaTable) -> None:
    assert positions(small, Filter(genres=("rock",))) == [2, 3, 4, 5]


def test_conditions_of_different_kinds_must_all_hold(small: EdaTable) -> None:
    assert positions(small, Filter(genres=("rock",), subgenres=("hard rock",), artist="ann")) == [4]


def test_artist_is_found_by_a_part_of_the_name_in_any_case(small: EdaTable) -> None:
    assert positions(small, Filter(artist="ANN")) == [0, 1, 4]


def test_both_ends_of_a_range_are_included(small: EdaTable) -> None:
    assert positions(small, Filter(spans=(Span("track_popularity", 10, 30),))) == [1, 2, 3]


def test_a_range_at_a_decimal_value_keeps_the_track_with_that_value(small: EdaTable) -> None:
    assert positions(small, Filter(spans=(Span("energy", 0.2, 0.3),))) == [1, 2]


def test_tracks_without_the_value_do_not_pass_a_range(small: EdaTable) -> None:
    assert positions(small, Filter(spans=(Span("release_year", 1900, None),))) == [0, 1, 2, 3, 4]


def test_the_same_filter_is_computed_once(small: EdaTable) -> None:
    assert select(small, Filter(genres=("pop",))) is select(small, Filter(genres=("pop",)))


def test_each_chip_takes_exactly_its_own_condition_away() -> None:
    asked = Filter(("pop", "rock"), ("hard rock",), "ann", (Span("energy", 0.1, None), Span("tempo", None, 120)))
    rest = {chip.key: chip.without for chip in chips(asked)}
    assert set(rest) == {"genre:pop", "genre:rock", "subgenre:hard rock", "artist", "span:energy", "span:tempo"}
    assert rest["genre:pop"].genres == ("rock",)
    assert rest["span:energy"].spans == (Span("tempo", None, 120),)
    assert rest["artist"] == Filter(("pop", "rock"), ("hard rock",), "", asked.spans)


@pytest.mark.parametrize(
    ("span", "words"), [(Span("x", 1, 2), "1–2"), (Span("x", None, 2), "up to 2"), (Span("x", 1.5, None), "from 1.5")]
)
def test_a_range_reads_as_words(span: Span, words: str) -> None:
    assert str(span) == words
