"""What has expired leaves a running server, and trouble with one kind of it keeps no other from leaving."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pytest

from core.batch.folders import FOLDER, change
from core.batch.jobs import ScoringRequest
from core.batch.store import Scorings
from core.errors import StorageError
from core.runs.making import JobContext
from core.runs.model import ACTIVE_STATES, Limits, RunState
from core.runs.service import Runs
from core.tables.tracks import TrackStore
from dashboard import upkeep
from dashboard.services import Services
from dashboard.settings import Settings
from dashboard.upkeep import EVERY_S, WORK, Upkeep
from tests.fakes import runs as fakes
from tests.unit.core.test_tables import examined

A_DAY = 24 * 3600.0


@pytest.fixture
def services(home: Path) -> Services:
    return Services(Settings(home=home), TrackStore(None, home), lambda: Runs(home))


def leave(services: Services) -> None:
    """One of everything that an owner may leave: staged, deleted, scored, and half-written by a process that died."""
    services.tables.stage("ann", b"x", "a.csv")
    own = services.tables.add("ann", "Mine", examined(frame=pd.DataFrame({"track_id": ["a"]}), can_train=False))
    services.tables.delete("ann", own.id)
    context = JobContext(services.settings.home, Limits())
    asked = ScoringRequest(b"x", str(uuid.uuid4()), "Ridge", "a.csv", {}, reasons=False)
    scoring = Scorings(context, lambda *_: None).submit("ann", str(uuid.uuid4()), asked)
    change(next(services.settings.home.glob(f"{FOLDER}/*/{scoring.id}")), ACTIVE_STATES, state=RunState.CANCELLED)
    (run,) = services.runs.submit("ann", [fakes.request()], str(uuid.uuid4())).runs
    services.runs.context.bundles.open_draft(run.id)
    services.runs.cancel(run.id, "ann")


def left(home: Path) -> list[str]:
    places = ("tables/*/staged/*", "tables/*/*.csv", "scored/*/*/job.json", "runs/.writing-*")
    return [path.name for place in places for path in home.glob(place)]


def test_what_has_expired_leaves_a_running_server(
    services: Services, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Upkeep(services)
    keep.work()
    leave(services)
    assert len(left(home)) == 4
    draft = next(home.glob("runs/.writing-*"))
    draft.rename(home / "aside")
    keep.work()
    assert len(left(home)) == 3  # an owner may still come back for it
    (home / "aside").rename(draft)
    later = time.time() + A_DAY + 1
    monkeypatch.setattr(time, "time", lambda: later)
    keep.work()
    assert left(home) == []


def test_trouble_with_one_kind_keeps_no_other_from_leaving(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    trouble = [StorageError("The disk is full."), OSError(5, "Input/output error"), ValueError("A broken file.")]
    done: list[str] = []

    def work_of(at: int, name: str) -> Any:
        def work(_: Services) -> None:
            done.append(name)
            raise trouble[at % len(trouble)]

        return work

    failing = {name: work_of(at, name) for at, name in enumerate(WORK)}
    monkeypatch.setattr(upkeep, "WORK", MappingProxyType(failing))
    Upkeep(services).work()
    assert done == list(WORK)
    assert all(f"of the {name}" in caplog.text for name in WORK)


def test_the_work_is_done_at_the_start_and_every_hour(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[float] = []

    def sleep(seconds: float) -> None:
        done.append(seconds)
        if len(done) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(upkeep.time, "sleep", sleep)
    monkeypatch.setattr(upkeep, "WORK", {"something": lambda _: done.append(0)})
    with pytest.raises(KeyboardInterrupt):
        Upkeep(services).keep_on()
    assert done == [0, EVERY_S, 0, EVERY_S]
