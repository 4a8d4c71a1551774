"""The candidates of a search as they stand: who leads, who is given up, and when the search has to end."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.metrics import Metric
from core.progress import Candidate, Progress, Report, is_asked_to_stop
from core.search_space import ParamValue
from core.tuning.bench import Measured, Trial
from core.tuning.workers import Failed

STOPPED_MEANWHILE = "The search was stopped before it was done."


class HaltedError(Exception):
    """The search is to end with the best so far.

    Parameters
    ----------
    why : {"time", "person"}
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Entry:
    """One candidate as it stands; `Candidate` is what is told of it."""

    number: int
    params: Mapping[str, ParamValue]
    state: str = "running"
    share: float = 1.0
    wanted: int = 0
    folds: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0
    rows: int = 0
    reason: str = ""
    failed_at: int | None = None
    whole: tuple[float, float] | None = None
    """Share of the rows and mean score of the last round in which it was scored on all folds of that round."""

    @property
    def mean(self) -> float:
        """Score over the folds tried so far; nan without any."""
        return math.fsum(self.folds.values()) / len(self.folds) if self.folds else math.nan

    def to_event(self) -> Candidate:
        """What is told of it."""
        folds = tuple(_known(self.folds.get(fold, math.nan)) for fold in range(max(self.folds, default=-1) + 1))
        resource = self.rows if self.share < 1 else None
        params, seconds = dict(self.params), self.seconds
        return Candidate(self.number, params, self.state, folds, _known(self.mean), seconds, resource, self.reason)


class Board:
    """Keeps the score, and tells of every change.

    Parameters
    ----------
    report : callable
    metric : Metric
        By which candidates are compared.
    n_folds : int
    planned : int
        Candidates to try.
    fits : int
        Fits that this takes in all.
    fits_after : int
        Fits that follow the search.
    rows_after : float
        Training rows of those.
    seconds : float or None
        Time budget.
    n_jobs : int
        Trials made at the same time.
    """

    def __init__(
        self,
        report: Report,
        metric: Metric,
        *,
        n_folds: int,
        planned: int,
        fits: int,
        fits_after: int,
        rows_after: float,
        seconds: float | None,
        n_jobs: int,
    ) -> None:
        self.metric = metric
        self.n_folds = n_folds
        self.planned = planned
        self.n_jobs = n_jobs
        self.entries: dict[int, Entry] = {}
        self.fits = fits
        self.fits_done = 0
        self.rows_left = 0.0
        """Training rows that the rest of the search is likely to take."""
        self._report = report
        self._fits_after, self._rows_after = fits_after, rows_after
        self._started = time.monotonic()
        self._deadline = None if seconds is None else self._started + seconds
        self._seconds_fitting, self._rows_fitted = 0.0, 0

    # -- what happens ----------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Go on, unless the time is over or the person has seen enough.

        Raises
        ------
        HaltedError
        """
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise HaltedError("time")
        if is_asked_to_stop(self._report):
            raise HaltedError("person")

    def add(self, params: Mapping[str, ParamValue]) -> Entry:
        """Enter a candidate."""
        entry = Entry(len(self.entries) + 1, params, wanted=self.n_folds)
        self.entries[entry.number] = entry
        return entry

    def begin_round(self, entry: Entry, share: float, n_folds: int) -> None:
        """Let a candidate start anew on this share of the rows and these many folds."""
        entry.share, entry.wanted, entry.folds = share, n_folds, {}

    def take(self, trial: Trial, answer: Measured | Failed) -> None:
        """Enter how a trial went."""
        entry = self.entries[trial.number]
        self.fits_done += 1
        if isinstance(answer, Failed):
            self._fail(entry, trial.fold, answer.reason)
            return
        self._seconds_fitting += answer.seconds
        self._rows_fitted += answer.rows
        self.rows_left = max(0.0, self.rows_left - answer.rows)
        entry.seconds += answer.seconds
        entry.rows = answer.rows
        if entry.state != "running":  # a fold that was begun before it was given up
            return
        if math.isnan(answer.score):
            self._fail(entry, trial.fold, f"{self.metric.label} has no value there.")
            return
        entry.folds[trial.fold] = answer.score
        if len(entry.folds) == entry.wanted:
            entry.whole = entry.share, entry.mean
            if entry.share >= 1:
                entry.state = "finished"
        self._tell(entry)

    def _fail(self, entry: Entry, fold: int, reason: str) -> None:
        """Where several folds fail, the first one counts, whichever came first."""
        if entry.failed_at is not None and entry.failed_at < fold:
            return
        entry.failed_at = fold
        entry.folds = {known: score for known, score in entry.folds.items() if known < fold}
        self.end(entry, "failed", f"Fold {fold + 1}: {reason}")

    def end(self, entry: Entry, state: str, reason: str = "") -> None:
        """Give a candidate up."""
        entry.state, entry.reason = state, reason
        self._tell(entry)

    def end_all(self) -> None:
        """Give up what has begun and is not done."""
        for entry in self.entries.values():
            if entry.state == "running" and entry.seconds:
                self.end(entry, "pruned", STOPPED_MEANWHILE)

    # -- how it stands ---------------------------------------------------------------------------------------------

    def cost(self, score: float) -> float:
        """The score as a number of which less is better."""
        return -score if self.metric.greater_is_better else score

    def best(self) -> Entry | None:
        """The best among those scored on every fold with the most rows; the earlier one of equals."""
        done = [entry for entry in self.entries.values() if entry.whole is not None and entry.state != "failed"]
        return min(done, key=_standing(self), default=None)

    @property
    def n_ended(self) -> int:
        """Candidates that are done, given up, or failed."""
        return sum(entry.state != "running" for entry in self.entries.values())

    @property
    def seconds(self) -> float:
        """Since the search began."""
        return time.monotonic() - self._started

    def candidates(self) -> list[Candidate]:
        """All that has been tried, as it stands."""
        return [entry.to_event() for entry in self.entries.values() if entry.seconds or entry.state == "failed"]

    def cost_of_row(self) -> float | None:
        """Seconds that a fit takes for each of its training rows, None before the first."""
        return self._seconds_fitting / self._rows_fitted if self._rows_fitted else None

    # -- telling ---------------------------------------------------------------------------------------------------

    def _tell(self, entry: Entry) -> None:
        self._report(entry.to_event())
        best = self.best()
        so_far = "" if best is None or best.whole is None else f", best {self.metric.label} {best.whole[1]:.4g}"
        stage = f"Searching: {self.n_ended} of {self.planned} candidates tried{so_far}"
        self._report(Progress(stage, self.fits_done, max(self.fits, self.fits_done) + self._fits_after, self._left()))

    def _left(self) -> float | None:
        cost = self.cost_of_row()
        if cost is None:
            return None
        search = cost * self.rows_left / self.n_jobs
        if self._deadline is not None:
            search = min(search, max(0.0, self._deadline - time.monotonic()))
        return search + cost * self._rows_after


def _standing(board: Board):  # type: ignore[no-untyped-def]
    def standing(entry: Entry) -> tuple[float, float, int]:
        share, score = entry.whole or (0.0, math.nan)
        return -share, board.cost(score), entry.number

    return standing


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
