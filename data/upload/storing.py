"""An accepted table to a file that is read back as it was."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from data.errors import DataFileError
from data.reading import read_table
from data.schema import REQUIRED_COLUMNS


def write_table(frame: pd.DataFrame, path: Path) -> str:
    """Write an accepted table as CSV, whole or not at all, readable by its owner only.

    Parameters
    ----------
    frame : DataFrame
        ``Examination.frame``: columns of the schema and extras.
    path : Path
        The file; its folder must exist.

    Returns
    -------
    str
        The sha256 of the bytes, as :func:`data.reading.file_sha256` gives it.

    Raises
    ------
    OSError
        When it cannot be written; what stood there before is untouched.
    """
    # Every text in quotes: a line break of any kind inside it stays where it is.
    text = frame.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    content = text.encode("utf-8")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return hashlib.sha256(content).hexdigest()


def check_table(path: Path, n_rows: int, extras: Sequence[str] = ()) -> None:
    """Read a written table back, as a job would, before anybody counts on it.

    Parameters
    ----------
    path : Path
    n_rows : int
        Rows that were written.
    extras : sequence of str
        Its own columns.

    Raises
    ------
    DataFileError
        When it cannot be read, or has other rows.
    """
    with path.open(newline="", encoding="utf-8") as file:
        header = next(csv.reader(file), [])
        if set(REQUIRED_COLUMNS) <= set(header):
            found = len(read_table(path, extras)[0])
        else:  # without popularity it is only scored
            found = sum(1 for _ in csv.reader(file, strict=True))
    if found != n_rows:
        raise DataFileError(f"{path.name} has {found:,} rows, {n_rows:,} were written.")
