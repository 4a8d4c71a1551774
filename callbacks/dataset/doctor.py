"""The upload doctor: draws the steps for a staged file."""

from __future__ import annotations

from typing import Any

from core.tables.examining import examined
from layouts.dataset.doctor import MAX_NAME, DoctorValues, doctor_section


def section(services: Any, owner: str, staged: str) -> Any:
    """Draw the steps for a staged file.

    Raises
    ------
    NotFound
        When this owner has no such file staged.
    """
    found = examined(services.tables, owner, staged)
    numbers = [one.source for one in found.mapping.values() if one.source and not one.is_certain]
    numeric = {one.name for one in found.columns if one.dtype == "number"}
    keepable = dict.fromkeys([*found.candidates, *(name for name in numbers if name in numeric)])
    return doctor_section(DoctorValues(staged, found, table_name(found.filename), tuple(keepable)))


def table_name(filename: str) -> str:
    """Give the name that a table gets first: that of its file, without the endings.

    Examples
    --------
    >>> table_name("my_songs.csv.gz")
    'my songs'
    """
    stem = filename
    for ending in (".gz", ".csv", ".txt", ".tsv", ".parquet"):
        stem = stem.removesuffix(ending).removesuffix(ending.upper())
    return " ".join(stem.replace("_", " ").split())[:MAX_NAME] or "My table"
