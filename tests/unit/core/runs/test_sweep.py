from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

import core.runs.sweep
from core.processes import ProcessId, process_id, this_process
from core.runs.artifacts import Bundles
from core.runs.model import Job, Limits, Run, RunState, now
from core.runs.registry import Registry
from core.runs.sweep import STALE_AFTER, UNCLAIMED_AFTER, UNLAUNCHED_AFTER, remove_orphans, sweep
from tests.fakes.runs import request

DEAD = dataclasses.replace(this_process(), created=1.0)
ELSEWHERE = ProcessId(1, 1.0, "another-computer")


@pytest.fixture
def job(registry: Registry) -> Job:
    return registry.submit("ann", [request().model_dump(mode="json")], "k", Limits())


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Lets the sweep see a later time."""
    return lambda delta: monkeypatch.setattr(core.runs.sweep, "now", lambda: now() + delta)


def swept(registry: Registry, job: Job) -> Run:
    sweep(registry)
    run = registry.run(job.runs[0].id)
    assert run is not None
    return run


def test_a_job_that_is_being_made_is_left_alone(registry: Registry, job: Job) -> None:
    registry.claim(job.id, this_process())
    assert swept(registry, job).state is RunState.QUEUED


def test_a_dead_process_is_a_failed_run(registry: Registry, job: Job) -> None:
    registry.claim(job.id, DEAD)
    registry.start(job.runs[0].id, data={}, versions={})
    run = swept(registry, job)
    assert run.state is RunState.FAILED
    assert "ended unexpectedly" in (run.reason or "")


def test_a_process_that_died_before_it_could_claim_its_job_is_noticed_at_once(registry: Registry, job: Job) -> None:
    registry.admit(job.id)
    registry.announce(job.id, DEAD)
    assert "ended unexpectedly" in (swept(registry, job).reason or "")


def test_a_process_that_lives_but_never_claims_its_job_did_not_start(
    registry: Registry, job: Job, later: Callable[[timedelta], None]
) -> None:
    registry.admit(job.id)
    registry.announce(job.id, this_process())
    assert swept(registry, job).state is RunState.QUEUED
    later(UNCLAIMED_AFTER + timedelta(seconds=1))
    assert "could not make its process" in (swept(registry, job).reason or "")


def test_a_child_that_outlived_its_parent_is_ended(registry: Registry, job: Job) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        registry.claim(job.id, DEAD)
        registry.set_child(job.runs[0].id, process_id(child.pid))
        swept(registry, job)
        assert not psutil.pid_exists(child.pid)


def test_a_job_whose_page_was_closed_did_not_start(
    registry: Registry, job: Job, later: Callable[[timedelta], None]
) -> None:
    later(UNLAUNCHED_AFTER - timedelta(seconds=1))
    assert swept(registry, job).state is RunState.QUEUED
    later(UNLAUNCHED_AFTER + timedelta(seconds=1))
    assert "the page did not ask for it within 30 seconds" in (swept(registry, job).reason or "")


def test_a_launched_job_has_more_time_to_start(
    registry: Registry, job: Job, later: Callable[[timedelta], None]
) -> None:
    registry.admit(job.id)
    later(UNLAUNCHED_AFTER + timedelta(seconds=1))
    assert swept(registry, job).state is RunState.QUEUED
    later(UNCLAIMED_AFTER + timedelta(seconds=1))
    assert "could not make its process" in (swept(registry, job).reason or "")


def test_another_computer_is_judged_by_its_silence(
    registry: Registry, job: Job, later: Callable[[timedelta], None]
) -> None:
    registry.claim(job.id, ELSEWHERE)
    assert swept(registry, job).state is RunState.QUEUED
    later(STALE_AFTER + timedelta(seconds=1))
    assert "Nothing was heard" in (swept(registry, job).reason or "")


def test_only_the_files_of_runs_that_ended_unfinished_are_removed(registry: Registry, job: Job, tmp_path: Path) -> None:
    bundles, run = Bundles(tmp_path / "bundles"), job.runs[0]
    draft = bundles.open_draft(run.id)
    remove_orphans(registry, bundles)
    assert draft.exists()
    registry.start(run.id, data={}, versions={})
    remove_orphans(registry, bundles)
    assert draft.exists()
    registry.fail(run.id, "It was killed.")
    remove_orphans(registry, bundles)
    assert not draft.exists()


def test_a_run_that_begins_while_orphans_are_looked_for_keeps_its_draft(
    registry: Registry, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundles, run = Bundles(tmp_path / "bundles"), job.runs[0]
    draft = bundles.open_draft(run.id)
    registry.start(run.id, data={}, versions={})
    monkeypatch.setattr(registry, "bundle_owners", set)  # as it was a moment ago
    remove_orphans(registry, bundles)
    assert draft.exists()
