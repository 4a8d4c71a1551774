from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import core
from core.errors import BundleError, DataError, InvalidRequest, NotFound, Refused, StorageError
from core.progress import News, Progress, Report, keep_notice
from core.requests import TrainingRequest
from core.runs.artifacts import Bundles
from core.runs.model import SHELL_OWNER, RunState
from core.runs.registry import Registry
from core.runs.service import Runs
from tests.fakes import runs as fakes
from tests.fakes.runs import request

Make = Callable[..., Runs]
NOWHERE = "7a6b848f-1a3c-401a-ae4a-086dcc8bbd20"


def interrupted(*args: Any) -> Any:
    raise KeyboardInterrupt


def test_a_run_made_here_is_finished_with_its_bundle(make_runs: Make) -> None:
    runs = make_runs()
    heard: list[Progress] = []
    (run,) = runs.run_inline([request()], report=heard.append)
    assert run.state is RunState.FINISHED
    assert run.owner == SHELL_OWNER
    assert [progress.stage for progress in heard] == ["Fitting", "Storing the model"]
    files = {path.name for path in (runs.context.home / "runs" / run.id).iterdir()}
    described = {"manifest.json", "predictions.csv", "request.json", "result.json"}
    assert files == set(run.digests) == {"model.skops", *described}


def test_predictions_read_back_as_they_were_made(make_runs: Make) -> None:
    runs = make_runs()
    (run,) = runs.run_inline([request()])
    frame = runs.predictions(run.id, "anybody")
    assert frame["track_name"][0] == "NA"
    assert frame["track_name"].isna().tolist() == [False, True]
    assert frame["track_artist"].tolist() == ["=cmd\rrun", 'Sia, "live"']
    assert frame["predicted"].tolist() == [48.5, 1 / 3]


def test_a_changed_bundle_is_refused(make_runs: Make) -> None:
    runs = make_runs()
    (run,) = runs.run_inline([request()])
    for name, use in (("predictions.csv", runs.predictions), ("model.skops", runs.predictor)):
        with (runs.context.home / "runs" / run.id / name).open("ab") as file:
            file.write(b" ")
        with pytest.raises(BundleError, match="has changed"):
            use(run.id, None)


def test_a_failure_here_says_why_and_the_next_run_is_made(make_runs: Make) -> None:
    runs = make_runs(fakes.first_raises)
    first, second = runs.run_inline([request(seed=0), request(seed=1)])
    assert (first.state, first.reason) == (RunState.FAILED, "The first one fails.")
    assert second.state is RunState.FINISHED


def test_what_a_run_made_here_tells_is_kept(make_runs: Make) -> None:
    runs = make_runs(fakes.searching)

    class Impatient:
        def __call__(self, news: News) -> None:
            pass

        def is_asked_to_stop(self) -> bool:
            return True

    (run,) = runs.run_inline([request()], report=Impatient())
    assert run.metrics == {"told": 0}
    assert [event["kind"] for event in runs.events(run.id, "anybody")[1]] == ["fold"]


def test_a_run_made_here_that_fails_keeps_what_there_was_to_know(make_runs: Make) -> None:
    def train(request: TrainingRequest, dataset: object, report: Report, n_jobs: int) -> fakes.FakeResult:
        keep_notice(report, "Its search was cut.")
        raise DataError("Too few rows.")

    (run,) = make_runs(train).run_inline([request()])
    assert (run.reason, run.notices) == ("Too few rows.", ["Its search was cut."])


