"""The server's own secret: made once, kept in the home folder, shared by all workers."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from core.errors import InvalidRequest
from dashboard.settings import Settings

SECRET_BYTES = 32
SHORTEST_KEY = 16


def load_secret(home: Path) -> bytes:
    """Give the secret of a home folder; the first process that asks makes it.

    Parameters
    ----------
    home : Path
        Folder where state is kept; made if absent.

    Returns
    -------
    bytes of length 32
        From ``home/secret``, readable by the owner alone (0600).
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "secret"
    if not path.exists():
        _place(path)
    found = path.read_bytes()
    if len(found) != SECRET_BYTES:
        raise ValueError(f"{path} does not hold {SECRET_BYTES} bytes. Remove it: a new one is made at the next start.")
    return found


def exchange_key(settings: Settings) -> bytes:
    """Give what signs exported runs: the operator's key where one is set, else the home's own secret.

    Raises
    ------
    InvalidRequest
        When the operator's key is too short to be one.
    """
    if settings.exchange_key is None:
        return load_secret(settings.home)
    key = settings.exchange_key.get_secret_value().encode()
    if len(key) < SHORTEST_KEY:
        raise InvalidRequest(
            f"DASHBOARD_EXCHANGE_KEY has {len(key)} characters; it takes {SHORTEST_KEY} or more that nobody can guess, "
            'for example: python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return key


def _place(path: Path) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)  # fails when another worker was first: its secret stands
        except FileExistsError:
            return
    finally:
        Path(name).unlink(missing_ok=True)
