"""The ways of searching, on a bench whose scores are known beforehand."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest

from core.metrics import METRICS
from core.progress import Candidate, Progress
from core.search_space import Float
from core.tuning.bench import Measured, Trial, sample_rows
from core.tuning.board import Board, HaltedError
from core.tuning.methods import METHODS, round_shares
from core.tuning.racing import far_behind
from core.tuning.workers import Workers

SPACE = (Float("x", "X", "", 0.0, 100.0, search=(0.0, 10.0)),)
FOLDS = 5
LUCK = [0.3, -0.2, 0.1, -0.25, 0.05]


class Bench:
    """Scores of a smooth hill with its best at 3; few rows add luck."""

    n_folds = FOLDS
    metric = METRICS["rmse"]

    def n_rows(self, share: float = 1.0) -> int:
        return round(9000 * share)

    def measure(self, trial: Any) -> Measured:
        x = trial.params["x"]
        if 8 < x < 9:
            raise ValueError("no such x")
        luck = np.random.default_rng([int(1e6 * x), trial.fold]).normal(scale=0.05 / math.sqrt(trial.share))
        return Measured(20 + abs(x - 3) + LUCK[trial.fold] + luck, 0.001, self.n_rows(trial.share))


class Watch:
    """A report that keeps what it hears, and asks to stop after so many events."""

    def __init__(self, stop_after: float = math.inf) -> None:
        self.heard: list[Any] = []
        self.stop_after = stop_after

    def __call__(self, news: Any) -> None:
        self.heard.append(news)

    def is_asked_to_stop(self) -> bool:
        return len(self.heard) >= self.stop_after


def run(method: str, iterations: int = 12, n_jobs: int = 1, seconds: float | None = None, **changes: Any) -> Board:
    bench, report = changes.get("bench", Bench()), changes.get("report", Watch())
    board = Board(
        report,
        bench.metric,
        n_folds=FOLDS,
        planned=iterations + 1,
        fits=(iterations + 1) * FOLDS,
        fits_after=2,
        rows_after=100.0,
        seconds=seconds,
        n_jobs=n_jobs,
    )
    with Workers(bench.measure, n_jobs) as workers:
        METHODS[method](board, workers, bench, SPACE, {"x": 5.0}, iterations, 7)
    return board


def told(board: Board) -> list[tuple[Any, ...]]:
    return [(c.number, c.params["x"], c.state, c.folds, c.score, c.resource, c.reason) for c in board.candidates()]


@pytest.mark.parametrize("method", METHODS)
def test_how_many_are_tried_at_the_same_time_changes_nothing(method):
    one, three = run(method), run(method, n_jobs=3)
    assert told(one) == told(three)
    assert one.best().params == three.best().params


@pytest.mark.parametrize("method", METHODS)
def test_the_search_finds_something_better_than_what_the_run_would_have_had(method):
    board = run(method)
    best, first = board.best(), board.entries[1]
    assert first.params == {"x": 5.0}
    assert (first.state, len(first.folds)) == ("finished", FOLDS)
    assert best.mean < first.mean
    assert abs(best.params["x"] - 3) < 1
    assert (best.state, best.share, len(best.folds)) == ("finished", 1.0, FOLDS)


def test_random_search_tries_all_of_scikit_learns_candidates_on_all_folds():
    board = run("random")
    assert [len(entry.folds) for entry in board.entries.values() if entry.state == "finished"] == [FOLDS] * (
        13 - sum(entry.state == "failed" for entry in board.entries.values())
    )
    halving = run("halving")
    assert [e.params for e in board.entries.values()] == [e.params for e in halving.entries.values()]


@pytest.mark.parametrize(("method", "share"), [("halving", 0.5), ("tpe", 0.8)])
def test_the_quicker_ways_learn_from_fewer_rows(method, share):
    assert run(method, iterations=20)._rows_fitted < share * run("random", iterations=20)._rows_fitted


@pytest.mark.parametrize("method", METHODS)
def test_a_failing_candidate_is_told_with_its_reason_and_the_search_goes_on(method):
    board = run(method, iterations=30)
    failed = [each for each in board.candidates() if each.state == "failed"]
    if method != "tpe":  # which learns to keep away
        assert failed
    assert all(each.reason == "Fold 1: ValueError: no such x" for each in failed)
    assert board.best() is not None


def test_a_search_in_which_everything_fails_has_no_best():
    class Broken(Bench):
        def measure(self, trial):
            raise ValueError("broken")

    for method in METHODS:
        board = run(method, iterations=3, bench=Broken())
        assert board.best() is None
        assert {each.state for each in board.candidates()} == {"failed"}


def test_scores_without_a_value_are_failures():
    class Undefined(Bench):
        def measure(self, trial):
            score = math.nan if trial.fold == 2 and trial.number > 1 else 20.0
            return Measured(score, 0.001, 100)

    board = run("random", iterations=2, bench=Undefined())
    assert board.best().number == 1
    assert board.entries[2].reason == "Fold 3: RMSE has no value there."


@pytest.mark.parametrize("method", METHODS)
def test_a_person_who_has_seen_enough_gets_the_best_so_far(method):
    report = Watch(stop_after=60)
    with pytest.raises(HaltedError, match="person"):
        run(method, iterations=50, report=report)


def half_done(board: Board, *folds_of_the_last_round: list[float]) -> Board:
    """Two rounds of three candidates: 2 leads after the first; the second is under way."""
    entries = [board.add({"x": float(number)}) for number in range(3)]
    rounds = ([[22.0, 22.0], [20.0, 20.0], [21.0, 21.0]], folds_of_the_last_round)
    for share, scores in zip((1 / 3, 1.0), rounds, strict=True):
        board.begin_round(entries, share, len(scores[0]))
        for entry, own in zip(entries, scores, strict=True):
            for fold, score in enumerate(own):
                board.take(Trial(entry.number, entry.params, fold, share), Measured(score, 0.1, 100))
    board.end_all()
    return board


def board_of(n_folds: int) -> Board:
    names = {"fits": 18, "fits_after": 1, "rows_after": 1.0, "seconds": None, "n_jobs": 1, "planned": 3}
    return Board(Watch(), METRICS["rmse"], n_folds=n_folds, **names)


def test_who_is_the_first_to_be_done_with_a_round_has_not_won_it():
    too_few = half_done(board_of(3), [22.0, 22.0, 22.0], [20.0], [21.0])
    assert [entry.number for _, _, entry in too_few.standings()] == [2, 3, 1]
    assert too_few.standings()[0][:2] == (1 / 3, 20.0)


def test_a_round_under_way_is_told_by_the_folds_that_all_of_it_share():
    board = half_done(board_of(3), [19.0, 19.0, 25.0], [20.0, 20.0], [18.0, 18.0])
    assert board.standings() == [(1.0, score, board.entries[n]) for score, n in [(18.0, 3), (19.0, 1), (20.0, 2)]]


def test_a_round_that_all_have_completed_is_told_by_all_of_its_folds():
    board = half_done(board_of(2), [19.0, 25.0], [20.0, 20.0], [18.0, 27.0])
    assert [(score, entry.number) for _, score, entry in board.standings()] == [(20.0, 2), (22.0, 1), (22.5, 3)]


def test_the_time_budget_ends_a_fit_that_is_under_way():
    class Slow(Bench):
        def measure(self, trial):
            if trial.number > 1:
                time.sleep(60)
            return super().measure(trial)

    clock = time.monotonic()
    with pytest.raises(HaltedError, match="time"):
        run("random", bench=Slow(), seconds=0.5)
    assert time.monotonic() - clock < 5


def test_a_metric_of_which_more_is_better_is_maximised():
    class Hill(Bench):
        metric = METRICS["r2"]

        def measure(self, trial):
            found = super().measure(trial)
            return Measured(1 - found.score / 100, found.seconds, found.rows)

    for method in METHODS:
        assert abs(run(method, bench=Hill()).best().params["x"] - 3) < 1


def test_progress_says_how_many_were_tried_the_best_score_and_the_time_left():
    report = Watch()
    run("random", iterations=4, report=report)
    moments = [news for news in report.heard if isinstance(news, Progress)]
    assert [moment.done for moment in moments] == list(range(1, len(moments) + 1))
    assert moments[-1].total == 25 + 2
    assert moments[4].stage.startswith("Searching: 1 of 5 candidates tried, best RMSE 2")
    assert all(moment.seconds_left > 0 for moment in moments)
    assert moments[-1].seconds_left < moments[0].seconds_left


def test_every_fold_of_every_candidate_is_told_as_it_ends():
    report = Watch()
    run("random", iterations=2, report=report)
    events = [(news.number, len(news.folds), news.state) for news in report.heard if isinstance(news, Candidate)]
    assert events[:5] == [
        (1, 1, "running"),
        (1, 2, "running"),
        (1, 3, "running"),
        (1, 4, "running"),
        (1, 5, "finished"),
    ]


def test_rounds_of_halving_triple_the_rows_up_to_all_of_them():
    assert round_shares(9, 9000) == pytest.approx([1 / 9, 1 / 3, 1])
    assert round_shares(200, 90_000) == pytest.approx([1 / 81, 1 / 27, 1 / 9, 1 / 3, 1])
    assert round_shares(9, 1000) == pytest.approx([1 / 3, 1])
    assert round_shares(2, 9000) == round_shares(50, 10) == [1.0]


def test_the_leader_and_the_first_candidate_are_never_given_up():
    board = run("random", iterations=6)
    entries = [entry for entry in board.entries.values() if entry.state == "finished"]
    behind = far_behind(board, entries, 3, FOLDS)
    assert board.best() not in behind
    assert 1 not in {entry.number for entry in behind}
    assert max(entries, key=lambda entry: abs(entry.params["x"] - 3)) in behind
    assert far_behind(board, entries, 1, FOLDS) == far_behind(board, entries, FOLDS, FOLDS) == []


def test_rows_are_sampled_by_whole_groups_and_larger_samples_hold_the_smaller_ones():
    rows = np.arange(100, 1100)
    group = np.random.default_rng(0).integers(0, 150, 2000)
    small, large = (sample_rows(rows, group, share, (42, 0)) for share in (0.1, 0.3))
    assert set(small) < set(large) < set(rows)
    assert len(small) == pytest.approx(100, abs=15)
    assert not set(group[small]) & set(group[np.setdiff1d(rows, small)])
    assert (np.diff(large) > 0).all()
    alone = sample_rows(rows, None, 0.1, (42, 0))
    assert len(alone) == 100
    assert len(sample_rows(rows, np.zeros(2000, dtype=int), 0.1, (42, 0))) == 1000
