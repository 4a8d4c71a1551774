"""Deleted runs can be taken back for some days; then they go for good, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import NotFound
from core.runs.artifacts import Bundles
from core.runs.making import JobContext
from core.runs.model import Limits, Run, now
from core.runs.service import Runs
from core.runs.tables import EVENTS, JOBS, RUNS, SCORES
from tests.fakes import runs as fakes

MONTH = 30


@pytest.fixture
def runs(home: Path) -> Iterator[Runs]:
    opened = Runs(home, context=fakes.context(home))
    yield opened
    opened.close()


def deleted(runs: Runs, days: float, owner: str = "ann") -> Run:
    """A finished run that was put into the bin some days ago."""
    (run,) = runs.run_inline([fakes.request()], owner)
    runs.delete(run.id, owner)
    with runs._registry._database.writing() as connection:
        connection.execute(sa.update(RUNS).where(RUNS.c.id == run.id).values(deleted_at=now() - timedelta(days=days)))
    return run


def empty(runs: Runs, days: float = MONTH) -> int:
    return runs._registry.bin.empty(runs.context.bundles, days)


def rows(runs: Runs, table: sa.Table) -> int:
    with runs._registry._database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0


def test_what_was_deleted_long_ago_is_removed_with_its_files_and_nothing_else_is(runs: Runs) -> None:
    (kept,) = runs.run_inline([fakes.request()], "ann")
    (failed,) = runs.run_inline([fakes.request(family="svr")], "bob")
    queued = runs.submit("ann", [fakes.request()], "k").runs[0]
    young, old = deleted(runs, MONTH - 1), deleted(runs, MONTH + 1)
    before = {table.name: rows(runs, table) for table in (RUNS, JOBS)}
    assert empty(runs) == 1
    assert {table.name: rows(runs, table) for table in (RUNS, JOBS)} == {name: n - 1 for name, n in before.items()}
    assert runs._registry.run(old.id) is None
    assert runs.context.bundles.size(old.id) == 0
    assert {run.id for run in runs.list(None)} == {kept.id, failed.id, queued.id}
    assert runs.context.bundles.size(kept.id) > 0
    assert runs.restore(young.id, "ann").digests == young.digests
    with runs._registry._database.reading() as connection:
        for table in (SCORES, EVENTS):
            assert connection.execute(sa.select(table).where(table.c.run_id == old.id)).first() is None
    assert empty(runs) == 0


def test_a_job_stays_while_one_of_its_runs_does(runs: Runs) -> None:
    first, second = runs.run_inline([fakes.request(), fakes.request(seed=3)], "ann")
    runs.delete(first.id, "ann")
    assert empty(runs, days=1e-9) == 1
    assert [run.id for run in runs.job(second.job_id, "ann").runs] == [second.id]


def test_no_days_keep_everything(runs: Runs) -> None:
    old = deleted(runs, 4000)
    assert empty(runs, days=0) == 0
    assert runs.restore(old.id, "ann").id == old.id


def test_of_a_former_champion_the_history_stays_and_the_files_go(runs: Runs) -> None:
    (run,) = runs.run_inline([fakes.request()], "ann")
    runs.promotions.promote(run.id, "ann", "champion", "radio", "lowest error")
    runs.delete(run.id, "ann")
    assert empty(runs, days=1e-9) == 1
    assert runs.context.bundles.size(run.id) == 0
    (told,) = runs.promotions.history("ann")
    assert (told.run_id, told.why, told.is_deleted) == (run.id, "lowest error", True)
    assert empty(runs, days=1e-9) == 0
    with pytest.raises(NotFound, match="removed for good"):
        runs.restore(run.id, "ann")


def test_a_removal_that_was_interrupted_is_finished_by_the_next_and_cannot_be_undone_meanwhile(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = deleted(runs, MONTH + 1)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Bundles, "discard", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            empty(runs)
    with pytest.raises(NotFound):
        runs.restore(old.id, "ann")
    assert empty(runs) == 1
    assert runs._registry.run(old.id) is None


def test_only_what_serves_empties_the_bin_and_as_it_was_told(runs: Runs, home: Path) -> None:
    old = deleted(runs, 3)
    for days in (0, 1):
        context = JobContext(**{**vars(fakes.context(home)), "limits": Limits(bin_days=days)})
        opened = Runs(home, context=context)
        opened.sweep()
        assert runs._registry.run(old.id) is not None
        assert opened.empty_bin() == days
        opened.close()
    assert runs._registry.run(old.id) is None
    assert runs.context.bundles.size(old.id) == 0


def test_a_run_whose_files_cannot_be_removed_is_not_forgotten(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, gone = deleted(runs, MONTH + 1), deleted(runs, MONTH + 1)
    discard = Bundles.discard
    with monkeypatch.context() as patch:
        patch.setattr(Bundles, "discard", lambda self, run_id: None if run_id == stuck.id else discard(self, run_id))
        assert empty(runs) == 1
        assert empty(runs) == 0
    assert runs._registry.run(gone.id) is None
    with pytest.raises(NotFound, match="too long ago"):
        runs.restore(stuck.id, "ann")
    assert empty(runs) == 1
    assert runs.context.bundles.size(stuck.id) == 0
