"""Which tables stay in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.tables import DEFAULT_ID, Tables
from core.tables.tracks import TrackStore
from dashboard.services import Services
from dashboard.settings import Settings
from data.sample import generate_sample
from data.upload import examine


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(Settings(home=tmp_path), TrackStore(None, tmp_path))


@pytest.fixture(scope="module")
def examination() -> Any:
    return examine(generate_sample(n_rows=300, seed=1).to_csv(index=False).encode(), "mine.csv")


def use(services: Services, owner: str, examination: Any) -> str:
    made = services.tables.add(owner, "Mine", examination)
    services.tables.choose(owner, made.id)
    services.tracks_for(owner)
    return made.id


def rename(tables: Tables, owner: str, table: str) -> None:
    tables.rename(owner, table, "Another name")


CHANGES: dict[str, Callable[[Tables, str, str], Any]] = {"deleted": Tables.delete, "renamed": rename}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("where", ["here", "in another process"])
def test_a_table_that_is_gone_leaves_memory_when_its_owner_looks_next(
    services: Services, examination: Any, change: str, where: str
) -> None:
    mine, others = use(services, "ann", examination), use(services, "bob", examination)
    services.tables.choose("ann", DEFAULT_ID)
    services.tracks_for("ann")
    assert [key[1].id for key in services._stores] == [mine, others]
    tables = services.tables if where == "here" else Tables(services.settings.home, lambda: services.tracks.facts)
    CHANGES[change](tables, "ann", mine)
    services.tracks_for("ann")
    assert [key[1].id for key in services._stores] == [others]


def test_a_table_that_comes_back_from_the_bin_is_read_anew(services: Services, examination: Any) -> None:
    mine = use(services, "ann", examination)
    before = services.tracks_for("ann")
    services.tables.delete("ann", mine)
    assert services.tracks_for("ann") is services.tracks
    services.tables.restore("ann", mine)
    services.tables.choose("ann", mine)
    assert services.tracks_for("ann").table == before.table
    assert services.tracks_for("ann") is not before
