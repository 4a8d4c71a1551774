"""A finished run is logged whole, and no server, whatever it does, harms a run or holds up a job for long."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import InvalidRequest, Refused
from core.mlflow import NOT_LOGGED, Tracking, log_again, log_runs
from core.mlflow.client import Client
from core.mlflow.described import describe
from core.runs.artifacts import Bundles
from core.runs.making import JobContext
from core.runs.model import Run, RunState
from core.runs.registry import Registry
from core.runs.service import Runs
from dashboard.limits import tracking_of
from dashboard.settings import Settings
from tests.fakes import runs as fakes
from tests.fakes.finished import NOON, make_run
from tests.fakes.mlflow import tracking_server


@pytest.fixture
def runs(home: Path) -> Iterator[Runs]:
    opened = Runs(home, context=fakes.context(home))
    yield opened
    opened.close()


def finished(runs: Runs) -> Run:
    (run,) = runs.run_inline([fakes.request()], "ann")
    assert run.state is RunState.FINISHED
    return run


def log(runs: Runs, tracking: Tracking, *ids: str) -> None:
    log_runs(tracking, runs._registry, runs.context.bundles, ids)


def test_a_finished_run_is_logged_with_parameters_metrics_tags_and_files(runs: Runs) -> None:
    run = finished(runs)
    with tracking_server() as kept:
        log(runs, Tracking(kept.uri), run.id)
    assert kept.params["family"] == "ridge"
    assert kept.params["param.alpha"] == str(run.params["alpha"])
    assert kept.metrics == {"test_r2": 0.5, "total_seconds": 0.1}
    assert (kept.tags["dashboard.run_id"], kept.status) == (run.id, "FINISHED")
    assert kept.tags["dashboard.table_sha256"] == "0" * 64
    assert set(kept.files) == set(run.digests)
    assert kept.files["model.skops"] == b"model"
    assert runs.get(run.id, "ann").notices == run.notices


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("broken", "answered 500: disk on fire"),
        ("text", "no MLflow server"),
        ("garbage", "no MLflow server (BadStatusLine)"),
        ("fading", "answered 503"),
        ("elsewhere", "answered 302"),
        ("slow", "took longer than 1 seconds"),
        ("trickling", "took longer than 1 seconds"),
        ("without files", "does not take files"),
        ("full", "answered 413: too large"),
    ],
)
def test_a_server_that_misbehaves_leaves_the_run_whole_with_a_notice(
    runs: Runs, caplog: pytest.LogCaptureFixture, mode: str, said: str
) -> None:
    run, began = finished(runs), time.monotonic()
    with tracking_server(mode) as kept, caplog.at_level(logging.WARNING):
        limit = 1.0 if mode in ("slow", "trickling") else 20.0
        log(runs, Tracking(kept.uri, time_limit_s=limit, waits_s=(0.05,)), run.id)
    assert time.monotonic() - began < 15
    after = runs.get(run.id, "ann")
    assert (after.state, after.metrics, after.digests) == (run.state, run.metrics, run.digests)
    assert after.notices[-1].startswith(NOT_LOGGED)
    assert said in after.notices[-1]
    assert "was not logged to MLflow" in caplog.text


def test_a_server_that_is_away_is_asked_once_and_its_password_stays_secret(
    runs: Runs, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: nobody else can take it meanwhile
        uri = f"http://ann:secret-word@127.0.0.1:{taken.getsockname()[1]}"
        ids = [finished(runs).id, finished(runs).id]
        with caplog.at_level(logging.DEBUG):
            log(runs, Tracking(uri, token="secret-token", waits_s=(0.05,)), *ids)
    notices = [runs.get(run_id, "ann").notices[-1] for run_id in ids]
    assert all("cannot be reached" in notice for notice in notices)
    assert "secret" not in caplog.text + str(notices) + repr(Tracking(uri, token="secret-token"))


def test_a_run_counts_as_finished_there_only_once_its_files_are_there(runs: Runs) -> None:
    run = finished(runs)
    with tracking_server("full") as kept:
        log(runs, Tracking(kept.uri), run.id)
        assert kept.statuses == ["FAILED"]
        assert 0 < len(kept.files) < len(run.digests)
        kept.mode = "well"
        assert runs_logged_by_hand(runs, kept.uri, run) == "r0"
        assert kept.statuses == ["FAILED", "RUNNING", "FINISHED"]
    assert set(kept.files) == set(run.digests)
    assert kept.paths.count("POST /api/2.0/mlflow/runs/create") == 1
    assert runs.get(run.id, "ann").notices == run.notices


def test_a_run_that_was_begun_in_an_earlier_try_is_marked_as_failed(runs: Runs) -> None:
    run = finished(runs)
    with tracking_server("fading") as kept:
        log(runs, Tracking(kept.uri, waits_s=(0.05,)), run.id)
        assert kept.statuses == ["FAILED"]


def test_a_server_that_is_busy_for_a_moment_is_asked_again_and_gets_each_file_once(runs: Runs) -> None:
    run = finished(runs)
    with tracking_server("flaky") as kept:
        log(runs, Tracking(kept.uri, waits_s=(0.05, 0.05)), run.id)
    assert (kept.status, set(kept.files)) == ("FINISHED", set(run.digests))
    assert "FAILED" not in kept.statuses
    assert sum(path.startswith("PUT") for path in kept.paths) == len(run.digests) + 2
    assert runs.get(run.id, "ann").notices == run.notices


def test_foreign_words_are_shown_short_and_without_secrets(runs: Runs) -> None:
    run = finished(runs)
    with tracking_server("telling") as kept:
        log(runs, Tracking(kept.uri, token="secret-token"), run.id)
    said = runs.get(run.id, "ann").notices[-1]
    assert "answered 400: no Bearer … at http://…@db/x" in said
    assert "secret" not in said
    assert said.isprintable()
    assert len(said) < 400


def test_by_hand_a_run_is_refused_with_the_reason(runs: Runs) -> None:
    run = finished(runs)
    with pytest.raises(Refused, match="DASHBOARD_MLFLOW_TRACKING_URI"):
        runs.log_to_mlflow(run.id, None)
    queued = runs.submit("ann", [fakes.request()], "k").runs[0]
    with tracking_server("broken") as kept:
        with pytest.raises(Refused, match="answered 500: disk on fire"):
            runs_logged_by_hand(runs, kept.uri, run)
        with pytest.raises(Refused, match="Only finished runs"):
            runs_logged_by_hand(runs, kept.uri, queued)


def runs_logged_by_hand(runs: Runs, uri: str, run: Run) -> str:
    return log_again(Tracking(uri, waits_s=()), runs._registry, runs.context.bundles, run)


def test_a_notice_is_added_once(runs: Runs) -> None:
    run = finished(runs)
    for _ in range(2):
        runs._registry.notices.add(run.id, "away")
    assert runs.get(run.id, "ann").notices == [*run.notices, "away"]


def test_without_a_server_nothing_is_logged_and_only_finished_runs_are(runs: Runs, registry: Registry) -> None:
    log_runs(None, runs._registry, runs.context.bundles, ["x"])
    queued = runs.submit("ann", [fakes.request()], "k").runs[0]
    with tracking_server() as kept:
        log(runs, Tracking(kept.uri), queued.id, "00000000-0000-4000-8000-000000000000")
    assert kept.paths == []


@pytest.fixture
def registry(runs: Runs) -> Registry:
    return runs._registry


def test_runs_made_here_are_logged_when_all_are_done(home: Path) -> None:
    with tracking_server() as kept:
        context = fakes.context(home)
        runs = Runs(home, context=JobContext(**{**vars(context), "tracking": Tracking(kept.uri)}))
        made = runs.run_inline([fakes.request(), fakes.request(seed=3)])
        runs.close()
    assert [run.state for run in made] == [RunState.FINISHED] * 2
    assert kept.paths.count("POST /api/2.0/mlflow/runs/create") == 2


def test_credentials_come_from_the_address_or_the_token() -> None:
    with tracking_server() as kept:
        Client(kept.uri.replace("//", "//ann:p%40ss@"))._experiment("x")
        Client(kept.uri, "tok")._experiment("x")
    found = [one["Authorization"] for one in kept.headers]
    assert found == ["Basic YW5uOnBAc3M="] * 2 + ["Bearer tok"] * 2


def test_every_number_of_a_real_result_is_a_metric() -> None:
    described = describe(make_run(finished_at=NOON), Bundles(Path("nowhere")))
    assert described["metrics"]["test_r2_low"] == 0.061
    assert described["metrics"]["cv_rmse_sd"] == 0.004
    assert described["metrics"]["baseline_genre_mean_r2"] == 0.031
    assert described["end"] == 1714564800000
    assert described["files"] == []


@pytest.mark.parametrize("uri", ["file:///etc", "mlruns", "http://", "ftp://ann:secret-word@there"])
def test_an_address_that_is_no_server_is_refused_without_repeating_it(home: Path, uri: str) -> None:
    with pytest.raises(InvalidRequest, match="MLFLOW_TRACKING_URI") as raised:
        tracking_of(Settings(home=home, mlflow_tracking_uri=uri))
    assert "secret-word" not in str(raised.value)
    assert tracking_of(Settings(home=home)) is None
