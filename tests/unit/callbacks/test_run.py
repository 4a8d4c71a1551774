from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import pytest

from callbacks import run as callbacks
from core.errors import BundleError, InvalidRequest, NotFound
from core.runs.model import Run, RunState
from tests.fakes.finished import make_run, metrics


class OneRun:
    """Runs that know one run and its predictions."""

    def __init__(self, run: Run, trouble: Exception | None = None) -> None:
        self.run, self.trouble, self.runs = run, trouble, self

    def get(self, run_id: str, owner: str) -> Run:
        if (run_id, owner) != (self.run.id, "me"):
            raise NotFound("There is no such run.")
        return self.run

    def predictions(self, run_id: str, owner: str) -> pd.DataFrame:
        if self.trouble:
            raise self.trouble
        rows = [["a", "=cmd", "Sia", "test", 0, 50.0, 48.5], ["b", "Two", None, "cv", 1, 0.0, 1 / 3]]
        return pd.DataFrame(
            rows, columns=["track_id", "track_name", "track_artist", "part", "fold", "actual", "predicted"]
        )


def read(file: dict[str, Any]) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(file["content"]))


def test_the_test_file_holds_the_test_part_alone_with_escaped_text() -> None:
    services = OneRun(make_run())
    table = read(callbacks.make_file(services, services.run.id, "me", "test"))
    assert list(table) == ["track_id", "track_name", "track_artist", "fold", "actual", "predicted"]
    assert table["track_name"].tolist() == ["'=cmd"]
    assert table["predicted"].tolist() == [48.5]


def test_the_cross_validation_file_keeps_full_precision() -> None:
    services = OneRun(make_run())
    assert read(callbacks.make_file(services, services.run.id, "me", "cv"))["predicted"].tolist() == [1 / 3]


def test_the_request_file_is_the_request() -> None:
    services = OneRun(make_run(protocol="artist"))
    file = callbacks.make_file(services, services.run.id, "me", "request")
    assert json.loads(file["content"])["protocol"] == "artist"
    assert file["filename"].endswith("-request.json")


def test_files_of_the_sample_carry_it_in_their_names() -> None:
    services = OneRun(make_run(data={"is_synthetic": True}))
    for kind in ("test", "cv", "request"):
        assert callbacks.make_file(services, services.run.id, "me", kind)["filename"].startswith("synthetic-")


def test_another_kind_of_file_is_refused() -> None:
    services = OneRun(make_run())
    with pytest.raises(InvalidRequest, match="no file"):
        callbacks.make_file(services, services.run.id, "me", "../model.skops")


def test_a_foreign_run_has_no_page_and_no_file() -> None:
    services = OneRun(make_run())
    with pytest.raises(NotFound):
        callbacks.page(services, "someone else", run_id=services.run.id)
    with pytest.raises(NotFound):
        callbacks.make_file(services, services.run.id, "someone else", "test")


def test_a_missing_bundle_is_said_and_the_scores_stay() -> None:
    services = OneRun(make_run(), BundleError("Its file has changed on disk."))
    said = str(callbacks._content(services, services.run, "me", "light"))
    assert "Its file has changed on disk." in said
    assert "Explains 8%" in said


class NoTables:
    def ref(self, owner: str, table_id: str) -> None:
        raise NotFound("There is no such table.")


def test_a_run_whose_table_was_deleted_says_so_in_every_state() -> None:
    for state in (RunState.FINISHED, RunState.FAILED, RunState.RUNNING):
        services = OneRun(make_run(state, data={"table": "1", "source_name": "My songs"}))
        services.tables = NoTables()
        said = str(callbacks._content(services, services.run, "me", "light"))
        assert "“My songs” that this run was trained on has been deleted" in said


def test_a_run_of_the_default_table_says_nothing_of_the_kind() -> None:
    services = OneRun(make_run())
    assert "has been deleted" not in str(callbacks._content(services, services.run, "me", "light"))


def test_an_unfinished_run_reads_no_predictions() -> None:
    services = OneRun(make_run(RunState.RUNNING), AssertionError("read"))
    assert "In progress" in str(callbacks._content(services, services.run, "me", "light"))


def test_what_the_intervals_held_is_drawn_by_genre_and_by_band_with_its_numbers() -> None:
    part = {"coverage": 0.9, "coverage_interval": [0.88, 0.92], "width": 60.0, "n": 900}
    parts = {"overall": part, "by_genre": [{"genre": "rap", **part}], "by_band": [{"band": "0–19", **part}]}
    services = OneRun(make_run(metrics={**metrics(), "coverage": parts}))
    said = str(callbacks._content(services, services.run, "me", "light"))
    assert "What the intervals held, by genre" in said
    assert "What the intervals held, by actual popularity" in said
    assert "Width, points" in said
