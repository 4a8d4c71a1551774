"""A look at an archive before anything of it is unpacked: how large it would become."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Final

MOST_TIMES: Final = 20
"""Stored models are not compressed; those that could be would shrink to a fifth."""
MOST_BYTES: Final = 2 * 2**30
MOST_MEMBERS: Final = 100_000


def check_unfolding(stored: Path | io.BytesIO) -> None:
    """Refuse an archive that would unfold to far more than it takes; zipfile gives no more than the archive says.

    Parameters
    ----------
    stored : Path or BytesIO
        A zip archive.

    Raises
    ------
    ValueError
        When it has too many members, or would unfold beyond measure.
    zipfile.BadZipFile
        When it is none.

    Examples
    --------
    >>> content = io.BytesIO()
    >>> with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
    ...     archive.writestr("zeros", bytes(1_000_000))
    >>> check_unfolding(content)
    Traceback (most recent call last):
    ValueError: It would unfold to 1 MB, many times its size.
    """
    size = stored.stat().st_size if isinstance(stored, Path) else stored.getbuffer().nbytes
    with zipfile.ZipFile(stored) as archive:
        members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise ValueError(f"It has {len(members):,} members, and {MOST_MEMBERS:,} at most are read.")
    unfolded = sum(member.file_size for member in members)
    if unfolded > min(MOST_TIMES * size, max(2 * size, MOST_BYTES)):
        raise ValueError(f"It would unfold to {unfolded / 2**20:,.0f} MB, many times its size.")
