from __future__ import annotations

from core.figures.training import plot_parallel, read_parallel
from tests.fakes.events import METRIC, candidate, search

FAMILY = "hist_gradient_boosting"


def axes(events: list, family: str = FAMILY, metric: str = METRIC) -> dict:
    (trace,) = plot_parallel(events, family, metric).data
    return {axis.label.replace("<br>", " "): axis for axis in trace.dimensions}


def test_there_is_an_axis_for_each_setting_that_varies_and_one_for_the_score() -> None:
    assert list(axes(search())) == ["Learning rate", "Leaves", "<b>RMSE (points)</b>"]


def test_candidates_without_a_score_have_no_line() -> None:
    assert len(axes(search())["Leaves"]["values"]) == 5


def test_a_setting_thought_of_in_factors_is_drawn_so() -> None:
    axis = axes([candidate(1, 22.0), candidate(10, 21.0)])["Learning rate"]
    assert list(axis["values"]) == [-2.0, -1.0]
    assert (axis.ticktext[0], axis.ticktext[-1]) == ("0.01", "0.1")


def test_a_value_that_is_no_number_stands_above_the_numbers_under_its_name() -> None:
    axis = axes(search())["Leaves"]
    assert axis.ticktext[-1] == "none"
    assert axis["values"][1] == max(axis["values"]) == axis.range[1]


def test_a_setting_that_a_candidate_does_not_name_is_the_librarys_default_and_not_none() -> None:
    events = [candidate(1, 22.0, params={}), candidate(2, 21.0, params={"max_leaf_nodes": None})]
    assert list(axes(events)["Leaves"].ticktext) == ["library default", "none"]
    events.append(candidate(3, 21.5, params={"max_leaf_nodes": 40}))
    assert list(axes(events)["Leaves"].ticktext) == ["40", "library default", "none"]


def test_named_values_are_ticks_of_their_own() -> None:
    events = [candidate(1, 22.0, params={"kernel": "rbf"}), candidate(2, 21.0, params={"kernel": "linear"})]
    axis = axes(events, "svr")["Kernel"]
    assert (list(axis.ticktext), list(axis["values"])) == (["rbf", "linear"], [0, 1])


def test_the_best_candidate_has_the_best_colour_whatever_the_metric() -> None:
    for metric, best in (("rmse", 0), ("r2", 1)):
        (trace,) = plot_parallel([candidate(1, 0.1), candidate(2, 0.2)], FAMILY, metric).data
        assert list(trace.line.color).index(max(trace.line.color)) == best


def test_one_candidate_makes_no_lines() -> None:
    assert plot_parallel([candidate(1, 22.0)], FAMILY, METRIC).layout.meta["empty"]
    assert "two candidates" in read_parallel([candidate(1, 22.0)], METRIC)


def test_the_words_say_how_to_brush() -> None:
    said = read_parallel(search(), METRIC)
    assert "Drag along" in said
    assert "given up early" in said


def test_settings_of_a_family_that_is_gone_are_drawn_under_their_own_names() -> None:
    assert "learning_rate" in axes(search(), "gone")
