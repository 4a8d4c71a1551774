"""Files that are signed as a whole: a key that the operator controls says that a dashboard made them, and nobody else.

A sealed file is one line and a body. The line holds a mark, the number of the format, the fingerprint of the key and an
HMAC-SHA256 over everything else: mark, format, fingerprint and every byte of the body. Nothing of the body is looked at
before the signature fits.
"""

from __future__ import annotations

import hashlib
import hmac
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from core.errors import BundleError
from core.files import storage_errors

MARK: Final = b"dashboard-run 1 "
FINGERPRINT_LENGTH: Final = 16
SIGNATURE_LENGTH: Final = 64
MOST_BYTES: Final = 1024**3
"""Of a sealed file."""

_ANY_FORMAT: Final = b"dashboard-run "
_PIECE: Final = 1 << 20
_PURPOSE: Final = b"export and import of runs, 1"


@dataclass(frozen=True)
class SealingKey:
    """What signs exports and is trusted when they are imported.

    Parameters
    ----------
    secret : bytes
        Made by ``sealing_key``; never shown.
    """

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Sixteen characters that tell keys apart, and nothing about them."""
        return hmac.new(self.secret, b"fingerprint", hashlib.sha256).hexdigest()[:FINGERPRINT_LENGTH]


def sealing_key(material: bytes) -> SealingKey:
    """The key that is made of an operator's text, or of a server's own secret; good for nothing else.

    Examples
    --------
    >>> sealing_key(b"a").fingerprint == sealing_key(b"b").fingerprint
    False
    """
    return SealingKey(hmac.new(material, _PURPOSE, hashlib.sha256).digest())


def seal(key: SealingKey, body: IO[bytes], target: IO[bytes]) -> None:
    """Write a body with its signature before it.

    Parameters
    ----------
    key : SealingKey
    body : binary file
        Read from its start.
    target : binary file
    """
    head = MARK + key.fingerprint.encode() + b" "
    signature = hmac.new(key.secret, head, hashlib.sha256)
    body.seek(0)
    while piece := body.read(_PIECE):
        signature.update(piece)
    target.write(head + signature.hexdigest().encode() + b"\n")
    body.seek(0)
    while piece := body.read(_PIECE):
        target.write(piece)


@contextmanager
def opened(key: SealingKey, source: IO[bytes], folder: Path) -> Iterator[IO[bytes]]:
    """The body of a sealed file: a private copy, so that what was checked is what is read.

    Parameters
    ----------
    key : SealingKey
    source : binary file
    folder : Path
        Where there is room for the copy, which has no name and goes when it is closed.

    Raises
    ------
    BundleError
        When it is no sealed file, too large, signed with another key, or was changed after it was signed.
    StorageError
        When the copy cannot be written.
    """
    head = source.read(len(MARK) + FINGERPRINT_LENGTH + 1)
    told = source.read(SIGNATURE_LENGTH + 1)
    _check_head(key, head)
    signature, size = hmac.new(key.secret, head, hashlib.sha256), 0
    with storage_errors("imported run"):
        body = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed below
    with body:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                raise BundleError(f"This file has more than {MOST_BYTES >> 20:,} MB, the most that an import may have.")
            signature.update(piece)
            with storage_errors("imported run"):
                body.write(piece)
        if not hmac.compare_digest(told, signature.hexdigest().encode() + b"\n"):
            raise BundleError(
                "This file has changed since it was exported, or it is not whole, so nothing of it is used. Export the "
                "run again and copy the file as it is."
            )
        body.seek(0)
        yield body


def _check_head(key: SealingKey, head: bytes) -> None:
    """Tell a file that is no export, and one that another key signed; a made-up line is found by the signature."""
    if not head.startswith(MARK):
        if head.startswith(_ANY_FORMAT):
            raise BundleError("This run was exported in a format that this version of the dashboard does not know.")
        raise BundleError(
            "This file is not an exported run. Export one on the page of a run, or with: python -m dashboard runs ID "
            "--export FILE"
        )
    used = head[len(MARK) : -1]
    if not hmac.compare_digest(used, key.fingerprint.encode()):
        shown = used.decode("ascii", "replace")
        shown = shown if shown.isalnum() else "not readable"
        raise BundleError(
            f"This run was signed with another key (its fingerprint is {shown}) than this dashboard trusts "
            f"({key.fingerprint}). Give both the same DASHBOARD_EXCHANGE_KEY, restart them, and export the run again."
        )
