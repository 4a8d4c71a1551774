"""What a search costs against scikit-learn's ``RandomizedSearchCV`` with as many candidates, on the same folds.

    python -m benchmarks.search_cost path/to/spotify_songs.csv [--families random_forest,svr] [--iterations 10]

For each family and method: processor seconds of the whole search, its best score, and how many times less it took than
RandomizedSearchCV; "reached" is the time after which its best so far was as good (to within 0.05%) as what
RandomizedSearchCV found in the end. One thread each, the same candidates (for TPE, the same range) and pipeline.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from core.families import FAMILIES
from core.features import feature_frame
from core.progress import Candidate, News
from core.requests import TrainingRequest, parse_request, searched_params
from core.training import one_native_thread
from core.tuning import search
from core.tuning.candidates import distributions
from core.validation import Split, make_split
from data.schema import TARGET
from data.sources import load_dataset

FAMILY_KEYS = "hist_gradient_boosting,lightgbm,svr,adaboost,random_forest"
TOLERANCE = 0.0005
"""Scores that differ by less, some 0.01 popularity points, count as equal."""

OF_TREE = ("max_depth", "min_samples_leaf")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as home:
        dataset = load_dataset(options.table, Path(home))
    print(
        f"{dataset.source.name}, {len(dataset.tracks):,} tracks; {options.iterations} candidates, {options.folds} folds"
    )
    print(f"{'family':24} {'method':18} {'RMSE':>8} {'CPU s':>8} {'times less':>11} {'reached after CPU s':>20}")
    for key in options.families.split(","):
        _compare(key, dataset, options)
    return 0


def _compare(key: str, dataset: Any, options: argparse.Namespace) -> None:
    with one_native_thread():
        request, split, X, y = _inputs(key, "random", dataset, options)
        clock = _processor_seconds()
        score = _randomized_search(request, split, X, y)
        reference = _processor_seconds() - clock
        print(f"{key:24} {'RandomizedSearchCV':18} {score:8.3f} {reference:8.1f}", flush=True)
        for method in options.methods.split(","):
            request, split, X, y = _inputs(key, method, dataset, options)
            watch = _Watch(score)
            clock = _processor_seconds()
            found = search(request, X, y, split, watch)
            seconds = _processor_seconds() - clock
            reached = "not reached" if watch.reached is None else f"{watch.reached:.1f}"
            best = float("nan") if found.best_score is None else found.best_score
            print(
                f"{key:24} {method:18} {best:8.3f} {seconds:8.1f} {reference / seconds:11.1f} {reached:>20}", flush=True
            )


class _Watch:
    """Notes after how many processor seconds a score is reached."""

    def __init__(self, goal: float) -> None:
        self._goal = goal
        self._started = _processor_seconds() + _of_workers()
        self.reached: float | None = None

    def __call__(self, news: News) -> None:
        if not isinstance(news, Candidate):
            return
        is_good = news.state == "finished" and news.score is not None and news.score <= self._goal * (1 + TOLERANCE)
        if is_good and self.reached is None:
            self.reached = _processor_seconds() + _of_workers() - self._started


def _inputs(
    key: str, method: str, dataset: Any, options: argparse.Namespace
) -> tuple[TrainingRequest, Split, Any, Any]:
    tuning = {"method": method, "iterations": options.iterations, "folds": options.folds}
    request = parse_request({"family": key, "protocol": options.protocol, "tuning": tuning, "seed": options.seed})
    split = make_split(dataset, request.protocol, request.test_share, options.folds, request.seed)
    X = feature_frame(split.table, FAMILIES[key].columns(request.features))
    return request, split, X, split.table[TARGET].to_numpy(dtype=float)


def _randomized_search(request: TrainingRequest, split: Split, X: Any, y: Any) -> float:
    """The best score, as a user of scikit-learn would get it."""
    from sklearn.model_selection import RandomizedSearchCV

    assert request.tuning is not None
    family = FAMILIES[request.family]
    pipeline = family.build({}, "recommended", request.features, request.seed, 1)
    if request.family == "lightgbm":
        pipeline.steps[-1] = ("model", _lightgbm(family.recommended, request.seed))
    prefix = dict.fromkeys(OF_TREE, "model__estimator__") if request.family == "adaboost" else {}
    space = distributions(searched_params(request))
    found = RandomizedSearchCV(
        pipeline,
        {prefix.get(name, "model__") + name: values for name, values in space.items()},
        n_iter=request.tuning.iterations,
        scoring="neg_root_mean_squared_error",
        cv=[_capped(family.row_cap, fold, request.seed) for fold in split.folds],
        random_state=request.seed,
        refit=False,
    )
    return -float(found.fit(X, y).best_score_)


def _lightgbm(params: Any, seed: int) -> Any:
    from lightgbm import LGBMRegressor

    return LGBMRegressor(**params, subsample_freq=1, n_jobs=1, random_state=seed, verbose=-1)


def _capped(cap: int | None, fold: tuple[Any, Any], seed: int) -> tuple[Any, Any]:
    import numpy as np

    train, valid = fold
    if cap is None or len(train) <= cap:
        return train, valid
    return train[np.sort(np.random.default_rng(seed).choice(len(train), cap, replace=False))], valid


def _processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _of_workers() -> float:
    """Processor seconds of children that go on."""
    times = [child.cpu_times() for child in psutil.Process().children()]
    return float(sum(each.user + each.system for each in times))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, help="CSV of the tracks")
    parser.add_argument("--families", default=FAMILY_KEYS, help="keys, separated by commas")
    parser.add_argument("--methods", default="random,halving,tpe", help="separated by commas")
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--protocol", default="track")
    parser.add_argument("--seed", type=int, default=42)
    return parser


if __name__ == "__main__":
    sys.exit(main())
