"""What a long job tells about itself while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """One moment of a run.

    Parameters
    ----------
    stage : str
        What is happening, in words for people ("Cross-validating", "Scoring the test part").
    done, total : int
        Steps finished and steps in all (a step is one fit); ``total`` 0 means not known yet.
    seconds_left : float or None
        Estimate of the remaining time in seconds, None while there is nothing to base it on.
    ahead : int or None
        Jobs in front of this one while it waits in the queue, else None.
    """

    stage: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    ahead: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


Report = Callable[[Progress], None]


def report_nothing(progress: Progress) -> None:
    """A Report for callers who do not watch."""
