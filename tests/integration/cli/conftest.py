"""A home with a finished run, and the program to call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.cli.main import main
from tests.integration.cli.commands import Command


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one finished ridge run; tests only read it."""
    home = tmp_path_factory.mktemp("cli") / "home"
    assert main(["train", "--home", str(home), "--family", "ridge", "--cv", "2", "--json"]) == 0
    return home


@pytest.fixture
def dashboard(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process: exit code, stdout, stderr."""

    def run(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(argv)
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def ridge(shared_home: Path, dashboard: Command) -> dict[str, Any]:
    """The finished run of the shared home, as the shell shows it."""
    code, out, _ = dashboard("runs", "--home", str(shared_home), "--json")
    assert code == 0
    return [run for run in json.loads(out) if run["family"] == "ridge"][-1]  # the first one: others may have come


@pytest.fixture
def tracks_csv(tmp_path: Path) -> Path:
    """Twelve tracks with awkward names, as somebody might bring them."""
    from data.sample import generate_sample

    raw = generate_sample(200).head(12)
    raw["track_id"] = ["NA", "007", *raw["track_id"][2:]]
    raw["track_name"] = ["=1+1", "-5.3", 'a "quoted"\nname', *raw["track_name"][3:]]
    path = tmp_path / "tracks.csv"
    raw.to_csv(path, index=False)
    return path
