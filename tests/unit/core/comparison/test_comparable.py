"""Which runs may be compared, which tracks they share, and what is on the front."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.comparison import (
    Verdict,
    align,
    build_board,
    comparable_groups,
    footing_of,
    pareto_front,
    resampling_groups,
    why_apart,
)
from core.runs.model import RunState
from tests.fakes.finished import SAMPLE, make_run


def table(n: int = 60, **changes: Any) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    names = {"track_id": [f"t{i}" for i in range(n)], "track_name": [f"Song {i // 2}" for i in range(n)]}
    actual = rng.integers(0, 100, n).astype(float)
    values = {"track_artist": [f"Artist {i // 4}" for i in range(n)], "actual": actual, "predicted": actual / 2}
    return pd.DataFrame({**names, **values, **changes})


def test_runs_on_the_same_tracks_are_comparable_whatever_model_and_features() -> None:
    runs = [make_run(), make_run(family="knn", features=("energy",)), make_run(cv_folds=0)]
    (group,) = comparable_groups(runs).values()
    assert group == runs
    assert why_apart(runs[1], footing_of(runs[0])) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"protocol": "artist"}, "another validation (New artists"),
        ({"data": SAMPLE}, "another table (Built-in sample)"),
        ({"test_share": 0.3}, "another share held out (30%)"),
        ({"seed": 7}, "another seed, so other tracks held out (7)"),
        ({"state": RunState.FAILED}, "it has no score: failed"),
        ({"state": RunState.RUNNING}, "it has no score: it is running"),
    ],
)
def test_a_run_on_other_tracks_stands_apart_and_says_why(changes: dict[str, Any], reason: str) -> None:
    first, other = make_run(), make_run(**changes)
    (said,) = why_apart(other, footing_of(first))  # type: ignore[arg-type]
    assert said.startswith(reason)
    assert all(len(group) == 1 for group in comparable_groups([first, other]).values())


def test_every_reason_is_said() -> None:
    assert len(why_apart(make_run(seed=1, test_share=0.3, data=SAMPLE), footing_of(make_run()))) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("protocol", "unit", "n_groups"), [("artist", "artists", 15), ("song", "songs", 30), ("time", "tracks", 60)]
)
def test_what_the_split_kept_together_is_resampled_together(protocol: str, unit: str, n_groups: int) -> None:
    groups, name = resampling_groups(protocol, table())
    assert (name, len(np.unique(groups))) == (unit, n_groups)


def test_stored_predictions_of_other_tracks_are_left_out_and_named() -> None:
    other = table(track_id=[f"x{i}" for i in range(60)])
    found = align("artist", {"a": table(), "b": other, "c": table()})
    assert list(found.predicted) == ["a", "c"]
    assert found.strangers == ("b",)


def test_the_front_has_what_nothing_beats_in_both() -> None:
    assert pareto_front([1, 2, 3, 1], [5, 1, 2, 5]) == [True, True, False, True]
    assert pareto_front([1, 2], [None, 3]) == [False, True]


def test_the_board_has_the_best_first_baselines_among_them_and_costs() -> None:
    timings = {"fit_seconds": 2.0, "predict_seconds": 0.8, "total_seconds": 3.0}
    good, bad = make_run(timings=timings), make_run(family="knn", timings={**timings, "fit_seconds": 9.0})
    good.metrics["test"]["rmse"], bad.metrics["test"]["rmse"] = 10.0, 30.0  # type: ignore[index]
    tests = {good.id: table(), bad.id: table(predicted=np.full(60, 90.0))}
    board = build_board([bad, good], align("artist", tests), {good.id: 2_000_000}, "rmse")
    assert [one.key for one in board.entries] == [good.id, "genre_mean", "mean", bad.id]
    best = board.entries[0]
    assert board.best("rmse") == best
    assert best.costs == {"fit_seconds": 2.0, "predict_ms": pytest.approx(1000 * 0.8 / 7671), "size_mb": 2.0}
    assert best.fronts == {"fit_seconds": True, "predict_ms": True, "size_mb": True}
    assert not board.entries[-1].fronts["fit_seconds"]
    assert board.n_groups == 15


def test_a_baseline_that_is_a_run_of_its_own_stands_there_once() -> None:
    run = make_run(family="genre_mean")
    board = build_board([run], align("artist", {run.id: table()}), {})
    assert [one.key for one in board.entries if one.name == board.best("rmse").name] == [run.id]  # type: ignore[union-attr]


def test_baselines_are_compared_as_runs_are_where_a_run_has_stored_what_they_say() -> None:
    run, far = make_run(), np.full(60, 90.0)
    near = table()["actual"].to_numpy()
    stored = table(predicted=far, baseline_mean=far, baseline_genre_mean=near)
    board = build_board([run], align("artist", {run.id: stored}), {})
    found = {one.key: one.differences["rmse"] for one in board.entries}
    assert found["genre_mean"].verdict is Verdict.BEST
    assert found["mean"].verdict is found[run.id].verdict is Verdict.WORSE
    assert found["mean"].low > 0


def test_baselines_of_earlier_runs_have_scores_and_no_intervals() -> None:
    run = make_run()
    board = build_board([run], align("artist", {run.id: table()}), {})
    assert [one.differences for one in board.entries if one.run is None] == [{}, {}]


def test_intervals_are_compared_where_a_run_made_them_without_the_test_and_has_stored_them() -> None:
    actual = table()["actual"]
    wide, narrow, unfair, old = (make_run(family=key) for key in ("ridge", "knn", "lasso", "mean"))
    for run in (wide, narrow):
        run.metrics["test"]["pinball"] = 1.0  # type: ignore[index]
    halves = {wide.id: 40, narrow.id: 5, unfair.id: 1}
    tests = {key: table(low=actual - half, high=actual + half) for key, half in halves.items()} | {old.id: table()}
    board = build_board([wide, narrow, unfair, old], align("artist", tests), {}, "pinball")
    found = {one.key: one.differences["pinball"] for one in board.entries if "pinball" in one.differences}
    assert set(found) == {wide.id, narrow.id}
    assert found[narrow.id].verdict is Verdict.BEST
    assert found[wide.id].value == pytest.approx(0.05 * 35)


def test_what_an_earlier_version_has_not_scored_is_scored_from_what_it_stored() -> None:
    run = make_run()
    assert "wmape" not in run.metrics["test"]  # type: ignore[operator, index]
    entry = next(one for one in build_board([run], align("artist", {run.id: table()}), {}).entries if one.run is run)
    assert entry.scores["wmape"] == pytest.approx(50)
