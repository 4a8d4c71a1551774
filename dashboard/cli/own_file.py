"""A configured table whose columns have other names or units: read as the upload does, instead of refused."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import StorageError
from core.tables import NEEDS_POPULARITY
from dashboard.cli.copies import claim
from dashboard.cli.output import printable
from data.download import PUBLIC_SHA256
from data.errors import DataFileError
from data.reading import check_header, file_sha256
from data.schema import COLUMNS

if TYPE_CHECKING:
    from dashboard.settings import Settings
    from data.upload import Examination

FOLDER = "checked"
LOOKED_AT = 500
MOST_NAMED = 8


def with_readable_table(settings: Settings) -> Settings:
    """Give settings whose table can be loaded: the configured one, or a copy in the schema's columns and units.

    What was converted and left out is said on stderr, also columns of numbers that only a table added on the page
    Dataset can keep as features. The copy lies in the home, where only the newest and those in use are kept.

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
    why = _why_not_as_it_stands(path)
    if why is None and file_sha256(path) == PUBLIC_SHA256:
        return settings
    digest, found = _examined(path, keep=())
    if why is None and (_is_as_it_stands(found) or not found.accepted):
        _tell_refused(found)
        _tell_unused(path.name, own_numbers(path))
        return settings
    copy = _copy(path, Path(settings.home) / FOLDER / digest, found, why)
    _tell_unused(path.name, found.candidates)
    return settings.model_copy(update={"data": copy})


def with_own_columns(settings: Settings) -> tuple[Settings, tuple[str, ...], tuple[str, ...]]:
    """Give settings whose table can be loaded, as above, with the columns of its own that an upload of it would keep.

    Returns
    -------
    Settings
    tuple of str
        The number columns of its own, to be loaded, too.
    tuple of str
        Columns of the file that the table to be loaded has no more.

    Raises
    ------
    DataFileError, StorageError
        As :func:`with_readable_table` does.
    """
    if settings.data is None:
        return settings, (), ()
    path = Path(settings.data)
    why = _why_not_as_it_stands(path)
    digest, found = _examined(path)
    if why is None and (_is_as_it_stands(found) or not found.accepted):
        return settings, found.candidates if found.accepted else tuple(own_numbers(path)), ()
    # Another process may train on the copy without own columns, which must not change: this one lies apart.
    copy = _copy(path, Path(settings.home) / FOLDER / f"{digest}-all", found, why)
    return settings.model_copy(update={"data": copy}), found.extras, found.ignored


def _why_not_as_it_stands(path: Path) -> DataFileError | None:
    """What keeps the header of a file from being the schema's; raises it where there is no file at all."""
    try:
        check_header(path)
    except DataFileError as error:
        if not path.is_file():
            raise
        return error
    return None


def _is_as_it_stands(found: Examination) -> bool:
    """Whether every column has the unit of the schema, so that the file can be loaded without a copy."""
    return not any(column.conversion for column in found.mapping.values())


def own_numbers(path: Path) -> list[str]:
    """Columns of numbers that the schema does not know, as far as the first rows tell; of a broken file, none.

    What is broken is said when the table is loaded.
    """
    import pandas as pd

    try:
        first = pd.read_csv(path, nrows=LOOKED_AT, usecols=lambda name: name not in COLUMNS)
    except (pd.errors.ParserError, UnicodeDecodeError):
        return []
    return [str(name) for name in first if pd.api.types.is_numeric_dtype(first[name]) and first[name].notna().any()]


def _copy(path: Path, folder: Path, found: Examination, why: DataFileError | None) -> Path:
    """Write what the doctor made of a file, and say what that was."""
    from data.upload import write_table

    if not found.accepted or found.frame is None:
        raise DataFileError(f"{why} {_problems(found)}".rstrip())
    if not found.can_train:
        raise DataFileError(f"{path.name}: {NEEDS_POPULARITY.partition(',')[0]}, so no model can be trained on it.")
    _tell(found)
    target = folder / f"{path.name.partition('.')[0] or 'table'}.csv"
    try:
        claim(folder)
        write_table(found.frame.reindex(columns=_all_features(found)), target)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror or error}.") from error
    return target


def _examined(path: Path, keep: Sequence[str] | None = None) -> tuple[str, Examination]:
    """The beginning of the file's digest, and what the doctor finds in it."""
    from data.upload import UploadLimits, examine

    with path.open("rb") as file:
        content = file.read(UploadLimits().max_bytes + 1)
    return hashlib.sha256(content).hexdigest()[:16], examine(content, path.name, keep=keep)


def _all_features(found: Examination) -> list[str]:
    """The columns of the frame, and the features it lacks, which the table must name all the same."""
    from data.schema import AUDIO_FEATURES

    assert found.frame is not None
    return list(dict.fromkeys([*found.frame.columns, *AUDIO_FEATURES]))


def _tell(found: Examination) -> None:
    print(f"{found.filename}: {found.rows:,} of {found.rows_read:,} rows can be used.", file=sys.stderr)
    for note in found.notes:
        print("  " + printable(note), file=sys.stderr)


def _tell_refused(found: Examination) -> None:
    """Say why an upload of the table would be refused for its values; what is broken is said when it is loaded."""
    said = next((problem.message for problem in found.problems if problem.code == "E_DATA"), None)
    if said and not found.accepted:
        print(f"{found.filename}: {printable(said)} It is read as it stands.", file=sys.stderr)


def _tell_unused(name: str, columns: Sequence[str]) -> None:
    """Say which columns might have been features: the shell trains on those of the schema alone."""
    if columns:
        shown = ", ".join(printable(column[:80]) for column in columns[:MOST_NAMED])
        more = f" and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else ""
        print(
            f"{name}: not used as features: {shown}{more}. To train with columns of your own, add the table on the "
            "page Dataset and keep them there.",
            file=sys.stderr,
        )


def _problems(found: Examination) -> str:
    said = [problem.message for problem in found.problems if problem.code != "E_HEADER"]
    return " ".join(said[:1])
