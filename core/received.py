"""A file as a browser sends it."""

from __future__ import annotations

import base64
import binascii
from pathlib import PurePosixPath

from core.errors import InvalidRequest

LONGEST_NAME = 120


def read_upload(contents: object, filename: object) -> tuple[bytes, str]:
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

    Examples
    --------
    >>> read_upload("data:text/csv;base64,YSxi", "C:/songs/mine.csv")
    (b'a,b', 'mine.csv')
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
    return content, name[-LONGEST_NAME:] or "table.csv"
