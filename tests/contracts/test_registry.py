"""What every store of the run registry must do; PostgreSQL takes part where TEST_POSTGRES_URL names a database."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import core.runs.migrations
from core.errors import Refused, StorageError
from core.processes import ProcessId, this_process
from core.progress import Candidate, FoldScored, Progress
from core.runs.database import HEAD
from core.runs.model import SHELL_OWNER, TRANSITIONS, Limits, RunState, now
from core.runs.registry import FILE_NAME, Registry, open_registry
from core.runs.tables import METADATA
from tests.fakes.runs import request

ONE = [request().model_dump(mode="json")]
TWO = ONE * 2
WIDE = Limits(run_slots=2, queue_limit=100, jobs_per_user=100)
POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL")
STORES = {"sqlite": None} | ({"postgresql": POSTGRES_URL} if POSTGRES_URL else {})
RESULT: dict[str, Any] = {"metrics": {"test": {"r2": 0.1}}, "timings": {}, "notices": ["n"], "digests": {"a": "b"}}


@pytest.fixture(params=STORES)
def opener(request: pytest.FixtureRequest, home: Path) -> Iterator[Callable[[], Registry]]:
    """Opens the same store again and again, as the processes of a server do."""
    url = STORES[request.param]
    opened: list[Registry] = []

    def open_one() -> Registry:
        opened.append(open_registry(home, url))
        return opened[-1]

    yield open_one
    if url is not None:
        METADATA.drop_all(opened[0]._database.engine)
        with opened[0]._database.writing() as connection:
            connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    for each in opened:
        each.close()


@pytest.fixture
def registry(opener: Callable[[], Registry]) -> Registry:
    return opener()


def submitted(registry: Registry, owner: str = "ann", key: str = "k") -> str:
    return registry.submit(owner, ONE, key, WIDE).runs[0].id


def running(registry: Registry, **names: str) -> str:
    run_id = submitted(registry, **names)
    assert registry.start(run_id, data={"tracks": 3}, versions={"python": "3"})
    return run_id


def test_a_submitted_job_reads_back_as_it_was_asked_for(registry: Registry) -> None:
    job = registry.submit("ann", [request(seed=3).model_dump(mode="json"), *ONE], "k", WIDE)
    assert [run.state for run in job.runs] == [RunState.QUEUED] * 2
    assert job.runs[0].request == request(seed=3)
    assert registry.job(job.id) == job
    assert registry.run(job.runs[1].id) == job.runs[1]
    assert job.created_at.tzinfo is not None


def test_the_same_key_gives_the_same_job_and_another_owner_another(registry: Registry) -> None:
    first = registry.submit("ann", TWO, "k", WIDE)
    assert registry.submit("ann", TWO, "k", WIDE) == first
    assert registry.submit("bob", ONE, "k", WIDE).id != first.id


@pytest.mark.parametrize("other", [TWO, [request(seed=3).model_dump(mode="json")]])
def test_a_key_that_comes_again_with_other_requests_is_refused(registry: Registry, other: list[Any]) -> None:
    first = registry.submit("ann", ONE, "k", WIDE)
    with pytest.raises(Refused, match="has changed since it was sent"):
        registry.submit("ann", other, "k", WIDE)
    assert registry.submit("ann", ONE, "k", WIDE) == first


def test_one_active_job_an_owner(registry: Registry) -> None:
    registry.submit("ann", ONE, "1", Limits())
    with pytest.raises(Refused, match="already have a training job"):
        registry.submit("ann", ONE, "2", Limits())
    registry.submit("bob", ONE, "2", Limits())


def test_a_full_queue_refuses_until_a_job_ends(registry: Registry) -> None:
    limits = Limits(run_slots=1, queue_limit=1)
    ended = registry.submit("a", ONE, "k", limits).runs[0].id
    registry.submit("b", ONE, "k", limits)
    with pytest.raises(Refused, match="queue is full"):
        registry.submit("c", ONE, "k", limits)
    registry.cancel(ended, "Cancelled.")
    registry.submit("c", ONE, "k", limits)


def test_runs_of_the_shell_take_no_place_in_the_queue(registry: Registry) -> None:
    for key in "abc":
        registry.submit(SHELL_OWNER, ONE, key, None)
    registry.submit("ann", ONE, "k", Limits(run_slots=1, queue_limit=0))


def test_fifty_submits_at_once_give_one_job(opener: Callable[[], Registry]) -> None:
    doors = [opener() for _ in range(4)]
    start = threading.Barrier(50)
    results: list[str] = []

    def press(index: int) -> None:
        start.wait()
        try:
            results.append(doors[index % 4].submit("ann", ONE, f"click-{index}", Limits()).id)
        except Refused:
            results.append("refused")

    threads = [threading.Thread(target=press, args=(index,)) for index in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("refused") == 49
    assert len(doors[0].runs("ann", limit=100)) == 1


def test_a_job_is_admitted_once_and_claimed_once(opener: Callable[[], Registry]) -> None:
    one, other = opener(), opener()
    job = one.submit("ann", ONE, "k", WIDE)
    assert [one.admit(job.id), other.admit(job.id)] == [True, False]
    assert [other.claim(job.id, this_process()), one.claim(job.id, this_process())] == [True, False]


def test_a_process_that_was_announced_claims_its_job_once_and_no_other_does(opener: Callable[[], Registry]) -> None:
    one, other = opener(), opener()
    job = one.submit("ann", ONE, "k", WIDE)
    me, stranger = this_process(), ProcessId(4242, 1.0, "elsewhere")
    assert one.announce(job.id, me)
    assert not one.announce(job.id, stranger)
    assert one.watched()[0].process == me
    assert [other.claim(job.id, each) for each in (stranger, me, me)] == [False, True, False]


def test_a_job_that_nobody_wants_is_neither_admitted_nor_claimed(registry: Registry) -> None:
    job = registry.submit("ann", ONE, "k", WIDE)
    registry.cancel(job.runs[0].id, "Cancelled.")
    assert not registry.is_wanted(job.id)
    assert not registry.admit(job.id)
    assert not registry.claim(job.id, this_process())
    assert not registry.admit("00000000-0000-0000-0000-000000000000")


def test_a_finished_run_keeps_what_it_was_given(registry: Registry) -> None:
    run_id = running(registry)
    registry.note(run_id, Progress("Fitting"))
    assert registry.finish(run_id, **RESULT)
    run = registry.run(run_id)
    assert run is not None
    assert (run.state, run.metrics, run.notices, run.digests) == (
        RunState.FINISHED,
        {"test": {"r2": 0.1}},
        ["n"],
        {"a": "b"},
    )
    assert run.progress is None
    assert run.data == {"tracks": 3}


def test_only_one_of_cancel_and_finish_wins(opener: Callable[[], Registry]) -> None:
    one, other = opener(), opener()
    for index in range(10):
        run_id = running(one, key=str(index))
        won: list[str] = []
        both = threading.Barrier(2)

        def cancel(run_id: str = run_id, won: list[str] = won, both: threading.Barrier = both) -> None:
            both.wait()
            if other.cancel(run_id, "Cancelled."):
                won.append("cancelled")

        thread = threading.Thread(target=cancel)
        thread.start()
        both.wait()
        if one.finish(run_id, **RESULT):
            won.append("finished")
        thread.join()
        run = one.run(run_id)
        assert run is not None
        assert won == [run.state.value]


def test_progress_after_the_end_is_not_recorded(registry: Registry) -> None:
    run_id = running(registry)
    registry.cancel(run_id, "Cancelled.")
    assert not registry.note(run_id, Progress("late"))
    run = registry.run(run_id)
    assert run is not None
    assert run.progress is None


def test_events_are_numbered_and_a_later_one_of_a_key_takes_the_place_of_the_earlier(registry: Registry) -> None:
    run_id, other = running(registry), running(registry, key="other")
    first, second = Candidate(1, {"alpha": 1.0}, "running"), Candidate(2, {"alpha": 2.0}, "running")
    assert registry.note(run_id, Progress("Searching"), [first, FoldScored(1, {"r2": 0.5}, 0.1), second])
    assert registry.note(other, None, [FoldScored(9, {}, 0.0)])
    last, told = registry.events(run_id, 0)
    assert (last, [event["kind"] for event in told]) == (3, ["candidate", "fold", "candidate"])
    assert registry.note(run_id, None, [Candidate(1, {"alpha": 1.0}, "finished", score=float("nan"))])
    last, told = registry.events(run_id, last)
    assert (last, [(event["number"], event["state"], event["score"]) for event in told]) == (4, [(1, "finished", None)])
    assert registry.events(run_id, 4) == (4, [])
    assert [event["kind"] for event in registry.events(run_id, 0)[1]] == ["fold", "candidate", "candidate"]
    run = registry.run(run_id)
    assert run is not None
    assert run.progress == Progress("Searching").to_dict()


def test_events_outlast_the_end_of_a_run_and_none_is_added_after_it(registry: Registry) -> None:
    run_id = running(registry)
    registry.note(run_id, None, [FoldScored(1, {"r2": 0.5}, 0.1)])
    registry.fail(run_id, "why")
    assert not registry.note(run_id, None, [FoldScored(2, {"r2": 0.5}, 0.1)])
    assert [event["number"] for event in registry.events(run_id, 0)[1]] == [1]


def test_events_go_with_their_run(registry: Registry) -> None:
    run_id = running(registry)
    registry.note(run_id, None, [FoldScored(1, {"r2": 0.5}, 0.1)])
    with registry._database.writing() as connection:
        connection.execute(sa.delete(METADATA.tables["runs"]).where(METADATA.tables["runs"].c.id == run_id))
    assert registry.events(run_id, 0) == (0, [])


def test_only_a_running_run_can_be_asked_to_keep_the_best_so_far(registry: Registry) -> None:
    queued = submitted(registry)
    assert not registry.ask_to_stop(queued)
    run_id = running(registry, key="other")
    assert registry.wish(run_id) == (RunState.RUNNING, None)
    assert registry.ask_to_stop(run_id)
    asked = registry.run(run_id)
    assert registry.ask_to_stop(run_id)
    again = registry.run(run_id)
    assert asked is not None
    assert again is not None
    assert asked.stop_requested_at == again.stop_requested_at is not None
    assert registry.wish(run_id) == (RunState.RUNNING, asked.stop_requested_at)
    assert registry.ask_to_stop(run_id, again=True)
    assert registry.wish(run_id)[1] > asked.stop_requested_at
    registry.finish(run_id, **RESULT)
    assert not registry.ask_to_stop(run_id)


def test_people_see_their_own_runs_and_those_of_the_shell(registry: Registry) -> None:
    mine = submitted(registry, "ann")
    foreign = submitted(registry, "bob")
    shells = submitted(registry, SHELL_OWNER)
    assert {run.id for run in registry.runs("ann", limit=10)} == {mine, shells}
    assert {run.id for run in registry.runs(None, limit=10)} == {mine, foreign, shells}


def test_lists_are_newest_first_bounded_and_can_be_narrowed(registry: Registry) -> None:
    old, ended, new = (submitted(registry, key=key) for key in "abc")
    registry.cancel(ended, "Cancelled.")
    assert [run.id for run in registry.runs("ann", limit=2)] == [new, ended]
    assert [run.id for run in registry.runs("ann", limit=9, active=True)] == [new, old]
    later = now() + timedelta(seconds=5)
    assert [run.id for run in registry.runs("ann", limit=9, ended_since=later)] == [new, old]


def test_only_ended_runs_go_into_the_bin_and_they_come_back(registry: Registry) -> None:
    run_id = running(registry)
    assert not registry.bin.put(run_id)
    registry.cancel(run_id, "Cancelled.")
    assert registry.bin.put(run_id)
    assert registry.runs("ann", limit=9) == []
    assert registry.bin.take_out(run_id)
    assert [run.id for run in registry.runs("ann", limit=9)] == [run_id]


def test_processes_are_remembered_for_the_sweep(registry: Registry) -> None:
    run_id = running(registry)
    run = registry.run(run_id)
    assert run is not None
    me, child = this_process(), ProcessId(4242, 1e9 + 0.25, "elsewhere")
    registry.claim(run.job_id, me)
    registry.set_child(run_id, child)
    (watched,) = registry.watched()
    assert (watched.process, watched.children) == (me, {run_id: child})


OPERATIONS: dict[RunState, Callable[[Registry, str], bool]] = {
    RunState.RUNNING: lambda registry, run_id: registry.start(run_id, data={}, versions={}),
    RunState.FINISHED: lambda registry, run_id: registry.finish(run_id, **RESULT),
    RunState.FAILED: lambda registry, run_id: registry.fail(run_id, "why"),
    RunState.CANCELLED: lambda registry, run_id: registry.cancel(run_id, "why"),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=1, max_size=6))
def test_states_change_only_as_the_table_of_transitions_says(registry: Registry, wishes: list[RunState]) -> None:
    run_id = submitted(registry, key=now().isoformat())
    state = RunState.QUEUED
    for wish in wishes:
        allowed = wish in TRANSITIONS[state]
        assert OPERATIONS[wish](registry, run_id) is allowed
        state = wish if allowed else state
        run = registry.run(run_id)
        assert run is not None
        assert run.state is state
        assert (run.finished_at is not None) is not state.is_active
    registry.cancel(run_id, "end")


def test_processes_that_start_together_make_the_schema_once(home: Path) -> None:
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            open_registry(home).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_migrations_lead_to_the_tables_that_the_code_uses(registry: Registry) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(core.runs.migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    with registry._database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_sqlite_is_switched_to_safety(home: Path) -> None:
    registry = open_registry(home)
    with registry._database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert (home / FILE_NAME).stat().st_mode & 0o077 == 0


def test_a_registry_of_a_newer_program_is_refused_with_the_reason(home: Path) -> None:
    registry = open_registry(home)
    with registry._database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    registry.close()
    with pytest.raises(StorageError, match="newer version"):
        open_registry(home)


def test_a_file_that_is_no_database_is_refused_with_the_reason(home: Path) -> None:
    (home / FILE_NAME).write_bytes(b"not a database" * 100)
    with pytest.raises(StorageError, match="run registry cannot be used"):
        open_registry(home)
