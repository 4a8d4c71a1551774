"""A score that promises too much is marked wherever it goes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from callbacks import history as history_page
from core.cautions import INFLATED, NO_FORECAST, cautions
from core.comparison import comparable_groups
from core.features import DEFAULT_FEATURES
from core.figures import trends
from core.runs.history import Asked, HistoryPage
from core.runs.model import Run
from dashboard.api.models import RunSummary
from layouts import compare, history
from tests.fakes.finished import NOON, make_run, metrics

AHEAD = (*DEFAULT_FEATURES, "n_playlists")
Words = Callable[[object], str]


def looking_ahead(**changes: object) -> Run:
    return make_run(features=AHEAD, allow_unknowable=True, **changes)  # type: ignore[arg-type]


def test_only_a_score_that_promises_too_much_needs_a_caution() -> None:
    assert cautions(make_run().request) == ()
    assert cautions(looking_ahead().request) == (NO_FORECAST,)
    assert cautions(looking_ahead(protocol="rows").request) == (INFLATED, NO_FORECAST)
    assert cautions(looking_ahead(family="mean").request) == (), "it uses no feature"


@pytest.mark.parametrize(
    ("run", "caution"), [(looking_ahead(), NO_FORECAST), (make_run(protocol="rows"), INFLATED)], ids=["ahead", "leaky"]
)
def test_lists_and_files_of_runs_carry_it(run: Run, caution: object) -> None:
    assert run.to_dict()["cautions"] == [caution.sentence]  # type: ignore[attr-defined]
    assert "cautions" in RunSummary.model_fields
    rows = list(csv.DictReader(io.StringIO(history_page.make_file([run, make_run()], "csv")["content"])))
    assert [row["cautions"] for row in rows] == [caution.mark, ""]  # type: ignore[attr-defined]


def test_a_row_of_the_history_and_a_column_of_a_comparison_carry_it() -> None:
    ahead, honest = looking_ahead(name="ahead"), make_run(name="honest")
    listed = str(history.runs_table(HistoryPage([ahead, honest], 2), Asked(), NOON))
    beside = str(compare.scores([ahead, honest], compare.labels_of([ahead, honest]), None, []))
    assert listed.count(NO_FORECAST.sentence) == 1
    assert beside.count(" no forecast'") == 1, "beside its name"
    assert NO_FORECAST.sentence in beside


def test_what_is_no_forecast_is_never_the_best_of_the_charts() -> None:
    scored = []
    for minutes, rmse in enumerate((24.0, 23.0)):
        found = metrics()
        found["test"]["rmse"] = rmse
        scored.append(make_run(metrics=found, finished_at=NOON + timedelta(minutes=minutes)))
    found = metrics()
    found["test"]["rmse"] = 10.0
    ahead = replace(looking_ahead(family="knn", metrics=found), finished_at=NOON)
    runs = [ahead, *scored]
    labels = dict.fromkeys(comparable_groups(runs), "song")
    frame = trends.compute_progress(runs, "rmse", labels)
    assert frame["best"].dropna().tolist() == [24.0, 23.0]
    assert list(trends.named_progress(frame, "rmse")["Run"])[-1].endswith("no forecast")
    assert NO_FORECAST.sentence in trends.read_progress(frame, "rmse")
    said = trends.read_choices(trends.compute_choices(runs, "rmse"), "rmse")
    assert "The best: Ridge" in said
    only = trends.read_choices(trends.compute_choices([ahead, ahead], "rmse"), "rmse")
    assert only.endswith("RMSE 10.0, no forecast.")
