"""Stored tables over time: what is tidied away, what happens twice at once, and names that meet."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.errors import DataError, Refused, StorageError
from core.files import bytes_below
from core.tables import TableLimits, Tables, store
from core.tables.shelves import Shelves, _locked, staged_below
from core.tables.store import _read_back
from data.upload import write_table
from tests.unit.core.test_tables import Facts, examined, make
from tests.unit.data.messy import raw_table


def aged(path: Path, seconds: float) -> Path:
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def folder_of(tables: Tables, owner: str) -> Path:
    return tables._shelves.folder(owner)


def test_what_owners_who_do_not_return_left_makes_room_for_others(tmp_path: Path) -> None:
    tables = make(tmp_path, all_bytes=20_000, bin_seconds=60, staging_seconds=60)
    big = examined(frame=pd.DataFrame({"track_id": ["x" * 6_000]}))
    staged = tables.stage("ann", b"x" * 9_000, "a.csv")
    gone = tables.add("ann", "1", big)
    tables.delete("ann", gone.id)
    with pytest.raises(Refused, match="server"):
        tables.stage("bob", b"x" * 9_000, "a.csv")
    shelves = tables._shelves
    with shelves.changing("ann") as index:
        shelves.save("ann", index.having(replace(index.tables[0], deleted_at=1.0)))
    aged(folder_of(tables, "ann") / "staged" / staged, 61)
    tables.stage("bob", b"x" * 9_000, "a.csv")
    assert not list(folder_of(tables, "ann").glob("*.csv"))


def test_at_the_start_drafts_and_tables_that_no_index_knows_are_removed(tmp_path: Path) -> None:
    tables = make(tmp_path, draft_seconds=60)
    mine = tables.add("ann", "Mine", examined())
    kept = tables.stage("ann", b"x", "a.csv")
    folder = folder_of(tables, "ann")
    left = [".writing-x", "..writing-x-abc", "nobody.csv", "nobody.facts.json", "staged/.writing-y"]
    for name in left:
        (folder / name).write_bytes(b"x")
        aged(folder / name, 61)
    (folder / ".writing-now").write_bytes(b"x")
    aged(tables.path("ann", mine.id), 1000)
    make(tmp_path, draft_seconds=60).tidy()
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == {".lock", "index.json", ".writing-now", f"{mine.id}.csv", f"staged/{kept}"}


def test_tidying_passes_over_a_folder_in_which_somebody_works_and_a_broken_index(tmp_path: Path) -> None:
    tables = make(tmp_path, draft_seconds=0, staging_seconds=0)
    for owner in ("ann", "bob", "eve"):
        tables.stage(owner, b"x", "a.csv")
    (folder_of(tables, "eve") / "index.json").write_text("{")
    with tables._shelves.changing("ann"):
        (folder_of(tables, "ann") / ".writing-x").write_bytes(b"x")
        make(tmp_path, draft_seconds=0, staging_seconds=0).tidy()
        assert (folder_of(tables, "ann") / ".writing-x").exists()
    assert not staged_below(folder_of(tables, "bob"))


def test_tidying_a_home_without_tables_makes_nothing(tmp_path: Path) -> None:
    make(tmp_path).tidy()
    assert list(tmp_path.iterdir()) == []


def test_a_staged_file_that_goes_while_others_are_listed_hides_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = make(tmp_path)
    first, second = tables.stage("ann", b"1", "a.csv"), tables.stage("ann", b"2", "b.csv")
    real = Path.stat

    def stat(path: Path, **options: Any) -> os.stat_result:
        if path.name == second:
            path.unlink(missing_ok=True)
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    assert tables.staged("ann", first) == (b"1", "a.csv")
    assert not tables._shelves.is_fresh(folder_of(tables, "ann") / "staged" / second)


def test_one_file_makes_one_table_in_whichever_process(tmp_path: Path) -> None:
    made = make(tmp_path).add("ann", "Mine", examined(), "file-1")
    assert make(tmp_path).add("ann", "Mine", examined(), "file-1") == made
    assert make(tmp_path).made_of("ann", "file-1") == made
    assert make(tmp_path).made_of("bob", "file-1") is None
    assert make(tmp_path).made_of("ann", "") is None
    assert len(make(tmp_path).list("ann")) == 2
    assert make(tmp_path).add("ann", "Mine", examined(), "file-2").name == "Mine (2)"


def test_a_table_that_comes_back_never_has_the_name_of_another(tmp_path: Path) -> None:
    tables = make(tmp_path)
    first = tables.add("ann", "Mine", examined())
    tables.delete("ann", first.id)
    tables.add("ann", "Mine", examined())
    assert tables.restore("ann", first.id).name == "Mine (2)"
    assert sorted(one.name for one in tables.list("ann")[1:]) == ["Mine", "Mine (2)"]


@pytest.mark.parametrize("columns", [[], ["track_popularity"]])
def test_a_table_that_reads_back_is_kept(tmp_path: Path, columns: list[str]) -> None:
    frame = raw_table({"track_id": "a", "track_name": "one\ntwo"}, {"track_id": "b"}).drop(columns=columns)
    tables = Tables(tmp_path, Facts, TableLimits())
    assert tables.add("ann", "Mine", examined(frame=frame, can_train=not columns)).rows == 2


def test_a_table_that_cannot_be_read_back_is_not_kept(tmp_path: Path) -> None:
    frame = raw_table({"track_id": "a", "track_name": "t\0wo"}, {"track_id": "b"})
    tables = Tables(tmp_path, Facts, TableLimits())
    with pytest.raises(DataError, match="could not be read back") as refused:
        tables.add("ann", "Mine", examined(frame=frame))
    assert "writing-" not in str(refused.value)
    assert not list(tmp_path.rglob("*.csv"))
    assert len(tables.list("ann")) == 1


def test_rows_that_got_lost_are_noticed(tmp_path: Path) -> None:
    tables = Tables(tmp_path, Facts, TableLimits(), lambda frame, file: write_table(frame.head(1), file), _read_back)
    with pytest.raises(DataError, match="2 were written"):
        tables.add("ann", "Mine", examined(frame=raw_table({"track_id": "a"}, {"track_id": "b"})))


def test_the_folder_of_an_owner_who_has_nothing_left_is_removed_after_a_while(tmp_path: Path) -> None:
    tables = make(tmp_path, staging_seconds=60, bin_seconds=60)
    for owner in ("ann", "bob", "eve"):
        tables.stage(owner, b"x", "a.csv")
    tables.add("bob", "Mine", examined())
    for owner in ("ann", "bob"):
        for path in folder_of(tables, owner).glob("staged/*"):
            aged(path, 61)
    make(tmp_path, staging_seconds=60).tidy()
    assert folder_of(tables, "ann").exists()  # somebody was in it just now
    aged(folder_of(tables, "ann"), 61)
    aged(folder_of(tables, "eve"), 61)
    make(tmp_path, staging_seconds=60).tidy()
    assert not folder_of(tables, "ann").exists()
    assert folder_of(tables, "bob").exists()
    assert staged_below(folder_of(tables, "eve"))
    tables.stage("ann", b"x", "a.csv")
    assert staged_below(folder_of(tables, "ann"))


def test_who_waits_for_a_folder_that_is_removed_meanwhile_gets_a_new_one(tmp_path: Path) -> None:
    tables = make(tmp_path, staging_seconds=0)
    folder = folder_of(tables, "ann")
    with tables._shelves.changing("ann"):
        pass
    entered = threading.Event()

    def wait() -> None:
        with tables._shelves.changing("ann"):
            entered.set()
            time.sleep(0.2)

    with _locked(folder):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.1)
        tables._shelves._remove_empty(folder)
        assert not folder.exists()
    assert entered.wait(5)
    with pytest.raises(BlockingIOError), _locked(folder, wait=False):
        pass
    waiting.join()
    assert folder.exists()


def test_a_file_that_is_refused_takes_no_other_ones_place(tmp_path: Path) -> None:
    tables = make(tmp_path, staged=1, owner_bytes=1_000)
    first = tables.stage("ann", b"x" * 600, "a.csv")
    with pytest.raises(Refused, match="MiB"):
        tables.stage("ann", b"x" * 1_100, "b.csv")
    assert tables.staged("ann", first)[1] == "a.csv"
    second = tables.stage("ann", b"x" * 600, "b.csv")  # the first one gives way: together they would be too much
    assert [path.name for path in staged_below(folder_of(tables, "ann"))] == [second]
    assert not list(tmp_path.rglob(".writing-*"))


def test_owners_who_upload_at_once_do_not_exceed_what_all_may_keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, both = make(tmp_path, all_bytes=1_000), threading.Barrier(2, timeout=0.3)
    real = Shelves.check_room

    def check_room(shelves: Shelves, *asked: Any) -> None:
        real(shelves, *asked)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()

    def stage(owner: str) -> None:
        with contextlib.suppress(Refused):
            tables.stage(owner, b"x" * 900, "a.csv")

    monkeypatch.setattr(Shelves, "check_room", check_room)
    askers = [threading.Thread(target=stage, args=(owner,)) for owner in ("ann", "bob")]
    for one in askers:
        one.start()
    for one in askers:
        one.join(5)
    assert bytes_below(tmp_path) <= 1_000


def test_a_full_disk_is_told_of_what_was_to_be_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    tables = make(tmp_path)
    mine = tables.add("ann", "Mine", examined())
    monkeypatch.setattr(store, "write_bytes", full)
    with pytest.raises(StorageError, match="the uploaded file could not be stored"):
        tables.stage("ann", b"x", "a.csv")
    monkeypatch.setattr(tables, "_write", full)
    with pytest.raises(StorageError, match="the table could not be stored"):
        tables.add("ann", "Other", examined())
    monkeypatch.setattr(tables._shelves, "_save", full)
    with pytest.raises(StorageError, match="the list of tables could not be stored"):
        tables.choose("ann", mine.id)
