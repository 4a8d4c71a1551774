"""What every command refuses, and its help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.families import installed
from dashboard.cli.main import COMMANDS
from tests.conftest import ROOT
from tests.integration.cli.commands import Command

BAD_REQUESTS = [
    (["train", "--family", "rigde"], 2, "Did you mean 'ridge'"),
    (["train"], 2, "--family"),
    (["train", "--family", "ridge", "--family", "ridge"], 2, "twice"),
    (["train", "--family", "ridge", "--param", "n_estimators=5"], 2, "n_estimators"),
    (["train", "--family", "ridge", "--param", "lasso.alpha=5"], 2, "lasso"),
    (["train", "--family", "ridge", "--param", "alpha"], 2, "NAME=VALUE"),
    (["train", "--family", "ridge", "--param", "alpha=1e999"], 2, "alpha"),
    (["train", "--family", "ridge", "--param", "alpha=" + "9" * 5000], 2, "alpha"),
    (["train", "--family", "knn", "--param", "n_jobs=64"], 2, "n_jobs"),
    (["train", "--family", "mean", "--param", "alpha=1"], 2, "no parameters"),
    (["train", "--family", "ridge", "--features", ""], 2, "--features is empty"),
    (["train", "--family", "ridge", "--features", "energy,enrgy"], 2, "Did you mean 'energy'"),
    (["train", "--family", "ridge", "--features", "energy,energy"], 2, "twice"),
    (["train", "--family", "ridge", "--protocol", "sogn"], 2, "Did you mean 'song'"),
    (["train", "--family", "ridge", "--cv", "1"], 2, "2 to 20"),
    (["train", "--family", "ridge", "--cv", "100000"], 2, "cv"),
    (["train", "--family", "ridge", "--test-share", "nan"], 2, "test_share"),
    (["train", "--family", "ridge", "--test-share", "1.5"], 2, "test_share"),
    (["train", "--family", "ridge", "--seed", "-1"], 2, "seed"),
    (["train", "--family", "ridge", "--jobs", "2"], 2, "--tune"),
    (["train", "--family", "stack"], 2, "two or more"),
    (["train", "--family", "stack", "--family", "ridge"], 2, "trained alone"),
    (["train", "--family", "stack", "--member", "a", "--member", "b", "--seed", "1"], 2, "from its members"),
    (["train", "--family", "stack", "--member", "a", "--member", "b"], 3, "no such run to combine"),
    (["train", "--family", "ridge", "--member", "a"], 2, "not made of other runs"),
    (["train", "--family", "ridge", "--tune", "grid"], 2, "--tune"),
    (["train", "--family", "ridge", "--tune", "tpe", "--iterations", "100000"], 2, "iterations"),
    (["train", "--family", "ridge", "--tune", "tpe", "--scoring", "rsme"], 2, "Did you mean 'rmse'"),
    (["train", "--family", "linear", "--tune", "tpe"], 2, "cannot be tuned"),
    (["train", "--family", "ridge", "--param", "alpha=1", "--tune", "tpe"], 2, "cannot be tuned"),
    (["train", "--family", "ridge", "--data", "/there/is/none.csv"], 5, "/there/is/none.csv"),
    (["runs", "--limit", "0"], 2, "--limit"),
    (["runs", "00000000-0000-0000-0000-000000000000"], 3, "no such run"),
    (["runs", "../../etc/passwd"], 3, "no such run"),
    (["data", "--data", "/there/is/none.csv"], 5, "/there/is/none.csv"),
    (["data", "--port", "99999"], 2, "DASHBOARD_PORT"),
    (["serve", "--port", "many"], 2, "DASHBOARD_PORT"),
    (["dance"], 2, "invalid choice"),
    ([], 2, "COMMAND"),
]


@pytest.mark.parametrize(("argv", "expected", "part"), BAD_REQUESTS, ids=lambda value: str(value)[:60])
def test_bad_input_is_refused_with_a_message_and_nothing_on_stdout(
    argv: list[str], expected: int, part: str, home: Path, dashboard: Command
) -> None:
    code, out, err = dashboard(*argv, *(["--home", str(home)] if argv else []))
    assert (code, out) == (expected, "")
    assert part in err
    assert "Traceback" not in err


def test_one_bad_request_keeps_all_from_being_trained(home: Path, dashboard: Command) -> None:
    code, _, _ = dashboard("train", "--home", str(home), "--family", "mean", "--family", "knn", "--param", "knn.p=-1")
    assert code == 2
    assert dashboard("runs", "--home", str(home), "--json")[1] == "[]\n"


@pytest.mark.parametrize("argv", [["--help"], ["train", "--family", "rigde"], ["train", "--help"]])
def test_help_and_refusals_answer_at_once_without_heavy_libraries(argv: list[str]) -> None:
    code = (
        "import sys, time; from dashboard.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "heavy = {'sklearn', 'scipy', 'tensorflow', 'shap', 'dash', 'plotly', 'statsmodels'} & set(sys.modules)\n"
        "print(heavy or 'none', time.process_time(), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *argv], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy, seconds = done.stderr.splitlines()[-1].rsplit(" ", 1)
    assert heavy == "none"
    assert float(seconds) < 3


def test_every_command_has_help_that_fits_a_line() -> None:
    assert all(len(module.HELP) < 100 for module in COMMANDS.values())


@pytest.mark.parametrize("command", ["runs", "serve"])
@pytest.mark.parametrize("url", ["postgres://me:hush@db/runs", "nonsense:hush"])
def test_an_address_of_the_registry_that_makes_no_sense_is_said_in_a_line(
    command: str, url: str, home: Path, dashboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.app.run_server", lambda settings: pytest.fail("it should not serve"))
    code, out, err = dashboard(command, "--home", str(home), "--database-url", url)
    assert (code, out) == (7, "")
    assert err.startswith(f"{command}: The run registry cannot be opened")
    assert "hush" not in err
    assert "Traceback" not in err


def test_a_family_without_its_library_is_refused_with_the_command_that_adds_it(
    dashboard: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = installed.find_spec
    monkeypatch.setattr(installed, "find_spec", lambda name: None if name == "lightgbm" else found(name))
    installed.is_installed.cache_clear()
    try:
        code, out, err = dashboard("train", "--home", str(home), "--family", "lightgbm")
    finally:
        installed.is_installed.cache_clear()
    assert code == 2
    assert out == ""
    assert "pip install lightgbm" in err
