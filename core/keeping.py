"""The last few values that were asked for, each made once: whoever asks for one that is being made waits for it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, the one not asked for the longest given up first. Safe to share between threads.

    Parameters
    ----------
    most : int
        Values to keep.
    most_weight : float
        What they may weigh together; the last one is kept whatever it weighs.
    """

    def __init__(self, most: int, most_weight: float = float("inf")) -> None:
        self._most = most
        self._most_weight = most_weight
        self._values: OrderedDict[Key, tuple[Value, float]] = OrderedDict()
        self._asked_at: dict[Key, float] = {}
        self._making: dict[Key, tuple[threading.Lock, int]] = {}
        self._lock = threading.Lock()

    def __contains__(self, key: Key) -> bool:
        with self._lock:
            return key in self._values

    def of(self, key: Key, make: Callable[[], tuple[Value, float]]) -> Value:
        """The value of a key.

        Parameters
        ----------
        key
        make : callable
            Gives value and weight where it is not kept; called by one thread at a time for each key. What it raises is
            raised, and the next one tries again.
        """
        known = self._find(key)
        if known is not None:
            return known[0]
        with self._alone(key):
            known = self._find(key)  # made while waiting
            if known is None:
                known = make()
                self._keep(key, known)
        return known[0]

    def forget(self, key: Key) -> None:
        """Let go of a value."""
        self.forget_where(lambda one: one == key)

    def forget_where(self, is_meant: Callable[[Key], bool]) -> None:
        """Let go of the values of some keys."""
        with self._lock:
            for key in [key for key in self._values if is_meant(key)]:
                self._drop(key)

    def forget_unused(self, seconds: float) -> None:
        """Let go of what nobody has asked for in so many seconds."""
        before = time.monotonic() - seconds
        with self._lock:
            for key in [key for key in self._values if self._asked_at[key] <= before]:
                self._drop(key)

    def _find(self, key: Key) -> tuple[Value, float] | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                self._asked_at[key] = time.monotonic()
            return self._values.get(key)

    def _keep(self, key: Key, made: tuple[Value, float]) -> None:
        with self._lock:
            self._values[key] = made
            self._asked_at[key] = time.monotonic()
            while len(self._values) > 1 and (len(self._values) > self._most or self._weight() > self._most_weight):
                self._drop(next(iter(self._values)))

    def _drop(self, key: Key) -> None:
        del self._values[key], self._asked_at[key]

    def _weight(self) -> float:
        return sum(weight for _, weight in self._values.values())

    @contextmanager
    def _alone(self, key: Key) -> Iterator[None]:
        with self._lock:
            lock, waiting = self._making.get(key, (threading.Lock(), 0))
            self._making[key] = lock, waiting + 1
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._making.pop(key)
                if waiting > 1:
                    self._making[key] = lock, waiting - 1
