"""Which run is taken where nobody chose, and which other one is worth a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from core.errors import NotFound
from core.runs.model import Run, RunState
from core.runs.offered import Offered, better_run, offered_runs
from tests.fakes.finished import NOON, make_run, metrics


class Kept:
    """Runs, newest first, and what some of them are."""

    def __init__(self, runs: Sequence[Run], aliases: Sequence[Any] = ()) -> None:
        self._runs, self._aliases = runs, aliases

    def list(self, owner: str) -> Sequence[Run]:
        return self._runs

    def aliases(self, owner: str) -> Sequence[Any]:
        return self._aliases

    def get(self, run_id: str, owner: str) -> Run:
        raise NotFound("There is no such run.")


def scored(r2: float | None, **changes: Any) -> Run:
    return make_run(**{"metrics": metrics(r2, interval=(0.05, 0.09)), "job_id": "new", **changes})


def order(*runs: Run) -> list[Run]:
    return [one.run for one in offered_runs(Kept(runs), "me")]


def test_the_best_of_the_newest_job_comes_first_then_the_others_newest_first() -> None:
    ridge, forest, boosting = scored(0.07), scored(0.10, family="random_forest"), scored(0.09)
    old = [scored(0.3, job_id=key, created_at=NOON - timedelta(days=1)) for key in ("older", "oldest")]
    assert order(ridge, forest, boosting, *old) == [forest, boosting, ridge, *old]


def test_no_yardstick_nor_a_score_that_is_no_forecast_comes_before_an_honest_model() -> None:
    honest, mean = scored(0.02), scored(0.03, family="genre_mean")
    leaky, ahead = scored(0.5, protocol="rows"), scored(0.6, features=("n_playlists",), allow_unknowable=True)
    unknown = scored(None)
    assert order(leaky, ahead, mean, unknown, honest) == [honest, unknown, mean, leaky, ahead]


def test_a_run_that_has_not_finished_is_not_offered_and_none_is_no_error() -> None:
    assert order(make_run(RunState.FAILED), make_run(RunState.RUNNING)) == []


def test_a_better_run_is_told_of_only_where_it_is_clearly_better_on_the_same_tracks() -> None:
    def ended(r2: float, low: float, **changes: Any) -> Run:
        return scored(r2, metrics=metrics(r2, interval=(low, low + 0.04)), **changes)

    chosen, clearly, barely = ended(0.07, 0.05), ended(0.13, 0.11), ended(0.10, 0.08)
    strangers = [
        ended(0.5, 0.48, seed=7),
        ended(0.5, 0.48, protocol="rows"),
        ended(0.5, 0.48, features=("n_playlists",), allow_unknowable=True),
    ]

    def better(*others: Run) -> Run | None:
        return better_run([Offered(one) for one in (chosen, *others)], chosen)

    assert better(barely, *strangers) is None
    assert better(barely, clearly, ended(0.12, 0.10), *strangers) is clearly
    assert better_run([Offered(clearly)], make_run(metrics={"test": {"r2": 0.01}})) is None, "no interval, no word"
