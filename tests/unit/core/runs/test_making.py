from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

import numpy as np
import pytest

from core.errors import DataError
from core.plain_json import as_plain
from core.progress import report_nothing
from core.requests import TrainingRequest, TuningRequest
from core.runs.making import load_table, make_run, versions
from tests.fakes import runs as fakes


def test_a_table_is_loaded_once_until_its_file_changes(tmp_path: Path, sample_csv: Path) -> None:
    first = load_table(sample_csv, tmp_path)
    assert load_table(sample_csv, tmp_path) is first
    content = sample_csv.read_text().splitlines(keepends=True)
    sample_csv.write_text("".join(content[:-1]))
    os.utime(sample_csv, (1, 1))
    assert load_table(sample_csv, tmp_path) is not first


def test_a_table_that_is_not_there_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        load_table(tmp_path / "absent.csv", tmp_path)


@pytest.fixture
def sample_csv(tmp_path: Path) -> Path:
    from data.sample import generate_sample

    path = tmp_path / "table.csv"
    generate_sample(300, seed=1).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("asked", "given"), [(None, 360.0), (7200, 360.0), (300, 300)])
def test_a_search_leaves_the_rest_of_a_run_its_time_and_that_is_said(
    home: Path, asked: int | None, given: float
) -> None:
    seen: list[float] = []

    def train(request: TrainingRequest, *_: object) -> fakes.FakeResult:
        assert request.tuning is not None
        seen.append(request.tuning.seconds)
        return fakes.FakeResult(metrics={"search": {"stopped": "time"}})

    wanted = fakes.request(tuning=TuningRequest(seconds=asked))
    context = fakes.context(home, train)
    draft = context.bundles.open_draft(str(uuid.uuid4()))
    outcome = make_run(context, wanted, None, draft, report_nothing, 1, most_seconds=600)
    assert seen == [given]
    said = "A run may take 10 min on this server, and its search 6 min of that."
    assert outcome.notices == ([] if given == asked else [said])
    assert json.loads((draft / "request.json").read_text())["tuning"]["seconds"] == asked


def test_a_run_names_the_version_of_what_searched_for_it() -> None:
    assert "optuna" in versions(fakes.request(tuning=TuningRequest(method="tpe")))
    assert "optuna" not in versions(fakes.request(tuning=TuningRequest()))
    assert "optuna" not in versions()


def test_numbers_become_plain_and_what_json_does_not_know_becomes_none() -> None:
    value = {1: np.float64("nan"), "a": np.arange(2), "b": (np.int64(3), float("inf")), "c": "text", "d": True}
    assert as_plain(value) == {"1": None, "a": [0, 1], "b": [3, None], "c": "text", "d": True}


@pytest.mark.parametrize(
    ("memory_mb", "cores", "given", "says"),
    [(2048, 8, 2, "8 candidates at the same time were asked for; a run here has 2,048 MiB"), (256, 8, 1, "so 1 at a")]
    + [(memory_mb, cores, 8, None) for memory_mb, cores in ((8192, 8), (2048, 2))],
)
def test_a_search_tries_no_more_at_the_same_time_than_there_is_memory_for_and_says_so(
    home: Path, memory_mb: int, cores: int, given: int, says: str | None
) -> None:
    seen: list[int] = []

    def train(request: TrainingRequest, *_: object) -> fakes.FakeResult:
        assert request.tuning is not None
        seen.append(request.tuning.n_jobs)
        return fakes.FakeResult()

    context = fakes.context(home, train, run_memory_mb=memory_mb)
    draft = context.bundles.open_draft(str(uuid.uuid4()))
    wanted = fakes.request(tuning=TuningRequest(n_jobs=8))
    outcome = make_run(context, wanted, None, draft, report_nothing, cores, most_seconds=10_000)
    assert seen == [given]
    said = [notice for notice in outcome.notices if "at the same time" in notice]
    assert len(said) == (says is not None)
    assert all(str(says) in notice for notice in said)
    assert json.loads((draft / "request.json").read_text())["tuning"]["n_jobs"] == 8
