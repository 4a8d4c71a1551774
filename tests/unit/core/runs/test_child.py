"""What a job's child tells of its progress, and what is left of it when it ends in between."""

from __future__ import annotations

import os
from multiprocessing.connection import Pipe

import pytest

from core.processes import this_process
from core.progress import Progress
from core.runs.child import Child, Throttled, _hears_stop


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


@pytest.mark.parametrize("said", [b"", (100).to_bytes(4, "big") + b"half a message"])
def test_a_child_that_ends_in_the_middle_of_a_message_is_heard_up_to_there(said: bytes) -> None:
    ours, theirs = Pipe()
    child = Child(this_process(), ours)
    theirs.send(Progress("Fitting"))
    os.write(theirs.fileno(), said)
    theirs.close()
    assert [news.stage for news in child.listen(0.0)] == ["Fitting"]
    assert child.listen(0.0) == []


def test_a_parent_that_ends_in_the_middle_of_a_message_asks_for_nothing() -> None:
    ours, theirs = Pipe()
    os.write(ours.fileno(), (100).to_bytes(4, "big") + b"half a message")
    ours.close()
    assert not _hears_stop(theirs)
