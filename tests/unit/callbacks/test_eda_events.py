"""Explore: whatever is typed, pressed or dragged before the server has answered counts."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.eda.events import Fields, Pressed, count_heard, fields_of, next_state, read_pressed
from core.eda.address import State, parse_query, to_query
from core.eda.brush import Brush
from core.eda.table import EdaTable, build_table
from data.schema import TARGET
from data.sources import Dataset
from layouts.ids import Eda

NOW = "?genre=pop&genre=rock&from=1980&to=2015"
FORM = Fields(
    choices=dict.fromkeys(("x", "y", "split"), ""),
    ranges=dict.fromkeys(
        (column, end) for column in ("release_year", TARGET, "energy") for end in ("low", "high")
    ),
    genre=[], subgenre=[], artist="", charts=True,
)  # fmt: skip
CHIP = {"type": Eda.CHIP, "key": "genre:pop"}
NOTHING = Pressed()
YEARS = {"type": Eda.RANGE, "column": "release_year", "end": "low"}


@pytest.fixture(scope="module")
def table(sample_dataset: Dataset) -> EdaTable:
    return build_table(sample_dataset.tracks)


def form(state: State, **changed: Any) -> Fields:
    """The form as an answer left it, and what a person has changed in it since."""
    shown = fields_of(state, FORM)
    ranges = {**shown.ranges, **changed.pop("ranges", {})}
    choices = {**shown.choices, **changed.pop("choices", {})}
    return Fields(**{**vars(shown), **changed, "ranges": ranges, "choices": choices})


def asked(
    table: EdaTable,
    trigger: Any,
    pressed: Pressed = NOTHING,
    now: str = NOW,
    search: str | None = None,
    **changed: Any,
) -> tuple[str, bool]:
    fields = form(parse_query(now, table).state, **changed)
    found, is_written = next_state(trigger, now, now if search is None else search, fields, pressed, table)
    return to_query(found.state), is_written


def test_two_chips_in_a_row_both_go(table: EdaTable) -> None:
    assert asked(table, CHIP, Pressed(chips=["genre:pop", "span:release_year"])) == ("?genre=rock", True)


def test_what_is_chosen_after_the_filter_was_cleared_is_all_that_is_left(table: EdaTable) -> None:
    chosen = asked(table, Eda.GENRE, Pressed(cleared=True), genre=["pop", "rock", "rap"])
    assert chosen == ("?genre=rap", True)
    assert asked(table, Eda.CLEAR, Pressed(cleared=True), genre=["pop", "rock", "rap"]) == ("", True)


def test_a_field_and_the_drag_after_it_both_count(table: EdaTable) -> None:
    drag = Pressed(brushes=[Brush("popularity", x=(20.0, 60.0))])
    assert asked(table, Eda.BRUSH, drag, genre=["pop"]) == ("?genre=pop&from=1980&to=2015&pop=20-60", True)
    assert asked(table, Eda.GENRE, drag, genre=["pop"]) == ("?genre=pop&from=1980&to=2015&pop=20-60", True)


def test_a_field_alone_leaves_the_form_as_it_is(table: EdaTable) -> None:
    years = {("release_year", "low"): 1990}
    assert asked(table, YEARS, ranges=years) == ("?genre=pop&genre=rock&from=1990&to=2015", False)
    assert asked(table, Eda.GENRE, genre=["rap"], ranges=years) == ("?genre=rap&from=1990&to=2015", False)


def test_what_was_left_out_of_a_form_is_said_as_long_as_it_stands_there(table: EdaTable) -> None:
    fields = form(parse_query(NOW, table).state, genre=["pop"], ranges={("release_year", "low"): 2019})
    found, is_written = next_state(Eda.GENRE, NOW, NOW, fields, Pressed(), table)
    assert (to_query(found.state), is_written) == ("?genre=pop", False)
    assert "the first number is the lower one" in found.problems[0]


def test_another_section_keeps_what_was_just_typed_and_going_back_does_not(table: EdaTable) -> None:
    at_time = "?section=time&" + NOW[1:]
    assert asked(table, Eda.URL, search=at_time, genre=["pop"])[0] == "?section=time&genre=pop&from=1980&to=2015"
    assert asked(table, Eda.URL, search="?genre=rap", genre=["pop"])[0] == "?genre=rap"
    assert asked(table, Eda.GENRE, search="?genre=rap&pop=20-80", genre=["pop", "rock", "latin"]) == (
        "?genre=latin&genre=rap&pop=20-80", True)  # fmt: skip


def test_a_chip_that_has_just_been_drawn_changes_nothing(table: EdaTable) -> None:
    assert asked(table, CHIP) == (NOW, False)


def test_only_presses_that_no_answer_has_heard_of_count() -> None:
    drags = [{"chart": "popularity", "x": [0, 10 * count], "count": count} for count in (1, 2, 3)]
    heard = count_heard(None, 1, 1, drags[:2])
    found = read_pressed(heard, 2, 3, {"genre:pop": None, "artist": 1}, drags)
    assert found == Pressed(cleared=True, swapped=False, chips=["artist"], brushes=[Brush("popularity", x=(0, 30))])
    assert not read_pressed(count_heard(heard, 2, 3, drags), 2, 3, {}, drags).is_any
    assert count_heard(heard, None, None, None) == heard  # a press that was told of already is left out of a question
