"""Uploaded tables and training together: whose job reads which table, and what outlives a table."""

from __future__ import annotations

import gc
import json
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask import g
from plotly.utils import PlotlyJSONEncoder

from callbacks import overview, prediction, training
from callbacks.eda.source import columns_of, table_of
from core.eda.distribution import distribution
from core.eda.filters import Filter
from core.errors import DataError, InvalidRequest, NotFound
from core.requests import TrainingRequest
from core.runs.model import Run, RunState
from core.tables import TableInfo
from dashboard.services import STORES_KEPT, Services
from data.sample import generate_sample
from data.upload import examine
from tests.fakes.runs import start, wait_for

OWN = "extra:remixes"


def upload(services: Services, owner: str, name: str = "Mine", seed: int = 5, drop: tuple[str, ...] = ()) -> TableInfo:
    """A small table whose own column tells the popularity."""
    raw = generate_sample(n_rows=900, seed=seed)
    noise = np.random.default_rng(seed).normal(0, 1, len(raw))
    frame = raw.assign(remixes=1000 * raw["track_popularity"] + noise).drop(columns=list(drop))
    examination = examine(frame.to_csv(index=False).encode(), f"{name}.csv", keep=["remixes"])
    assert examination.accepted, examination.problems
    return services.tables.add(owner, name, examination)


def asked(*features: str, **changes: Any) -> TrainingRequest:
    return TrainingRequest(family="ridge", cv_folds=0, features=features or ("energy", "tempo"), **changes)


def train(services: Services, owner: str, *requests: TrainingRequest) -> Run:
    """Through the queue, in a process of its own, as the page does."""
    job = services.runs.submit(owner, requests, f"{owner}-{time.monotonic_ns()}", table=services.tables.current(owner))
    assert services.runs.admit(job.id)
    process = start(job.id, services.runs.context)
    wait_for(lambda: not services.runs.job(job.id, owner).is_active, 60)
    process.join(10)
    return services.runs.get(job.runs[0].id, owner)


