"""The view's state in its address."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.eda.address import State, parse_query, split_range, to_query
from core.eda.columns import NUMBERS
from core.eda.filters import Filter, Span
from core.eda.table import EdaTable
from core.eda.view import CHOICES, View

ends = st.one_of(st.none(), st.floats(-1000, 1000, allow_nan=False).map(lambda value: round(value, 3)))

whole = st.one_of(st.none(), st.integers(1900, 2100).map(float))


@st.composite
def states(draw: st.DrawFn) -> State:
    asked = Filter(
        genres=tuple(draw(st.sets(st.sampled_from(["pop", "rock"])).map(sorted))),
        subgenres=tuple(draw(st.sets(st.sampled_from(["dance pop", "hard rock"])).map(sorted))),
        artist=draw(st.sampled_from(["", "ann", "R&B = 50%", "Beyoncé"])),
    )
    for name in draw(st.sets(st.sampled_from(NUMBERS), max_size=4)):
        low, high = draw(whole if name == "release_year" else ends), draw(whole if name == "release_year" else ends)
        if low is not None and high is not None:
            low, high = min(low, high), max(low, high)
        asked = asked.with_span(Span(name, low, high))
    choices = {name: draw(st.sampled_from(list(choice.options))) for name, choice in CHOICES.items()}
    return State(asked, View(**choices))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(state=states())
def test_every_state_survives_the_way_through_its_address(small: EdaTable, state: State) -> None:
    found = parse_query(to_query(state), small)
    assert found.problems == ()
    assert found.state == state


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(query=st.one_of(st.text(max_size=80), st.from_regex(r"(pop|from|energy|x|genre)=[-0-9.eE~naif%]{0,12}")))
def test_no_address_raises_and_what_is_read_is_stable(small: EdaTable, query: str) -> None:
    found = parse_query(query, small)
    assert parse_query(to_query(found.state), small).state == found.state


def test_the_example_of_the_documentation_is_understood(small: EdaTable) -> None:
    found = parse_query("?genre=pop&from=2010&to=2019&pop=20-80&energy=0.2-0.8&section=time", small)
    assert found.problems == ()
    assert found.state.view.section == "time"
    assert found.state.filter == Filter(
        ("pop",), spans=(Span("energy", 0.2, 0.8), Span("release_year", 2010, 2019), Span("track_popularity", 20, 80))
    )


def test_what_cannot_be_used_is_left_out_and_said(small: EdaTable) -> None:
    found = parse_query("?genre=rokc&pop=80-20&energy=nan-1&trend=magic&colour=__class__&nothing=1", small)
    assert found.state == State()
    assert len(found.problems) == 6
    assert any("Did you mean “rock”?" in problem for problem in found.problems)


def test_a_very_long_address_is_not_used(small: EdaTable) -> None:
    found = parse_query("?artist=" + "a" * 10_000, small)
    assert found.state == State()
    assert "8,000 characters" in found.problems[0]


def test_the_defaults_leave_the_address_empty() -> None:
    assert to_query(State()) == ""


def test_negative_ranges_are_split_at_the_right_dash() -> None:
    assert [split_range(text) for text in ("-30--5", "-30-", "--5", "5-", "-5", "7")] == [
        ["-30", "-5"], ["-30", ""], ["", "-5"], ["5", ""], ["", "5"], ["7", "7"],
    ]  # fmt: skip


def test_what_an_address_says_twice_is_told(small: EdaTable) -> None:
    found = parse_query("?artist=Queen&artist=Drake&genre=pop&genre=rock&x=tempo&x=tempo", small)
    assert found.state.filter.artist == "Drake"
    assert found.problems == ("The address has 2 values for “artist”, which takes one: used the last, “Drake”.",)


@pytest.mark.parametrize("query", ["?from=2019.5", "?from=2010&to=2019.5"])
def test_a_year_is_a_whole_number(small: EdaTable, query: str) -> None:
    found = parse_query(query, small)
    assert to_query(found.state) == ""
    assert "2019.5: a year is a whole number" in found.problems[0]
    assert not parse_query("?from=2010.0&to=2019", small).problems
