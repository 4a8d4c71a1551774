"""The command line as programs and people use it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.cli.main import COMMANDS, main
from tests.conftest import ROOT

Command = Callable[..., tuple[int, str, str]]
AUDIO = "danceability,energy,loudness,speechiness,acousticness,instrumentalness,liveness,valence,tempo,duration_ms"


@pytest.fixture(scope="module")
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
    return next(run for run in json.loads(out) if run["family"] == "ridge")


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


def as_text(csv: str | Path) -> pd.DataFrame:
    return pd.read_csv(csv, dtype=str, keep_default_na=False)


def test_training_prints_a_list_of_runs_as_json_and_nothing_else(home: Path, dashboard: Command) -> None:
    code, out, _ = dashboard(
        *("train", "--home", str(home), "--family", "random_forest", "--param", "n_estimators=10"),
        *("--features", AUDIO, "--protocol", "artist", "--test-share", "0.2", "--cv", "2", "--seed", "42", "--json"),
    )
    (run,) = json.loads(out)
    assert code == 0
    assert (run["state"], run["family"], run["protocol"]) == ("finished", "random_forest", "artist")
    assert run["features"] == AUDIO.split(",")
    assert run["request"]["params"] == {"n_estimators": 10}
    assert run["params"]["n_estimators"] == 10
    assert run["params"]["min_samples_leaf"] == 20, "the recommended settings it was made with are named as well"
    assert -1 < run["metrics"]["test"]["r2"] < 1
    assert -1 < run["metrics"]["cv"]["r2"]["mean"] < 1
    assert run["timings"]["total_seconds"] > 0
    assert run["data"]["is_synthetic"] is True


def test_without_cross_validation_there_are_no_fold_scores(home: Path, dashboard: Command) -> None:
    code, out, _ = dashboard("train", "--home", str(home), "--family", "mean", "--cv", "0", "--json")
    assert code == 0
    assert json.loads(out)[0]["metrics"]["cv"] is None


def test_each_family_gets_its_own_run_and_only_the_parameters_it_knows(home: Path, dashboard: Command) -> None:
    code, out, _ = dashboard(
        *("train", "--home", str(home), "--family", "ridge", "--family", "lasso", "--family", "linear", "--cv", "0"),
        *("--param", "alpha=0.5", "--param", "lasso.alpha=0.25", "--json"),
    )
    params = {run["family"]: run["params"] for run in json.loads(out)}
    assert code == 0
    assert params == {"ridge": {"alpha": 0.5}, "lasso": {"alpha": 0.25, "max_iter": 5000}, "linear": {}}


def test_a_person_reads_the_scores_beside_the_baselines(shared_home: Path, dashboard: Command, home: Path) -> None:
    code, out, _ = dashboard("train", "--home", str(home), "--family", "linear", "--cv", "0")
    assert code == 0
    assert "synthetic" in out
    assert "genre_mean (baseline)" in out
    assert "Protocol:" in out


def test_runs_are_listed_newest_first_and_shown_one_by_one(shared_home: Path, ridge: dict, dashboard: Command) -> None:
    code, out, _ = dashboard("runs", ridge["run_id"], "--home", str(shared_home), "--json")
    assert code == 0
    assert json.loads(out) == ridge
    code, out, _ = dashboard("runs", "--home", str(shared_home), "--limit", "1")
    assert code == 0
    assert ridge["run_id"] in out


def test_an_empty_home_says_how_to_begin(home: Path, dashboard: Command) -> None:
    assert dashboard("runs", "--home", str(home), "--json") == (0, "[]\n", "")
    assert "Train one" in dashboard("runs", "--home", str(home))[1]


def test_data_prints_the_facts_of_the_sample(home: Path, dashboard: Command) -> None:
    code, out, _ = dashboard("data", "--home", str(home), "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["is_synthetic"] is True
    assert facts["rows_read"] == facts["tracks"] + facts["repeated_rows"] + facts["rows_set_aside"]
    assert "synthetic" in dashboard("data", "--home", str(home))[1]


@pytest.mark.real_data
def test_data_prints_the_facts_of_the_real_table(home: Path, real_table: Path, dashboard: Command) -> None:
    code, out, _ = dashboard("data", "--home", str(home), "--data", str(real_table), "--json")
    facts = json.loads(out)
    assert code == 0
    assert (facts["rows_read"], facts["tracks"], facts["artists"]) == (32833, 28356, 10692)
    assert (facts["repeated_rows"], facts["is_synthetic"]) == (4477, False)


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.parametrize(("protocol", "expected"), [("rows", 0.296), ("track", 0.026)])
def test_the_leak_of_repeated_rows_is_reproduced_on_the_real_table(
    protocol: str, expected: float, home: Path, real_table: Path, dashboard: Command
) -> None:
    code, out, _ = dashboard(
        *(
            "train",
            "--home",
            str(home),
            "--data",
            str(real_table),
            "--family",
            "random_forest",
            "--defaults",
            "library",
        ),
        *("--param", "n_estimators=100", "--protocol", protocol, "--cv", "0", "--seed", "42", "--json"),
    )
    assert code == 0
    assert json.loads(out)[0]["metrics"]["test"]["r2"] == pytest.approx(expected, abs=0.02)


def test_predict_keeps_every_column_and_adds_three(
    shared_home: Path, ridge: dict, tracks_csv: Path, tmp_path: Path, dashboard: Command
) -> None:
    output = tmp_path / "scored.csv"
    code, out, _ = dashboard(
        *("predict", "--home", str(shared_home), "--run", ridge["run_id"]),
        *("--input", str(tracks_csv), "--output", str(output)),
    )
    before, after = as_text(tracks_csv), as_text(output)
    assert (code, out) == (0, "")
    assert list(after.columns) == [*before.columns, "predicted", "low", "high"]
    assert list(after["track_id"][:2]) == ["NA", "007"]
    assert list(after["track_name"][:3]) == ["'=1+1", "-5.3", 'a "quoted"\nname']
    assert after[before.columns[2:]].equals(before[before.columns[2:]])
    numbers = after[["low", "predicted", "high"]].astype(float)
    assert (numbers["low"] <= numbers["predicted"]).all()
    assert (numbers["predicted"] <= numbers["high"]).all()
    assert numbers.to_numpy().min() >= 0
    assert numbers.to_numpy().max() <= 100


def test_what_was_scored_can_be_scored_again_without_a_change_of_its_cells(
    shared_home: Path, ridge: dict, tracks_csv: Path, tmp_path: Path, dashboard: Command
) -> None:
    first = tmp_path / "first.csv"
    base = ("predict", "--home", str(shared_home), "--run", ridge["run_id"])
    assert dashboard(*base, "--input", str(tracks_csv), "--output", str(first))[0] == 0
    code, _, err = dashboard(*base, "--input", str(first), "--output", str(tmp_path / "second.csv"))
    assert code == 5
    assert "predicted" in err
    again = as_text(first).drop(columns=["predicted", "low", "high"])
    again.to_csv(tracks_csv, index=False)
    code, out, _ = dashboard(*base, "--input", str(tracks_csv))
    assert code == 0
    assert as_text(io.StringIO(out)).equals(as_text(first))


def test_the_shell_scores_the_held_out_tracks_as_the_run_did(home: Path, tmp_path: Path, dashboard: Command) -> None:
    from dashboard.services import build_services
    from dashboard.settings import Settings

    _, out, _ = dashboard("train", "--home", str(home), "--family", "hist_gradient_boosting", "--cv", "0", "--json")
    run_id = json.loads(out)[0]["run_id"]
    services = build_services(Settings(home=home))
    kept = services.runs.predictions(run_id, None).query("part == 'test'").set_index("track_id")
    source = tmp_path / "tracks.csv"
    services.tracks.dataset.tracks.to_csv(source, index=False)
    code, out, _ = dashboard("predict", "--home", str(home), "--run", run_id, "--input", str(source))
    scored = pd.read_csv(io.StringIO(out)).set_index("track_id")
    assert code == 0
    assert (scored.loc[kept.index, "predicted"] - kept["predicted"]).abs().max() < 1e-6


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


BAD_TABLES = [
    ("", "empty"),
    ("energy\n0.5\n", "'danceability'"),
    ("danceability,energy,energy\n1,2,3\n", "more than once"),
    ("HEADER\nROW,1\n", "fields"),
    ('HEADER\nROW\n"unclosed', "line 3"),
    ("HEADER,enrgy\nROW,0\n", None),
    ("HEADER,low\nROW,1\n", "'low'"),
    ("HEADER\nBAD_ENERGY\n", "line 2, column 'energy': expected a number from 0 to 1, got '1.7'"),
    ("HEADER\nHUGE\n", "line 2, column 'energy'"),
    ("HEADER\nROW\nTEXT\n", "line 3, column 'energy'"),
    ("HEADER\nROW\0\n", "NUL"),
]


@pytest.mark.parametrize(("text", "part"), BAD_TABLES, ids=lambda value: repr(value)[:40])
def test_a_table_that_cannot_be_scored_is_refused_with_line_and_column(
    text: str, part: str | None, shared_home: Path, ridge: dict, tmp_path: Path, dashboard: Command
) -> None:
    row = "0.5,{energy},-5,0.1,0.1,0,0.1,0.5,120,200000"
    fillers = {
        "HEADER": AUDIO,
        "BAD_ENERGY": row.format(energy="1.7"),
        "HUGE": row.format(energy="1e999"),
        "TEXT": row.format(energy="loud"),
        "ROW": row.format(energy="0.5"),
    }
    for name, value in fillers.items():
        text = text.replace(name, value)
    source, output = tmp_path / "tracks.csv", tmp_path / "scored.csv"
    source.write_text(text, encoding="utf-8")
    output.write_text("kept", encoding="utf-8")
    code, out, err = dashboard(
        *("predict", "--home", str(shared_home), "--run", ridge["run_id"]),
        *("--input", str(source), "--output", str(output)),
    )
    if part is None:
        assert code == 0
        return
    assert (code, out) == (5, "")
    assert part in err
    assert output.read_text(encoding="utf-8") == "kept"


def test_a_missing_column_names_the_nearest_one(
    shared_home: Path, ridge: dict, tmp_path: Path, dashboard: Command
) -> None:
    source = tmp_path / "tracks.csv"
    source.write_text(AUDIO.replace("tempo", "tempoo") + "\n", encoding="utf-8")
    code, _, err = dashboard("predict", "--home", str(shared_home), "--run", ridge["run_id"], "--input", str(source))
    assert code == 5
    assert "'tempo' (nearest: 'tempoo') is missing" in err


def test_an_output_that_cannot_be_written_is_a_storage_error(
    shared_home: Path, ridge: dict, tracks_csv: Path, dashboard: Command
) -> None:
    code, _, err = dashboard(
        *("predict", "--home", str(shared_home), "--run", ridge["run_id"]),
        *("--input", str(tracks_csv), "--output", "/there/is/no/folder/scored.csv"),
    )
    assert code == 7
    assert "cannot be written" in err


def test_a_changed_model_is_refused(home: Path, tracks_csv: Path, dashboard: Command) -> None:
    _, out, _ = dashboard("train", "--home", str(home), "--family", "linear", "--cv", "0", "--json")
    run_id = json.loads(out)[0]["run_id"]
    model = home / "runs" / run_id / "model.skops"
    model.chmod(0o600)
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    code, _, err = dashboard("predict", "--home", str(home), "--run", run_id, "--input", str(tracks_csv))
    assert code == 6
    assert "Traceback" not in err


def start(*argv: str, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dashboard", *argv]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ.copy(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


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


def test_a_reader_that_goes_away_is_no_error_to_shout_about(shared_home: Path, ridge: dict, tmp_path: Path) -> None:
    from data.sample import generate_sample

    source = tmp_path / "many.csv"
    generate_sample(3000).to_csv(source, index=False)
    process = start("predict", "--home", str(shared_home), "--run", ridge["run_id"], "--input", str(source))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 141
    assert b"Traceback" not in process.stderr.read()


def test_interrupting_a_training_leaves_no_run_behind_as_running(home: Path, dashboard: Command) -> None:
    process = start(
        *("train", "--home", str(home), "--family", "random_forest", "--param", "n_estimators=1000"),
        *("--cv", "20", "--json"),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # also where tests run with nohup
    )
    end = time.monotonic() + 60
    while '"running"' not in dashboard("runs", "--home", str(home), "--json")[1]:
        assert time.monotonic() < end, "the run did not start"
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    # Python may let the signal itself end the process, when it came within an import; a shell shows 130 either way
    assert process.returncode in {130, -signal.SIGINT}
    assert out == b""
    assert b"Traceback" not in err
    (run,) = json.loads(dashboard("runs", "--home", str(home), "--json")[1])
    assert run["state"] == "cancelled"


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
