"""An accepted table to a file that is read back as it was."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
import tempfile
from pathlib import Path

import pandas as pd


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
