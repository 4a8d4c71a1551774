"""What the overview needs of a table: worked out when it is loaded, kept on disk for the processes that come after."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from core.files import write_bytes

if TYPE_CHECKING:
    from data.facts import DatasetFacts
    from data.sources import Dataset

CLEANING_VERSION: Final = 2
"""Raise it when cleaning gives other facts for the same file: cached facts of older versions are ignored."""

BIN_POINTS: Final = 5
"""Width of a bar of the popularity histogram, in points."""


@dataclass(frozen=True)
class TableDigest:
    """What the overview needs of a table.

    Parameters
    ----------
    facts : DatasetFacts
    report : dict
        ``CleaningReport.to_dict()``.
    histogram : tuple of int
        Tracks in each five points of popularity: 0-4, 5-9, ..., 95-100.
    """

    facts: DatasetFacts
    report: dict[str, Any]
    histogram: tuple[int, ...]


def digest_of(dataset: Dataset) -> TableDigest:
    """Work out the digest of a loaded table."""
    edges = np.arange(0, 100 + BIN_POINTS, BIN_POINTS)
    counts = np.histogram(dataset.tracks["track_popularity"].to_numpy(), bins=edges)[0]  # the last bar includes 100
    return TableDigest(dataset.facts(), dataset.report.to_dict(), tuple(int(count) for count in counts))


def identity_of(path: Path, **named: Any) -> dict[str, Any]:
    """What a digest is known by: the file as it is now, how it is named and read, and the versions of what reads it."""
    from data.sample import SAMPLE_VERSION

    try:
        stat = path.stat()
        file: list[Any] = [str(path.resolve()), stat.st_size, stat.st_mtime_ns]
    except OSError:
        file = [str(path), None, None]
    return {"file": file, "cleaning": CLEANING_VERSION, "sample": SAMPLE_VERSION, **named}


def read_digest(cache: Path, identity: dict[str, Any]) -> TableDigest | None:
    """The digest that was kept of this very table; None where there is none that can be used."""
    from data.facts import DatasetFacts

    try:
        kept = json.loads(cache.read_text("utf-8"))
        if kept["identity"] != identity:
            return None
        return TableDigest(DatasetFacts(**kept["facts"]), kept["report"], tuple(kept["histogram"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a cache that cannot be used is made anew


def write_digest(cache: Path, digest: TableDigest, identity: dict[str, Any]) -> None:
    """Keep a digest, if the disk allows: without it everything works, only the first page waits."""
    kept = {
        "identity": identity,
        "facts": digest.facts.to_dict(),
        "report": digest.report,
        "histogram": list(digest.histogram),
    }
    with contextlib.suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(cache, json.dumps(kept).encode())
