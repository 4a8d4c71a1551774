"""A registry written by an earlier version is brought up to date and loses nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import core.runs.migrations
from core.runs.database import HEAD, Database
from core.runs.history import Asked
from core.runs.model import RunState
from core.runs.registry import FILE_NAME, open_registry
from core.runs.service import Runs
from core.runs.tables import SCORES
from core.tables import TableRef
from tests.fakes.runs import request

JOB, RUN = "5f0c6d1e-0000-4000-8000-000000000001", "5f0c6d1e-0000-4000-8000-000000000002"


def write_first_version(home: Path, monkeypatch) -> None:
    """A registry at its first revision, with a finished run."""
    url = f"sqlite:///{home / FILE_NAME}"
    monkeypatch.setattr(Database, "_bring_to_head", lambda *_: None)
    database = Database(url, home / "lock")
    with database.engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(core.runs.migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
    database.close()
    monkeypatch.undo()
    with sqlite3.connect(home / FILE_NAME) as old:
        old.execute("INSERT INTO jobs (id, owner, key, created_at) VALUES (?, 'ann', 'k', '2024-01-01')", (JOB,))
        old.execute(
            "INSERT INTO runs (id, job_id, position, owner, state, request, created_at, finished_at, data, metrics) "
            "VALUES (?, ?, 0, 'ann', 'finished', ?, '2024-01-01', '2024-01-01', '{\"sha256\": \"ab\"}', "
            '\'{"test": {"rmse": 21.5}}\')',
            (RUN, JOB, request(seed=7).model_dump_json()),
        )
    old.close()


def test_runs_of_the_first_version_stay_readable_and_new_jobs_follow(home: Path, monkeypatch) -> None:
    write_first_version(home, monkeypatch)
    runs = Runs(home)
    run, job = runs.get(RUN, "ann"), runs.job(JOB, "ann")
    assert (run.state, run.request.seed, run.data) == (RunState.FINISHED, 7, {"sha256": "ab"})
    assert job.table is None
    assert (run.stop_requested_at, runs.events(RUN, "ann")) == (None, (0, []))
    assert run.request.tuning is None
    assert (run.name, run.tags, run.is_starred) == ("", (), False)
    assert runs.promotions.promote(RUN, "ann", "champion").run_id == RUN
    found = runs.history.page("ann", Asked(family="ridge", protocol="song", data="ab", sort="rmse"))
    assert [(one.id, one.metrics) for one in found.runs] == [(RUN, {"test": {"rmse": 21.5}})]
    with runs._registry._database.reading() as connection:
        assert connection.execute(sa.select(SCORES.c.key, SCORES.c.value)).all() == [("rmse", 21.5)]
    assert runs.submit("ann", [request(seed=7)], "k").id == JOB
    table = TableRef("i", "Mine", "tables/x/i.csv", ("bpm",))
    new = runs.submit("ann", [request()], "other", table=table)
    assert runs.job(new.id, "ann").table == table
    runs.close()


def test_the_later_versions_can_be_taken_back(home: Path) -> None:
    registry = open_registry(home)
    registry.close()
    config = Config()
    config.set_main_option("script_location", str(Path(core.runs.migrations.__file__).parent))
    with registry._database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.commit()
    registry.close()
    with sqlite3.connect(home / FILE_NAME) as old:
        assert "source_table" not in {row[1] for row in old.execute("PRAGMA table_info(jobs)")}
        assert "stop_requested_at" not in {row[1] for row in old.execute("PRAGMA table_info(runs)")}
        assert "tags" not in {row[1] for row in old.execute("PRAGMA table_info(runs)")}
        names = "'run_aliases', 'run_events', 'run_scores', 'ix_runs_history'"
        gone = f"SELECT name FROM sqlite_master WHERE name IN ({names})"
        assert old.execute(gone).fetchall() == []
    old.close()
    again = open_registry(home)
    assert again._database._revision() == HEAD
    again.close()
