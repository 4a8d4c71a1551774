"""The registry's database: what goes wrong when it is opened is said in words, and never with its password."""

from __future__ import annotations

import importlib.util

import pytest

from core.errors import StorageError
from core.runs.database import Database

SECRET = "hush-hush"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgres://me:{}@db/runs", "no kind of database 'postgres'"),
        ("postgresql+nothing://me:{}@db/runs", "no kind of database 'postgresql.nothing'"),
        ("me:{}@db/runs", "is not an address"),
        ("postgresql+psycopg://me:{}@db:port/runs", "is not an address"),
        ("postgresql+psycopg://me:x:{}/runs", "is not an address"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_without_repeating_it(url, words, tmp_path):
    with pytest.raises(StorageError) as refused:
        Database(url.format(SECRET), tmp_path / "lock")
    assert words in str(refused.value)
    assert "DASHBOARD_DATABASE_URL" in str(refused.value)
    assert SECRET not in str(refused.value)
    assert refused.value.__suppress_context__, "a traceback would show what the library says of the address"


@pytest.mark.parametrize("url", ["postgresql://me:{}@db/runs", "postgresql+psycopg://me:{}@db/runs"])
@pytest.mark.skipif(importlib.util.find_spec("psycopg") is not None, reason="the driver is installed here")
def test_a_driver_that_is_not_installed_is_named(url, tmp_path):
    with pytest.raises(StorageError, match="pip install 'psycopg") as refused:
        Database(url.format(SECRET), tmp_path / "lock")
    assert SECRET not in str(refused.value)
