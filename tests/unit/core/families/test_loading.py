"""A library that is installed but does not load is told with its reason and with what helps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callbacks import status
from callbacks.training import look_at_libraries
from core.errors import InvalidRequest, Refused
from core.families import FAMILIES, installed, loading
from core.requests import parse_request
from core.runs.child import explain
from core.runs.model import RunState
from layouts.training.families import family_choice
from layouts.training.form import TrainingForm
from tests.fakes.finished import make_run

BROKEN = 'raise OSError("/opt/a place/libgomp.so.1: cannot open shared object file: No such file or directory")'
GOMP = "libgomp.so.1: cannot open shared object file"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A library that is there and cannot be loaded."""
    name = "a_library_that_does_not_load"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text(BROKEN)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(loading, "_found", {})
    installed.is_installed.cache_clear()
    yield name
    installed.is_installed.cache_clear()


def test_a_fit_says_why_a_library_cannot_be_loaded_and_what_helps(package: str) -> None:
    with pytest.raises(Refused) as raised:
        loading.load(package)
    said = explain(raised.value).reason
    assert said.startswith(f"{package} is installed but cannot be loaded: ")
    assert GOMP in said
    assert "apt-get install libgomp1" in said
    assert "/opt" not in said


def test_a_library_that_is_not_there_is_told_with_the_command_that_adds_it() -> None:
    with pytest.raises(Refused, match=r"is not installed here\. Add it with: pip install no_such_library"):
        loading.load("no_such_library")


@pytest.mark.parametrize(
    ("said", "helps"),
    [
        ("numpy.core.multiarray failed to import", "pip install --force-reinstall lightgbm"),
        ("libfoo.so.3: cannot open shared object file: none", "the package of your system that brings libfoo"),
        ("\nLibrary (x.so) could not be loaded.\n  * libgomp.so.1: cannot open shared object file", "libgomp1"),
    ],
)
def test_what_helps_follows_from_what_is_missing(said: str, helps: str) -> None:
    assert helps in loading.why_not("lightgbm", said)


def test_another_process_looks_and_this_one_loads_nothing(package: str) -> None:
    assert not loading.is_probed([package])
    loading.probe([package, "json"])
    assert loading.is_probed([package, "json"])
    assert GOMP in loading.trouble(["json", package])
    assert loading.trouble(["json"]) == ""
    assert package not in sys.modules


def test_what_is_known_not_to_load_is_neither_offered_nor_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_found", {"lightgbm": loading.why_not("lightgbm", GOMP)})
    assert GOMP in str(family_choice(TrainingForm()))
    (mine,) = [one for one in status.availabilities() if one.label == FAMILIES["lightgbm"].label]
    assert (mine.is_available, mine.is_probed) == (False, True)
    assert GOMP in str(status.status.missing(status.availabilities()))
    with pytest.raises(InvalidRequest, match="cannot be used here: lightgbm is installed but cannot be loaded"):
        parse_request({"family": "lightgbm"})


def test_a_run_that_could_not_load_its_library_makes_the_page_look(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("callbacks.training.probe_soon", lambda names: asked.extend(names))
    look_at_libraries([make_run(RunState.FAILED, family="lightgbm", reason="Too few rows."), make_run()])
    assert asked == []
    why = loading.why_not("lightgbm", GOMP)
    look_at_libraries([make_run(RunState.FAILED, family="lightgbm", reason=why)])
    assert asked == ["lightgbm"]