def test_progress_that_cannot_be_noted_does_not_fail_a_run(make_runs: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> bool:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(Registry, "note", full)
    heard: list[Progress] = []
    (run,) = make_runs().run_inline([request()], report=heard.append)
    assert run.state is RunState.FINISHED, run.reason
    assert heard


def test_the_model_is_built_from_the_very_bytes_that_were_checked(
    make_runs: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = make_runs()
    (run,) = runs.run_inline([request()])
    model = runs.context.home / "runs" / run.id / "model.skops"
    checked = model.read_bytes()
    seen: list[object] = []

    def read(bundles: Bundles, run_id: str, name: str, digests: Any) -> bytes:
        content = honest(bundles, run_id, name, digests)
        if name == model.name:
            model.write_bytes(b"exchanged after the check")
        return content

    honest = Bundles.read
    monkeypatch.setattr(Bundles, "read", read)
    monkeypatch.setattr("core.persistence.load_pipeline", lambda stored: seen.append(stored) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        runs.predictor(run.id, None)
    assert seen == [checked]


def test_ctrl_c_cancels_what_had_not_ended(make_runs: Make) -> None:
    runs = make_runs(interrupted)
    with pytest.raises(KeyboardInterrupt):
        runs.run_inline([request(seed=1), request(seed=2)])
    assert {run.state for run in runs.list(None)} == {RunState.CANCELLED}
    assert list((runs.context.home / "runs").iterdir()) == []


def test_a_table_that_cannot_be_read_fails_the_runs_and_is_told(home: Path) -> None:
    runs = Runs(home, context=dataclasses.replace(fakes.context(home), load=fakes.load_nothing))
    with pytest.raises(DataError):
        runs.run_inline([request()])
    assert [run.reason for run in runs.list(None)] == ["The table is empty."]


def test_a_run_cancelled_from_elsewhere_stops_here(make_runs: Make) -> None:
    runs = make_runs()

    def train(*args: Any) -> Any:
        runs.cancel(runs.active(None)[0].id, None)
        return fakes.quick(*args)

    changed = Runs(runs.context.home, context=dataclasses.replace(runs.context, train=train))
    (run,) = changed.run_inline([request()])
    assert run.state is RunState.CANCELLED
    assert list((runs.context.home / "runs").iterdir()) == []


@pytest.mark.parametrize("run_id", [NOWHERE, "", "../x", "1", None, 5, {"a": 1}])
def test_absent_ids_of_any_shape_are_not_found(make_runs: Make, run_id: Any) -> None:
    runs = make_runs()
    for ask in (runs.get, runs.cancel, runs.delete, runs.restore, runs.predictions, runs.predictor, runs.cancel_job):
        with pytest.raises(NotFound):
            ask(run_id, "ann")
    assert not runs.admit(run_id)


def test_a_foreign_run_answers_as_an_absent_one(make_runs: Make) -> None:
    runs = make_runs()
    job = runs.submit("ann", [request()], "k")
    for ask in (runs.get, runs.cancel, runs.delete, runs.predictions):
        with pytest.raises(NotFound) as foreign:
            ask(job.runs[0].id, "bob")
        with pytest.raises(NotFound) as absent:
            ask(NOWHERE, "bob")
        assert str(foreign.value) == str(absent.value)
    assert runs.get(job.runs[0].id, None).state is RunState.QUEUED


def test_runs_of_the_shell_are_read_by_all_and_changed_by_the_operator(make_runs: Make) -> None:
    runs = make_runs()
    (run,) = runs.run_inline([request()])
    assert runs.get(run.id, "ann") == run
    for change in (runs.cancel, runs.delete):
        with pytest.raises(Refused, match="command line"):
            change(run.id, "ann")
    runs.delete(run.id, None)
    assert runs.list("ann") == []


def test_a_deleted_run_is_gone_until_it_is_restored(make_runs: Make) -> None:
    runs = make_runs()
    (run,) = runs.run_inline([request()], owner="ann")
    assert runs.delete(run.id, "ann").deleted_at is not None
    with pytest.raises(NotFound):
        runs.get(run.id, "ann")
    assert runs.restore(run.id, "ann") == run
    assert len(runs.predictions(run.id, "ann")) == 2


def test_an_active_run_cannot_be_deleted(make_runs: Make) -> None:
    runs = make_runs()
    job = runs.submit("ann", [request()], "k")
    with pytest.raises(Refused, match="Cancel it first"):
        runs.delete(job.runs[0].id, "ann")


def test_cancelling_twice_is_cancelling_once(make_runs: Make) -> None:
    runs = make_runs()
    job = runs.submit("ann", [request()], "k")
    first = runs.cancel(job.runs[0].id, "ann")
    assert first.state is RunState.CANCELLED
    assert runs.cancel(job.runs[0].id, "ann") == first


def test_a_run_without_a_model_says_so(make_runs: Make) -> None:
    runs = make_runs()
    job = runs.submit("ann", [request()], "k")
    with pytest.raises(BundleError, match="This run is queued"):
        runs.predictor(job.runs[0].id, "ann")


@pytest.mark.parametrize("key", ["", "k" * 201, None, 3])
def test_a_strange_key_is_refused(make_runs: Make, key: Any) -> None:
    with pytest.raises(InvalidRequest, match="key"):
        make_runs().submit("ann", [request()], key)


@pytest.mark.parametrize("count", [0, 51])
def test_a_job_without_runs_or_with_too_many_is_refused(make_runs: Make, count: int) -> None:
    with pytest.raises(InvalidRequest, match="1 to 50"):
        make_runs().submit("ann", [request()] * count, "k")


def test_too_many_runs_are_refused_before_any_is_looked_into(make_runs: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = make_runs()
    monkeypatch.setattr(Registry, "run", lambda *_: pytest.fail("a member was read"))
    stack = TrainingRequest(family="stack", members=(NOWHERE, NOWHERE[::-1]))
    with pytest.raises(InvalidRequest, match="1 to 50"):
        runs.submit("ann", [stack] * 51, "k")
    with pytest.raises(InvalidRequest, match="1 to 50"):
        runs.run_inline([stack] * 51)


def test_a_start_removes_what_unfinished_runs_left_and_nothing_else(make_runs: Make) -> None:
    runs = make_runs()
    (kept,) = runs.run_inline([request()])
    draft = runs.context.bundles.open_draft(NOWHERE)
    os.utime(draft, (0, 0))
    make_runs()
    assert [path.name for path in (runs.context.home / "runs").iterdir()] == [kept.id]


def test_a_start_with_another_registry_leaves_the_models_of_the_first(make_runs: Make, tmp_path: Path) -> None:
    runs = make_runs()
    (kept,) = runs.run_inline([request()])
    other = dataclasses.replace(runs.context, database_url=f"sqlite:///{tmp_path / 'other.sqlite3'}")
    Runs(runs.context.home, context=other).close()
    assert not runs.predictions(kept.id, None).empty


def test_reading_goes_on_when_nothing_can_be_written(make_runs: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = make_runs()
    (run,) = runs.run_inline([request()])

    def full(*args: object, **values: object) -> bool:
        raise StorageError("The run registry cannot be used: the disk is full.")

    for name in ("submit", "cancel", "fail"):
        monkeypatch.setattr(Registry, name, full)
    with pytest.raises(StorageError, match="disk is full"):
        runs.submit("ann", [request()], "k")
    assert runs.get(run.id, None) == run
    assert len(runs.predictions(run.id, None)) == 2


def test_a_run_tells_scripts_everything_but_its_owner(make_runs: Make) -> None:
    (run,) = make_runs().run_inline([request(seed=3)])
    told = run.to_dict()
    assert told["run_id"] == run.id
    assert told["request"]["seed"] == 3
    assert "owner" not in told


def test_the_version_of_the_product_is_said_once_in_the_same_way() -> None:
    project = tomllib.loads((Path(core.__file__).parents[1] / "pyproject.toml").read_text())
    assert core.__version__ == project["project"]["version"]
