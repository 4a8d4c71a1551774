from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from multiprocess import process as multiprocess_process

from core.processes import process_id
from core.runs.model import SHELL_OWNER, RunState
from core.runs.service import Runs
from dashboard.background import PRELOAD, TrainingManager, make_manager
from dashboard.limits import context_of
from dashboard.settings import Settings
from tests.fakes.runs import request, wait_for


def describe_itself(set_progress: Callable[[Any], None], launch: Any, context: Any) -> dict[str, Any]:
    set_progress({"job_id": launch["job_id"]})
    return {"pid": os.getpid(), "session": os.getsid(0), "home": str(context.home)}


def raise_something(set_progress: Callable[[Any], None], launch: Any, context: Any) -> None:
    raise ValueError("it broke")


@pytest.fixture
def manager(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainingManager]:
    monkeypatch.setattr("dashboard.background.PRELOAD", ())
    made = make_manager(settings)
    yield made
    made.handle.close()


@pytest.fixture
def job_id(settings: Settings) -> str:
    return Runs(settings.home).submit("ann", [request()], "k").id


def result_of(manager: TrainingManager, key: str, handle: str | None) -> Any:
    return wait_for(lambda: manager.handle.get(key), 30) and manager.get_result(key, handle)


def test_equal_clicks_have_results_of_their_own(manager: TrainingManager) -> None:
    keys = {manager.build_cache_key(describe_itself, [1], [], None) for _ in range(3)}
    assert len(keys) == 3


def test_an_admitted_job_runs_in_a_session_of_its_own(manager: TrainingManager, job_id: str, home: Path) -> None:
    handle = manager.call_job_fn("key", describe_itself, [{"job_id": job_id}], None)
    assert manager.job_running(handle)
    answer = result_of(manager, "key", handle)
    assert answer["session"] == answer["pid"] != os.getpid()
    assert answer["home"] == str(home)
    assert psutil.Process(answer["pid"]).ppid() != os.getpid()


def test_the_process_outlives_the_reading_of_its_result_and_nobody_waits_for_it(
    manager: TrainingManager, job_id: str
) -> None:
    handle = manager.call_job_fn("key", describe_itself, [{"job_id": job_id}], None)
    assert not multiprocess_process._children
    result_of(manager, "key", handle)
    assert manager.job_running(handle)
    wait_for(lambda: not manager.job_running(handle), 5)


def test_a_job_is_launched_once(manager: TrainingManager, job_id: str) -> None:
    assert manager.call_job_fn("one", describe_itself, [{"job_id": job_id}], None) is not None
    assert manager.call_job_fn("two", describe_itself, [{"job_id": job_id}], None) is None
    assert manager.get_result("two", None) == {"_dash_no_update": "_dash_no_update"}


def test_a_job_that_no_page_asks_for_is_started_by_the_server_once(
    manager: TrainingManager, job_id: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page was closed or reloaded between the press and the question for the process."""
    assert manager.start_forgotten(describe_itself) == []  # its page may still ask
    monkeypatch.setattr("dashboard.background.FORGOTTEN_AFTER", timedelta(0))
    assert manager.start_forgotten(describe_itself) == [job_id]
    assert manager.start_forgotten(describe_itself) == []
    assert manager.call_job_fn("late", describe_itself, [{"job_id": job_id}], None) is None
    assert Runs(settings.home).job(job_id, "ann").launched_at is not None


def test_a_job_of_the_command_line_is_left_to_it(
    manager: TrainingManager, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.background.FORGOTTEN_AFTER", timedelta(0))
    Runs(settings.home).submit(SHELL_OWNER, [request()], "k")
    assert manager.start_forgotten(describe_itself) == []


@pytest.mark.parametrize(
    "inputs", [[], [None], ["x"], [{}], [{"job_id": 3}], [{"job_id": "../x"}], [{"job_id": str(uuid.uuid4())}]]
)
def test_anything_but_a_queued_job_starts_nothing(manager: TrainingManager, inputs: list[Any]) -> None:
    before = len(psutil.Process().children(recursive=True))
    assert manager.call_job_fn("key", describe_itself, inputs, None) is None
    assert manager.get_result("key", None) == {"_dash_no_update": "_dash_no_update"}
    assert len(psutil.Process().children(recursive=True)) == before


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BlockingIOError(11, "Resource temporarily unavailable"), "no room"),
        (psutil.NoSuchProcess(4711), "ended in its first moments"),
    ],
)
def test_a_process_that_cannot_be_made_or_ends_at_once_fails_the_job_with_its_reason(
    manager: TrainingManager,
    job_id: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    said: str,
) -> None:
    def start(*args: object) -> str:
        raise error

    monkeypatch.setattr(manager, "_start", start)
    assert manager.call_job_fn("key", describe_itself, [{"job_id": job_id}], None) is None
    (run,) = Runs(settings.home).job(job_id, "ann").runs
    assert run.state is RunState.FAILED
    assert said in (run.reason or "")


def test_dash_cannot_end_a_job(manager: TrainingManager) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"]) as process:
        named = process_id(process.pid)
        handle = f"{named.pid}@{named.created}@{named.host}"
        manager.terminate_job(handle)
        assert not manager.terminate_unhealthy_job(handle)
        assert manager.job_running(handle)
        process.kill()


@pytest.mark.parametrize("handle", [None, "None", "", "1", "1@2", "x@y@z"])
def test_a_handle_that_is_none_is_not_running(manager: TrainingManager, handle: str | None) -> None:
    assert not manager.job_running(handle)


def test_a_reused_pid_is_another_process(manager: TrainingManager) -> None:
    me = process_id(os.getpid())
    assert manager.job_running(f"{me.pid}@{me.created}@{me.host}")
    assert not manager.job_running(f"{me.pid}@{me.created - 60}@{me.host}")


def test_an_error_in_the_process_is_logged_there_and_tells_the_page_nothing(
    manager: TrainingManager, job_id: str
) -> None:
    handle = manager.call_job_fn("key", raise_something, [{"job_id": job_id}], None)
    assert result_of(manager, "key", handle) == {"_dash_no_update": "_dash_no_update"}


def test_nothing_is_evicted_and_the_cache_is_private(manager: TrainingManager, home: Path) -> None:
    assert manager.handle.eviction_policy == "none"
    assert Path(manager.handle.directory).stat().st_mode & 0o077 == 0


def test_jobs_see_the_settings_of_their_own_manager(tmp_path: Path) -> None:
    one, two = (context_of(Settings(home=tmp_path / name, run_slots=slots)) for name, slots in (("a", 1), ("b", 3)))
    assert (one.home, one.limits.run_slots) == (tmp_path / "a", 1)
    assert (two.home, two.limits.run_slots) == (tmp_path / "b", 3)


def test_every_module_that_is_preloaded_exists() -> None:
    from importlib.util import find_spec

    assert [name for name in PRELOAD if find_spec(name) is None] == []


def test_preparing_the_environment_loads_no_numeric_library() -> None:
    code = (
        "import sys, os; from dashboard.environment import prepare_environment; prepare_environment();"
        "print(os.environ['OMP_NUM_THREADS'], 'numpy' in sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OMP_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == ["1", "False"]
