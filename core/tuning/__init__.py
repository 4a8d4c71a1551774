"""Searching for hyperparameters: inside the training part, with folds cut by the protocol of the run."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.families import FAMILIES
from core.metrics import METRICS
from core.plain_json import as_plain
from core.progress import Candidate, Progress, Report
from core.requests import TrainingRequest, searched_params
from core.search_space import ParamValue
from core.tuning.bench import Bench, Measured, Trial
from core.tuning.board import Board, HaltedError
from core.tuning.candidates import at_border, starting_point
from core.tuning.methods import METHODS, planned_fits
from core.tuning.workers import Workers

if TYPE_CHECKING:
    import pandas as pd

    from core.training.fitting import Floats
    from core.validation import Split

__all__ = ["SearchResult", "search"]


@dataclass(frozen=True)
class SearchResult:
    """What a search has found.

    Parameters
    ----------
    best_params : dict
        Of the searched parameters; empty when no candidate could be scored.
    best_score : float or None
        Its mean over the folds, in the metric of the search: the best of many, so better than the truth. Over those
        folds that all candidates of the last round had, where the search ended within it.
    default_score : float or None
        That of candidate 1, compared in the same way.
    best_number : int or None
        1 where nothing beat what the run would have had without a search.
    candidates : list of Candidate
        As they ended, in the order in which they were entered.
    border : list of str
        Parameters whose best value lies at an end of the range that was searched.
    planned : int
        Candidates that were to be tried.
    fits : int
        Fits that were made.
    seconds_a_row : float or None
        Mean seconds of a fit by the rows it learned from.
    stopped : {"", "time", "person"}
        Why it ended before it was done.
    seconds : float
    n_jobs : int
        Candidates that were tried at the same time.
    request : TrainingRequest
        What was asked for.
    """

    best_params: dict[str, ParamValue]
    best_score: float | None
    default_score: float | None
    best_number: int | None
    candidates: list[Candidate]
    border: list[str]
    planned: int
    fits: int
    seconds_a_row: float | None
    stopped: str
    seconds: float
    n_jobs: int
    request: TrainingRequest

    @property
    def tried(self) -> int:
        """Candidates that were begun."""
        return len(self.candidates)

    def to_metrics(self) -> dict[str, Any]:
        """What is kept of it with the run's metrics, JSON-safe."""
        tuning = self.request.tuning
        assert tuning is not None
        kept = {
            "method": tuning.method,
            "scoring": tuning.scoring,
            "iterations": tuning.iterations,
            "folds": tuning.folds,
            "n_jobs": self.n_jobs,
            "planned": self.planned,
            "tried": self.tried,
            "best_params": self.best_params,
            "best_score": self.best_score,
            "best_number": self.best_number,
            "default_score": self.default_score,
            "border": self.border,
            "seconds": self.seconds,
            "stopped": self.stopped,
        }
        plain: dict[str, Any] = as_plain(kept)
        return plain


def search(
    request: TrainingRequest, X: pd.DataFrame, y: Floats, split: Split, report: Report, n_jobs: int = 1
) -> SearchResult:
    """Try candidates, and give the best.

    Each trial is fitted by one thread of a process of its own, so that the search can end at once and a candidate that
    crashes spoils nothing. The result does not depend on how many of them there are. Only where TensorFlow is to be
    used in a process that has loaded it already, all is done there, one after another: a fork of it may hang.

    Parameters
    ----------
    request : TrainingRequest
        With ``tuning``.
    X : DataFrame of shape (n_rows, n_columns)
    y : ndarray of shape (n_rows,)
        Popularity, points.
    split : Split
        With the folds of the search, all inside the training part.
    report : callable
        Hears of every candidate after each fold, and may ask to stop.
    n_jobs : int
        Most processes that the server allows.
    """
    tuning = request.tuning
    assert tuning is not None
    space = searched_params(request)
    forks = not _hangs_in_a_fork(FAMILIES[request.family].requires)
    n_jobs = min(tuning.n_jobs, max(1, n_jobs)) if forks else 1
    bench = Bench(request, X, y, split, n_jobs)
    start = starting_point(space, FAMILIES[request.family].resolve(request.params, request.defaults))
    board = _board(request, bench, split, report, n_jobs)
    report(Progress("Searching: the first candidates are tried", 0, board.fits + request.cv_folds + 1))
    stopped = ""
    with Workers[Trial, Measured](bench.measure, board.n_jobs, forks=forks) as workers:
        try:
            METHODS[tuning.method](board, workers, bench, space, start, tuning.iterations, request.seed)
        except HaltedError as halted:
            stopped = halted.why
    board.end_all()
    standings = board.standings()
    _, score, best = standings[0] if standings else (1.0, None, None)
    params: Mapping[str, ParamValue] = {} if best is None else best.params
    candidates = board.candidates()
    alike = {entry.number: compared for share, compared, entry in standings if share == standings[0][0]}
    return SearchResult(
        best_params=dict(params),
        best_score=score,
        default_score=alike.get(1, next((each.score for each in candidates if each.number == 1), None)),
        best_number=None if best is None else best.number,
        candidates=candidates,
        border=at_border(space, params),
        planned=board.planned,
        fits=board.fits_done,
        seconds_a_row=board.cost_of_row(),
        stopped=stopped,
        seconds=board.seconds,
        n_jobs=board.n_jobs,
        request=request,
    )


def _hangs_in_a_fork(packages: Sequence[str]) -> bool:
    """The threads of TensorFlow are not there in a fork of a process that has started them; it waits for them."""
    return "tensorflow" in packages and "tensorflow" in sys.modules


def _board(request: TrainingRequest, bench: Bench, split: Split, report: Report, n_jobs: int) -> Board:
    tuning = request.tuning
    assert tuning is not None
    planned = tuning.iterations + 1
    after = request.cv_folds + 1
    return Board(
        report,
        METRICS[tuning.scoring],
        n_folds=bench.n_folds,
        planned=planned,
        fits=planned_fits(tuning.method, planned, bench.n_folds, bench.n_rows()),
        fits_after=after,
        rows_after=float(after * np.mean([len(split.train), bench.n_rows()])),
        seconds=None if tuning.seconds is None else float(tuning.seconds),
        n_jobs=n_jobs,
    )
