"""A configured table whose columns have other names or units: read as the upload does, instead of refused."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import StorageError
from core.tables import NEEDS_POPULARITY
from data.errors import DataFileError
from data.reading import check_header

if TYPE_CHECKING:
    from dashboard.settings import Settings
    from data.upload import Examination

FOLDER = "checked"


def with_readable_table(settings: Settings) -> Settings:
    """Give settings whose table can be loaded: the configured one, or a copy in the schema's columns and units.

    What was converted and left out is said on stderr. The copy lies in the home, as runs refer to it.

    Raises
    ------
    DataFileError
        When the file cannot be used, or has no popularity to train on.
    StorageError
        When the copy cannot be written.
    """
    if settings.data is None:
        return settings
    path = Path(settings.data)
    try:
        check_header(path)
    except DataFileError as error:
        if not path.is_file():
            raise
        return settings.model_copy(update={"data": _converted(path, Path(settings.home), error)})
    return settings


def _converted(path: Path, home: Path, why: DataFileError) -> Path:
    from data.upload import UploadLimits, examine, write_table

    with path.open("rb") as file:
        content = file.read(UploadLimits().max_bytes + 1)
    found = examine(content, path.name, keep=())
    if not found.accepted or found.frame is None:
        raise DataFileError(f"{why} {_problems(found)}".rstrip())
    if not found.can_train:
        raise DataFileError(f"{path.name}: {NEEDS_POPULARITY.partition(',')[0]}, so no model can be trained on it.")
    _tell(found)
    target = home / FOLDER / hashlib.sha256(content).hexdigest()[:16] / f"{path.name.partition('.')[0] or 'table'}.csv"
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_table(found.frame.reindex(columns=_all_features(found)), target)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror or error}.") from error
    return target


def _all_features(found: Examination) -> list[str]:
    """The columns of the frame, and the features it lacks, which the table must name all the same."""
    from data.schema import AUDIO_FEATURES

    assert found.frame is not None
    return list(dict.fromkeys([*found.frame.columns, *AUDIO_FEATURES]))


def _tell(found: Examination) -> None:
    print(f"{found.filename}: {found.rows:,} of {found.rows_read:,} rows can be used.", file=sys.stderr)
    for note in found.notes:
        print("  " + "".join(letter if letter.isprintable() else "?" for letter in note), file=sys.stderr)


def _problems(found: Examination) -> str:
    said = [problem.message for problem in found.problems if problem.code != "E_HEADER"]
    return " ".join(said[:1])