def shown(page: Any) -> str:
    return json.dumps(page, cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.fixture
def services(services: Services) -> Iterator[Services]:
    yield services
    services.runs.close()


@pytest.fixture
def trained(services: Services) -> tuple[Services, TableInfo, Run]:
    mine = upload(services, "ann")
    services.tables.choose("ann", mine.id)
    return services, mine, train(services, "ann", asked("energy", OWN))


def test_each_owner_trains_on_the_table_they_chose(trained: tuple[Services, TableInfo, Run]) -> None:
    services, mine, run = trained
    other = train(services, "bob", asked())
    assert (run.state, run.reason) == (RunState.FINISHED, None)
    assert (run.data["source_name"], run.data["sha256"], run.data["tracks"]) == ("Mine", mine.sha256, mine.tracks)
    assert run.data["table"] == mine.id
    assert other.state is RunState.FINISHED
    assert other.data["is_synthetic"]
    assert "table" not in other.data


def test_a_column_of_ones_own_is_learned_from_and_predicts(trained: tuple[Services, TableInfo, Run]) -> None:
    services, _, run = trained
    assert run.metrics is not None
    assert run.metrics["test"]["r2"] > 0.95
    values = {"energy": 0.5, OWN: 60_000.0}
    assert prediction.predict(services, run, "ann", values).popularity == pytest.approx(60, abs=5)


def test_a_column_that_the_table_does_not_have_is_refused(services: Services) -> None:
    with pytest.raises(InvalidRequest, match="no column 'remixes'"):
        services.runs.submit("ann", [asked(OWN)], "k", table=services.tables.current("ann"))
    with pytest.raises(InvalidRequest, match="no column 'remixes'"):
        services.runs.run_inline([asked(OWN)])


def test_nobody_reaches_the_table_of_another(services: Services) -> None:
    mine = upload(services, "ann")
    with pytest.raises(NotFound):
        services.tables.choose("bob", mine.id)
    services.tables.choose("ann", mine.id)
    assert services.tracks_for("bob") is services.tracks
    assert services.tracks_for("ann").facts.source_name == "Mine"


def test_a_deleted_table_leaves_its_runs_readable_and_able_to_predict(
    trained: tuple[Services, TableInfo, Run],
) -> None:
    services, mine, run = trained
    own = services.tracks_of_run(run, "ann")
    assert own == (services.tracks_for("ann"), True)
    services.tables.delete("ann", mine.id)
    store, is_own = services.tracks_of_run(run, "ann")
    assert (store, is_own) == (services.tracks, False)
    controls = {one.name: one for one in prediction.make_controls(store.dataset.tracks, run, {})}
    assert list(controls) == ["energy", OWN]
    assert controls[OWN].high > 50_000
    assert services.runs.get(run.id, "ann").metrics == run.metrics
    assert len(services.runs.predictions(run.id, "ann"))
    values = {name: one.value for name, one in controls.items()}
    assert 0 <= prediction.predict(services, run, "ann", values).popularity <= 100
    found, _ = prediction.start_from_track(services, run, "ann", 0)
    assert set(found.values) == {"energy", OWN}
    services.tables.restore("ann", mine.id)
    assert services.tracks_of_run(run, "ann")[1]


def test_predictions_keep_to_the_table_of_the_run_when_another_is_chosen(
    trained: tuple[Services, TableInfo, Run],
) -> None:
    services, mine, run = trained
    own = services.tracks_for("ann")
    services.tables.choose("ann", "default")
    assert services.tracks_for("ann") is services.tracks
    assert services.tracks_of_run(run, "ann") == (own, True)
    services.tables.choose("ann", upload(services, "ann", "Second", seed=6).id)
    assert services.tracks_of_run(train(services, "ann", asked()), "ann")[0].facts.source_name == "Second"
    assert services.tracks_of_run(run, "ann")[0].facts.sha256 == mine.sha256


def test_a_job_whose_table_went_before_it_began_says_so(services: Services) -> None:
    mine = upload(services, "ann")
    path = services.tables.path("ann", mine.id)
    job = services.runs.submit("ann", [asked()], "k", table=services.tables.ref("ann", mine.id))
    path.unlink()
    assert services.runs.admit(job.id)
    process = start(job.id, services.runs.context)
    process.join(60)
    run = services.runs.get(job.runs[0].id, "ann")
    assert run.state is RunState.FAILED
    assert run.reason == "The table 'Mine' is no longer there, so nothing can be trained on it."
    assert str(path.parent) not in run.reason


def test_a_table_without_popularity_says_why_it_cannot_train(services: Services) -> None:
    silent = upload(services, "ann", drop=("track_popularity",))
    assert not silent.can_train
    services.tables.choose("ann", silent.id)
    with pytest.raises(DataError, match="no popularity column"):
        services.tracks_for("ann").facts  # noqa: B018
    with pytest.raises(DataError, match="no popularity column"):
        services.runs.submit("ann", [asked()], "k", table=services.tables.current("ann"))


def test_views_show_the_table_of_whoever_asks(services: Services, app: Any) -> None:
    mine = upload(services, "ann")
    services.tables.choose("ann", mine.id)
    with app.server.test_request_context():
        g.owner = "ann"
        own = table_of(services)
        assert table_of(services) is own
        assert f'"{mine.tracks:,}"' in shown(overview.page(services, "ann"))
        assert "Your columns" in shown(training.page(services, "ann"))
        g.owner = "bob"
        assert len(table_of(services).tracks) != len(own.tracks)
        assert f'"{mine.tracks:,}"' not in shown(overview.page(services, "bob"))
        assert "Your columns" not in shown(training.page(services, "bob"))


def test_predict_says_that_the_table_of_its_run_was_deleted(trained: tuple[Services, TableInfo, Run], app: Any) -> None:
    services, mine, _ = trained
    with app.server.test_request_context():
        g.owner = "ann"
        assert prediction.TABLE_GONE not in shown(prediction.page(services, "ann"))
        services.tables.delete("ann", mine.id)
        assert prediction.TABLE_GONE in shown(prediction.page(services, "ann"))


def test_asking_for_the_current_table_takes_less_than_a_millisecond(services: Services) -> None:
    services.tables.choose("ann", upload(services, "ann").id)
    services.tracks_for("ann")
    took = []
    for _ in range(200):
        began = time.process_time()
        services.tracks_for("ann")
        took.append(time.process_time() - began)
    assert sorted(took)[100] < 0.001


def test_few_uploaded_tables_stay_in_memory_however_much_of_each_was_explored(services: Services) -> None:
    explored = []
    for seed in range(STORES_KEPT + 2):
        services.tables.choose("ann", upload(services, "ann", seed=seed).id)
        table = columns_of(services.tracks_for("ann"))
        assert distribution(table, Filter(), "energy", "genre").n
        explored.append((weakref.ref(table), weakref.ref(table.tracks)))
    del table
    gc.collect()
    assert len(services._stores) == STORES_KEPT
    assert [columns() is not None for columns, _ in explored] == [False] * 2 + [True] * STORES_KEPT
    assert [tracks() is not None for _, tracks in explored] == [False] * 2 + [True] * STORES_KEPT


def test_the_next_process_knows_the_facts_of_an_uploaded_table(services: Services, home: Path) -> None:
    mine = upload(services, "ann")
    services.tables.choose("ann", mine.id)
    facts = services.tracks_for("ann").dataset.facts()
    again = Services(services.settings, services.tracks).tracks_for("ann")
    assert again.facts == facts
    assert not again.is_loaded
    assert pd.notna(again.dataset.tracks[OWN]).all()
