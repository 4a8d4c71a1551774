"""What a long job tells about itself while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from core.plain_json import as_plain


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
    followed_at : str or None
        When the last wish to stop was followed (ISO 8601, UTC), by what has ended since; a later wish is a new one.
    """

    stage: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    ahead: int | None = None
    followed_at: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class FoldScored:
    """A fold of the cross-validation has ended.

    Parameters
    ----------
    number : int
        1 for the first fold.
    scores : dict of str to float or None
        One number a metric, as ``core.metrics.score`` gives them.
    seconds : float
        What fitting and scoring it took.
    """

    kind: ClassVar[str] = "fold"

    number: int
    scores: Mapping[str, float | None]
    seconds: float

    @property
    def key(self) -> str:
        """Under what it is kept: a later event with the same key takes its place."""
        return f"fold:{self.number}"


@dataclass(frozen=True)
class Candidate:
    """One set of hyperparameters of a search, as far as it has been tried.

    Parameters
    ----------
    number : int
        1 for the first.
    params : dict
        Its hyperparameters.
    state : {"running", "finished", "pruned", "failed"}
        "pruned" was given up early as it could not win any more.
    folds : tuple of float or None
        Score of each fold tried so far, in the metric of the search.
    score : float or None
        Mean over the folds tried so far.
    seconds : float
        Fitting and scoring so far.
    resource : int or None
        Training rows it was given where a search gives more and more of them; None for all.
    reason : str
        Why it failed, one sentence.
    """

    kind: ClassVar[str] = "candidate"

    number: int
    params: Mapping[str, Any]
    state: str
    folds: tuple[float | None, ...] = ()
    score: float | None = None
    seconds: float = 0.0
    resource: int | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """As for `FoldScored`."""
        return f"candidate:{self.number}"


@dataclass(frozen=True)
class Curve:
    """How the error falls while one model learns; replaced as a whole when it grows.

    Parameters
    ----------
    fit : str
        Which fit: "fold 1", ..., "final model".
    unit : str
        What the steps count: "epoch" or "tree".
    metric : str
        Key in ``core.metrics.METRICS``.
    steps : tuple of int
        Step of each point; at most some 200 points, thinned evenly.
    train, valid : tuple of float or None
        The metric on rows the model learns from, and on rows it does not; empty when not measured.
    best : int or None
        Step that is kept, where later ones are given up (early stopping).
    """

    kind: ClassVar[str] = "curve"

    fit: str
    unit: str
    metric: str
    steps: tuple[int, ...]
    train: tuple[float | None, ...] = ()
    valid: tuple[float | None, ...] = ()
    best: int | None = None

    @property
    def key(self) -> str:
        """As for `FoldScored`."""
        return f"curve:{self.fit}"


Event = FoldScored | Candidate | Curve
"""What a run tells beside its progress: kept with the run, shown while it works and afterwards."""

News = Progress | Event
Report = Callable[[News], None]


def event_to_dict(event: Event) -> dict[str, Any]:
    """The event as it is kept: its fields and its ``kind`` ("fold", "candidate" or "curve"), JSON-safe.

    Examples
    --------
    >>> event_to_dict(FoldScored(1, {"r2": float("nan")}, 0.5))
    {'kind': 'fold', 'number': 1, 'scores': {'r2': None}, 'seconds': 0.5}
    """
    plain: dict[str, Any] = as_plain({"kind": event.kind, **asdict(event)})
    return plain


def report_nothing(news: News) -> None:
    """A Report for callers who do not watch."""


def undisturbed(report: Report) -> Report:
    """The same report without the wish to stop: for what is to be whole whatever was asked."""

    def tell(news: News) -> None:
        report(news)

    return tell


def is_asked_to_stop(report: Report) -> bool:
    """Whether the person wants the best so far instead of waiting for the rest.

    A report that can be asked has a method ``is_asked_to_stop``; a plain function never is.
    """
    asked = getattr(report, "is_asked_to_stop", None)
    return bool(asked()) if asked is not None else False


def follow_wish(report: Report) -> Report:
    """The report for what comes after a wish to stop was followed: only a new wish ends that as well.

    A report that can tell a new wish from the old one has a method ``follow_wish``; of another none is heard any more.
    """
    follow = getattr(report, "follow_wish", None)
    if follow is None:
        return undisturbed(report)
    follow()
    return report


def keep_notice(report: Report, notice: str) -> None:
    """Tell what people should know of a run even if it fails; one that finishes has its notices with its result.

    A report that keeps them has a method ``keep_notice``.
    """
    keep = getattr(report, "keep_notice", None)
    if keep is not None:
        keep(notice)
