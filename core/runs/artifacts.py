"""Bundles: the files of a finished run. Written aside, made durable, renamed into place; digests checked on reading."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import BundleError
from core.files import DRAFT, storage_errors, sync

MODEL, PREDICTIONS, REQUEST, RESULT = "model.skops", "predictions.csv", "request.json", "result.json"
LOW, HIGH = "low.skops", "high.skops"
"""Models of the two ends of the prediction interval; only of runs whose interval is made of quantiles."""
MANIFEST = "manifest.json"
"""What the other files are and what the model must predict; bundles of older versions have none."""
EXPLANATION = "explanation.json"
"""Why the model says what it says; only of runs that were explained."""


class Bundles:
    """The folder in which each finished run has a folder of its own, named by its id.

    Parameters
    ----------
    folder : Path
        Made when missing, readable for its owner only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open_draft(self, run_id: str) -> Path:
        """Make a private folder beside the bundles to write the files of a run into."""
        with storage_errors():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self._folder / f"{DRAFT}{_checked(run_id)}-{uuid.uuid4().hex[:8]}"
            draft.mkdir(mode=0o700)
        return draft

    def publish(self, draft: Path, run_id: str, manifest: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Make the files of a draft durable and move them into place in one step.

        Parameters
        ----------
        draft : Path
        run_id : str
        manifest : mapping, optional
            Written beside the files, with their digests as ``files``.

        Returns
        -------
        dict of str
            SHA-256 of each file, by name: the caller records them before anything reads the bundle.

        Raises
        ------
        StorageError
            When the disk is full or refuses to write; the draft remains for the caller to discard.
        """
        with storage_errors():
            digests = {path.name: _sync_and_digest(path) for path in sorted(draft.iterdir())}
            if manifest is not None:
                (draft / MANIFEST).write_text(json.dumps({**manifest, "files": digests}, allow_nan=False), "utf-8")
                digests[MANIFEST] = _sync_and_digest(draft / MANIFEST)
            sync(draft)
            draft.rename(self._folder / _checked(run_id))
            sync(self._folder)
        return digests

    def read(self, run_id: str, name: str, digests: Mapping[str, str]) -> bytes:
        """The bytes of one file, after comparing them with the digest of the registry.

        Raises
        ------
        BundleError
            When the file is missing or has changed since it was written.
        """
        path = self.path(run_id, name)
        expected = digests.get(name)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise BundleError(f"The stored file {name} of this run cannot be read. Train the model again.") from error
        if expected is None or hashlib.sha256(content).hexdigest() != expected:
            raise BundleError(
                f"The stored file {name} of this run has changed since it was written, so it is not used. "
                "Train the model again."
            )
        return content

    def model_size(self, run_id: str, digests: Mapping[str, str]) -> int | None:
        """Bytes of the files of a run's model, without its predictions; None when one is missing."""
        described = (PREDICTIONS, REQUEST, RESULT, MANIFEST, EXPLANATION)
        try:
            return sum(self.path(run_id, name).stat().st_size for name in digests if name not in described)
        except OSError:
            return None

    def size(self, run_id: str) -> int:
        """Bytes of all files of a bundle; 0 when there is none."""
        with contextlib.suppress(OSError):
            return sum(path.stat().st_size for path in (self._folder / _checked(run_id)).iterdir())
        return 0

    def path(self, run_id: str, name: str) -> Path:
        return self._folder / _checked(run_id) / name

    def discard(self, run_id: str) -> None:
        """Remove the bundle and all drafts of a run, if there are any."""
        shutil.rmtree(self._folder / _checked(run_id), ignore_errors=True)
        self.discard_drafts(run_id)

    def discard_drafts(self, run_id: str, older_than_s: float = 0) -> None:
        """Remove what was being written for a run, but not its bundle."""
        for draft in self._folder.glob(f"{DRAFT}{_checked(run_id)}-*"):
            with contextlib.suppress(OSError):  # it is being moved into place
                if time.time() - draft.stat().st_mtime >= older_than_s:
                    shutil.rmtree(draft, ignore_errors=True)

    def runs_on_disk(self) -> set[str]:
        """Ids of the runs that have a bundle or a draft."""
        names = {path.name for path in self._folder.iterdir()} if self._folder.is_dir() else set()
        return {run_id for name in names if _is_run_id(run_id := name.removeprefix(DRAFT)[:36])}


def _checked(run_id: str) -> str:
    """Only the canonical form of a UUID may become part of a path."""
    if not _is_run_id(run_id):
        raise BundleError("The id of a run is a UUID.")
    return run_id


def _is_run_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _sync_and_digest(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()
