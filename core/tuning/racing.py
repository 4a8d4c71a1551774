"""Trying candidates fold by fold, and giving up those that could hardly win any more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from core.tuning.bench import Measured, Trial
from core.tuning.board import Board, Entry
from core.tuning.workers import Workers

BEHIND_SDS = 1.0
"""How many standard deviations of luck a candidate would need in the folds left to catch up, before it is given up."""

FEWEST_FOLDS = 2
"""Nobody is given up before so many folds, as one says nothing of how much luck there is."""


def try_all(board: Board, workers: Workers[Trial, Measured], trials: Iterable[Trial]) -> None:
    """Make trials, leaving out those of candidates that have ended meanwhile.

    Raises
    ------
    HaltedError
        When the time is over or the person has seen enough.
    """

    def is_needed(trial: Trial) -> bool:
        return board.entries[trial.number].state == "running"

    for trial, answer in workers.answers(trials, is_needed, board.look):
        board.take(trial, answer)


def race(
    board: Board,
    workers: Workers[Trial, Measured],
    entries: Sequence[Entry],
    *,
    share: float,
    n_folds: int,
    places: int,
) -> list[Entry]:
    """Try candidates on one fold after the other; who falls behind for good is left out of the next.

    Who is given up does not depend on how many trials are made at the same time: folds that were begun ahead for a
    candidate count only when it is still there.

    Parameters
    ----------
    board : Board
    workers : Workers
    entries : sequence of Entry
    share : float
        Share of the training rows.
    n_folds : int
        The first of the folds, so many.
    places : int
        How many candidates are to be found.

    Returns
    -------
    list of Entry
        Those scored on every fold, in their order.
    """
    alive = list(entries)
    board.begin_round(alive, share, n_folds)
    fold = 0
    while fold < n_folds and alive:
        ahead = range(fold, min(n_folds, fold + max(1, board.n_jobs // len(alive))))
        try_all(board, workers, [Trial(e.number, e.params, each, share) for each in ahead for e in alive])
        alive = [entry for entry in alive if entry.state != "failed"]
        for each in ahead:
            behind = far_behind(board, alive, each + 1, n_folds, places)
            for entry in behind:
                entry.folds = {fold: score for fold, score in entry.folds.items() if fold <= each}
                entry.whole = entry.before
                board.racing.remove(entry)
                board.end(entry, "pruned", f"Given up after fold {each + 1} of {n_folds}: too far behind.")
            alive = [entry for entry in alive if entry not in behind]
        fold = ahead.stop
    return alive


def far_behind(board: Board, entries: Sequence[Entry], done: int, n_folds: int, places: int = 1) -> list[Entry]:
    """Those that would need unlikely luck in the folds left to come to one of the first places.

    Candidates are compared on the same folds, so what makes a fold easy or hard drops out. If a candidate were as good
    as the one that holds the last of these places, the sum of its differences over the m folds left would have a
    standard deviation of sqrt(m) times that of one difference, which is estimated from all candidates: whoever is
    further behind than that is given up. The first candidate never is: what wins is to be compared with it.
    """
    left = n_folds - done
    if left <= 0 or done < FEWEST_FOLDS or len(entries) <= places:
        return []
    costs = np.array([[board.cost(entry.folds[fold]) for fold in range(done)] for entry in entries])
    last = int(np.argsort(costs.mean(axis=1), kind="stable")[places - 1])
    behind = costs - costs[last]
    spread = float(np.sqrt(np.delete(behind, last, axis=0).var(axis=1, ddof=1).mean()))
    limit = BEHIND_SDS * spread * math.sqrt(left)
    totals = behind.sum(axis=1)
    return [entry for entry, total in zip(entries, totals, strict=True) if total > limit and entry.number > 1]
