"""The ways of searching: which candidate is tried next, on what, and when it is given up."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from core.families.loading import load
from core.search_space import Choice, Int, Param
from core.tuning.bench import Bench, Measured, Trial
from core.tuning.board import Board, Entry
from core.tuning.candidates import Params, sample_candidates
from core.tuning.racing import far_behind, race, try_all
from core.tuning.workers import Workers

FACTOR = 3
"""Of so many candidates one goes on to the next round of halving, which has so many times the rows."""

FEWEST_ROWS = 300
"""The first round of halving has at least so many training rows."""

TPE_STARTS = 8
"""Random candidates before TPE has something to learn from; a third of all where they are few."""

Method = Callable[[Board, Workers[Trial, Measured], Bench, Sequence[Param], Params, int, int], None]
"""Takes the board, the workers, the bench, the space, what the run would have anyway, iterations and a seed."""


def search_randomly(
    board: Board,
    workers: Workers[Trial, Measured],
    bench: Bench,
    space: Sequence[Param],
    start: Params,
    iterations: int,
    seed: int,
) -> None:
    """Every candidate on every fold, as ``RandomizedSearchCV`` does."""
    entries = _enter(board, [start, *sample_candidates(space, iterations, seed)])
    board.rows_left = float(len(entries) * board.n_folds * bench.n_rows())
    try_all(board, workers, [Trial(e.number, e.params, fold) for e in entries for fold in range(board.n_folds)])


def search_by_halving(
    board: Board,
    workers: Workers[Trial, Measured],
    bench: Bench,
    space: Sequence[Param],
    start: Params,
    iterations: int,
    seed: int,
) -> None:
    """Many candidates on few rows, the best third of them on three times the rows, and so on up to all rows.

    As ``HalvingRandomSearchCV`` with ``factor=3`` and ``min_resources="exhaust"``, but rows are sampled by whole
    groups, early rounds have fewer folds, too, candidates far behind are given up within a round, and the first
    candidate stays to the end, so that what wins has been compared with it on all rows.

    References
    ----------
    Jamieson & Talwalkar (2016), Non-stochastic Best Arm Identification and Hyperparameter Optimization, AISTATS.
    """
    alive = _enter(board, [start, *sample_candidates(space, iterations, seed)])
    shares = round_shares(len(alive), bench.n_rows())
    for number, share in enumerate(shares):
        board.rows_left = _rows_of_rounds(len(alive), shares[number:], board.n_folds, bench)
        places = 1 if share >= 1 else math.ceil(len(alive) / FACTOR)
        n_folds = folds_of_round(share, board.n_folds)
        scored = race(board, workers, alive, share=share, n_folds=n_folds, places=places)
        if share >= 1:
            return
        ranked = sorted(scored, key=lambda entry: (board.cost(entry.mean), entry.number))
        kept = {entry.number for entry in ranked[:places]} | {1}
        for entry in scored:
            if entry.number not in kept:
                board.end(entry, "pruned", f"Not among the best on {entry.rows:,} rows.")
        alive = [entry for entry in scored if entry.number in kept]


def search_by_tpe(
    board: Board,
    workers: Workers[Trial, Measured],
    bench: Bench,
    space: Sequence[Param],
    start: Params,
    iterations: int,
    seed: int,
) -> None:
    """Optuna's tree-structured Parzen estimator: candidates near those that did well, given up when far behind.

    Trials of one candidate's folds may be made at the same time; what is asked next never depends on that.

    References
    ----------
    Bergstra, Bardenet, Bengio & Kegl (2011), Algorithms for Hyper-Parameter Optimization, NeurIPS 24.
    """
    optuna = load("optuna")

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    logging.getLogger("optuna").setLevel(logging.ERROR)
    starts = max(2, min(TPE_STARTS, iterations // 3))
    sampler = optuna.samplers.TPESampler(seed=seed % 2**32, n_startup_trials=starts)
    study = optuna.create_study(sampler=sampler, direction="minimize")
    ranges = _optuna_ranges(space)
    first = board.add(start)
    _expect(board, bench)
    _try_one(board, workers, first)
    if first.state == "finished" and all(_fits(start.get(name), each) for name, each in ranges.items()):
        known = optuna.trial.create_trial(params=dict(start), distributions=ranges, value=board.cost(first.mean))
        study.add_trial(known)
    for _ in range(iterations):
        trial = study.ask(ranges)
        entry = board.add({param.name: trial.params[param.name] for param in space})
        _expect(board, bench)
        _try_one(board, workers, entry)
        for fold in sorted(entry.folds):
            scores = [board.cost(entry.folds[each]) for each in range(fold + 1)]
            trial.report(sum(scores) / len(scores), fold)
        states = {"finished": optuna.trial.TrialState.COMPLETE, "pruned": optuna.trial.TrialState.PRUNED}
        state = states.get(entry.state, optuna.trial.TrialState.FAIL)
        study.tell(trial, board.cost(entry.mean) if entry.state == "finished" else None, state=state)


METHODS: Mapping[str, Method] = MappingProxyType(
    {"random": search_randomly, "halving": search_by_halving, "tpe": search_by_tpe}
)


def round_shares(n_candidates: int, n_rows: int) -> list[float]:
    """Share of the training rows in each round of halving; the last has all of them.

    Examples
    --------
    >>> [round(share, 3) for share in round_shares(10, 9000)]
    [0.111, 0.333, 1.0]
    """
    by_candidates = int(math.log(n_candidates) / math.log(FACTOR) + 1e-9)
    by_rows = int(math.log(max(1.0, n_rows / FEWEST_ROWS)) / math.log(FACTOR) + 1e-9)
    n_rounds = 1 + min(by_candidates, by_rows)
    return [float(FACTOR) ** -(n_rounds - 1 - number) for number in range(n_rounds)]


def folds_of_round(share: float, n_folds: int) -> int:
    """Folds of a round of halving: few where it has few rows, as a wrong choice costs little there.

    Examples
    --------
    >>> [folds_of_round(share, 5) for share in (1 / 9, 1 / 3, 1.0)]
    [2, 3, 5]
    """
    return max(2, math.ceil(n_folds * math.sqrt(share) - 1e-9))


def planned_fits(method: str, n_candidates: int, n_folds: int, n_rows: int) -> int:
    """Fits of a search in which no candidate is given up within a round."""
    if method != "halving":
        return n_candidates * n_folds
    alive, fits = n_candidates, 0
    for share in round_shares(n_candidates, n_rows):
        fits += alive * folds_of_round(share, n_folds)
        alive = math.ceil(alive / FACTOR) + 1
    return fits


def _enter(board: Board, candidates: Sequence[Params]) -> list[Entry]:
    return [board.add(params) for params in candidates]


def _rows_of_rounds(n_alive: int, shares: Sequence[float], n_folds: int, bench: Bench) -> float:
    rows = 0.0
    for share in shares:
        rows += n_alive * folds_of_round(share, n_folds) * bench.n_rows(share)
        n_alive = math.ceil(n_alive / FACTOR) + 1
    return rows


def _expect(board: Board, bench: Bench) -> None:
    """Guess what is left from how many folds candidates were tried on so far."""
    ended = [entry for entry in board.entries.values() if entry.state != "running"]
    folds = sum(len(entry.folds) for entry in ended) / len(ended) if ended else board.n_folds
    board.rows_left = (board.planned - len(ended)) * folds * bench.n_rows()


def _try_one(board: Board, workers: Workers[Trial, Measured], entry: Entry) -> None:
    """Try a candidate fold by fold, until it is done or far behind the best."""
    fold = 0
    while fold < board.n_folds and entry.state == "running":
        ahead = range(fold, min(board.n_folds, fold + board.n_jobs))
        try_all(board, workers, [Trial(entry.number, entry.params, each) for each in ahead])
        if entry.state == "failed":
            return
        for each in ahead:
            done = [other for other in board.entries.values() if other.state == "finished" and other is not entry]
            if entry in far_behind(board, [*done, entry], each + 1, board.n_folds):
                entry.folds = {known: score for known, score in entry.folds.items() if known <= each}
                entry.whole = None
                board.end(entry, "pruned", f"Given up after fold {each + 1} of {board.n_folds}: too far behind.")
                return
        fold = ahead.stop


def _optuna_ranges(space: Sequence[Param]) -> dict[str, Any]:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    ranges: dict[str, Any] = {}
    for param in space:
        if isinstance(param, Choice):
            ranges[param.name] = CategoricalDistribution(list(param.search or ()))
            continue
        ends: tuple[Any, Any] = param.search or (param.low, param.high)
        kind = IntDistribution if isinstance(param, Int) else FloatDistribution
        ranges[param.name] = kind(*ends, log=param.log)
    return ranges


def _fits(value: Any, values: Any) -> bool:
    """Whether a value is one that Optuna could have drawn."""
    from optuna.distributions import CategoricalDistribution

    if isinstance(values, CategoricalDistribution):
        return value in values.choices
    return isinstance(value, int | float) and not isinstance(value, bool) and values.low <= value <= values.high
