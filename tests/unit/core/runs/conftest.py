from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.runs.making import JobContext
from core.runs.model import Limits, Run, RunState
from core.runs.registry import Registry, open_registry
from core.runs.service import Runs
from tests.fakes import runs as fakes
from tests.fakes.exports import KEY, Dataset


@pytest.fixture
def registry(home: Path) -> Iterator[Registry]:
    opened = open_registry(home)
    yield opened
    opened.close()


@pytest.fixture
def make_runs(home: Path) -> Iterator[Callable[..., Runs]]:
    opened: list[Runs] = []

    def make(train: Any = fakes.quick, **limits: Any) -> Runs:
        opened.append(Runs(home, context=fakes.context(home, train, **limits)))
        return opened[-1]

    yield make
    for runs in opened:
        runs.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """A dashboard with a finished run of two folds, described by its owner."""
    home = tmp_path_factory.mktemp("here")
    opened_runs = Runs(home, context=JobContext(home, Limits(), load=lambda *_: Dataset()))
    (run,) = opened_runs.run_inline([fakes.request(cv_folds=2)])
    assert run.state is RunState.FINISHED, run.reason
    opened_runs.history.describe(run.id, None, 0, name="Best yet", note="Keep.", tags=["a", "b"])
    yield opened_runs
    opened_runs.close()


@pytest.fixture(scope="module")
def made(here: Runs) -> Run:
    return here.list(None)[0]


@pytest.fixture(scope="module")
def sealed(here: Runs, made: Run) -> bytes:
    target = io.BytesIO()
    here.exchange(KEY).export(made, target)
    return target.getvalue()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry without runs; to copy it is quicker than to make one."""
    home = tmp_path_factory.mktemp("empty")
    Runs(home).close()
    return home


@pytest.fixture
def there(home: Path, empty: Path) -> Iterator[Runs]:
    shutil.copytree(empty, home, dirs_exist_ok=True)
    opened_runs = Runs(home)
    yield opened_runs
    opened_runs.close()
