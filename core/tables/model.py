"""Stored tables as values: what jobs and people need to know of one, and how much may be kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import pandas as pd

from core.errors import DataError, InvalidRequest
from core.features import is_extra
from data.schema import EXTRA_PREFIX

DEFAULT_ID: Final = "default"
NEEDS_POPULARITY: Final = (
    "The table has no popularity column, so it can neither be explored nor train a model. "
    "Switch to another table in the Dataset view."
)


class Examined(Protocol):
    """What is kept of an examined file; ``data.upload.Examination`` has more."""

    @property
    def accepted(self) -> bool: ...

    @property
    def frame(self) -> pd.DataFrame | None: ...

    @property
    def extras(self) -> tuple[str, ...]: ...

    @property
    def can_train(self) -> bool: ...


class Asked(Protocol):
    """What is checked of a training request."""

    @property
    def features(self) -> tuple[str, ...]: ...


class Facts(Protocol):
    """What the default table tells of itself."""

    @property
    def source_name(self) -> str: ...

    @property
    def rows_read(self) -> int: ...

    @property
    def tracks(self) -> int: ...

    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True)
class TableLimits:
    """How much one owner may keep.

    Parameters
    ----------
    tables : int
        Tables in use, besides the default one.
    owner_bytes, all_bytes : int, bytes
        Everything of one owner, and of all owners together; deleted tables count until they are gone.
    staged : int
        Files under examination; the oldest gives way.
    staging_seconds, bin_seconds : float, seconds
        How long a file under examination, and a deleted table, can be asked for.
    draft_seconds : float, seconds
        After which what an interrupted process left half-written is removed.
    """

    tables: int = 10
    owner_bytes: int = 256 * 2**20
    all_bytes: int = 8 * 2**30
    staged: int = 3
    staging_seconds: float = 3600
    bin_seconds: float = 3600
    draft_seconds: float = 3600


@dataclass(frozen=True)
class TableRef:
    """Which stored table a job trains on; travels in the job's row.

    Parameters
    ----------
    id, name : str
    file : str
        Path of the stored CSV below the home folder, made by the server alone.
    extras : tuple of str
        Further numeric columns, under their own names; features call them ``extra:<name>``.
    can_train : bool
        False without a popularity column.
    """

    id: str
    name: str
    file: str
    extras: tuple[str, ...] = ()
    can_train: bool = True

    def path(self, home: Path) -> Path:
        """The stored CSV."""
        return home / self.file

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe, for the job's row."""
        return {**asdict(self), "extras": list(self.extras)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TableRef:
        """The reference that ``to_dict`` described."""
        return cls(**{**values, "extras": tuple(values["extras"])})


@dataclass(frozen=True)
class TableInfo:
    """A table as its owner sees it.

    Parameters
    ----------
    id : str
        A UUID, or "default" for the table that the program came with or was configured to use.
    name : str
    rows, tracks : int
        Accepted rows, and the different tracks among them.
    sha256 : str
        Of the stored bytes.
    created_at : datetime or None
        Aware, in UTC; None for the default table.
    extras : tuple of str
        Further numeric columns.
    can_train, is_current, is_default : bool
    """

    id: str
    name: str
    rows: int
    tracks: int
    sha256: str
    created_at: datetime | None
    extras: tuple[str, ...] = ()
    can_train: bool = True
    is_current: bool = False
    is_default: bool = False


def check_requests(requests: Iterable[Asked], table: TableRef | None) -> None:
    """Refuse requests that a table cannot serve.

    Parameters
    ----------
    requests : iterable of TrainingRequest
    table : TableRef or None
        None is the default table, which has no further columns.

    Raises
    ------
    DataError
        When the table cannot train a model.
    InvalidRequest
        When a feature is a column that the table does not have.
    """
    if table is not None and not table.can_train:
        raise DataError(NEEDS_POPULARITY)
    known = {EXTRA_PREFIX + name for name in table.extras} if table is not None else set()
    for request in requests:
        for name in request.features:
            if is_extra(name) and name not in known:
                raise InvalidRequest(f"The table in use has no column {name.removeprefix(EXTRA_PREFIX)!r}.")
