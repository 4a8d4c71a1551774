"""What is done while the registry cannot be asked: it is asked again, or the last answer holds."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from core.errors import StorageError

MOST_S = 300.0
"""How long a run outlives a registry that does not answer: a restart of its database, a disk that is full."""

AGAIN_EVERY_S = 1.0

AnswerT = TypeVar("AnswerT")
_log = logging.getLogger(__name__)


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Go on without a sign of life when the registry cannot be used; the result itself will say so."""
    try:
        yield
    except StorageError as error:
        _log.warning("Not recorded: %s", error)


def patiently(ask: Callable[[], AnswerT]) -> AnswerT:
    """Ask the registry, and again every ``AGAIN_EVERY_S`` while it cannot be used.

    Parameters
    ----------
    ask : callable
        May come twice: it must give the same answer where the first time was recorded and then raised.

    Raises
    ------
    StorageError
        After ``MOST_S`` without an answer.
    """
    deadline = time.monotonic() + MOST_S
    is_told = False
    while True:
        try:
            return ask()
        except StorageError as error:
            if time.monotonic() >= deadline:
                raise
            if not is_told:
                _log.warning("Asked again for up to %.0f s: %s", MOST_S, error)
                is_told = True
        time.sleep(AGAIN_EVERY_S)


class LastAnswer(Generic[AnswerT]):
    """A look at the registry that gives its last answer while the registry cannot be used.

    Parameters
    ----------
    ask : callable
    first : object
        What it gives before there was an answer.
    """

    def __init__(self, ask: Callable[[], AnswerT], first: AnswerT) -> None:
        self._ask = ask
        self._answer = first
        self._failing_since: float | None = None

    def __call__(self) -> AnswerT:
        """The answer of now, or else the last one.

        Raises
        ------
        StorageError
            After ``MOST_S`` without an answer.
        """
        asked_at = time.monotonic()
        try:
            self._answer = self._ask()
        except StorageError as error:
            if self._failing_since is None:
                self._failing_since = asked_at
                _log.warning("Going on without the registry for up to %.0f s: %s", MOST_S, error)
            if time.monotonic() - self._failing_since >= MOST_S:
                raise
        else:
            self._failing_since = None
        return self._answer
