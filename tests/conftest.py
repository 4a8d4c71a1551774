"""Fixtures that every test may use: the sample data, a home of its own, settings, services, the app."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dashboard.environment import prepare_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dash import Dash

    from dashboard.services import Services
    from dashboard.settings import Settings
    from data.sources import Dataset

# Before anything loads numpy: tests run side by side, and more threads than cores only stand in each other's way.
prepare_environment()

ROOT = Path(__file__).resolve().parents[1]
# Compiled once for all tests, though each has a home of its own.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".pytest_cache" / "compiled"))
# The marks that a whole folder carries.
FOLDER_MARKS = {"browser": "browser", "lifecycle": "lifecycle"}
# Skipped tests with these marks are named at the end of the run. Those named in NO_SKIPS ("browser real_data") may not
# be skipped at all: where it is set, a green run means that they ran.
IMPORTANT_MARKS = ("real_data", "browser", "lifecycle")


def find_real_table() -> Path | None:
    """The real table, or None: REAL_TABLE, else DASHBOARD_DATA, else the folder ``shared`` beside the project."""
    named = os.environ.get("REAL_TABLE") or os.environ.get("DASHBOARD_DATA")
    path = Path(named) if named else ROOT.parent / "shared" / "data" / "spotify_songs.csv"
    return path.resolve() if path.is_file() else None


REAL_TABLE = find_real_table()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of a folder."""
    for item in items:
        parts = item.path.relative_to(ROOT).parts
        for folder, mark in FOLDER_MARKS.items():
            if folder in parts:
                item.add_marker(getattr(pytest.mark, mark))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which important tests did not run."""
    missed = _missed(terminalreporter, IMPORTANT_MARKS)
    if missed:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        for line in missed:
            terminalreporter.write_line(line)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test whose mark NO_SKIPS names fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and _missed(reporter, os.environ.get("NO_SKIPS", "").split()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _missed(reporter: pytest.TerminalReporter, marks: Iterable[str]) -> list[str]:
    skipped = reporter.stats.get("skipped", [])
    return [report.nodeid for report in skipped if any(mark in report.keywords for mark in marks)]


@pytest.fixture(scope="session", autouse=True)
def _environment_of_its_own() -> Iterator[None]:
    """No setting of the person who runs the tests may change what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("DASHBOARD_"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def real_table() -> Path:
    """Path of the real table; the test is skipped, and that is said at the end, where it is not at hand."""
    if REAL_TABLE is None:
        pytest.skip("the real table is not here: set REAL_TABLE to spotify_songs.csv")
    return REAL_TABLE


@pytest.fixture(scope="session")
def sample_dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The built-in sample, cleaned: shared by all tests, so never changed by one."""
    from data.sources import load_dataset

    return load_dataset(None, tmp_path_factory.mktemp("sample-home"))


@pytest.fixture(scope="session")
def real_dataset(real_table: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The real table, cleaned: shared by all tests, so never changed by one."""
    from data.sources import load_dataset

    return load_dataset(real_table, tmp_path_factory.mktemp("real-home"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A state folder that belongs to this test alone."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def settings(home: Path) -> Settings:
    """Settings with every default but the home."""
    from dashboard.settings import Settings

    return Settings(home=home)


@pytest.fixture
def services(settings: Settings) -> Services:
    """The services of an app in a home of its own, on the sample."""
    from dashboard.services import build_services

    return build_services(settings)


@pytest.fixture
def app(settings: Settings, services: Services) -> Dash:
    """A whole app in this process, on the sample; ``app.server.test_client()`` asks it."""
    from dashboard.app import create_app

    return create_app(settings, services)
