"""What the leaderboard says of the best: by which measures, by how much it is worth, and which run is meant."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from core.comparison import Board, align, build_board
from core.runs.model import Run
from layouts.comparison_words import best_in_words, distinct_names
from tests.fakes.finished import NOON, make_run

N = 400
ACTUAL = np.random.default_rng(0).uniform(20, 60, N)
NOISE = np.random.default_rng(1).normal(0, 1, N)


def board(runs: list[Run], errors: list[float], halves: list[float | None] | None = None) -> Board:
    """A board of runs that err by so much, with intervals so wide to either side; None for one without."""
    names = {"track_id": range(N), "track_name": range(N), "track_artist": [str(each // 2) for each in range(N)]}
    tests = {}
    for run, error, half in zip(runs, errors, halves or [None] * len(runs), strict=True):
        predicted = ACTUAL + error * NOISE
        ends = {} if half is None else {"low": predicted - half, "high": predicted + half}
        tests[run.id] = pd.DataFrame({**names, "actual": ACTUAL, "predicted": predicted, **ends})
        run.metrics["test"] = {} if half is None else {"pinball": 1.0}  # type: ignore[index]
        run.metrics["baselines"] = {}  # type: ignore[index]
    return build_board(runs, align("artist", tests), {}, "rmse")


def test_measures_with_the_same_best_and_the_same_ties_share_a_sentence() -> None:
    runs = [make_run(), make_run(family="knn")]
    said = best_in_words(board(runs, [5.0, 20.0], [8.0, 33.0]))
    assert len(said) == 1
    assert said[0].startswith("Best by RMSE (4.6), R² (0.85)")
    for name in ("R² (", "MAE (", "MSE (", "Weighted MAPE (", "Pinball loss ("):
        assert name in said[0]
    assert said[0].endswith("Ridge regression, and it is better than every other run here by more than chance.")


def test_the_best_intervals_may_be_those_of_another_run() -> None:
    runs = [make_run(), make_run(family="knn")]
    first, second = best_in_words(board(runs, [5.0, 8.0], [1.0, 13.0]))
    assert "Ridge regression" in first
    assert second.startswith("Best by Pinball loss (")
    assert "Nearest neighbours" in second


def test_runs_without_intervals_that_can_be_compared_are_told_why() -> None:
    runs = [make_run(), make_run(family="knn"), make_run(family="lasso")]
    said = best_in_words(board(runs, [5.0, 20.0, 21.0], [8.0, 33.0, None]))
    assert "better than every other run here that has it" in said[1]
    assert said[2].startswith("Not every run has a pinball loss: without cross-validation")
    assert "pinball" not in " ".join(best_in_words(board(runs, [5.0, 20.0, 21.0]))).lower()


def test_a_best_that_is_no_forecast_says_so_and_names_the_best_that_is_one() -> None:
    runs = [make_run(features=("energy", "n_playlists"), allow_unknowable=True), make_run(), make_run(family="knn")]
    said = " ".join(best_in_words(board(runs, [5.0, 10.0, 20.0])))
    assert "looks at what is only known after a release, so it is no forecast; of those that are one, Ridge" in said
    assert "is the best (9.1)" in said


def test_names_are_told_apart_by_what_differs_and_no_more() -> None:
    alike = [make_run(), make_run(features=("energy",)), make_run(family="knn")]
    names = distinct_names(board(alike, [1.0, 2.0, 3.0]).entries)
    assert names[alike[2].id] == "Nearest neighbours"
    assert names[alike[0].id] == "Ridge regression (the ten audio features)"
    assert names[alike[1].id] != names[alike[0].id]
    twice = [make_run(), make_run(created_at=NOON + timedelta(minutes=3))]
    names = distinct_names(board(twice, [1.0, 2.0]).entries)
    assert len(set(names.values())) == 2
    assert all("features" not in name for name in names.values())
