"""A few of the kills that ``benchmarks/kill.py`` makes by the hundred."""

from __future__ import annotations

from pathlib import Path

from benchmarks.kill import REQUESTS, kill_again_and_again


def test_jobs_killed_while_they_train_and_save_lose_nothing_and_leave_nothing_half_written(home: Path) -> None:
    tally = kill_again_and_again(home, kills=4, seed=1, requests=REQUESTS[:1])
    assert tally.broken == []
    assert tally.kills == 4
    assert len(tally.finished) >= 2  # those that nobody killed
