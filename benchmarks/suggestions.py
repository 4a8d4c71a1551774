"""How often something is suggested where there is nothing to suggest, and where there is.

    python -m benchmarks.suggestions [TABLE.csv] [--families ridge,random_forest] [--tracks 200] [--out FILE.json]

Each family is trained twice with its defaults on the ten audio features, cross-validated: on the table as it is, and on
the same table with popularity dealt out anew among the tracks, where nothing goes with anything. Then a number of
tracks are asked for suggestions as the prediction view does. A line a family: the share of tracks for which something
"stands out", with its 95% interval, and the middle of the largest effect that the model promises. On the shuffled table
the first is to stay below 5%. Without a table: the built-in sample.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.environment import prepare_environment

prepare_environment()

import numpy as np  # noqa: E402

from core.features import DEFAULT_FEATURES  # noqa: E402
from core.hits import wilson  # noqa: E402
from core.neighbours import Neighbourhood  # noqa: E402
from core.prediction import Predictor  # noqa: E402
from core.requests import TrainingRequest  # noqa: E402
from core.suggestions import Suggestions, residuals_by_track, suggest  # noqa: E402
from core.training import train  # noqa: E402
from core.what_if import realistic  # noqa: E402
from data.schema import TARGET  # noqa: E402
from data.sources import Dataset, load_dataset  # noqa: E402


def main() -> int:
    """Train, ask, and print a line a family and table."""
    asked = _arguments()
    dataset = load_dataset(asked.table.absolute() if asked.table else None, Path("var"))
    popularity = np.random.default_rng(0).permutation(dataset.tracks[TARGET].to_numpy())
    tables = {"as it is": dataset, "shuffled": replace(dataset, tracks=dataset.tracks.assign(**{TARGET: popularity}))}
    found: dict[str, Any] = {}
    warnings.simplefilter("ignore")
    for family in asked.families.split(","):
        for name, table in tables.items():
            found[f"{family}, {name}"] = told = _summarise(_suggestions(family, table, asked.tracks))
            print(f"{family:<24}{name:<10}{json.dumps(told)}", flush=True)
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=2))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, nargs="?")
    parser.add_argument("--families", default="ridge,random_forest,lightgbm,knn")
    parser.add_argument("--tracks", type=int, default=200)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def _suggestions(family: str, dataset: Dataset, n_tracks: int) -> list[Suggestions]:
    request = TrainingRequest(family=family, features=DEFAULT_FEATURES, cv_folds=3, explain=False)
    result = train(request, dataset, lambda _: None)
    predictor = Predictor(result.pipeline, request, result.interval)
    tracks = dataset.tracks
    near, residuals = Neighbourhood(tracks, DEFAULT_FEATURES), residuals_by_track(tracks, result.predictions)
    popularity = tracks[TARGET].to_numpy(dtype=np.float64)
    limits = {genre: realistic(tracks, DEFAULT_FEATURES, str(genre)).limits for genre in tracks["genre"].unique()}
    found = []
    for row in np.random.default_rng(1).permutation(tracks.dropna(subset=list(DEFAULT_FEATURES)).index)[:n_tracks]:
        values = {name: float(tracks.at[row, name]) for name in DEFAULT_FEATURES}
        found.append(suggest(predictor, values, limits[tracks.at[row, "genre"]], near, popularity, residuals))
    return found


def _summarise(found: list[Suggestions]) -> dict[str, Any]:
    some = wilson(sum(bool(each.reliable) for each in found), len(found))
    largest = [max((one.effect for one in each.changes), default=0.0) for each in found]
    reliable: dict[str, int] = {}
    for each in found:
        for one in each.reliable:
            reliable[one.feature] = reliable.get(one.feature, 0) + 1
    return {
        "tracks": some.n,
        "some_stands_out": round(some.share, 3),
        "interval": [round(some.low, 3), round(some.high, 3)],
        "largest_effect_median": round(float(np.median(largest)), 1),
        "features": dict(sorted(reliable.items(), key=lambda one: -one[1])[:5]),
    }


if __name__ == "__main__":
    sys.exit(main())
