"""Rows that cannot be used, and why; the words are made only for those that somebody will read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from data.upload.numbers import Mask

REASONS_A_ROW = 3


@dataclass
class Rejections:
    """Collects the rows that cannot be used.

    Parameters
    ----------
    n_rows : int
        Rows of the table.
    """

    n_rows: int
    _causes: list[tuple[Mask, Callable[[int], str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mask: Mask = np.zeros(self.n_rows, dtype=np.bool_)

    def add(self, rows: Mask, why: Callable[[int], str]) -> None:
        """Note rows, and how to say why one of them cannot be used."""
        if rows.any():
            self._causes.append((rows, why))
            self.mask |= rows

    @property
    def count(self) -> int:
        """How many rows cannot be used."""
        return int(self.mask.sum())

    @property
    def rows(self) -> list[int]:
        """The rows that cannot be used, in order."""
        return [int(row) for row in np.flatnonzero(self.mask)]

    def reason(self, row: int) -> str:
        """Say why a row cannot be used, by the first three causes."""
        causes = [why(row) for rows, why in self._causes if rows[row]]
        return "; ".join(causes[:REASONS_A_ROW])
