"""Stored tables: whose they are, what becomes of them, and what cannot be done to them."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.errors import DataError, InvalidRequest, NotFound, Refused
from core.tables import DEFAULT_ID, TableLimits, TableRef, Tables, check_requests
from tests.fakes.runs import request


@dataclass
class Examination:
    frame: pd.DataFrame | None
    accepted: bool = True
    extras: tuple[str, ...] = ()
    can_train: bool = True


class Facts:
    source_name, rows_read, tracks, sha256 = "Songs", 5, 3, "ab"


def examined(**changes: Any) -> Examination:
    return Examination(**{"frame": pd.DataFrame({"track_id": ["a", "a", "b"]}), **changes})


def write(frame: pd.DataFrame, path: Path) -> str:
    frame.to_csv(path, index=False)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make(home: Path, **limits: Any) -> Tables:
    return Tables(home, Facts, TableLimits(**limits), write)


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return make(tmp_path)


def test_the_default_table_comes_first_and_is_current_at_first(tables: Tables) -> None:
    tables.add("ann", "Mine", examined())
    first, second = tables.list("ann")
    assert (first.id, first.name, first.is_default, first.is_current) == (DEFAULT_ID, "Songs", True, True)
    assert (second.name, second.rows, second.tracks, second.is_current) == ("Mine", 3, 2, False)
    assert tables.current("ann") is None


def test_a_default_table_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    def unreadable() -> Facts:
        raise DataError("No.")

    tables = Tables(tmp_path, unreadable, write=write)
    mine = tables.add("ann", "Mine", examined())
    first, second = tables.list("ann")
    assert not first.can_train
    assert second == mine


def test_the_chosen_table_is_current_in_every_process(tables: Tables, tmp_path: Path) -> None:
    mine = tables.add("ann", "Mine", examined(extras=("bpm",)))
    other = make(tmp_path)
    assert other.current("ann") is None
    assert tables.choose("ann", mine.id).is_current
    found = other.current("ann")
    assert found is not None
    assert (found.id, found.name, found.extras) == (mine.id, "Mine", ("bpm",))
    assert found.path(tmp_path) == tables.path("ann", mine.id)
    assert hashlib.sha256(found.path(tmp_path).read_bytes()).hexdigest() == mine.sha256
    assert tables.choose("ann", DEFAULT_ID).is_default
    assert other.current("ann") is None


@pytest.mark.parametrize("wrong", ["", "../ann", "nonsense", "00000000-0000-4000-8000-000000000000", None, 3, ["x"]])
def test_an_absent_id_is_not_found(tables: Tables, wrong: Any) -> None:
    tables.add("ann", "Mine", examined())
    for ask in (tables.get, tables.choose, tables.delete, tables.restore, tables.path, tables.ref, tables.staged):
        with pytest.raises(NotFound):
            ask("ann", wrong)
    with pytest.raises(NotFound):
        tables.rename("ann", wrong, "New")


def test_a_foreign_table_answers_like_an_absent_one(tables: Tables) -> None:
    mine = tables.add("ann", "Mine", examined())
    staged = tables.stage("ann", b"x", "a.csv")
    for ask in (tables.get, tables.choose, tables.delete, tables.restore, tables.path, tables.ref):
        with pytest.raises(NotFound, match=r"^There is no such table\.$"):
            ask("bob", mine.id)
    with pytest.raises(NotFound):
        tables.rename("bob", mine.id, "New")
    with pytest.raises(NotFound):
        tables.staged("bob", staged)
    tables.discard("bob", staged)
    assert tables.staged("ann", staged) == (b"x", "a.csv")
    assert [one.is_default for one in tables.list("bob")] == [True]


def test_the_default_table_can_neither_be_renamed_nor_deleted(tables: Tables) -> None:
    for ask in (lambda: tables.rename("ann", DEFAULT_ID, "x"), lambda: tables.delete("ann", DEFAULT_ID)):
        with pytest.raises(NotFound):
            ask()


def test_a_deleted_table_comes_back_but_is_not_chosen_by_itself(tables: Tables) -> None:
    mine = tables.add("ann", "Mine", examined())
    tables.choose("ann", mine.id)
    tables.delete("ann", mine.id)
    assert tables.current("ann") is None
    with pytest.raises(NotFound):
        tables.ref("ann", mine.id)
    assert tables.restore("ann", mine.id) == mine
    assert tables.current("ann") is None
    assert tables.path("ann", mine.id).is_file()


def test_what_lies_in_the_bin_for_too_long_is_gone_from_the_disk(tmp_path: Path) -> None:
    tables = make(tmp_path, bin_seconds=0)
    mine = tables.add("ann", "Mine", examined())
    file = tables.path("ann", mine.id)
    tables.delete("ann", mine.id)
    tables.add("ann", "Other", examined())
    assert not file.exists()
    with pytest.raises(NotFound):
        tables.restore("ann", mine.id)


@pytest.mark.parametrize("wrong", ["", "   ", "\n\x00", "x" * 81, None, 5])
def test_a_name_is_a_short_text(tables: Tables, wrong: Any) -> None:
    with pytest.raises(InvalidRequest, match="1 to 80 characters"):
        tables.add("ann", wrong, examined())


def test_names_are_kept_apart(tables: Tables) -> None:
    names = [tables.add("ann", " My\ntable ", examined()).name for _ in range(3)]
    assert names == ["My table", "My table (2)", "My table (3)"]
    assert tables.rename("ann", tables.list("ann")[1].id, "My table (2)").name == "My table (2) (2)"


def test_what_was_not_accepted_is_not_kept(tables: Tables, tmp_path: Path) -> None:
    for wrong in (examined(accepted=False), examined(frame=None)):
        with pytest.raises(InvalidRequest, match="not accepted"):
            tables.add("ann", "Mine", wrong)
    assert not list(tmp_path.rglob("*.csv"))


def test_an_owner_keeps_a_limited_number_of_tables(tmp_path: Path) -> None:
    tables = make(tmp_path, tables=2)
    first = tables.add("ann", "1", examined())
    tables.add("ann", "2", examined())
    with pytest.raises(Refused, match="2 tables already"):
        tables.add("ann", "3", examined())
    tables.delete("ann", first.id)
    tables.add("ann", "3", examined())
    with pytest.raises(Refused):
        tables.restore("ann", first.id)
    tables.add("bob", "1", examined())


def test_bytes_are_limited_and_the_bin_gives_way(tmp_path: Path) -> None:
    big = examined(frame=pd.DataFrame({"track_id": ["x" * 6000]}))
    tables = make(tmp_path, owner_bytes=10_000)
    first = tables.add("ann", "1", big)
    with pytest.raises(Refused, match="MiB"):
        tables.add("ann", "2", big)
    with pytest.raises(Refused):
        tables.stage("ann", b"x" * 9000, "a.csv")
    tables.delete("ann", first.id)
    second = tables.add("ann", "2", big)
    assert [one.id for one in tables.list("ann")] == [DEFAULT_ID, second.id]
    assert len(list(tmp_path.rglob("*.csv"))) == 1
    with pytest.raises(NotFound):
        tables.restore("ann", first.id)


def test_all_owners_together_are_limited(tmp_path: Path) -> None:
    tables = make(tmp_path, all_bytes=1000)
    tables.stage("ann", b"x" * 900, "a.csv")
    with pytest.raises(Refused, match="server"):
        tables.stage("bob", b"x" * 900, "a.csv")


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(frame: pd.DataFrame, path: Path) -> str:
        path.write_text("half")
        raise ValueError("no")

    tables = Tables(tmp_path, Facts, write=fail)
    with pytest.raises(ValueError, match="no"):
        tables.add("ann", "Mine", examined())
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [".lock"]
    assert len(tables.list("ann")) == 1


def test_files_are_private_and_named_by_the_server_alone(tables: Tables, tmp_path: Path) -> None:
    owner, name = "../../user:Zoë", "../../etc/passwd"
    tables.add(owner, name, examined())
    tables.stage(owner, b"\n\x00", name)
    folder = tmp_path / "tables" / hashlib.sha256(owner.encode()).hexdigest()
    for path in (tmp_path / "tables").rglob("*"):
        assert path == folder or folder in path.parents
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert "passwd" not in " ".join(str(path) for path in tmp_path.rglob("*"))


def test_a_staged_file_reads_back_to_the_byte_until_it_is_discarded_or_expires(tmp_path: Path) -> None:
    tables = make(tmp_path, staged=2, staging_seconds=60)
    content = bytes(range(256)) + b"\n\n"
    ids = []
    for _ in range(3):
        ids.append(tables.stage("ann", content, 'a "b"\n.csv'))
        time.sleep(0.01)
    assert tables.staged("ann", ids[2]) == (content, 'a "b"\n.csv')
    with pytest.raises(NotFound):
        tables.staged("ann", ids[0])
    tables.discard("ann", ids[2])
    for path in tmp_path.rglob(ids[1]):
        os.utime(path, (time.time() - 61,) * 2)
    for one in ids:
        with pytest.raises(NotFound):
            tables.staged("ann", one)


def test_changes_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    doors = [make(tmp_path) for _ in range(4)]
    workers = [threading.Thread(target=doors[at % 4].add, args=("ann", f"t{at}", examined())) for at in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(one.name for one in make(tmp_path).list("ann")[1:]) == [f"t{at}" for at in range(8)]


def test_a_reference_survives_the_registry() -> None:
    ref = TableRef("i", "n", "tables/x/i.csv", ("a b",), False)
    assert TableRef.from_dict(ref.to_dict()) == ref


def test_requests_must_fit_the_table() -> None:
    own = request(features=("tempo", "extra:bpm"))
    check_requests([own], TableRef("i", "n", "f", ("bpm",)))
    for table in (None, TableRef("i", "n", "f"), TableRef("i", "n", "f", ("extra:bpm",))):
        with pytest.raises(InvalidRequest, match="no column 'bpm'"):
            check_requests([own], table)
    with pytest.raises(DataError, match="no popularity"):
        check_requests([request()], TableRef("i", "n", "f", (), can_train=False))
