"""A few places for work that takes a core or much memory: the next one waits a moment, and is then asked to come again.

Whoever holds or waits for a place counts by name, so that nobody can take all of them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Refused


class BusyError(Refused):
    """Too much of the same is being done at the moment; worth another try in a moment."""


class Places:
    """Places of one process. Safe to share between threads.

    Parameters
    ----------
    count : int
        How many may be held at the same time.
    message : str
        What those are told who find none.
    each : int, optional
        How many of them one holder may have; all of them by default.
    wait_s : float, seconds
        Longest wait.
    waiting : int
        How many may wait, one for each holder: each of them keeps one of the server's few threads from other work.
    """

    def __init__(
        self, count: int, message: str, *, each: int | None = None, wait_s: float = 2.0, waiting: int = 2
    ) -> None:
        self.count = count
        self.each = each or count
        self.wait_s = wait_s
        self._message = message
        self._most_waiting = waiting
        self._held: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, holder: str = "") -> Iterator[None]:
        """Hold a place inside the ``with`` block.

        Parameters
        ----------
        holder : str
            For whom it is held.

        Raises
        ------
        BusyError
            When none is free within the wait, or too many wait already.
        """
        self._take(holder)
        try:
            yield
        finally:
            with self._changed:
                self._held[holder] -= 1
                self._held += Counter()  # forgets who holds none
                self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._waiting.total()

    def _take(self, holder: str) -> None:
        until = time.monotonic() + self.wait_s
        with self._changed:
            if not self._is_free(holder):
                self._wait(holder, until)
            self._held[holder] += 1

    def _wait(self, holder: str, until: float) -> None:
        if self._waiting.total() >= self._most_waiting or (self.each < self.count and self._waiting[holder]):
            raise BusyError(self._message)
        self._waiting[holder] += 1
        try:
            if not self._changed.wait_for(lambda: self._is_free(holder), until - time.monotonic()):
                raise BusyError(self._message)
        finally:
            self._waiting[holder] -= 1
            self._waiting += Counter()

    def _is_free(self, holder: str) -> bool:
        return self._held.total() < self.count and self._held[holder] < self.each
