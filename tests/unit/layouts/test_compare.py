"""Side by side: what differs is said, long names are shortened, and what is missing has a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dash import dcc

from core.requests import TuningRequest
from layouts import compare
from tests.fakes.finished import REAL, make_run, metrics

Words = Callable[[Any], str]

SEARCHED = {"method": "random", "iterations": 20, "folds": 5, "scoring": "rmse"}


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"interval": "split"}, {"interval": "quantile"}, "Intervals from its errors from quantiles"),
        ({"defaults": "library"}, {"defaults": "recommended"}, "Defaults the library's own recommended"),
        ({"test_share": 0.2}, {"test_share": 0.204}, "Held out 20% 20.4%"),
        ({"data": {**REAL, "sha256": "ef" * 32}}, {}, "Data hash efefefefefef abababababab"),
    ],
)
def test_every_setting_that_differs_is_said(one: Any, other: Any, said: str, words: Words) -> None:
    runs = [make_run(**{"family": "hist_gradient_boosting", **each}) for each in (one, other)]
    told = words(compare.differing(runs, compare.labels_of(runs)))
    assert said in told
    assert "All settings are the same" not in told


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"method": "halving"}, "Search At random Dropping weak ones early"),
        ({"iterations": 40}, "Search, candidates 20 40"),
        ({"folds": 3}, "Search, folds 5 3"),
        ({"scoring": "mae"}, "Search, compared by RMSE MAE"),
        ({"seconds": 60}, "Search, time limit none of its own 1 min"),
    ],
)
def test_every_setting_of_a_search_that_differs_is_said(changed: dict[str, Any], said: str, words: Words) -> None:
    runs = [make_run(tuning=TuningRequest(**each)) for each in (SEARCHED, {**SEARCHED, **changed})]
    assert said in words(compare.differing(runs, compare.labels_of(runs)))


def test_runs_that_were_asked_for_alike_have_the_same_settings(words: Words) -> None:
    runs = [make_run(), make_run()]
    assert "All settings are the same" in words(compare.differing(runs, compare.labels_of(runs)))


def test_a_long_name_is_shortened_and_whole_in_the_title_of_its_link() -> None:
    runs = [make_run(name="x" * 120), make_run(name="x" * 119 + "y"), make_run()]
    labels = compare.labels_of(runs)
    assert labels[runs[0].id] == "x" * 39 + "…"
    assert labels[runs[1].id] == f"{'x' * 39}… ({runs[1].id[:4]})"
    links = [one for one in compare.scores(runs, labels, None, [])._traverse() if isinstance(one, dcc.Link)]
    assert [getattr(one, "title", None) for one in links] == ["x" * 120, "x" * 119 + "y", None]


def test_why_a_run_has_no_pinball_loss_is_said(words: Words) -> None:
    told = metrics()
    told["test"]["pinball"] = 2.5
    runs = [make_run(metrics=told), make_run(cv_folds=0)]
    assert "no pinball loss" in words(compare.scores(runs, compare.labels_of(runs), None, []))
    assert "no pinball loss" not in words(compare.scores(runs[:1] * 2, compare.labels_of(runs), None, []))
