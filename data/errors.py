"""What can go wrong with a table, in words for the person who chose it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DataFileError(Exception):
    """A table cannot be read or used; ``str(error)`` says what came, what was expected and what to do."""


def missing_columns(missing: Iterable[str], present: Iterable[str]) -> DataFileError:
    """Name the required columns that are not there and, for each, the present column that looks most like it.

    Examples
    --------
    >>> str(missing_columns(["tempo"], ["temp", "energy"]))
    "Required column 'tempo' (nearest: 'temp') is missing. Rename or add it."
    """
    names = [str(name)[:80] for name in present]
    lower = {name.strip().lower(): name for name in reversed(names)}
    parts = []
    for column in missing:
        near = difflib.get_close_matches(column, list(lower), n=1, cutoff=0.6)
        parts.append(repr(column) + (f" (nearest: {lower[near[0]]!r})" if near else ""))
    if len(parts) == 1:
        return DataFileError(f"Required column {parts[0]} is missing. Rename or add it.")
    return DataFileError(f"Required columns are missing: {', '.join(parts)}. Rename or add them.")
