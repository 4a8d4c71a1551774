from __future__ import annotations

from pathlib import Path

from core.runs.model import Limits
from dashboard.limits import limits_of
from dashboard.settings import Settings


def test_every_limit_comes_from_the_setting_of_its_name(home: Path) -> None:
    settings = Settings(home=home, run_slots=3, queue_limit=4, jobs_per_user=5, run_seconds=60, run_memory_mb=700)
    assert limits_of(settings) == Limits(3, 4, 5, 60, 700)
    assert limits_of(Settings(home=home)) == Limits()
