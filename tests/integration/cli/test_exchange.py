"""``runs --export`` and ``runs --import``: a run goes from one home to another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.mlflow import tracking_server
from tests.integration.cli.commands import Command

KEY = "a key that both sides have"


@pytest.fixture
def exported(shared_home: Path, ridge: dict, dashboard: Command, tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("DASHBOARD_EXCHANGE_KEY", KEY)
    path = tmp_path / "ridge.run"
    code, out, _ = dashboard("runs", ridge["run_id"], "--home", str(shared_home), "--export", str(path))
    assert code == 0
    assert out.startswith(f"Exported run {ridge['run_id']} to {path} (")
    assert [each.name for each in tmp_path.iterdir() if each.suffix != ".csv"].count("ridge.run") == 1
    return path


def test_a_run_goes_to_another_home_and_predicts_there(
    exported: Path, ridge: dict, home: Path, dashboard: Command, tracks_csv: Path, shared_home: Path
) -> None:
    code, out, _ = dashboard("runs", "--home", str(home), "--import", str(exported), "--json")
    assert code == 0
    run = json.loads(out)
    assert run["imported"]["run_id"] == ridge["run_id"] != run["run_id"]
    same = ("metrics", "timings", "data", "versions", "request", "created_at")
    assert {name: run[name] for name in same} == {name: ridge[name] for name in same}
    assert "ridge (imported)" in dashboard("runs", "--home", str(home))[1]
    answers = [
        dashboard("predict", "--home", str(where), "--run", run_id, "--input", str(tracks_csv))
        for where, run_id in ((shared_home, ridge["run_id"]), (home, run["run_id"]))
    ]
    assert answers[0][0] == 0
    assert answers[0][:2] == answers[1][:2]


def test_a_second_import_another_key_and_a_changed_file_are_refused(
    exported: Path, home: Path, dashboard: Command, monkeypatch
) -> None:
    ask = ("runs", "--home", str(home), "--import", str(exported))
    assert dashboard(*ask)[0] == 0
    code, _, err = dashboard(*ask)
    assert (code, "is here already" in err) == (4, True)
    content = bytearray(exported.read_bytes())
    content[-30] ^= 1
    exported.write_bytes(content)
    code, _, err = dashboard(*ask)
    assert (code, "changed since it was exported" in err) == (6, True)
    monkeypatch.delenv("DASHBOARD_EXCHANGE_KEY")
    code, _, err = dashboard(*ask)
    assert (code, "signed with another key" in err) == (6, True)
    monkeypatch.setenv("DASHBOARD_EXCHANGE_KEY", "secret")
    code, _, err = dashboard(*ask)
    assert (code, "has 6 characters; it takes 16 or more" in err) == (2, True)


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--export", "x.run"), 2, "takes the ID of a run"),
        (("--import", "absent.run"), 2, "cannot be read: No such file"),
        (("7a6b848f-1a3c-401a-ae4a-086dcc8bbd20", "--import", "x.run"), 2, "takes no ID"),
        (("7a6b848f-1a3c-401a-ae4a-086dcc8bbd20", "--export", "x.run"), 3, "no such run"),
        (("--import", "x.run", "--export", "y.run"), 2, "either --export or --import"),
        (("--mlflow",), 2, "--mlflow takes the ID of a run: runs ID --mlflow."),
    ],
)
def test_what_does_not_go_together_is_refused(
    asked: tuple[str, ...], code: int, said: str, home: Path, dashboard: Command
) -> None:
    found, _, err = dashboard("runs", *asked, "--home", str(home))
    assert (found, said in err) == (code, True), err
    assert not Path("x.run").exists()


def test_a_run_is_sent_to_mlflow_by_hand(
    ridge: dict, shared_home: Path, dashboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = ("runs", ridge["run_id"], "--home", str(shared_home), "--mlflow")
    code, _, err = dashboard(*ask)
    assert (code, "No MLflow server is named" in err) == (4, True)
    with tracking_server() as kept:
        monkeypatch.setenv("DASHBOARD_MLFLOW_TRACKING_URI", kept.uri)
        code, out, _ = dashboard(*ask)
    assert (code, out) == (0, f"Logged run {ridge['run_id']} to MLflow, where it is run r0.\n")
    assert (kept.status, "manifest.json" in kept.files) == ("FINISHED", True)


def test_a_failed_export_leaves_no_file(ridge: dict, shared_home: Path, dashboard: Command, tmp_path: Path) -> None:
    target = tmp_path / "absent" / "x.run"
    code, _, err = dashboard("runs", ridge["run_id"], "--home", str(shared_home), "--export", str(target))
    assert (code, "could not be stored" in err) == (7, True)
    assert list(tmp_path.iterdir()) == []
