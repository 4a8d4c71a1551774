from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.runs.registry import Registry, open_registry
from core.runs.service import Runs
from tests.fakes import runs as fakes


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
