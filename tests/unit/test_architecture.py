"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from dashboard.pages import PAGES
from layouts import ids
from tests.conftest import ROOT

ROOMS = ("dashboard", "callbacks", "layouts", "core", "data")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
HEAVY = {"tensorflow", "keras", "shap", "numba", "sklearn", "scipy", "statsmodels", "skops"}
HEAVY |= {"xgboost", "lightgbm", "catboost", "optuna"}
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 70


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_the_web_process_starts_without_heavy_libraries(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dashboard.app import create_app\n"
        "from dashboard.settings import Settings\n"
        "app = create_app(Settings(home=Path(sys.argv[1])))\n"
        "assert app.server.test_client().get('/_dash-layout').status_code == 200\n"
        "print(*{name.partition('.')[0] for name in sys.modules})\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & HEAVY == set()


@pytest.mark.parametrize("key", [page.key for page in PAGES])
def test_a_view_has_the_same_name_in_every_room(key: str) -> None:
    assert any((ROOT / "layouts" / name).is_file() for name in (f"{key}.py", f"{key}/__init__.py"))
    view = importlib.import_module(f"callbacks.{key}")
    assert list(inspect.signature(view.register).parameters) == ["app", "services"]
    assert list(inspect.signature(view.page).parameters)[:2] == ["services", "owner"]


def test_component_ids_are_page_subject_component_and_never_given_twice() -> None:
    enums = [value for value in vars(ids).values() if inspect.isclass(value) and issubclass(value, StrEnum)]
    values = [str(member) for enum in enums if enum is not StrEnum for member in enum]
    assert [value for value, count in Counter(values).items() if count > 1] == []
    assert [value for value in values if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", value)] == []


def test_no_callback_is_registered_globally() -> None:
    """A second app in the same process would have none of its callbacks."""
    found = [
        name(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "dash" and "callback" in {n.name for n in node.names}
    ]
    assert not found, found


def test_only_the_dashboard_package_reads_the_environment() -> None:
    pattern = re.compile(r"os\.environ\.get|os\.getenv|environ\[[^\]]+\](?!\s*=[^=])")
    found = [
        name(path)
        for path in SOURCES
        if not path.is_relative_to(ROOT / "dashboard") and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, found


def test_no_module_is_called_utils_or_helpers() -> None:
    assert [name(path) for path in SOURCES if re.search(r"util|helper", path.stem)] == []


def test_files_and_functions_stay_small_enough_to_read() -> None:
    long_files = [name(path) for path in SOURCES if len(path.read_text("utf-8").splitlines()) > MOST_LINES]
    long_functions = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert not long_files, long_files
    assert not long_functions, long_functions


@pytest.mark.parametrize("room", ["core", "data"])
def test_everything_public_says_what_it_gives(room: str) -> None:
    undocumented = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if "versions" not in path.parts
        and isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not undocumented, undocumented


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_names_versions_and_hashes_and_no_place(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9._-]+)==\S+ ?(.*)", text, re.MULTILINE)
    assert len(pins) > 80
    assert all(rest.endswith("\\") for _, rest in pins)
    assert not re.search(r"https?://|index.url|find.links|file:", text)
    assert [package for package, _ in pins if "nvidia" in package or "cuda" in package] == []
