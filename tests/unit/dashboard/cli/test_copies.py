"""Of the copies of configured tables the newest is kept, and each that a process works with."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.cli import copies
from dashboard.cli.copies import LOCK, claim
from dashboard.cli.own_file import with_readable_table
from dashboard.settings import Settings
from data.sample import generate_sample


@pytest.fixture(autouse=True)
def ending() -> Iterator[None]:
    yield
    end()


def end() -> None:
    """What the end of a process does: its locks are let go."""
    while copies._held:
        os.close(copies._held.pop())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_of_many_versions_of_a_table_the_newest_stays(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "own.csv"
    for tracks in (300, 320, 340):
        table = generate_sample(600).head(tracks)
        table.assign(energy=100 * table["energy"]).rename(columns={"energy": "energy_%"}).to_csv(path, index=False)
        copy = with_readable_table(Settings(home=home, data=path)).data
        assert copy is not None
        assert copy.is_file()
        end()
    assert names(home / "checked") == {Path(copy).parent.name}


def test_a_copy_that_a_process_works_with_is_not_removed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        claim(tmp_path / name)
        (tmp_path / name / "table.csv").write_text(name)
    claim(tmp_path / "three")
    assert names(tmp_path) == {"one", "two", "three"}
    end()
    claim(tmp_path / "one")
    assert names(tmp_path) == {"one"}
    assert (tmp_path / "one" / "table.csv").read_text() == "one"


def test_copies_of_earlier_versions_of_the_program_are_removed_with_all_they_hold(tmp_path: Path) -> None:
    (tmp_path / "old" / "folder").mkdir(parents=True)
    (tmp_path / "old" / "table.csv").write_text("x")
    (tmp_path / "file").write_text("not a copy")
    claim(tmp_path / "new")
    assert names(tmp_path) == {"new", "file"}


def test_who_waits_for_a_folder_that_is_removed_meanwhile_gets_a_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    waiting = threading.Thread(target=claim, args=(folder,))
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    copies._remove(folder)
    os.close(handle)
    waiting.join(5)
    assert (folder / LOCK).is_file()
