"""Charts of many runs join only what may be compared, and say the best in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.comparison import comparable_groups
from core.figures import trends
from core.runs.model import Run, RunState
from tests.fakes.finished import NOON, make_run, metrics


def scored(minutes: int, rmse: float, **changes: Any) -> Run:
    run = make_run(metrics=metrics(), **changes)
    assert run.metrics is not None
    run.metrics["test"] = {**run.metrics["test"], "rmse": rmse}
    return replace(run, finished_at=NOON + timedelta(minutes=minutes))


def progress(runs: list[Run], metric: str = "rmse") -> Any:
    groups = comparable_groups(runs)
    return trends.compute_progress(runs, metric, {footing: footing.protocol for footing in groups})


def test_the_best_so_far_never_gets_worse_and_is_each_comparisons_own() -> None:
    runs = [scored(3, 22.0), scored(1, 24.0), scored(2, 25.0), scored(4, 30.0, protocol="artist")]
    frame = progress([*runs, make_run(RunState.FAILED)])
    assert frame["score"].tolist() == [24.0, 25.0, 22.0, 30.0]
    assert frame["best"].tolist() == [24.0, 24.0, 22.0, 30.0]
    assert frame["footing"].tolist() == ["song"] * 3 + ["artist"]


def test_where_more_is_better_the_best_is_the_largest() -> None:
    frame = progress([scored(1, 24.0), scored(2, 24.0)], "r2")
    assert frame["best"].tolist() == [0.083, 0.083]


def test_only_comparable_runs_are_joined_by_a_line() -> None:
    figure = trends.plot_progress(
        progress([scored(1, 24.0), scored(2, 22.0), scored(3, 1.0, seed=1, protocol="time")]), "rmse"
    )
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert len(lines) == 1
    assert list(lines[0].y) == [24.0, 22.0]
    assert lines[0].line.shape == "hv"
    assert len([trace for trace in figure.data if trace.mode == "markers"]) == 2


def test_the_way_is_said_in_words() -> None:
    said = trends.read_progress(progress([scored(1, 24.0), scored(2, 25.0), scored(3, 22.0)]), "rmse")
    assert "song: RMSE from 24.0 to 22.0 in 3 runs" in said
    assert "first run is still the best" in trends.read_progress(progress([scored(1, 1.0), scored(2, 2.0)]), "rmse")


def test_only_choices_that_vary_have_an_axis_and_the_score_is_the_last() -> None:
    runs = [scored(1, 24.0), scored(2, 22.0, family="knn"), scored(3, 23.0, family="knn", features=("energy",))]
    frame = trends.compute_choices(runs, "rmse")
    (lines,) = trends.plot_choices(frame, "rmse").data
    assert [axis.label for axis in lines.dimensions] == ["Model", "Features", "<b>RMSE</b>"]
    assert list(lines.dimensions[1].ticktext) == ["1", "10"]
    assert list(lines.dimensions[1].values) == [1, 1, 0]
    assert list(lines.dimensions[-1].values) == [24.0, 22.0, 23.0]
    assert "Nearest neighbours, RMSE 22.0" in trends.read_choices(frame, "rmse")


def test_times_are_by_model_the_quickest_on_top() -> None:
    slow = scored(1, 24.0, family="knn", timings={"fit_seconds": 40.0})
    frame = trends.compute_times([slow, scored(2, 22.0), make_run(RunState.FAILED)])
    assert frame["model"].astype(str).tolist() == ["Ridge regression", "Nearest neighbours"]
    assert frame["seconds"].tolist() == [2.0, 40.0]


@pytest.mark.parametrize("runs", [[], [make_run()], [make_run(timings={})]], ids=["none", "one", "without times"])
def test_few_runs_give_charts_that_say_so(runs: list[Run]) -> None:
    frame, picked, times = progress(runs), trends.compute_choices(runs, "rmse"), trends.compute_times(runs)
    for figure in (trends.plot_progress(frame, "rmse"), trends.plot_choices(picked, "rmse"), trends.plot_times(times)):
        assert figure.layout.template is not None
    assert trends.read_choices(picked, "rmse") == trends.NO_LINES
    assert trends.read_progress(frame, "rmse")


def test_scores_are_written_as_on_every_other_page_and_columns_have_names() -> None:
    frame = progress([scored(1, 24.0), scored(2, 22.04)], "r2")
    assert "R² 0.08" in trends.read_progress(frame, "r2")
    named = trends.named_progress(progress([scored(1, 24.0), scored(2, 22.0)]), "rmse")
    assert list(named) == ["Run", "Finished (UTC)", "RMSE", "Best RMSE so far", "Scored on"]
    assert named["RMSE"].tolist() == [22.0, 24.0]  # the newest first
    choices = trends.compute_choices([scored(1, 24.0)], "rmse", {"Interval": {"split": "From its errors"}})
    assert choices["Interval"].tolist() == ["From its errors"]
    assert list(trends.named_times(trends.compute_times([scored(1, 24.0)]))) == ["Model", "Run", "Seconds"]
