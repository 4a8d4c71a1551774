"""A registry that fails for a while ends no healthy run, and never costs a finished one its bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import StorageError
from core.runs import inline, jobs, patience
from core.runs.artifacts import Bundles
from core.runs.model import Job, Limits, Run, RunState
from core.runs.patience import LastAnswer, patiently
from core.runs.recording import begin, discard_unfinished
from core.runs.registry import Registry
from core.runs.service import Runs
from tests.fakes import runs as fakes

Make = Callable[..., Runs]


class Failing:
    """Raises as the registry does, the next few times that it is called; a late one does its work first."""

    def __init__(self, inner: Callable[..., Any], times: int, late: bool = False) -> None:
        self.inner, self.times, self.late, self.calls = inner, times, late, 0

    def __call__(self, *args: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls > self.times:
            return self.inner(*args, **named)
        if self.late:
            self.inner(*args, **named)
        raise StorageError("The run registry cannot be used: database is locked.")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "AGAIN_EVERY_S", 0.001)


@pytest.fixture
def job(registry: Registry) -> Job:
    return registry.submit("ann", [fakes.request().model_dump(mode="json")], "k", Limits())


@pytest.fixture
def bundles(home: Path) -> Bundles:
    return Bundles(home / "runs")


def fail_on(monkeypatch: pytest.MonkeyPatch, name: str, times: int, late: bool = False) -> Failing:
    """Let a method of every registry fail."""
    failing = Failing(getattr(Registry, name), times, late)
    monkeypatch.setattr(Registry, name, lambda self, *args, **named: failing(self, *args, **named))
    return failing


def test_what_fails_for_a_while_is_asked_again_and_in_the_end_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert patiently(Failing(lambda: 7, times=3)) == 7
    monkeypatch.setattr(patience, "MOST_S", 0.01)
    with pytest.raises(StorageError, match="locked"):
        patiently(Failing(lambda: 7, times=10_000))


def test_the_last_answer_holds_through_an_outage_which_is_told_once_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing = Failing(lambda: "new", times=3)
    look = LastAnswer(failing, "first")
    assert [look() for _ in range(4)] == ["first", "first", "first", "new"]
    assert len(caplog.records) == 1
    failing.calls = 0
    assert look() == "new"
    assert len(caplog.records) == 2, "another outage"
    monkeypatch.setattr(patience, "MOST_S", 0.0)
    with pytest.raises(StorageError):
        look()


def test_a_start_that_was_recorded_and_raised_then_has_begun(
    registry: Registry, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_on(monkeypatch, "start", 1, late=True)
    assert begin(registry, job.runs[0], {})
    assert registry.state(job.runs[0].id) is RunState.RUNNING


def test_a_cancelled_run_does_not_begin(registry: Registry, job: Job) -> None:
    registry.cancel(job.runs[0].id, "No longer wanted.")
    assert not begin(registry, job.runs[0], {})


@pytest.mark.parametrize(("state", "kept"), [("running", False), ("finished", True), ("unknown", True)])
def test_files_are_removed_only_of_a_run_that_is_known_not_to_have_finished(
    registry: Registry, job: Job, bundles: Bundles, monkeypatch: pytest.MonkeyPatch, state: str, kept: bool
) -> None:
    run_id = job.runs[0].id
    registry.start(run_id, data={}, versions={})
    digests = bundles.publish(bundles.open_draft(run_id), run_id)
    draft = bundles.open_draft(run_id)
    if state == "finished":
        registry.finish(run_id, metrics={}, timings={}, notices=[], digests=digests)
    if state == "unknown":
        fail_on(monkeypatch, "wish", 1)
    discard_unfinished(registry, bundles, run_id)
    assert not draft.exists()
    assert (run_id in bundles.runs_on_disk()) == kept


@pytest.fixture(params=["job", "shell"])
def make_one(request: pytest.FixtureRequest, make_runs: Make) -> Callable[[], Run]:
    """Make a run in the process of a job, or as the shell does."""
    runs = make_runs()

    def in_job() -> Run:
        job = runs.submit("ann", [fakes.request()], "k")
        assert runs.admit(job.id)
        jobs.run_job(job.id, runs.context)
        return runs.get(job.runs[0].id, "ann")

    def in_shell() -> Run:
        return runs.run_inline([fakes.request()])[0]

    return in_job if request.param == "job" else in_shell


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("name", ["start", "run", "finish"])
def test_a_registry_that_fails_once_at_a_turning_point_costs_nothing(
    make_one: Callable[[], Run], monkeypatch: pytest.MonkeyPatch, name: str, late: bool, home: Path
) -> None:
    failing = fail_on(monkeypatch, name, 1, late)
    run = make_one()
    assert failing.calls > 1
    assert run.state is RunState.FINISHED, run.reason
    assert (home / "runs" / run.id / "model.skops").is_file()


def test_a_run_whose_end_was_recorded_keeps_its_bundle_although_the_registry_never_said_so(
    make_one: Callable[[], Run], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(patience, "MOST_S", 0.0)
    fail_on(monkeypatch, "finish", 10_000, late=True)
    run = make_one()
    assert run.state is RunState.FINISHED, run.reason
    assert (home / "runs" / run.id / "model.skops").is_file()


def test_looks_that_fail_do_not_end_a_healthy_run(make_runs: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = make_runs(fakes.sleeping(0.6))
    job = runs.submit("ann", [fakes.request()], "k")
    assert runs.admit(job.id)
    failing = fail_on(monkeypatch, "wish", 2)
    jobs.run_job(job.id, runs.context)
    assert failing.calls > 2
    ended = runs.get(job.runs[0].id, "ann")
    assert ended.state is RunState.FINISHED, ended.reason


def test_ctrl_c_just_after_the_end_was_recorded_leaves_the_bundle(
    make_runs: Make, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    publish = inline.publish

    def interrupted(*args: Any) -> bool:
        publish(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(inline, "publish", interrupted)
    runs = make_runs()
    with pytest.raises(KeyboardInterrupt):
        runs.run_inline([fakes.request()])
    (run,) = runs.list(None)
    assert run.state is RunState.FINISHED
    assert (home / "runs" / run.id / "model.skops").is_file()


def test_a_job_that_is_ended_from_outside_leaves_no_files_of_what_it_failed(
    registry: Registry, job: Job, bundles: Bundles
) -> None:
    run_id = job.runs[0].id
    registry.start(run_id, data={}, versions={})
    bundles.open_draft(run_id)
    with pytest.raises(SystemExit), jobs._failing_what_is_left(registry, bundles, job):
        raise SystemExit(143)
    assert bundles.runs_on_disk() == set()
