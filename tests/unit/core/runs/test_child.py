"""What a job's child tells of its progress."""

from __future__ import annotations

from core.progress import Progress
from core.runs.child import Throttled


def test_progress_is_thinned_but_no_stage_is_lost() -> None:
    heard: list[Progress] = []
    report = Throttled(heard.append, every_s=60)
    for done in range(100):
        report(Progress("Cross-validating", done, 100))
    report(Progress("Storing the model"))
    assert [(progress.stage, progress.done) for progress in heard] == [
        ("Cross-validating", 0),
        ("Storing the model", 0),
    ]
