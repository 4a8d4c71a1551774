"""Of all runs, however many, those that share a footing are found, and the best of them by each measure."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from core.comparison import Footing
from core.runs.model import SHELL_OWNER, Run
from core.runs.registry import Registry
from tests.fakes.finished import REAL, SAMPLE
from tests.fakes.runs import request

Make = Callable[..., Run]


@pytest.fixture
def make(registry: Registry) -> Make:
    def made(owner: str = "ann", data: Any = REAL, scores: dict[str, float] | None = None, **asked: Any) -> Run:
        job = registry.submit(owner, [request(**asked).model_dump(mode="json")], str(uuid.uuid4()), None)
        run_id = job.runs[0].id
        registry.start(run_id, data=data, versions={})
        if scores is None:
            registry.fail(run_id, "no")
        else:
            registry.finish(run_id, metrics={"test": scores}, timings={"total_seconds": 1.0}, notices=[], digests={})
        found = registry.run(run_id)
        assert found is not None
        return found

    return made


def scored(rmse: float, **more: float) -> dict[str, float]:
    return {"rmse": rmse, "mae": rmse, "r2": -rmse, "mse": rmse**2, **more}


def test_groups_hold_finished_runs_on_one_footing_that_of_the_newest_first(registry: Registry, make: Make) -> None:
    make(scores=scored(20), seed=7)
    make(scores=scored(20), data=SAMPLE)
    make(SHELL_OWNER, scores=scored(21))
    newest = make(scores=scored(22), test_share=0.2)
    make(scores=None)
    make("bob", scores=scored(10))
    groups = registry.standings.groups("ann")
    assert [(one.footing.seed, one.n) for one in groups][-1] == (7, 1)
    assert (groups[0].newest.id, groups[0].n) == (newest.id, 2)
    assert groups[1].footing.sha256 == SAMPLE["sha256"]
    assert registry.standings.count("ann") == 5


def test_the_best_by_one_measure_come_first_then_the_first_few_by_each_other(registry: Registry, make: Make) -> None:
    runs = [make(scores=scored(20 + at)) for at in range(8)]
    sharp = make(scores=scored(40, pinball=1.0))
    unlike = make(scores=scored(1), seed=7)
    (footing,) = [one.footing for one in registry.standings.groups("ann") if one.footing.seed != unlike.request.seed]
    found = registry.standings.best("ann", footing, "rmse", 4)
    assert [run.id for run in found] == [*(run.id for run in runs[:4]), sharp.id]
    by_pinball = registry.standings.best("ann", footing, "pinball", 4)
    assert [run.id for run in by_pinball] == [sharp.id, *(run.id for run in runs[:3])]


def test_a_measure_that_few_have_stored_orders_runs_as_the_one_that_all_have(registry: Registry, make: Make) -> None:
    far, near = make(scores=scored(30, wmape=1.0)), make(scores=scored(20))
    footing = registry.standings.groups("ann")[0].footing
    assert registry.standings.best("ann", footing, "wmape", 1)[0].id == near.id != far.id
    assert registry.standings.best("ann", Footing("none", "song", 0.2, 42), "rmse", 4) == []


def test_the_digest_changes_with_what_can_be_seen(registry: Registry, make: Make) -> None:
    run = make(scores=scored(20))
    before = registry.standings.digest("ann")
    make("bob", scores=scored(20))
    assert registry.standings.digest("ann") == before
    registry.history.describe(run.id, "ann", run.edition, name="The one")
    named = registry.standings.digest("ann")
    assert named != before
    make(scores=None)
    assert registry.standings.digest("ann") != named
