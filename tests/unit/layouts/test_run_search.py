"""What is said of a search: live and when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from core.runs.model import RunState
from layouts.components.run_progress import run_progress
from layouts.run_search import candidate_list, fold_strip, search_result
from tests.fakes.events import fold
from tests.fakes.finished import NOON, make_run, metrics

Words = Callable[[Any], str]
FOUND = {
    "method": "tpe",
    "scoring": "rmse",
    "tried": 21,
    "folds": 5,
    "seconds": 192.0,
    "best_score": 21.948,
    "default_score": 22.31,
    "best_number": 7,
    "best_params": {"learning_rate": 0.02, "max_leaf_nodes": None},
    "border": ["learning_rate"],
    "stopped": "",
}


def said_of(words: Words, **changes: Any) -> str:
    run = make_run(family="hist_gradient_boosting", metrics={**metrics(), "search": FOUND | changes})
    return words(search_result(run))


def test_a_search_says_how_it_went_what_it_found_and_that_its_score_flatters(words: Words) -> None:
    said = said_of(words)
    for part in ("21 candidates over 5 folds in 3 min", "RMSE 21.95", "flatters", "it would have had 22.31", "none"):
        assert part in said


def test_a_best_value_at_the_edge_carries_a_warning_that_names_it(words: Words) -> None:
    assert "The best value of Learning rate (0.02) lies at the edge of what was tried" in said_of(words)
    assert "edge" not in said_of(words, border=[])


@pytest.mark.parametrize(
    ("changes", "words_of_it"),
    [
        ({"best_number": 1}, "None of them beat the settings"),
        ({"stopped": "person"}, "You stopped it early"),
        ({"stopped": "time"}, "time limit"),
        ({"best_score": None, "default_score": None}, "RMSE –"),
        ({"method": "gone", "scoring": "gone"}, "It gone"),
    ],
)
def test_what_was_unusual_about_a_search_is_said(changes: dict[str, Any], words_of_it: str, words: Words) -> None:
    assert words_of_it in said_of(words, **changes)


def test_a_finished_search_leads_to_a_form_with_its_settings() -> None:
    run = make_run(family="hist_gradient_boosting", metrics={**metrics(), "search": FOUND})
    (href,) = [one.href for one in search_result(run)._traverse() if getattr(one, "href", None)]
    assert f"from={run.id}" in href
    assert "settings=best" in href


def test_a_run_without_a_search_and_a_search_without_candidates_draw_nothing() -> None:
    assert search_result(make_run()) is None
    assert candidate_list(pd.DataFrame()) is None


def test_folds_before_the_first_are_nothing() -> None:
    assert fold_strip([], 5) is None


def test_the_last_fold_leaves_none_to_go(words: Words) -> None:
    assert "to go" not in words(fold_strip([fold(1), fold(2)], 2))


@pytest.mark.parametrize(
    ("state", "request_", "can_stop"),
    [
        (RunState.RUNNING, {"tuning": {"iterations": 5}}, True),
        (RunState.QUEUED, {"tuning": {"iterations": 5}}, False),
        (RunState.RUNNING, {}, False),
    ],
)
def test_only_a_running_run_that_has_a_best_so_far_can_be_stopped(
    state: RunState, request_: dict[str, Any], can_stop: bool, words: Words
) -> None:
    run = make_run(state, **request_)
    assert ("Stop and keep the best" in words(run_progress(run, {"type": "c"}, stop_id={"type": "s"}))) is can_stop


def test_a_run_that_is_being_stopped_says_so_and_cannot_be_stopped_again(words: Words) -> None:
    run = make_run(RunState.RUNNING, tuning={"iterations": 5}, stop_requested_at=NOON)
    said = words(run_progress(run, {"type": "c"}, stop_id={"type": "s"}))
    assert "Stopping, keeping the best so far" in said
    assert "Stop and keep" not in said


def test_after_a_search_that_was_ended_the_rest_can_be_ended_while_there_is_something_to_leave_out(
    words: Words,
) -> None:
    told = {"stage": "Cross-validating, fold 1 of 5", "followed_at": (NOON + timedelta(seconds=1)).isoformat()}
    after = {"tuning": {"iterations": 5}, "stop_requested_at": NOON, "progress": told}

    def said(**changes: Any) -> str:
        run = make_run(RunState.RUNNING, **{**after, **changes})
        return words(run_progress(run, {"type": "c"}, stop_id={"type": "s"}))

    assert "Stop and keep the best" in said(cv_folds=5)
    assert "Stop and keep" not in said(cv_folds=0)
    assert "Stopping, keeping" in said(cv_folds=5, stop_requested_at=NOON + timedelta(seconds=2))
