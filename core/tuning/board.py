"""The candidates of a search as they stand: who leads, who is given up, and when the search has to end."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.metrics import Metric
from core.progress import Candidate, Progress, Report, is_asked_to_stop
from core.search_space import ParamValue
from core.tuning.bench import Measured, Trial
from core.tuning.workers import Failed

STOPPED_MEANWHILE = "The search was stopped before it was done."

FEWEST_SHARED = 2
"""Folds of a round under way that say more of who leads than the whole round before it."""


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
    before: tuple[float, float] | None = None
    """The same as it was when the round began in which it is."""

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
        self.racing: list[Entry] = []
        """Those that are still in the round of halving that is under way, or was the last."""
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

    def begin_round(self, entries: Sequence[Entry], share: float, n_folds: int) -> None:
        """Let candidates start anew on this share of the rows and these many folds."""
        self.racing = list(entries)
        for entry in entries:
            entry.before = entry.whole
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
        """The first of `standings`, None where there is none."""
        return next((entry for _, _, entry in self.standings()), None)

    def standings(self) -> list[tuple[float, float, Entry]]:
        """Candidates with the share of the rows and the score by which they are compared, best first.

        Those scored on every fold with the most rows come first; the earlier one of equals. Who happens to be the first
        to be done with a round has not won it: while others are still on their way, all of that round are compared on
        the folds that they share, or as they stood before it where these are too few.
        """
        found = [(*score, entry) for entry, score in self._scores() if entry.state != "failed"]
        return sorted(found, key=lambda each: (-each[0], self.cost(each[1]), each[2].number))

    def _scores(self) -> list[tuple[Entry, tuple[float, float]]]:
        racing = [entry for entry in self.racing if entry.state != "failed"]
        whole = [(entry, entry.whole) for entry in self.entries.values() if entry.whole is not None]
        if all(len(entry.folds) == entry.wanted for entry in racing):
            return whole
        before = [(entry, entry.before if entry in racing else entry.whole) for entry in self.entries.values()]
        known = [(entry, score) for entry, score in before if score is not None]
        shared = set.intersection(*(set(entry.folds) for entry in racing))
        if len(shared) >= (FEWEST_SHARED if known else 1):
            return [
                (entry, (entry.share, math.fsum(entry.folds[each] for each in shared) / len(shared)))
                for entry in racing
            ]
        return known or whole

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
        so_far = next((f", best {self.metric.label} {score:.4g}" for _, score, _ in self.standings()), "")
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


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
