from __future__ import annotations

import threading
from typing import Any

import pytest

from core.errors import StorageError
from dashboard import upkeep
from dashboard.upkeep import EVERY_S, Upkeep


class Runs:
    def __init__(self) -> None:
        self.emptied = threading.Semaphore(0)

    def empty_bin(self) -> int:
        self.emptied.release()
        raise StorageError("The disk is full.")


class Services:
    def __init__(self) -> None:
        self.runs: Any = Runs()


def test_the_work_is_done_once_an_hour_and_outlives_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1000.0
    monkeypatch.setattr(upkeep.time, "monotonic", lambda: moment)
    services = Services()
    keep: Any = Upkeep(services)  # type: ignore[arg-type]
    keep()
    assert not services.runs.emptied.acquire(timeout=0.05)
    for _ in range(2):
        moment += EVERY_S + 1
        keep()
        keep()
        assert services.runs.emptied.acquire(timeout=5)
        assert not services.runs.emptied.acquire(timeout=0.05)
