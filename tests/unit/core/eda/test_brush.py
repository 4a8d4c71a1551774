"""From a drag or a click to a narrower view."""

from __future__ import annotations

import pytest

from core.eda.address import State
from core.eda.brush import Brush, apply_brush, read_brush
from core.eda.filters import Span
from core.eda.table import EdaTable
from core.eda.view import View


def test_a_drag_over_popularity_keeps_the_whole_points_inside(small: EdaTable) -> None:
    found = apply_brush(State(), Brush("popularity", x=(10.4, 30.6)), small)
    assert found.filter.span("track_popularity") == Span("track_popularity", 11, 30)


def test_a_drag_over_the_scatter_narrows_both_axes(small: EdaTable) -> None:
    state = State(view=View(x="energy", y="tempo"))
    found = apply_brush(state, Brush("scatter", x=(0.123456, 0.7), y=(100.0, 120.0)), small)
    assert found.filter.span("energy") == Span("energy", 0.123, 0.7)
    assert found.filter.span("tempo") == Span("tempo", 100, 120)


def test_a_click_on_a_cell_shows_its_scatter(small: EdaTable) -> None:
    found = apply_brush(State(), Brush("correlation", row="tempo", column="energy"), small)
    assert (found.view.x, found.view.y) == ("energy", "tempo")


def test_a_click_on_a_cell_of_a_genre_compares_with_popularity(small: EdaTable) -> None:
    found = apply_brush(State(), Brush("correlation", row="pop", column="tempo"), small)
    assert (found.view.x, found.view.y) == ("tempo", "track_popularity")


def test_a_click_on_a_group_keeps_only_it(small: EdaTable) -> None:
    assert apply_brush(State(), Brush("group", row="rock"), small).filter.genres == ("rock",)
    decade = apply_brush(State(view=View(group="decade")), Brush("group", row="2010s"), small)
    assert decade.filter.span("release_year") == Span("release_year", 2010, 2019)


def test_a_click_on_an_unknown_group_changes_nothing(small: EdaTable) -> None:
    assert apply_brush(State(), Brush("group", row="polka"), small) == State()


@pytest.mark.parametrize(
    "payload",
    [None, 3, [], {}, {"chart": "os.system"}, {"chart": "popularity"}, {"chart": "popularity", "x": [1]},
     {"chart": "popularity", "x": ["a", "b"]}, {"chart": "popularity", "x": [float("nan"), 1]},
     {"chart": "scatter", "x": [1e300, 2e300]}, {"chart": "scatter", "x": [0, 10**400]},
     {"chart": "group", "row": {"a": 1}}],
)  # fmt: skip
def test_what_is_not_a_brush_is_none(payload: object) -> None:
    assert read_brush(payload) is None


def test_an_empty_range_between_whole_values_changes_nothing(small: EdaTable) -> None:
    assert apply_brush(State(), Brush("years", x=(2010.2, 2010.6)), small) == State()


def test_a_range_narrower_than_any_step_is_a_point(small: EdaTable) -> None:
    found = apply_brush(State(view=View(x="energy")), Brush("scatter", x=(0.0, 5e-324)), small)
    assert found.filter.span("energy") == Span("energy", 0, 0.000001)


@pytest.mark.parametrize("name", ["²s", "٢٠١٠s", "9" * 200, "2010ss", "s", ""])
def test_what_is_no_decade_changes_nothing(small: EdaTable, name: str) -> None:
    state = State(view=View(group="decade"))
    assert apply_brush(state, Brush("group", row=name), small) == state
