"""The registry's database: what goes wrong when it is opened is said in words, and never with its password."""

from __future__ import annotations

import importlib.util

import pytest
import sqlalchemy as sa

from core.errors import StorageError
from core.runs.database import Database, explained

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


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (sa.exc.OperationalError("SELECT 1", {}, Exception("the server is away.\nDetails")), "the server is away"),
        (sa.exc.InterfaceError("SELECT 1", {}, Exception("connection already closed")), "connection already closed"),
        (sa.exc.InterfaceError("SELECT 1", {}, Exception("")), "InterfaceError"),
        (sa.exc.TimeoutError("QueuePool limit of size 5 overflow 10 reached"), "all of its connections are busy"),
    ],
)
def test_a_database_that_cannot_be_asked_is_told_in_words(error, cause):
    with pytest.raises(StorageError, match=f"^The run registry cannot be used: {cause}.$"), explained():
        raise error


def test_two_rows_of_one_key_are_no_trouble_of_the_database():
    with pytest.raises(sa.exc.IntegrityError), explained():
        raise sa.exc.IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))
