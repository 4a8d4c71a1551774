from __future__ import annotations

import math

import pytest

from core.figures.training import (
    candidate_table,
    compute_candidates,
    plot_best_so_far,
    plot_seconds,
    read_best_so_far,
    read_seconds,
)
from tests.fakes.events import METRIC, candidate, search

FAMILY = "hist_gradient_boosting"


def test_the_best_so_far_is_that_of_finished_candidates_only() -> None:
    best = compute_candidates(search(), METRIC)["best"].tolist()
    assert best == [22.5, 22.5, 22.1, 22.1, 22.1, 22.1]


def test_the_best_so_far_rises_where_more_is_better() -> None:
    events = [candidate(1, 0.08), candidate(2, 0.11), candidate(3, 0.10)]
    assert compute_candidates(events, "r2")["best"].tolist() == [0.08, 0.11, 0.11]


def test_a_later_event_about_a_candidate_takes_the_place_of_the_earlier_one() -> None:
    frame = compute_candidates([candidate(1, 25.0, "running"), candidate(1, 22.0)], METRIC)
    assert frame[["state", "score"]].to_dict("records") == [{"state": "finished", "score": 22.0}]


@pytest.mark.parametrize("score", [None, math.nan, math.inf, "x", True])
def test_a_score_that_is_no_number_is_no_score(score: object) -> None:
    frame = compute_candidates([{**candidate(1), "score": score, "folds": [None, math.nan]}], METRIC)
    assert frame["score"].isna().all()
    assert frame["folds"].iloc[0] == ()


def test_the_table_ranks_finished_candidates_first_and_names_settings_in_words() -> None:
    table = candidate_table(search(), FAMILY, METRIC)
    assert table["Candidate"].tolist() == [3, 1, 2, 6, 4, 5]
    assert table["Leaves"].tolist()[2] == "none"
    assert table["RMSE (points)"].tolist()[0] == "22.10"
    assert table["Reason"].tolist()[-1] == "It ran out of memory."
    assert "Training rows" not in table


def test_the_table_tells_a_setting_that_is_not_named_from_one_that_is_none() -> None:
    events = [candidate(1, 21.0, params={}), candidate(2, 22.0, params={"max_leaf_nodes": None})]
    assert candidate_table(events, FAMILY, METRIC)["Leaves"].tolist() == ["library default", "none"]


def test_the_table_says_on_how_many_rows_a_candidate_was_tried_where_they_differ() -> None:
    table = candidate_table([candidate(1, 22.0, resource=900), candidate(2, 21.0)], FAMILY, METRIC)
    assert table["Training rows"].tolist() == ["all", "900"]


def test_the_chart_draws_every_fold_every_candidate_and_the_step_line() -> None:
    figure = plot_best_so_far(search(), METRIC)
    folds, *_, line = figure.data
    assert len(folds.x) == 3 * 3 + 1 + 1
    assert line.line.shape == "hv"
    assert list(line.y) == [22.5, 22.5, 22.1, 22.1, 22.1, 22.1]
    assert figure.layout.yaxis.title.text == "RMSE (points)"


def test_one_hopeless_candidate_does_not_flatten_the_others() -> None:
    events = [*(candidate(n, 22 + n / 10) for n in range(1, 9)), candidate(9, 400.0)]
    assert plot_best_so_far(events, METRIC).layout.yaxis.range[1] < 30


def test_the_words_name_the_best_its_folds_and_what_became_of_the_others() -> None:
    said = read_best_so_far(search(), METRIC)
    for part in ("Candidate 3 is the best", "RMSE 22.10", "21.70 to 22.40", "1 given up early and 1 failed", "lower"):
        assert part in said


def test_nothing_is_called_the_best_before_a_candidate_has_finished() -> None:
    assert "yet" in read_best_so_far([candidate(1, 22.0, "running")], METRIC)


def test_the_time_of_each_candidate_is_drawn_and_said() -> None:
    drawn = {x: y for bars in plot_seconds(search()).data for x, y in zip(bars.x, bars.y, strict=True)}
    assert drawn == {1: 0.5, 2: 1.0, 3: 1.5, 4: 2.0, 5: 2.5, 6: 3.0}
    assert "candidate 6 took longest, 3.0 s" in read_seconds(search())
    assert "folds are added up" in read_seconds(search())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_without_candidates_says_so(theme: str) -> None:
    for figure in (plot_best_so_far([], METRIC, theme=theme), plot_seconds([], theme=theme)):
        assert figure.layout.meta["empty"]
        assert "first candidate" in figure.layout.annotations[0].text
    assert "first candidate" in read_best_so_far([], METRIC)
