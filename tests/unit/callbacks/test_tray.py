"""The tray's words: order, progress, endings."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from callbacks.tray import (
    digest_of,
    ended_since,
    ending_toast,
    ending_toasts,
    recent_scorings,
    scored_toast,
    tray_jobs,
    with_launched,
)
from core.batch.jobs import Scoring
from core.requests import TrainingRequest
from core.runs.model import Job, Run, RunState
from layouts.tray import tray_list, tray_summary

START = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def make_run(number: int, state: str = "running", **changes: Any) -> Run:
    made = Run(
        id=f"run-{number}",
        job_id="job",
        owner="browser:1",
        state=RunState(state),
        request=TrainingRequest(family="ridge"),
        created_at=START + timedelta(minutes=number),
    )
    return replace(made, **changes)


def show(*runs: Run, scorings: Sequence[Scoring] = ()) -> Any:
    return tray_jobs(runs, scorings, lambda path: f"/portal{path}")


def test_active_runs_come_first_then_the_newest() -> None:
    jobs = show(make_run(1, "finished"), make_run(2, "finished"), make_run(0, "queued"), make_run(3, "failed"))
    assert [job.id for job in jobs] == ["run-0", "run-3", "run-2", "run-1"]


def test_what_runs_and_waits_is_shown_however_much_of_it_there_is() -> None:
    jobs = show(make_run(0), *(make_run(number, "queued") for number in range(1, 41)), make_run(50, "finished"))
    assert [job.id for job in jobs] == ["run-0", *(f"run-{number}" for number in range(40, 0, -1))]


def test_a_running_job_says_stage_fits_and_time_left() -> None:
    progress = {"stage": "Cross-validating", "done": 2, "total": 6, "seconds_left": 61.0, "ahead": None}
    (job,) = show(make_run(1, progress=progress))
    assert job.line == "Cross-validating, 2 of 6 fits done, about 1 min left"
    assert job.percent == 33


@pytest.mark.parametrize(
    ("ahead", "line"), [(None, "Waiting for its turn"), (1, "Waiting, 1 job ahead"), (3, "Waiting, 3 jobs ahead")]
)
def test_a_queued_job_says_how_many_are_ahead(ahead: int | None, line: str) -> None:
    (job,) = show(make_run(1, "queued", progress={"stage": "Queued", "ahead": ahead}))
    assert job.line == line


def test_a_score_is_never_said_without_what_makes_it_worthless() -> None:
    done = make_run(1, "finished", metrics={"test": {"r2": -0.001}})
    leaky = replace(done, request=TrainingRequest(family="ridge", protocol="rows"), data={"is_synthetic": True})
    assert [job.line for job in show(done)] == ["R² 0.00 on the test part"]
    assert [job.line for job in show(leaky)] == ["R² 0.00 on the test part, inflated, synthetic sample"]


def test_a_failed_job_says_why() -> None:
    (job,) = show(make_run(1, "failed", reason="It ran out of memory."))
    assert job.line == "It ran out of memory."
    assert job.percent is None


def test_a_finished_job_says_its_score() -> None:
    (job,) = show(make_run(1, "finished", metrics={"test": {"r2": 0.0812}}))
    assert job.line == "R² 0.08 on the test part"


def test_addresses_carry_the_base_path() -> None:
    (job,) = show(make_run(1))
    assert job.href == "/portal/runs/run-1"


def test_the_digest_changes_when_and_only_when_the_tray_does() -> None:
    one = show(make_run(1, progress={"stage": "Fitting", "done": 1, "total": 4}))
    same = show(make_run(1, progress={"stage": "Fitting", "done": 1, "total": 4}, heartbeat_at=START))
    other = show(make_run(1, progress={"stage": "Fitting", "done": 2, "total": 4}))
    assert digest_of(one) == digest_of(same) != digest_of(other)


def test_the_summary_counts_what_goes_on() -> None:
    assert tray_summary(show()) == "Jobs"
    assert tray_summary(show(make_run(1, "finished"))) == "Jobs"
    assert tray_summary(show(make_run(1), make_run(2, "queued"), make_run(3, "queued"))) == "1 running, 2 queued"
    halfway = make_run(1, progress={"stage": "Fitting", "done": 2, "total": 4})
    assert tray_summary(show(halfway)) == "1 running, 50%"


def test_only_what_was_active_and_has_a_result_or_a_reason_is_told_when_it_ends() -> None:
    runs = [
        make_run(1, "finished"),
        make_run(2, "failed"),
        make_run(3, "cancelled"),
        make_run(4),
        make_run(5, "finished"),
    ]
    shown = {"digest": "", "active": ["run-1", "run-2", "run-3", "run-4", "gone"]}
    assert [run.id for run in ended_since(shown, runs)] == ["run-1", "run-2"]
    for nothing in (None, "text", {}, {"active": "run-1"}):
        assert ended_since(nothing, runs) == []


def test_a_job_that_begins_and_ends_between_two_looks_is_told_once() -> None:
    runs = [make_run(1, "finished"), make_run(2, "finished", job_id="another")]
    for shown in (None, {"digest": "", "active": [], "launched": None}, {"active": [], "launched": "before"}):
        assert [run.id for run in ended_since(with_launched(shown, "job", runs), runs)] == ["run-1"]
    told = {"digest": "", "active": [], "launched": "job"}
    assert ended_since(with_launched(told, "job", runs), runs) == []
    assert with_launched(None, None, runs) is None


@pytest.mark.parametrize(
    ("change", "said", "kind"),
    [
        ({"metrics": {"test": {"r2": 0.071}}}, "Ridge regression finished: R² 0.07 on new songs.", "success"),
        ({"metrics": {"test": {"r2": None}}}, "Ridge regression finished.", "success"),
        (
            {"metrics": {"test": {"r2": 0.3}}, "request": TrainingRequest(family="ridge", protocol="rows")},
            "Ridge regression finished: R² 0.30 on held-out tracks, inflated.",
            "success",
        ),
        ({"state": RunState.FAILED, "reason": "Out of memory."}, "Ridge regression failed: Out of memory.", "warning"),
    ],
)
def test_the_end_of_a_job_is_told_with_its_score_or_its_reason_and_a_link(
    change: dict[str, Any], said: str, kind: str
) -> None:
    drawn = ending_toast(make_run(1, **{"state": "finished", **change}), lambda path: f"/portal{path}")
    (link,) = [part for part in drawn._traverse() if getattr(part, "href", None)]
    assert drawn.children[0].children == said
    assert drawn.class_name == f"toast-{kind}"
    assert link.href == "/portal/runs/run-1"


def told(states: str, ended: Sequence[int]) -> list[str]:
    """The messages when some runs of a job whose runs are in these states have just ended."""
    names = {"r": "running", "f": "finished", "x": "failed", "c": "cancelled"}
    runs = tuple(make_run(number, names[state]) for number, state in enumerate(states))
    job = Job(id="job", owner="browser:1", key="key", created_at=START, runs=runs)
    drawn = ending_toasts([runs[number] for number in ended], lambda _: job, lambda path: f"/portal{path}")
    return [one.children[0].children for one in drawn]


def test_a_job_of_one_run_is_told_with_its_result() -> None:
    assert told("f", [0]) == ["Ridge regression finished."]


def test_of_several_runs_each_failure_is_told_and_the_whole_when_the_last_has_ended() -> None:
    assert told("frr", [0]) == []
    assert told("fxr", [1]) == ["Ridge regression failed: no reason was recorded."]
    assert told("fxf", [2]) == ["2 of 3 models finished, 1 failed."]
    assert told("fcc", [0]) == ["1 of 3 models finished, 2 cancelled."]
    assert told("xx", [0, 1])[-1] == "0 of 2 models finished, 2 failed."
    assert told("ff", []) == []


def test_only_active_jobs_can_be_cancelled() -> None:
    drawn = tray_list(show(make_run(1), make_run(2, "finished")), "/train")
    buttons = [part.id for part in drawn._traverse() if isinstance(getattr(part, "id", None), dict)]
    assert buttons == [{"type": "tray-cancel", "kind": "run", "job": "run-1"}]


def make_scoring(state: str = "running", **changes: Any) -> Scoring:
    made = Scoring("s" * 36, "k", "r" * 36, "Ridge regression", "songs.csv", {}, True, state=RunState(state))
    return replace(made, **{"created_at": START.timestamp(), **changes})


def test_a_file_that_is_scored_stands_among_the_jobs_with_its_progress_and_can_be_cancelled() -> None:
    told = {"stage": "Scoring", "done": 2_000, "total": 8_000, "seconds_left": 61.0}
    later, one = show(make_run(1), scorings=[make_scoring(progress=told)])
    assert (later.id, one.title, one.percent) == ("run-1", "Score songs.csv", 25)
    assert one.line == "Scoring, 2,000 of 8,000 tracks done, about 1 min left"
    assert one.href == f"/portal/score?job={'s' * 36}"
    assert tray_summary([one]) == "1 running, 25%"
    buttons = [part.id for part in tray_list([one], "/")._traverse() if isinstance(getattr(part, "id", None), dict)]
    assert buttons == [{"type": "tray-cancel", "kind": "scoring", "job": "s" * 36}]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"state": "queued", "progress": {"stage": "Queued", "ahead": 2}}, "Waiting, 2 jobs ahead"),
        ({"state": "finished", "summary": {"rows": 1_500}}, "1,500 tracks scored with Ridge regression"),
        ({"state": "failed", "reason": "It ran out of memory."}, "It ran out of memory."),
        ({"state": "cancelled"}, "Nothing was kept"),
    ],
)
def test_each_state_of_a_scoring_is_said(changes: dict[str, Any], line: str) -> None:
    (job,) = show(scorings=[make_scoring(**changes)])
    assert job.line == line


def test_the_end_of_a_scoring_is_told_with_the_way_to_its_result() -> None:
    done = make_scoring("finished", summary={"rows": 1_500})
    failed = make_scoring("failed", reason="The file lacks energy.")
    assert ended_since({"active": [done.id]}, [done, make_scoring("cancelled")]) == [done]
    for one, said in ((done, "songs.csv is scored: 1,500 tracks."), (failed, "could not be scored: The file lacks")):
        drawn = scored_toast(one, lambda path: f"/portal{path}")
        (link,) = [part for part in drawn._traverse() if getattr(part, "href", None)]
        assert said in drawn.children[0].children
        assert link.href == f"/portal/score?job={one.id}"


def test_scorings_that_ended_long_ago_are_left_out() -> None:
    old, fresh = (make_scoring("finished", ended_at=time.time() - ago) for ago in (4_000, 60))
    services = SimpleNamespace(scorings=SimpleNamespace(list=lambda owner: [make_scoring(), fresh, old]))
    assert [one.ended_at for one in recent_scorings(services, "me")] == [None, fresh.ended_at]
