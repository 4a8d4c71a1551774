"""Score each family with its recommended and with scikit-learn's own defaults, under the track protocol.

    python benchmarks/family_defaults.py path/to/spotify_songs.csv [--splits 3] [--families ridge,knn] [--features a,b]

Prints mean R2 on the held-out 20% over the splits, and the seconds of a fit. Exits with 1 when a recommended default
does not beat the library's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.families import FAMILIES
from core.features import DEFAULT_FEATURES
from core.progress import report_nothing
from core.requests import parse_request
from core.training import train
from data.sources import Dataset, load_dataset


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as home:
        dataset = load_dataset(options.table, Path(home))
    features = tuple(options.features.split(",")) if options.features else DEFAULT_FEATURES
    keys = options.families.split(",") if options.families else [k for k, f in FAMILIES.items() if not f.is_baseline]
    print(f"{dataset.source.name}, {len(dataset.tracks):,} tracks, {len(features)} features, {options.splits} splits")
    print(f"{'family':24} {'library':>8} {'recommended':>12} {'gain':>7} {'library s':>10} {'recommended s':>14}")
    beaten = [_compare(key, dataset, features, options.splits) for key in keys]
    return 0 if all(beaten) else 1


def _compare(key: str, dataset: Dataset, features: Sequence[str], n_splits: int) -> bool:
    scores, seconds = {}, {}
    for defaults in ("library", "recommended"):
        started = time.perf_counter()
        found = [_r2(key, defaults, dataset, features, seed) for seed in range(n_splits)]
        seconds[defaults] = (time.perf_counter() - started) / n_splits
        scores[defaults] = float(np.mean(found))
    gain = scores["recommended"] - scores["library"]
    print(
        f"{key:24} {scores['library']:8.3f} {scores['recommended']:12.3f} {gain:+7.3f} "
        f"{seconds['library']:10.1f} {seconds['recommended']:14.1f}",
        flush=True,
    )
    return gain > 0


def _r2(key: str, defaults: str, dataset: Dataset, features: Sequence[str], seed: int) -> float:
    request = parse_request(
        {
            "family": key,
            "defaults": defaults,
            "features": list(features),
            "protocol": "track",
            "cv_folds": 0,
            "seed": seed,
        }
    )
    return float(train(request, dataset, report_nothing, n_jobs=2).metrics["test"]["r2"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="CSV of the tracks")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--families", default="", help="keys, separated by commas; all by default")
    parser.add_argument("--features", default="", help="names, separated by commas; the ten audio features by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
