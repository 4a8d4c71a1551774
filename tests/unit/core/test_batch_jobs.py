"""Scorings as jobs: one at a time, honest about every end, cleared away after a while."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.batch import added_columns, estimating, store, working
from core.batch.estimating import estimate_seconds
from core.batch.folders import INPUT, JOB, PROGRESS, RESULT, SUMMARY, change, count_active, read_job, write_job
from core.batch.jobs import ScoringLimits, ScoringRequest
from core.batch.store import Scorings
from core.batch.working import run_scoring
from core.errors import DataError, InvalidRequest, NotFound, Refused
from core.files import write_bytes
from core.processes import is_alive, process_id, this_process
from core.runs.making import JobContext
from core.runs.model import ACTIVE_STATES, Limits, RunState
from core.runs.slots import slot

HEADER = "track_id,track_name,danceability,energy,tempo"
FILE = f"{HEADER}\na,=1+1,0.5,0.4,120\nb,B,0.6,1.7,100\nc,C,0.7,0.9,90\nd,D,0.1,0.2,90\n".encode()
ABSENT = dict.fromkeys(
    ("loudness", "speechiness", "acousticness", "instrumentalness", "liveness", "valence", "duration_ms")
)


class Model:
    columns = ("danceability", "energy")
    interval = MappingProxyType({"coverage": 0.9, "protocol": "song", "n": 500})
    ranges = MappingProxyType({"energy": (0.0, 0.5)})
    cautions: tuple[str, ...] = ()
    names = understood = MappingProxyType({})
    keeps_its_share = True
    promise = "It holds."

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        energy = 100 * frame["energy"]
        return pd.DataFrame({"predicted": energy, "low": energy - 1, "high": energy + 1}, index=frame.index)


def not_yet(context: JobContext, folder: Path) -> None:
    """A start that leaves the scoring queued."""


def finish_at_once(context: JobContext, folder: Path) -> None:
    """A start that goes through the steps of a scoring without a model."""
    change(folder, [RunState.QUEUED], state=RunState.RUNNING, process=this_process())
    for name in (PROGRESS, RESULT, SUMMARY):
        write_bytes(folder / name, b"{}")
    change(folder, [RunState.RUNNING], state=RunState.FINISHED)


def submit(scorings: Scorings, owner: str = "me", **changes: Any) -> Any:
    key, training = changes.pop("key", str(uuid.uuid4())), changes.pop("training", 0)
    asked = ScoringRequest(FILE, str(uuid.uuid4()), "Ridge", "a.csv", ABSENT, reasons=False)
    return scorings.submit(owner, key, replace(asked, **changes), training=training)


@pytest.fixture
def make(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scorings]:
    monkeypatch.setattr(working, "_predictor", lambda *_: Model())

    def make(start: Any = run_scoring, limits: Limits | None = None, **kept: Any) -> Scorings:
        return Scorings(JobContext(home, limits or Limits()), start, ScoringLimits(**kept))

    return make


def test_accepted_rows_are_scored_beside_their_own_cells(make: Callable[..., Scorings]) -> None:
    scorings = make()
    scoring = submit(scorings)
    assert (scoring.state, scoring.reason) == (RunState.FINISHED, None)
    assert (scoring.summary["rows"], scoring.summary["rejected"]) == (3, 1)
    assert scoring.summary["flagged"] == {"taken_for_missing": 0, "out_of_range": 1}
    assert sum(scoring.summary["histogram"]) == 3
    path, _ = scorings.result("me", scoring.id)
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == ",".join([HEADER, *added_columns()])
    assert lines[1] == 'a,\'=1+1,0.5,0.4,120,40.0,39.0,41.0,"90%, all tracks",,'
    assert lines[2].endswith("energy")
    assert [line[0] for line in lines[1:]] == ["a", "c", "d"]
    assert not (path.parent / INPUT).exists()


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"content": b"\x89PNG\r\n\x1a\n" + bytes(100)}, "cannot be scored"),
        ({"content": FILE.replace(b"danceability", b"groove"), "mapping": {**ABSENT, "danceability": None}}, "danceab"),
        ({"content": FILE.replace(b"track_name", b"predicted")}, "already has a column 'predicted'"),
    ],
)
def test_a_file_that_cannot_be_scored_fails_with_the_reason(
    changes: dict[str, Any], part: str, make: Callable[..., Scorings]
) -> None:
    scoring = submit(make(), **changes)
    assert scoring.state is RunState.FAILED
    assert part in scoring.reason


def test_the_same_press_is_the_same_scoring_and_a_second_one_has_to_wait(make: Callable[..., Scorings]) -> None:
    scorings, key = make(not_yet), str(uuid.uuid4())
    first = submit(scorings, key=key)
    assert submit(scorings, key=key).id == first.id
    with pytest.raises(Refused, match="still being scored"):
        submit(scorings)
    assert submit(scorings, "somebody else").state is RunState.QUEUED
    with pytest.raises(InvalidRequest, match="no key"):
        submit(scorings, "third", key="x")


def test_training_and_scoring_share_the_queue(make: Callable[..., Scorings]) -> None:
    scorings = make(not_yet, Limits(run_slots=1, queue_limit=2))
    submit(scorings, "a")
    with pytest.raises(Refused, match="queue is full"):
        submit(scorings, "b", training=2)
    submit(scorings, "b", training=1)


def test_a_scoring_waits_for_the_slots_that_training_jobs_hold(make: Callable[..., Scorings], home: Path) -> None:
    context = JobContext(home, Limits(run_slots=1))
    scorings = make(lambda _, folder: threading.Thread(target=run_scoring, args=(context, folder)).start())
    with slot(context.tickets, 1, lambda _: None, lambda: True):
        one = submit(scorings)
        while not (one.progress or {}).get("ahead"):
            time.sleep(0.01)
            one = scorings.get("me", one.id)
        assert (one.state, one.progress["ahead"], count_active(home)) == (RunState.QUEUED, 1, 1)
    while one.is_active:
        time.sleep(0.01)
        one = scorings.get("me", one.id)
    assert (one.state, count_active(home)) == (RunState.FINISHED, 0)


def test_a_job_alone_has_all_cores_and_shares_them_with_what_runs_beside_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "cores", lambda: 4)
    context = JobContext(home, Limits(run_slots=2))
    assert working.threads_of(context, joining=1) == 4
    with contextlib.ExitStack() as stack:
        counted = []
        for _ in range(2):
            stack.enter_context(slot(context.tickets, 9, lambda _: None, lambda: True))
            counted.append(working.threads_of(context))
        assert counted == [4, 2]
        assert working.threads_of(context, joining=5) == 2  # they wait


def test_readers_meet_a_scoring_whole_or_not_at_all_while_it_is_cleared_away(
    make: Callable[..., Scorings], home: Path
) -> None:
    scorings = make(finish_at_once, kept=1)
    ended, seen = threading.Event(), []

    def read() -> None:
        while not ended.is_set():
            for one in scorings.list("me"):
                for ask in (scorings.get, scorings.result):
                    with contextlib.suppress(NotFound):
                        seen.append(ask("me", one.id))

    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read) for _ in range(2)]
        for _ in range(25):
            submit(scorings)
        ended.set()
        for one in reading:
            one.result(10)
    assert seen
    assert len(list(home.glob("scored/*/*/job.json"))) == 1


def test_what_is_half_cleared_away_is_gone_for_all(make: Callable[..., Scorings], home: Path) -> None:
    scorings = make()
    one = submit(scorings)
    (next(home.glob(f"scored/*/{one.id}")) / JOB).unlink()
    assert scorings.list("me") == []
    for ask in (scorings.get, scorings.result, scorings.cancel):
        with pytest.raises(NotFound, match="cleared away"):
            ask("me", one.id)


def test_absent_foreign_and_forged_ids_answer_alike(make: Callable[..., Scorings]) -> None:
    scorings = make()
    mine = submit(scorings)
    messages = set()
    for owner, one in (("other", mine.id), ("me", str(uuid.uuid4())), ("me", "../" + mine.id), ("me", "")):
        for ask in (scorings.get, scorings.cancel, scorings.result):
            with pytest.raises(NotFound) as raised:
                ask(owner, one)
            messages.add(str(raised.value))
    assert len(messages) == 1


def test_what_is_cancelled_stays_so_and_its_process_ends(make: Callable[..., Scorings], home: Path) -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        process = process_id(sleeper.pid)
        scorings = make(lambda _, folder: change(folder, ACTIVE_STATES, process=process))
        scoring = scorings.cancel("me", submit(scorings).id)
        assert scoring.state is RunState.CANCELLED
        assert not is_alive(process)
    finally:
        sleeper.kill()
    folder = next(home.glob(f"scored/*/{scoring.id}"))
    assert not change(folder, ACTIVE_STATES, state=RunState.FINISHED)
    run_scoring(JobContext(home), folder)
    assert scorings.get("me", scoring.id).state is RunState.CANCELLED


def test_a_killed_process_shows_as_failed_at_the_next_look(make: Callable[..., Scorings]) -> None:
    dead = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = process_id(dead.pid)
    scorings = make(lambda _, folder: change(folder, ACTIVE_STATES, state=RunState.RUNNING, process=process))
    scoring = submit(scorings)
    assert scoring.state is RunState.RUNNING
    dead.kill()
    dead.wait()
    found = scorings.get("me", scoring.id)
    assert (found.state, found.progress) == (RunState.FAILED, None)
    assert "memory" in found.reason
    assert submit(scorings, key=str(uuid.uuid4())).id != scoring.id  # the next one may begin


def test_a_process_that_never_came_shows_as_failed(make: Callable[..., Scorings], home: Path) -> None:
    scorings = make(not_yet)
    scoring = submit(scorings)
    folder = next(home.glob(f"scored/*/{scoring.id}"))
    write_job(folder, replace(read_job(folder), created_at=time.time() - 500))
    assert "did not start" in scorings.get("me", scoring.id).reason


def test_a_server_without_room_for_a_process_says_so(make: Callable[..., Scorings]) -> None:
    def refuse(context: JobContext, folder: Path) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    assert "no room" in submit(make(refuse)).reason


def test_old_results_give_way(make: Callable[..., Scorings], home: Path) -> None:
    scorings = make(kept=2)
    found = [submit(scorings) for _ in range(3)]
    assert [one.id for one in scorings.list("me")] == [found[2].id, found[1].id]
    late = make(kept_seconds=-1)
    assert late.list("me") == []
    with pytest.raises(NotFound):
        late.result("me", found[2].id)
    late.tidy()
    assert not list(home.glob("scored/*/*/job.json"))


def test_a_full_share_of_the_disk_is_said(make: Callable[..., Scorings]) -> None:
    with pytest.raises(Refused, match="no room"):
        submit(make(all_bytes=10))
    with pytest.raises(Refused, match="your share"):
        submit(make(owner_bytes=10))


def test_the_oldest_results_of_an_owner_give_way_to_a_new_file_and_those_of_others_stay(
    make: Callable[..., Scorings], home: Path
) -> None:
    scorings = make(owner_bytes=6_000)
    other = submit(scorings, "other")
    mine = [submit(scorings, content=FILE + b"x,X,0.1,0.2,90\n" * 20).id for _ in range(4)]
    left = [one.id for one in scorings.list("me")]
    assert left == mine[::-1][: len(left)]
    assert 1 <= len(left) < 4
    assert sum(path.stat().st_size for path in home.rglob("scored.csv")) < 6_000
    assert scorings.get("other", other.id).state is RunState.FINISHED


def test_what_is_refused_costs_no_earlier_result(make: Callable[..., Scorings]) -> None:
    kept = [submit(make(kept=1)).id]
    for scorings, training in ((make(kept=1, all_bytes=10), 0), (make(kept=1), 99)):
        with pytest.raises(Refused):
            submit(scorings, training=training)
    assert [one.id for one in make().list("me")] == kept


def test_a_result_that_outgrows_its_share_is_not_kept(
    make: Callable[..., Scorings], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "GROWTH", 1)
    scoring = submit(make(owner_bytes=len(FILE) + 50))
    assert scoring.state is RunState.FAILED
    assert "Score the file in parts" in scoring.reason
    assert not list(home.rglob("*scored.csv"))


def test_an_unexpected_end_is_no_traceback_for_people(
    make: Callable[..., Scorings], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(working, "_predictor", broken)
    scoring = submit(make())
    assert scoring.state is RunState.FAILED
    assert "secret" not in scoring.reason
    assert "ZeroDivisionError" in scoring.reason


def test_the_process_is_named_while_it_works(make: Callable[..., Scorings], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(_context: Any, _run: Any) -> Any:
        seen.append(scorings.list("me")[0])
        raise DataError("Enough.")

    monkeypatch.setattr(working, "_predictor", look)
    scorings = make()
    assert submit(scorings).reason == "Enough."
    assert (seen[0].state, seen[0].process) == (RunState.RUNNING, this_process())
    assert seen[0].progress["stage"] == "Loading the model"
    assert os.getpid() == seen[0].process.pid


def test_an_estimate_is_kept_with_its_model_and_reasons_are_shared_among_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, asked = {False: 0.001, True: 0.005}, []

    def measured(_model: Any, _frame: Any, reasons: bool) -> float:
        asked.append(reasons)
        return seconds[reasons]

    monkeypatch.setattr(estimating, "_seconds_a_row", measured)
    model, frame = Model(), pd.DataFrame({"danceability": np.full(1000, 0.5), "energy": 0.4})
    rest = estimating.START_S + 1000 / estimating.READ_ROWS_A_SECOND
    for _ in range(2):
        assert estimate_seconds(model, frame, reasons=True) == pytest.approx(rest + 5)
        assert estimate_seconds(model, frame, reasons=True, threads=2) == pytest.approx(rest + 3)
        assert estimate_seconds(model, frame, reasons=True, threads=4) == pytest.approx(rest + 3)  # it has two parts
    assert asked == [False, True]


def test_an_estimate_grows_with_the_rows() -> None:
    class Slow(Model):
        def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
            until = time.thread_time() + 0.001 * len(frame)
            while time.thread_time() < until:
                pass
            return super().predict(frame)

    frame = pd.DataFrame({"danceability": np.full(1000, 0.5), "energy": 0.4})
    assert 0.8 < estimate_seconds(Slow(), frame) - 2.08 < 3
    assert estimate_seconds(Slow(), frame.head(0)) == 2
