"""The upload doctor: takes a file, examines it with the chosen columns, makes a table of it."""

from __future__ import annotations

import base64
import binascii
import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from core.errors import InvalidRequest, Refused
from data.schema import COLUMNS
from layouts.dataset.doctor import MAX_NAME, NAMED, NOT_THERE, DoctorValues, doctor_section

KEPT_EXAMINATIONS = 4
MAX_CHOICES = 200
PLACES = 2
"""Examinations at the same time in one process."""
WAIT_SECONDS = 3.0
_kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_lock = threading.Lock()
_places = threading.BoundedSemaphore(PLACES)


def section(services: Any, owner: str, staged: str) -> Any:
    """Draw the steps for a staged file.

    Raises
    ------
    NotFound
        When this owner has no such file staged.
    """
    found = examined(services, owner, staged)
    numbers = [one.source for one in found.mapping.values() if one.source and not one.is_certain]
    numeric = {one.name for one in found.columns if one.dtype == "number"}
    keepable = dict.fromkeys([*found.candidates, *(name for name in numbers if name in numeric)])
    return doctor_section(DoctorValues(staged, found, table_name(found.filename), tuple(keepable)))


def examined(
    services: Any,
    owner: str,
    staged: str,
    mapping: Mapping[str, str | None] | None = None,
    keep: Sequence[str] | None = None,
) -> Any:
    """Examine a staged file; the last few answers are kept, as every step of the page asks anew.

    Raises
    ------
    NotFound
        When this owner has no such file staged.
    Refused
        When too many files are being examined.
    """
    from data.upload import examine

    content, filename = services.tables.staged(owner, staged)  # first: another owner must not meet what is kept
    key = (owner, staged, None if mapping is None else tuple(mapping.items()), None if keep is None else tuple(keep))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    with examining():
        found = examine(content, filename, mapping=mapping, keep=keep)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT_EXAMINATIONS:
            _kept.popitem(last=False)
    return found


@contextlib.contextmanager
def examining() -> Iterator[None]:
    """Hold one of the few places for examinations in this process: each takes a core and much memory.

    Raises
    ------
    Refused
        When none is free within a few seconds.
    """
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Refused("Other files are being examined at the moment. Try again in a moment.")
    try:
        yield
    finally:
        _places.release()


def forget(staged: str) -> None:
    """Let go of what is kept of a staged file."""
    with _lock:
        for key in [key for key in _kept if key[1] == staged]:
            del _kept[key]


def read_upload(contents: Any, filename: Any) -> tuple[bytes, str]:
    """Read what the browser sent.

    Parameters
    ----------
    contents : object
        A data URL in base64.
    filename : object
        The file's own name; only its last part is kept.

    Raises
    ------
    InvalidRequest
        For anything else.
    """
    if not isinstance(contents, str) or not contents.startswith("data:"):
        raise InvalidRequest("The file could not be read. Choose it again.")
    head, _, body = contents.partition(",")
    if body and not head.endswith(";base64"):
        raise InvalidRequest("The file could not be read. Choose it again.")
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequest("The file came damaged. Choose it again.") from None
    name = filename if isinstance(filename, str) else ""
    name = PurePosixPath(name.replace("\\", "/")).name
    name = "".join(c if c.isprintable() else " " for c in name).strip()
    return content, name[-120:] or "table.csv"


def read_choices(values: Any, ids: Any, keep: Any) -> tuple[dict[str, str | None], list[str]]:
    """Read the form: target to source column, and the columns to keep.

    Raises
    ------
    InvalidRequest
        When it is not what the form sends.
    """
    if not isinstance(values, list) or not isinstance(ids, list) or len(values) != len(ids) or len(ids) > MAX_CHOICES:
        raise InvalidRequest("The choice of columns does not fit the form.")
    if not all(value == NOT_THERE or (isinstance(value, str) and value.startswith(NAMED)) for value in values):
        raise InvalidRequest("A column is chosen by its name.")
    keep = keep or []
    if not isinstance(keep, list) or len(keep) > MAX_CHOICES or not all(isinstance(name, str) for name in keep):
        raise InvalidRequest("The columns to keep are a list of names.")
    mapping = {
        str(one["target"]): None if value == NOT_THERE else value.removeprefix(NAMED)
        for one, value in zip(ids, values, strict=True)
    }
    used = set(mapping.values())
    return mapping, [name for name in dict.fromkeys(keep) if name not in used]


def checked_choices(found: Any, mapping: Mapping[str, str | None], keep: Sequence[str]) -> None:
    """Refuse columns that are not in the file, unknown targets, and one column chosen for two things.

    Raises
    ------
    InvalidRequest
    """
    names = {one.name for one in found.columns}
    unknown = [name for name in (*mapping.values(), *keep) if name is not None and name not in names]
    if unknown or not set(mapping) <= set(COLUMNS):
        raise InvalidRequest("The choice names a column that is not in the file.")
    sources = [name for name in mapping.values() if name]
    twice = next((name for name in sources if sources.count(name) > 1), None)
    if twice is not None:
        raise InvalidRequest(f"The column “{twice[:60]}” is chosen twice: each column can be one thing only.")


def table_name(filename: str) -> str:
    """Give the name that a table gets first: that of its file, without the endings.

    Examples
    --------
    >>> table_name("my_songs.csv.gz")
    'my songs'
    """
    stem = filename
    for ending in (".gz", ".csv", ".txt", ".tsv", ".parquet"):
        stem = stem.removesuffix(ending).removesuffix(ending.upper())
    return " ".join(stem.replace("_", " ").split())[:MAX_NAME] or "My table"
