"""Which column is what: the choices of a form to a mapping that fits the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.errors import InvalidRequest
from data.schema import COLUMNS

if TYPE_CHECKING:
    from data.upload import Examination

NOT_THERE = "none"
NAMED = "="
"""Stands before a column's name as the value of a choice, so that no name can be taken for ``NOT_THERE``."""
MAX_CHOICES = 200


def read_choices(values: object, ids: object, keep: object) -> tuple[dict[str, str | None], list[str]]:
    """Read the form: target to source column, and the columns to keep.

    Raises
    ------
    InvalidRequest
        When it is not what the form sends.
    """
    if not isinstance(values, list) or not isinstance(ids, list) or len(values) != len(ids) or len(ids) > MAX_CHOICES:
        raise InvalidRequest("The choice of columns does not fit the form.")
    if not all(value == NOT_THERE or (isinstance(value, str) and value.startswith(NAMED)) for value in values):
        raise InvalidRequest("A column is chosen by its name.")
    keep = keep or []
    if not isinstance(keep, list) or len(keep) > MAX_CHOICES or not all(isinstance(name, str) for name in keep):
        raise InvalidRequest("The columns to keep are a list of names.")
    mapping = {
        str(one["target"]): None if value == NOT_THERE else value.removeprefix(NAMED)
        for one, value in zip(ids, values, strict=True)
    }
    used = set(mapping.values())
    return mapping, [name for name in dict.fromkeys(keep) if name not in used]


def checked_choices(found: Examination, mapping: Mapping[str, str | None], keep: Sequence[str]) -> None:
    """Refuse columns that are not in the file, unknown targets, and one column chosen for two things.

    Raises
    ------
    InvalidRequest
    """
    names = {one.name for one in found.columns}
    unknown = [name for name in (*mapping.values(), *keep) if name is not None and name not in names]
    if unknown or not set(mapping) <= set(COLUMNS):
        raise InvalidRequest("The choice names a column that is not in the file.")
    sources = [name for name in mapping.values() if name]
    twice = next((name for name in sources if sources.count(name) > 1), None)
    if twice is not None:
        raise InvalidRequest(f"The column “{twice[:60]}” is chosen twice: each column can be one thing only.")
