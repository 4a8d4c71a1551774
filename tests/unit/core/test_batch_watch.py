"""The watch beside a scoring: limits and cancelling hold on a full disk, and no process goes on without it."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from core.batch import folders, watching
from core.batch.folders import INPUT, PROGRESS, RESULT, change, drafted, read_job, write_job
from core.batch.jobs import Scoring
from core.batch.watching import watch
from core.processes import this_process
from core.runs.model import Limits, RunState

GENEROUS = Limits(run_seconds=3600, run_memory_mb=2**20)


def full_disk(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watching, "WATCH_EVERY_S", 0.01)
    folder = home / "one"
    folder.mkdir()
    state, process = RunState.RUNNING, this_process()
    write_job(folder, Scoring("i", "k", "r", "Ridge", "a.csv", {}, False, state=state, process=process))
    return folder


class Watched:
    """A watch in a thread of its own, and what it ended its process with."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.ended: list[int] = []
        self._thread = threading.Thread(target=watch, args=(limits, folder, self.ended.append), daemon=True)
        self._thread.start()

    def is_over(self, within_s: float) -> bool:
        self._thread.join(within_s)
        return not self._thread.is_alive()


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(run_seconds=0, run_memory_mb=2**20), "time limit of 0 seconds"),
        (Limits(run_seconds=3600, run_memory_mb=1), "memory limit of 1 MiB"),
    ],
)
def test_a_scoring_beyond_its_limits_is_ended_with_the_reason(folder: Path, limits: Limits, told: str) -> None:
    watched = Watched(folder, limits)
    assert watched.is_over(5)
    assert watched.ended == [1]
    assert read_job(folder).state is RunState.FAILED
    assert told in (read_job(folder).reason or "")


def test_a_scoring_beyond_its_limits_is_ended_on_a_full_disk_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "write_bytes", full_disk)
    watched = Watched(folder, Limits(run_seconds=0))
    assert watched.is_over(5)
    assert watched.ended == [1]


def test_what_it_wrote_makes_room_for_the_reason_on_a_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (INPUT, drafted(RESULT)):
        (folder / name).write_text("much", "utf-8")
    plain = folders.write_bytes
    is_full = (folder / drafted(RESULT)).exists
    monkeypatch.setattr(folders, "write_bytes", lambda *given: full_disk() if is_full() else plain(*given))
    assert Watched(folder, Limits(run_seconds=0)).is_over(5)
    assert "time limit" in (read_job(folder).reason or "")
    assert not (folder / INPUT).exists()


@pytest.mark.parametrize("state", [RunState.CANCELLED, RunState.FAILED])
def test_a_scoring_that_others_ended_is_ended(folder: Path, state: RunState) -> None:
    watched = Watched(folder, GENEROUS)
    assert not watched.is_over(0.05)
    change(folder, [RunState.RUNNING], state=state, reason="Nothing was heard from it.")
    assert watched.is_over(5)
    assert watched.ended == [1]
    assert read_job(folder).reason == "Nothing was heard from it."


def test_a_scoring_whose_folder_is_gone_is_ended(folder: Path) -> None:
    watched = Watched(folder, GENEROUS)
    assert not watched.is_over(0.05)
    shutil.rmtree(folder)
    assert watched.is_over(5)
    assert watched.ended == [1]


def test_limits_hold_while_the_state_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(folder, Limits(run_seconds=0.1, run_memory_mb=2**20))
    assert not watched.is_over(0.05)
    (folder / folders.JOB).write_text("{", "utf-8")
    assert watched.is_over(5)
    assert watched.ended == [1]


def test_a_watch_that_raises_leaves_no_process_unwatched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "resident_mb", lambda _: 1 / 0)
    watched = Watched(folder, GENEROUS)
    assert watched.is_over(5)
    assert watched.ended == [1]


def test_a_watched_scoring_gives_signs_of_life(folder: Path) -> None:
    (folder / PROGRESS).write_text("{}", "utf-8")
    os.utime(folder / PROGRESS, (1, 1))
    assert not Watched(folder, GENEROUS).is_over(0.1)
    assert (folder / PROGRESS).stat().st_mtime > 1
    shutil.rmtree(folder)
