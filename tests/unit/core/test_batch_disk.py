"""Scorings on a full disk: what is known is said, nothing is left behind, and no grant exceeds what there is."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from core.batch import folders
from core.batch.folders import FOLDER, INPUT, RESULT, count_active, drafted, read_job, write_job
from core.batch.jobs import ENDED, Scoring, ScoringLimits, ScoringRequest
from core.batch.store import Scorings
from core.batch.working import _write
from core.errors import StorageError
from core.files import bytes_below, owner_folder
from core.processes import ProcessId, process_id, this_process
from core.runs.making import JobContext
from core.runs.model import Limits, RunState

FILE = b"track_id\na\n"


def full_disk(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def scorings_of(home: Path) -> Scorings:
    return Scorings(JobContext(home, Limits()), lambda *_: None)


def submit(scorings: Scorings, owner: str) -> Scoring:
    return scorings.submit(owner, str(uuid.uuid4()), ScoringRequest(FILE, "r", "Ridge", "a.csv", {}, reasons=False))


def put(home: Path, owner: str, process: ProcessId) -> tuple[Path, Scoring]:
    scoring = Scoring(str(uuid.uuid4()), "k", "r", "Ridge", "a.csv", {}, False, state=RunState.RUNNING, process=process)
    folder = home / FOLDER / owner_folder(owner) / scoring.id
    folder.mkdir(parents=True)
    write_job(folder, scoring)
    return folder, scoring


def test_a_dead_scoring_is_failed_for_all_who_look_even_where_that_cannot_be_stored(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = this_process()
    dead = ProcessId(**{**me.__dict__, "pid": 2**22 + 1})
    folder, scoring = put(home, "me", dead)
    scorings = scorings_of(home)
    with monkeypatch.context() as full:
        full.setattr(folders, "write_bytes", full_disk)
        seen = scorings.get("me", scoring.id)
        assert (seen.state, seen.reason, seen.is_active) == (RunState.FAILED, ENDED, False)
        assert [one.state for one in scorings.list("me")] == [RunState.FAILED]
        assert count_active(home) == 0
        assert scorings.cancel("me", scoring.id).state is RunState.FAILED
        scorings.tidy()
        assert read_job(folder).state is RunState.RUNNING
    assert submit(scorings, "me").is_active
    scorings.get("me", scoring.id)
    assert read_job(folder).state is RunState.FAILED


def test_a_live_scoring_is_cancelled_on_a_full_disk_and_gives_its_room_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        folder, scoring = put(home, "me", process_id(child.pid))
        for name in (INPUT, drafted(RESULT)):
            (folder / name).write_text("much", "utf-8")
        plain = folders.write_bytes
        with monkeypatch.context() as full:
            full.setattr(folders, "write_bytes", lambda *a: full_disk() if (folder / INPUT).exists() else plain(*a))
            assert scorings_of(home).cancel("me", scoring.id).state is RunState.CANCELLED
        child.wait(timeout=10)
    assert read_job(folder).state is RunState.CANCELLED
    assert not (folder / drafted(RESULT)).exists()


def test_a_scoring_whose_process_cannot_be_reached_says_why_it_is_not_cancelled(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = ProcessId(**{**this_process().__dict__, "host": "elsewhere"})
    folder, scoring = put(home, "me", far)
    monkeypatch.setattr(folders, "write_bytes", full_disk)
    with pytest.raises(StorageError, match="disk is full"):
        scorings_of(home).cancel("me", scoring.id)
    assert read_job(folder).is_active


def test_a_result_that_the_disk_cannot_take_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = home / RESULT
    result.write_text("earlier", "utf-8")
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        _write(result, iter(["a\n" * 9]), None)
    with pytest.raises(StorageError, match="more than its share"):
        _write(result, iter(["a\n" * 9]), 3)
    assert [path.name for path in home.iterdir()] == [RESULT]
    assert result.read_text("utf-8") == "earlier"


def test_what_others_may_yet_write_is_not_granted_twice(home: Path) -> None:
    limits = ScoringLimits(owner_bytes=400_000, all_bytes=1_000_000)
    scorings = Scorings(JobContext(home, Limits(queue_limit=20)), lambda *_: None, limits)
    granted = [submit(scorings, f"owner {number}").most_bytes or 0 for number in range(8)]
    assert granted[0] == limits.owner_bytes - len(FILE)
    assert all(one > 3 * len(FILE) for one in granted)
    assert sum(granted) + bytes_below(home / FOLDER) <= limits.all_bytes


def test_what_was_written_of_a_promise_counts_once(home: Path) -> None:
    limits = ScoringLimits(owner_bytes=90_000, all_bytes=100_000)
    scorings = Scorings(JobContext(home, Limits()), lambda *_: None, limits)
    first = submit(scorings, "first").most_bytes or 0
    before = scorings._promised()
    folder = next((home / FOLDER).glob("*/*/"))
    (folder / drafted(RESULT)).write_bytes(bytes(10_000))
    assert before - scorings._promised() == 10_000
    assert first // 2 - 2_000 < (submit(scorings, "second").most_bytes or 0) < first
