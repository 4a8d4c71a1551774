"""Score each family with its recommended and with its library's own defaults.

    python -m benchmarks.family_defaults path/to/spotify_songs.csv [--splits 3] [--families ridge,knn] [--features a,b]
        [--protocol track]

Prints mean R2 on the held-out 20% over the splits, the CPU seconds of a run without folds and, with the recommended
defaults, the milliseconds of one prediction and the size of the stored model. Exits with 1 when a recommended default
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
from core.features import DEFAULT_FEATURES, feature_frame
from core.persistence import dump_pipeline
from core.prediction import Predictor
from core.progress import report_nothing
from core.requests import TrainingRequest, parse_request
from core.training import TrainingResult, train
from core.validation import PROTOCOLS
from data.sources import Dataset, load_dataset


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as home:
        dataset = load_dataset(options.table, Path(home))
    features = tuple(options.features.split(",")) if options.features else DEFAULT_FEATURES
    models = [key for key, family in FAMILIES.items() if not (family.is_baseline or family.combines_runs)]
    keys = options.families.split(",") if options.families else models
    print(
        f"{dataset.source.name}, {len(dataset.tracks):,} tracks, {len(features)} features, {options.splits} splits, "
        f"protocol {options.protocol}, one core, CPU seconds"
    )
    print(
        f"{'family':24} {'library':>8} {'recommended':>12} {'gain':>7} {'library s':>10} {'recommended s':>14} "
        f"{'one row ms':>11} {'MB':>7}"
    )
    beaten = [_compare(key, dataset, features, options.protocol, options.splits) for key in keys]
    return 0 if all(beaten) else 1


def _compare(key: str, dataset: Dataset, features: Sequence[str], protocol: str, n_splits: int) -> bool:
    scores, seconds = {}, {}
    for defaults in ("library", "recommended"):
        found = []
        for seed in range(n_splits):
            request = _request(key, defaults, features, protocol, seed)
            started = time.process_time()
            result = train(request, dataset, report_nothing)
            found.append((float(result.metrics["test"]["r2"]), time.process_time() - started))
        scores[defaults], seconds[defaults] = np.mean(found, axis=0)
    gain = scores["recommended"] - scores["library"]
    print(
        f"{key:24} {scores['library']:8.3f} {scores['recommended']:12.3f} {gain:+7.3f} "
        f"{seconds['library']:10.1f} {seconds['recommended']:14.1f} "
        f"{_milliseconds_a_row(request, result, dataset):11.1f} {_megabytes(result):7.2f}",
        flush=True,
    )
    return bool(gain > 0)


def _request(key: str, defaults: str, features: Sequence[str], protocol: str, seed: int) -> TrainingRequest:
    return parse_request(
        {
            "family": key,
            "defaults": defaults,
            "features": list(features),
            "protocol": protocol,
            "cv_folds": 0,
            "seed": seed,
        }
    )


def _milliseconds_a_row(request: TrainingRequest, result: TrainingResult, dataset: Dataset) -> float:
    """Of the quickest of many, which others on the machine did not disturb."""
    predictor = Predictor(result.pipeline, request, {"coverage": 0.9, "half_width": 30})
    values = feature_frame(dataset.tracks, predictor.columns).dropna().iloc[0].to_dict()
    seconds = []
    for _ in range(50):
        started = time.perf_counter()
        predictor.predict_one(values)
        seconds.append(time.perf_counter() - started)
    return 1000 * min(seconds)


def _megabytes(result: TrainingResult) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.skops"
        dump_pipeline(result.pipeline, path)
        return path.stat().st_size / 1e6


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="CSV of the tracks")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--families", default="", help="keys, separated by commas; all by default")
    parser.add_argument("--protocol", default="track", choices=PROTOCOLS, metavar="KEY")
    parser.add_argument("--features", default="", help="names, separated by commas; the ten audio features by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
