"""Export of a finished run as one signed file, and import of such files, from this dashboard or another.

An import is a run of its own: with a new id, of whoever imported it, with the scores, facts and times of the run that
it was, and marked as imported wherever it is shown. It is taken only when its signature fits, its model can be read
here, and the model repeats its golden predictions.
"""

from __future__ import annotations

import logging
import platform
import tempfile
import uuid
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from core.errors import BundleError, InvalidRequest, Refused
from core.files import storage_errors
from core.requests import parse_request
from core.runs.artifacts import MANIFEST, Bundles
from core.runs.loading import load_predictor
from core.runs.manifest import read_manifest
from core.runs.model import SHELL_OWNER, Run, RunState, iso, now
from core.runs.parcel import Record, pack, unpack
from core.runs.sealing import SealingKey, opened, seal

if TYPE_CHECKING:
    from core.runs.registry import Registry

SUFFIX: Final = ".run"

MOST_OF_AN_OWNER: Final = 50
MOST_BYTES: Final = 4 * 2**30
"""How much people may import on a server, as anybody who has one export can send it again; the shell is free."""

_log = logging.getLogger(__name__)


class AlreadyHere(Refused):
    """The run that is to be imported is here; ``run_id`` is under which id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"This run is here already, under the id {run_id}. Delete that one to import it anew.")
        self.run_id = run_id


class Exchange:
    """Exports and imports with one key.

    Parameters
    ----------
    registry : Registry
    bundles : Bundles
    home : Path
        Where there is room for temporary files.
    key : SealingKey
        Signs exports; what it has not signed is not imported.
    """

    def __init__(self, registry: Registry, bundles: Bundles, home: Path, key: SealingKey) -> None:
        self._registry = registry
        self._bundles = bundles
        self._home = home
        self.key: Final = key

    def export(self, run: Run, target: IO[bytes]) -> None:
        """Write a run that its reader may see into a file.

        Raises
        ------
        Refused
            When it is not finished, or was made before bundles had golden predictions.
        BundleError
            When a file of it is missing or has changed.
        StorageError
        """
        if run.state is not RunState.FINISHED:
            raise Refused(f"This run is {run.state.value}. Only finished runs can be exported.")
        if MANIFEST not in run.digests:
            raise Refused(
                "This run was made by an older version, which kept no predictions by which an import could be checked. "
                "Train it again, then export it."
            )
        files = {name: self._bundles.read(run.id, name, run.digests) for name in run.digests}
        events = self._registry.events(run.id, 0)[1]
        with storage_errors("exported run"), tempfile.TemporaryFile(dir=self._home) as body:
            pack(_record(run), events, files, body)
            seal(self.key, body, target)

    def size(self, run: Run) -> int:
        """Bytes of a run's files before they are packed."""
        return self._bundles.size(run.id)

    def bring_in(self, source: IO[bytes], owner: str) -> Run:
        """Make a run of an exported file.

        Parameters
        ----------
        source : binary file
        owner : str
            Whose run it becomes.

        Raises
        ------
        Refused
            When the owner, or all together, have imported as much as they may.
        BundleError
            When the file is no export, was changed, is signed with another key, holds what does not belong there, or
            its model cannot be used here: unknown family, missing library, another version of one.
        AlreadyHere
            When its owner sees the run already.
        StorageError
        """
        if owner != SHELL_OWNER:
            self._refuse_beyond(owner)
        run_id = str(uuid.uuid4())
        with opened(self.key, source, self._home) as archive:
            draft = self._bundles.open_draft(run_id)
            try:
                with storage_errors("imported run"):
                    record, events = unpack(archive, draft)
                run = _run(record, run_id, owner, self.key)
                if (known := self._registry.arrivals.known(owner, record.run_id)) is not None:
                    raise AlreadyHere(known)
                _prove(run, draft)
                self._bundles.publish(draft, run_id)
                if (known := self._registry.arrivals.add(run, events)) is not None:
                    raise AlreadyHere(known)
            except BaseException:
                self._bundles.discard(run_id)
                raise
        _log.info("Run %s was imported as %s, from %s", record.run_id, run_id, record.host)
        return run

    def _refuse_beyond(self, owner: str) -> None:
        owners = self._registry.arrivals.imported()
        if sum(one == owner for one in owners.values()) >= MOST_OF_AN_OWNER:
            raise Refused(f"You have imported {MOST_OF_AN_OWNER} runs already. Ask whoever runs this server for more.")
        if sum(self._bundles.size(run_id) for run_id, one in owners.items() if one != SHELL_OWNER) >= MOST_BYTES:
            raise Refused("There is no room for more imported runs. Ask whoever runs this server.")


def file_name(run: Run, suffix: str = SUFFIX) -> str:
    """What the export of a run is called."""
    origin = "synthetic-" if run.data.get("is_synthetic") else ""
    return f"{origin}{run.request.family}-{run.request.protocol}-{run.id[:8]}{suffix}"


def _record(run: Run) -> Record:
    """What of a run travels: what it is, not whose it is or how it stands here."""
    first = (run.imported or {}).get("run_id", run.id)
    told: dict[str, Any] = {
        name: getattr(run, name)
        for name in ("created_at", "started_at", "finished_at", "data", "metrics", "timings", "versions", "notices",
                     "digests", "name", "note", "tags")
    }  # fmt: skip
    request = run.request.model_dump(mode="json")
    return Record(run_id=first, host=platform.node()[:255], exported_at=now(), request=request, **told)


def _run(record: Record, run_id: str, owner: str, key: SealingKey) -> Run:
    try:
        request = parse_request(record.request)
    except InvalidRequest as error:
        raise BundleError(f"This run cannot be used here. {error}") from error
    imported = {
        "run_id": record.run_id,
        "host": record.host,
        "exported_at": str(iso(record.exported_at)),
        "imported_at": str(iso(now())),
        "key": key.fingerprint,
    }
    same = record.model_dump(exclude={"format", "run_id", "host", "exported_at", "request"})
    job_id = str(uuid.uuid4())
    return Run(
        id=run_id, job_id=job_id, owner=owner, state=RunState.FINISHED, request=request, imported=imported, **same
    )


def _prove(run: Run, draft: Path) -> None:
    """Read the model as it will be read, and let it repeat its golden predictions.

    Raises
    ------
    BundleError
    """
    files = {name: (draft / name).read_bytes() for name in run.digests}
    manifest = read_manifest(files[MANIFEST], run.digests, run.request)
    if (manifest["data"], manifest["versions"]) != (run.data, run.versions):
        raise BundleError("This export cannot be used: its manifest belongs to another run. Export the run again.")
    if not manifest["golden"]:
        raise BundleError("This export cannot be used: it has no predictions by which its model could be checked.")
    load_predictor(run, files)
