"""Files that wait for a decision: examined with the chosen columns, and the last few answers kept for a while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from core.keeping import Kept
from core.places import Places
from core.tables.store import Tables

if TYPE_CHECKING:
    from data.upload import Examination

KEPT_EXAMINATIONS: Final = 4
UNUSED_S: Final = 900.0
_BUSY = "Other files are being examined at the moment. Try again in a moment."
EXAMINING: Final = Places(2, _BUSY, wait_s=3.0)
"""Examinations at the same time in one process: each takes a core and much memory."""

_Key = tuple[str, str, tuple[tuple[str, str | None], ...] | None, tuple[str, ...] | None]
_kept: Final[Kept[_Key, Examination]] = Kept(KEPT_EXAMINATIONS)


def stage(tables: Tables, owner: str, content: bytes, filename: str) -> tuple[str | None, Examination]:
    """Keep a file for the steps that follow, unless nothing can be read in it.

    Returns
    -------
    (staged id or None, Examination)

    Raises
    ------
    Refused
        When too many files are being examined, or there is no room.
    """
    from data.upload import examine

    with EXAMINING.hold():
        found = examine(content, filename)
    if not found.columns:
        return None, found
    return tables.stage(owner, content, filename), found


def examined(
    tables: Tables,
    owner: str,
    staged: str,
    mapping: Mapping[str, str | None] | None = None,
    keep: Sequence[str] | None = None,
) -> Examination:
    """Examine a staged file; the last few answers are kept, as every step of a page asks anew.

    Raises
    ------
    NotFound
        When this owner has no such file staged.
    Refused
        When too many files are being examined.
    """
    from data.upload import examine

    content, filename = tables.staged(owner, staged)  # first: another owner must not meet what is kept
    key = (owner, staged, None if mapping is None else tuple(mapping.items()), None if keep is None else tuple(keep))

    def make() -> tuple[Examination, float]:
        with EXAMINING.hold():
            return examine(content, filename, mapping=mapping, keep=keep), 1

    return _kept.of(key, make)


def forget(staged: str) -> None:
    """Let go of what is kept of a staged file."""
    _kept.forget_where(lambda key: key[1] == staged)


def let_go() -> None:
    """Let go of answers that nobody has asked for in a while: whoever comes back waits for a new one."""
    _kept.forget_unused(UNUSED_S)
