"""Errors of the domain, each with a message written for the person who reads it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DashboardError(Exception):
    """Base of all errors that people may read; ``str(error)`` is the message."""


class InvalidRequest(DashboardError):
    """What was asked for is malformed: unknown name, number out of bounds, empty choice (HTTP 400, exit code 2)."""


class NotFound(DashboardError):
    """There is no such thing for this owner; absent and foreign answer alike (HTTP 404, exit code 3)."""


class Refused(DashboardError):
    """The request is sound but cannot be served now: queue full, one job already active (HTTP 409, exit code 4)."""


class TableChanged(Refused):
    """A page asks something of the table it was drawn for, and another one is in use by now (HTTP 409)."""


class DataError(DashboardError):
    """A table cannot be read, or cannot train a model (HTTP 422, exit code 5)."""


class BundleError(DashboardError):
    """A stored model is missing, changed on disk, or of another version (HTTP 409, exit code 6)."""


class StorageError(DashboardError):
    """State could not be written, for example because the disk is full (HTTP 507, exit code 7)."""


def unknown_name(kind: str, got: object, known: Iterable[str]) -> InvalidRequest:
    """Say which name came, which are known, and which of them is nearest.

    Examples
    --------
    >>> str(unknown_name("family", "rigde", ["linear", "ridge", "lasso"]))
    "Unknown family 'rigde'. Did you mean 'ridge'? Choose one of: linear, ridge, lasso."
    """
    names = list(known)
    shown = repr(got) if len(repr(got)) <= 80 else repr(got)[:77] + "..."
    near = difflib.get_close_matches(str(got)[:80], names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return InvalidRequest(f"Unknown {kind} {shown}.{hint} Choose one of: {', '.join(names)}.")
