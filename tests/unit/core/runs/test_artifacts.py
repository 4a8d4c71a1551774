from __future__ import annotations

import errno
import os
import uuid
from pathlib import Path

import pytest

from core.errors import BundleError, StorageError
from core.runs.artifacts import Bundles

RUN = str(uuid.UUID(int=7))


@pytest.fixture
def bundles(tmp_path: Path) -> Bundles:
    return Bundles(tmp_path / "runs")


def written(bundles: Bundles, content: bytes = b"model") -> dict[str, str]:
    draft = bundles.open_draft(RUN)
    (draft / "model.skops").write_bytes(content)
    return bundles.publish(draft, RUN)


def test_what_was_published_reads_back(bundles: Bundles) -> None:
    digests = written(bundles)
    assert bundles.read(RUN, "model.skops", digests) == b"model"


def test_bundles_are_private(bundles: Bundles) -> None:
    written(bundles)
    folder = bundles.path(RUN, "model.skops").parent
    assert folder.stat().st_mode & 0o077 == 0
    assert folder.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("position", [0, 2, 4])
def test_one_changed_byte_is_refused(bundles: Bundles, position: int) -> None:
    digests = written(bundles)
    path = bundles.path(RUN, "model.skops")
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(BundleError, match="has changed"):
        bundles.read(RUN, "model.skops", digests)


def test_a_missing_file_is_refused(bundles: Bundles) -> None:
    digests = written(bundles)
    bundles.path(RUN, "model.skops").unlink()
    with pytest.raises(BundleError, match="cannot be read"):
        bundles.read(RUN, "model.skops", digests)


def test_a_file_without_a_digest_is_refused(bundles: Bundles) -> None:
    written(bundles)
    with pytest.raises(BundleError, match="has changed"):
        bundles.read(RUN, "model.skops", {})


@pytest.mark.parametrize("run_id", ["", "..", "../../etc", RUN.upper() + "/", "{" + RUN + "}", RUN.replace("-", "")])
def test_only_the_id_of_a_run_becomes_part_of_a_path(bundles: Bundles, run_id: str) -> None:
    with pytest.raises(BundleError, match="UUID"):
        bundles.path(run_id, "model.skops")
    with pytest.raises(BundleError, match="UUID"):
        bundles.open_draft(run_id)


def test_nothing_is_in_place_when_the_disk_is_full(bundles: Bundles, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StorageError, match="disk is full"):
        written(bundles)
    assert not bundles.path(RUN, "model.skops").exists()


def test_drafts_and_bundles_are_found_and_removed(bundles: Bundles) -> None:
    assert bundles.runs_on_disk() == set()
    written(bundles)
    bundles.open_draft(str(uuid.UUID(int=8)))
    (bundles.path(RUN, "x").parents[1] / "notes.txt").write_text("not ours")
    assert bundles.runs_on_disk() == {RUN, str(uuid.UUID(int=8))}
    for run_id in bundles.runs_on_disk():
        bundles.discard(run_id)
    assert bundles.runs_on_disk() == set()
