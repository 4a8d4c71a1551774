"""What travels inside an export: an archive with what the registry says of a run, its events and its bundle."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from core.errors import BundleError
from core.runs.artifacts import MANIFEST
from core.runs.history import LONGEST_NAME, LONGEST_NOTE, MOST_TAGS

RUN: Final = "run.json"
EVENTS: Final = "events.json"
FOLDER: Final = "files/"
MOST_MEMBERS: Final = 64
MOST_BYTES: Final = 2 * 1024**3
"""Of all members unpacked."""
MOST_TIMES: Final = 200
"""An archive of a model shrinks two to five times; one that unfolds to hundreds of times its size is made to harm."""
MOST_JSON: Final = 32 * 1024**2
MOST_EVENTS: Final = 100_000

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)+")
_DIGEST = r"^[0-9a-f]{64}$"
_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_PIECE: Final = 1 << 20


class Record(BaseModel):
    """A finished run as it travels: what the registry of the other side said of it.

    Parameters
    ----------
    run_id : str
        Of the run when it was made, also where it has travelled before.
    host : str
        Name of the computer that exported it.
    exported_at, created_at, started_at, finished_at : datetime
    request, data, metrics, timings, versions, notices, digests, name, note, tags
        As in ``Run``; ``digests`` names every file of the bundle.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    run_id: Annotated[str, Field(pattern=_UUID)]
    host: Annotated[str, Field(max_length=255)]
    exported_at: AwareDatetime
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    finished_at: AwareDatetime
    request: dict[str, Any]
    data: dict[str, Any]
    metrics: dict[str, Any]
    timings: dict[str, Any]
    versions: dict[str, str]
    notices: list[str]
    digests: dict[str, Annotated[str, Field(pattern=_DIGEST)]]
    name: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    tags: Annotated[tuple[Annotated[str, Field(pattern=r"^[^|]{1,30}$")], ...], Field(max_length=MOST_TAGS)] = ()


def pack(record: Record, events: list[dict[str, Any]], files: Mapping[str, bytes], target: IO[bytes]) -> None:
    """Write the archive of a run."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(RUN, record.model_dump_json())
        archive.writestr(EVENTS, json.dumps(events, allow_nan=False))
        for name, content in files.items():
            archive.writestr(FOLDER + name, content)


def unpack(source: IO[bytes], folder: Path) -> tuple[Record, list[dict[str, Any]]]:
    """Read an archive whose signature was checked, and write the files of its bundle into a folder.

    Even so nothing is believed: the maker of the file may have been broken into.

    Raises
    ------
    BundleError
        When it is no archive, has a member that does not belong to it, two of one name, more or larger ones than a run
        has, or files other than those that its run names.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            members = _checked_members(archive)
            record = Record.model_validate_json(_json(archive, members, RUN))
            events = _checked_events(json.loads(_json(archive, members, EVENTS)))
            if {FOLDER + name for name in record.digests} != set(members) - {RUN, EVENTS}:
                raise _broken("it holds other files than its run names")
            if MANIFEST not in record.digests:
                raise _broken(f"it has no {MANIFEST}")
            for name, digest in record.digests.items():
                _write(archive, members[FOLDER + name], folder / name, digest)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][:2])
        raise _broken(f"{RUN} is not as it should be ({where}: {first['msg']})") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RecursionError, ValueError) as error:
        raise _broken("its archive cannot be read") from error
    return record, events


def _checked_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found = archive.infolist()
    if len(found) > MOST_MEMBERS:
        raise _broken(f"it has {len(found):,} members, and a run has at most {MOST_MEMBERS}")
    members = {member.filename: member for member in found}
    if len(members) < len(found):
        raise _broken("it names a member twice")
    for name, member in members.items():
        if name not in (RUN, EVENTS) and not (name.startswith(FOLDER) and _NAME.fullmatch(name.removeprefix(FOLDER))):
            raise _broken(f"{name[:60]!r} is no name of a file of a run")
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _broken(f"{name} is packed in a way that exports do not use")
    unpacked, packed = (sum(getattr(member, size) for member in found) for size in ("file_size", "compress_size"))
    if unpacked > MOST_BYTES:
        raise _broken(f"it would unpack to {unpacked >> 20:,} MB, and at most {MOST_BYTES >> 20:,} are taken")
    if unpacked > MOST_TIMES * max(packed, 1):
        raise _broken("it would unpack to hundreds of times its size")
    return members


def _json(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str) -> bytes:
    if name not in members:
        raise _broken(f"it has no {name}")
    if members[name].file_size > MOST_JSON:
        raise _broken(f"{name} is too large")
    return archive.read(members[name])


def _checked_events(events: Any) -> list[dict[str, Any]]:
    fits = isinstance(events, list) and len(events) <= MOST_EVENTS
    if not fits or not all(isinstance(event, dict) and isinstance(event.get("kind"), str) for event in events):
        raise _broken(f"{EVENTS} is not as it should be")
    return list(events)


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, digest: str) -> None:
    """Unpack one file; zipfile gives no more bytes than the member says it has."""
    found = hashlib.sha256()
    with archive.open(member) as packed, path.open("xb") as file:
        while piece := packed.read(_PIECE):
            found.update(piece)
            file.write(piece)
    if found.hexdigest() != digest:
        raise _broken(f"{path.name} is not the file that its run names")


def _broken(why: str) -> BundleError:
    return BundleError(f"This export cannot be used: {why}. Export the run again.")
