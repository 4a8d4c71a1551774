from __future__ import annotations

from typing import Any

from layouts import run_coverage as view
from tests.fakes.finished import make_run, metrics

OVERALL = {"coverage": 0.903, "coverage_interval": [0.894, 0.911], "width": 66.9, "n": 5671}


def said(words: Any, coverage: Any, **request: Any) -> str:
    run = make_run(metrics={**metrics(), "coverage": coverage}, **request)
    return str(words(view.section(run, [])))


def test_what_was_held_is_told_with_its_chance_and_its_width(words: Any) -> None:
    text = said(words, {"overall": OVERALL})
    assert "the intervals held 90% (89% to 91%, allowing for chance) of the 5,671 tracks" in text
    assert "67 points wide" in text
    assert "they will hold about 90%" in text


def test_by_time_nothing_is_promised(words: Any) -> None:
    text = said(words, {"overall": OVERALL}, protocol="time")
    assert "no promise" in text
    assert "will hold" not in text


def test_leaked_coverage_is_said_to_be_inflated(words: Any) -> None:
    text = said(words, {"overall": OVERALL}, protocol="rows")
    assert "Inflated by leakage" in text
    assert "will hold" not in text


def test_without_folds_it_is_said_that_nothing_was_measured(words: Any) -> None:
    assert "was not measured" in said(words, None, cv_folds=0)


def test_a_run_of_an_older_version_says_nothing() -> None:
    assert view.section(make_run(), []) == []
