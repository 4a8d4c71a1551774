"""``train``: scores for programs and for people."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from tests.integration.cli.commands import AUDIO, Command, start


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


def test_what_the_interval_held_is_told_to_programs_and_to_people(home: Path, dashboard: Command) -> None:
    base = ("train", "--home", str(home), "--family", "mean", "--cv", "2")
    (run,) = json.loads(dashboard(*base, "--json")[1])
    overall = run["metrics"]["coverage"]["overall"]
    assert 0.8 < overall["coverage"] <= 1
    assert overall["n"] == run["metrics"]["n_test"]
    assert {one["genre"] for one in run["metrics"]["coverage"]["by_genre"]} >= {"pop", "rock"}
    said = f"held {100 * overall['coverage']:.0f}%, {overall['width']:.0f} points wide"
    assert said in dashboard(*base)[1]


def test_an_interval_of_quantiles_is_refused_to_a_family_without_them(home: Path, dashboard: Command) -> None:
    code, out, err = dashboard("train", "--home", str(home), "--family", "ridge", "--interval", "quantile")
    assert (code, out) == (2, "")
    assert "cannot predict quantiles" in err


def test_a_search_tells_programs_and_people_what_it_chose(home: Path, dashboard: Command) -> None:
    base = ("train", "--home", str(home), "--family", "ridge", "--cv", "0", "--tune", "halving", "--iterations", "5")
    code, out, _ = dashboard(*base, "--tune-folds", "3", "--scoring", "mae", "--budget", "100", "--jobs", "2", "--json")
    (run,) = json.loads(out)
    search = run["metrics"]["search"]
    assert code == 0
    asked = {"method": "halving", "iterations": 5, "folds": 3, "scoring": "mae", "seconds": 100, "n_jobs": 2}
    assert run["request"]["tuning"] == asked
    assert (search["tried"], search["stopped"], search["scoring"]) == (6, "", "mae")
    assert run["params"]["alpha"] == search["best_params"]["alpha"]
    assert run["request"]["params"] == {}
    assert any("the search never saw it" in notice for notice in run["notices"])
    code, out, _ = dashboard(*base[:-4], "--tune", "random", "--iterations", "2")
    assert code == 0
    assert "ridge: best of 3 candidates: alpha=" in out


def test_an_interval_of_quantiles_is_stored_and_predicted_with(
    home: Path, tracks_csv: Path, dashboard: Command
) -> None:
    code, out, _ = dashboard(
        *("train", "--home", str(home), "--family", "gradient_boosting", "--param", "n_estimators=10"),
        *("--cv", "2", "--interval", "quantile", "--json"),
    )
    (run,) = json.loads(out)
    assert (code, run["request"]["interval"]) == (0, "quantile")
    assert run["metrics"]["coverage"]["overall"]["coverage"] > 0.8
    assert {"low.skops", "high.skops"} <= {path.name for path in (home / "runs" / run["run_id"]).iterdir()}
    base = ("predict", "--home", str(home), "--run", run["run_id"], "--input", str(tracks_csv), "--json")
    found = json.loads(dashboard(*base)[1])
    assert found["interval"]["method"] == "conformalised quantile regression"
    widths = {round(track["high"] - track["low"], 6) for track in found["tracks"] if track["low"] > 0}
    assert len(widths) > 1, "an interval of quantiles is not equally wide everywhere"
    (home / "runs" / run["run_id"] / "low.skops").unlink()
    code, _, err = dashboard(*base)
    assert code == 6
    assert "low.skops" in err


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
