"""What 90% prediction intervals hold on tracks that had no part in making them, over many splits, printed as JSON.

    python -m benchmarks.interval_coverage path/to/spotify_songs.csv [--seeds 20] [--protocols song,artist]
        [--family ridge] [--interval quantile] [--features audio,genre]

For each protocol: share of truths inside and mean width in points, overall, by genre and by band of actual popularity,
as mean, lowest and highest over the splits. The promise is 88-92% overall and 87% or more in every genre of 500 test
tracks or more, in the mean over the splits; where it is broken, the exit code is 1. Single splits scatter around it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.environment import prepare_environment

prepare_environment()

from core.features import DEFAULT_FEATURES  # noqa: E402
from core.progress import report_nothing  # noqa: E402
from core.requests import parse_request  # noqa: E402
from core.training import train  # noqa: E402
from dashboard.cli.requests import expand_features  # noqa: E402
from data.sources import Dataset, load_dataset  # noqa: E402

OVERALL = (0.88, 0.92)
IN_A_GENRE = 0.87
GENRE_COUNTS_FROM = 500


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as home:
        dataset = load_dataset(options.table, Path(home))
    found = {
        protocol: measure(dataset, protocol, range(options.seeds), options) for protocol in options.protocols.split(",")
    }
    print(json.dumps({"table": dataset.source.name, "tracks": len(dataset.tracks), **found}, indent=2))
    return 0 if all(one["is_kept"] for one in found.values()) else 1


def measure(dataset: Dataset, protocol: str, seeds: Sequence[int], options: argparse.Namespace) -> dict[str, Any]:
    """Coverage and width under one protocol, over splits by these seeds."""
    started = time.perf_counter()
    runs = [_coverage(dataset, protocol, seed, options) for seed in seeds]
    by_genre = _by(runs, "by_genre", "genre")
    overall = _summary([run["overall"] for run in runs])
    large = [one for one in by_genre.values() if one["n"] >= GENRE_COUNTS_FROM]
    single = [one for run in runs for one in run["by_genre"] if one["n"] >= GENRE_COUNTS_FROM]
    return {
        "family": options.family,
        "interval": options.interval,
        "splits": len(runs),
        "is_kept": OVERALL[0] <= overall["coverage"] <= OVERALL[1]
        and all(one["coverage"] >= IN_A_GENRE for one in large),
        "overall": overall,
        "by_genre": by_genre,
        "by_band": _by(runs, "by_band", "band"),
        "genres_of_a_split_below_87": f"{sum(one['coverage'] < IN_A_GENRE for one in single)} of {len(single)}",
        "seconds": round(time.perf_counter() - started, 1),
    }


def _coverage(dataset: Dataset, protocol: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    request = parse_request(
        {
            "family": options.family,
            "features": expand_features(options.features) or list(DEFAULT_FEATURES),
            "protocol": protocol,
            "seed": seed,
            "interval": options.interval,
        }
    )
    measured: dict[str, Any] = train(request, dataset, report_nothing).metrics["coverage"]
    return measured


def _by(runs: list[dict[str, Any]], part: str, name: str) -> dict[str, Any]:
    names = sorted({one[name] for run in runs for one in run[part]})
    return {each: _summary([one for run in runs for one in run[part] if one[name] == each]) for each in names}


def _summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    shares = [one["coverage"] for one in found if one["n"]]
    return {
        "coverage": round(float(np.mean(shares)), 4),
        "lowest": round(min(shares), 4),
        "highest": round(max(shares), 4),
        "width": round(float(np.mean([one["width"] for one in found if one["n"]])), 1),
        "n": round(float(np.mean([one["n"] for one in found]))),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="CSV of the tracks")
    parser.add_argument("--seeds", type=int, default=20, help="splits (default: %(default)s)")
    parser.add_argument("--protocols", default="song,artist", help="keys, separated by commas (default: %(default)s)")
    parser.add_argument("--family", default="ridge", help="key of a model family (default: %(default)s)")
    parser.add_argument("--interval", choices=("split", "quantile"), default="split")
    parser.add_argument("--features", help="features or groups of them, separated by commas (default: the audio ones)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
