"""Exports of runs, whole and tampered with."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from core.runs import parcel, sealing
from core.runs.model import Run
from core.runs.sealing import seal, sealing_key
from core.runs.service import Runs
from tests.fakes import runs as fakes
from tests.fakes.tables import make_dataset

KEY = sealing_key(b"the key of both sides")
TRAVELS = ("request", "data", "metrics", "timings", "versions", "notices", "digests", "created_at", "finished_at")


class Dataset:
    """A small table that says what it is."""

    def __init__(self) -> None:
        made = make_dataset(200)
        self.tracks, self.placements = made.tracks, made.placements

    def facts(self) -> fakes.FakeFacts:
        return fakes.FakeFacts()


def bring(runs: Runs, content: bytes, owner: str = "ann", key: sealing.SealingKey = KEY) -> Run:
    return runs.exchange(key).bring_in(io.BytesIO(content), owner)


def is_untouched(runs: Runs) -> bool:
    """Whether nothing of a refused import is left: no run, no bundle, no draft, no temporary file."""
    names = {path.name for path in runs.context.home.iterdir()} - {"runs"}
    return (
        runs.list(None) == []
        and runs.context.bundles.runs_on_disk() == set()
        and all(name.startswith("registry") for name in names)
    )


def repacked(sealed: bytes, change: Callable[[dict[str, bytes]], None], key: sealing.SealingKey = KEY) -> bytes:
    """The export with other members, signed as one that has the key would sign it."""
    with zipfile.ZipFile(io.BytesIO(sealed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    body, target = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    seal(key, body, target)
    return target.getvalue()


def with_record(sealed: bytes, **changes: Any) -> bytes:
    def change(members: dict[str, bytes]) -> None:
        members[parcel.RUN] = json.dumps({**json.loads(members[parcel.RUN]), **changes}).encode()

    return repacked(sealed, change)
