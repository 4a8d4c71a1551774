"""Stacks of finished runs, on the sample."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import InvalidRequest, NotFound, Refused
from core.metrics import score
from core.progress import FoldScored
from core.requests import TrainingRequest, parse_request
from core.runs.making import JobContext
from core.runs.model import Limits, Run, RunState
from core.runs.service import Runs
from data.sources import load_dataset
from tests.fakes import runs as fakes

AUDIO = ("energy", "loudness", "tempo", "valence")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    home = tmp_path_factory.mktemp("home")
    opened = Runs(home, context=JobContext(home, Limits(run_slots=1, jobs_per_user=9)))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def members(runs: Runs) -> list[Run]:
    ridge = TrainingRequest(family="ridge", features=AUDIO, cv_folds=3)
    genre = TrainingRequest(family="genre_mean", cv_folds=3)
    found = list(runs.run_inline([ridge, genre]))
    assert [run.state for run in found] == [RunState.FINISHED] * 2
    return found


@pytest.fixture(scope="module")
def stacked(runs: Runs, members: list[Run]) -> tuple[Run, list[Any]]:
    heard: list[Any] = []
    (run,) = runs.run_inline([stack_of(members)], report=heard.append)
    assert run.state is RunState.FINISHED, run.reason
    return run, heard


def stack_of(members: list[Run]) -> TrainingRequest:
    return parse_request({"family": "stack", "members": [run.id for run in members]})


def test_a_stack_takes_on_what_its_members_have_in_common_and_all_of_their_features(
    members: list[Run], stacked: tuple[Run, list[Any]]
) -> None:
    request = stacked[0].request
    assert request.members == tuple(run.id for run in members)
    assert request.features == (*AUDIO, "genre")
    assert (request.protocol, request.cv_folds, request.seed) == ("song", 3, 42)


def test_its_predictions_are_those_of_its_members_added_up_by_weights_of_zero_or_more(
    runs: Runs, members: list[Run], stacked: tuple[Run, list[Any]]
) -> None:
    run = stacked[0]
    weights = [part["weight"] for part in run.metrics["stack"]]
    assert min(weights) >= 0
    assert sum(weights) == pytest.approx(1, abs=0.1)
    mine = runs.predictions(run.id, None).query("part == 'test'")["predicted"].to_numpy()
    theirs = [runs.predictions(each.id, None).query("part == 'test'")["predicted"].to_numpy() for each in members]
    assert mine == pytest.approx(np.clip(np.average(theirs, axis=0, weights=weights) * sum(weights), 0, 100))
    assert any("Weights of the runs" in notice for notice in run.notices)


def test_the_time_to_train_a_stack_holds_the_final_fits_of_its_runs(
    members: list[Run], stacked: tuple[Run, list[Any]]
) -> None:
    timings = stacked[0].timings
    of_members = sum(each.timings["fit_seconds"] for each in members)
    assert timings["fit_seconds"] == pytest.approx(of_members + timings["weighing_seconds"])


def test_its_cross_validated_score_comes_from_weights_found_on_the_other_folds(
    runs: Runs, members: list[Run], stacked: tuple[Run, list[Any]]
) -> None:
    run, heard = stacked
    folds = [news for news in heard if isinstance(news, FoldScored)]
    assert [fold.number for fold in folds] == [1, 2, 3]
    assert [fold.scores["r2"] for fold in folds] == run.metrics["cv"]["r2"]["folds"]
    frames = [runs.predictions(each.id, None).query("part == 'cv'") for each in members]
    first = frames[0]["fold"] == 1
    X, y = np.column_stack([frame["predicted"] for frame in frames]), frames[0]["actual"].to_numpy()
    least_squares = np.linalg.lstsq(X[~first], y[~first])[0]  # here both weights are above zero anyway
    assert run.metrics["cv"]["mae"]["folds"][0] == pytest.approx(score(y[first], X[first] @ least_squares)["mae"])
    assert run.metrics["test"]["r2"] > max(each.metrics["test"]["r2"] for each in members)
    assert run.metrics["coverage"]["overall"]["coverage"] == pytest.approx(0.9, abs=0.05)


def test_it_predicts_alike_when_its_members_are_deleted(
    runs: Runs, members: list[Run], stacked: tuple[Run, list[Any]]
) -> None:
    run = stacked[0]
    tracks = load_dataset(None, runs.context.home).tracks.head(5)
    expected = runs.predictor(run.id, None).predict(tracks)
    for member in members:
        runs.delete(member.id, None)
    try:
        fresh = Runs(runs.context.home, context=runs.context)
        assert fresh.predictor(run.id, None).predict(tracks).equals(expected)
        values = {name: tracks.iloc[0][name] for name in (*AUDIO, "genre")}
        assert fresh.predictor(run.id, None).predict_one(values).popularity == pytest.approx(
            expected["predicted"].iloc[0]
        )
        with pytest.raises(NotFound):
            fresh.run_inline([stack_of(members)])
        fresh.close()
    finally:
        for member in members:
            runs.restore(member.id, None)


def test_runs_that_cannot_be_compared_are_refused_with_the_reason(
    runs: Runs, members: list[Run], stacked: tuple[Run, list[Any]]
) -> None:
    other_seed, no_folds = runs.run_inline(
        [TrainingRequest(family="mean", cv_folds=3, seed=7), TrainingRequest(family="mean", cv_folds=0)]
    )
    for with_it, said in (
        (other_seed, "the seed is 42 in one and 7 in another"),
        (no_folds, "the number of folds is 3 in one and 0 in another"),
        (stacked[0], "cannot be part of another stack"),
    ):
        with pytest.raises(InvalidRequest, match=said):
            runs.run_inline([stack_of([members[0], with_it])])
    with pytest.raises(NotFound):
        runs.submit("ann", [parse_request({"family": "stack", "members": ["x", "../y"]})], "k")


def test_runs_of_others_and_runs_under_way_are_not_combined(runs: Runs, members: list[Run]) -> None:
    foreign = runs.submit("bob", [TrainingRequest(family="mean", cv_folds=3)], str(time.time_ns())).runs[0]
    asked = stack_of([members[0], foreign])
    with pytest.raises(NotFound):
        runs.submit("ann", [asked], "other")
    with pytest.raises(Refused, match="queued"):
        runs.submit("bob", [asked], "own")
    runs.cancel(foreign.id, "bob")


def test_a_job_combines_runs_and_says_why_it_cannot(runs: Runs, members: list[Run]) -> None:
    def made(change: Any = None) -> Run:
        job = runs.submit("ann", [stack_of(members)], str(time.time_ns()))
        if change:
            change()
        assert runs.admit(job.id)
        process = fakes.start(job.id, runs.context)
        process.join(60)
        return runs.job(job.id, "ann").runs[0]

    assert made().state is RunState.FINISHED
    failed = made(lambda: runs.delete(members[1].id, None))
    assert (failed.state, "no such run to combine" in failed.reason) == (RunState.FAILED, True)
    runs.restore(members[1].id, None)


def test_a_press_sent_twice_is_one_job_although_a_run_was_deleted_in_between(runs: Runs, members: list[Run]) -> None:
    key = str(time.time_ns())
    job = runs.submit("ann", [stack_of(members)], key)
    runs.delete(members[1].id, None)
    try:
        assert runs.submit("ann", [stack_of(members)], key).id == job.id
        with pytest.raises(NotFound):
            runs.submit("ann", [stack_of(members[::-1])], key)
    finally:
        runs.restore(members[1].id, None)
        runs.cancel_job(job.id, "ann")


def test_folds_on_which_no_run_helps_are_weighed_by_the_plain_mean(
    members: list[Run], runs: Runs, tmp_path: Path
) -> None:
    from core.errors import DataError
    from core.runs.members import find_members
    from core.stacking import joined_request, stack

    dataset = load_dataset(None, tmp_path)
    parts = find_members(runs._registry, stack_of(members), None).read(runs._bundles, dataset.facts().to_dict())
    request = joined_request(stack_of(members), [part.request for part in parts])
    heard: list[Any] = []

    def silent_but_for(*folds: int) -> list[Any]:
        """Parts that say 0 of every row of the other folds."""
        return [
            dataclasses.replace(
                part,
                predictions=part.predictions.assign(
                    predicted=part.predictions["predicted"].where(part.predictions["fold"].isin(folds), 0.0)
                ),
            )
            for part in parts
        ]

    result = stack(request, dataset, silent_but_for(1), heard.append)
    assert [news.number for news in heard if isinstance(news, FoldScored)] == [1, 2, 3]
    cv = result.predictions.query("fold == 1")["predicted"].to_numpy()
    mine = np.mean([part.predictions.query("fold == 1")["predicted"].to_numpy() for part in parts], axis=0)
    assert cv == pytest.approx(mine)
    with pytest.raises(DataError, match="None of these runs helps"):
        stack(request, dataset, silent_but_for(), heard.append)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"family": "stack"}, "two or more"),
        ({"family": "stack", "members": ["a"]}, "two or more"),
        ({"family": "stack", "members": ["a", "a"]}, "two or more"),
        ({"family": "stack", "members": [1, 2]}, "members"),
        ({"family": "stack", "members": [str(n) for n in range(21)]}, "members"),
        ({"family": "stack", "members": ["a", "b"], "tuning": {}}, "cannot be tuned"),
        ({"family": "stack", "members": ["a", "b"], "params": {"x": 1}}, "takes no parameters"),
        ({"family": "ridge", "members": ["a", "b"]}, "not made of other runs"),
    ],
)
def test_forged_members_are_refused(payload: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        parse_request(payload)


def test_a_part_made_from_other_rows_is_refused(runs: Runs, members: list[Run], tmp_path: Path) -> None:
    from core.errors import DataError
    from core.runs.members import find_members
    from core.stacking import joined_request, stack

    dataset = load_dataset(None, tmp_path)
    found = find_members(runs._registry, stack_of(members), None)
    parts = found.read(runs._bundles, dataset.facts().to_dict())
    request = joined_request(stack_of(members), [part.request for part in parts])
    changed = parts[1].predictions.assign(track_id=parts[1].predictions["track_id"].to_numpy()[::-1])
    with pytest.raises(DataError, match="Baseline: genre mean was made from other rows"):
        stack(request, dataset, [parts[0], dataclasses.replace(parts[1], predictions=changed)], lambda news: None)
    with pytest.raises(DataError, match="table has changed"):
        found.read(runs._bundles, {"sha256": "other"})
