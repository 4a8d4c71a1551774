"""What explanations cost and whether they are right: every family, on the real table or the built-in sample.

Run it with ``python -m benchmarks.explanation [TABLE.csv] [--families a,b] [--out FILE.json]``. For each family, fitted
with its defaults on the ten audio features:

- milliseconds of a core for one track, as the prediction view asks for it (`Predictor.explain_one`): median and 95th
  percentile, after the model was warmed; the promise is 50;
- seconds of a core for 1,000 tracks of the test part (fewer for families that are sampled: the number is told);
- the largest distance from additivity, and from shap's own path-dependent TreeExplainer where that takes no minutes;
- whether the three features that made a synthetic target are the three most important ones (promise: 11 of 13).

Processor time of the process counts, as other work on the computer then matters less.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from dashboard.environment import prepare_environment

prepare_environment()

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from core.families import FAMILIES  # noqa: E402
from core.features import DEFAULT_FEATURES, feature_frame  # noqa: E402
from core.prediction import Predictor  # noqa: E402
from core.requests import parse_request  # noqa: E402
from core.training.fitting import Fitter, one_native_thread, ready_to_predict  # noqa: E402
from data.sources import load_dataset  # noqa: E402

INTERVAL = {"coverage": 0.9, "half_width": 30}
N_ONE, N_MANY, N_SAMPLED, N_TEST = 60, 1_000, 20, 1_000
TRUE = ("energy", "tempo", "valence")
SYNTHETIC_ROWS = 3_000
COMPARED = ("gradient_boosting", "hist_gradient_boosting", "xgboost", "lightgbm", "catboost")
COMPARED_ROWS = 100


def main() -> int:
    arguments = _parse_arguments()
    dataset = load_dataset(arguments.table.absolute() if arguments.table else None, Path("var"))
    keys = (
        arguments.families.split(",") if arguments.families else [k for k, f in FAMILIES.items() if not f.combines_runs]
    )
    found = {}
    with one_native_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for key in keys:
            found[key] = {**_measure(key, dataset.tracks), **_recover(key)}
            print(key, json.dumps(found[key]), flush=True)
    learners = [key for key in keys if not FAMILIES[key].is_baseline]
    print(f"true top three found by {sum(found[key]['top_three'] for key in learners)} of {len(learners)}")
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=2))
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, nargs="?")
    parser.add_argument("--families", default="")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def _predictor(key: str, tracks: pd.DataFrame, y: np.ndarray, train: np.ndarray) -> tuple[Predictor, pd.DataFrame]:
    request = parse_request({"family": key, "features": DEFAULT_FEATURES})
    X = feature_frame(tracks, FAMILIES[key].columns(request.features))
    pipeline = ready_to_predict(Fitter(request, lambda _: None, 1).fit(X, y, train))
    predictor = Predictor(pipeline, request, INTERVAL, background=X.iloc[train[:50]])
    predictor.warm()
    return predictor, X


def _measure(key: str, tracks: pd.DataFrame) -> dict[str, Any]:
    rows = np.random.default_rng(0).permutation(len(tracks))
    train, test = np.sort(rows[N_TEST:]), rows[:N_TEST]
    predictor, X = _predictor(key, tracks, tracks["track_popularity"].to_numpy(float), train)
    asked = [{name: _plain(value) for name, value in X.iloc[at].items()} for at in test[: N_ONE + 1]]
    predictor.explain_one(asked[0])
    seconds = []
    for values in asked[1:]:
        started = time.process_time()
        predictor.explain_one(values)
        seconds.append(time.process_time() - started)
    is_fast = predictor.explainer.method in ("tree_paths", "linear", "constant")
    many = X.iloc[test[: N_MANY if is_fast else N_SAMPLED]]
    started = time.process_time()
    found = predictor.explain(many)
    return {
        "method": found.method,
        "one_ms": round(1e3 * float(np.median(seconds)), 2),
        "one_ms_p95": round(1e3 * float(np.quantile(seconds, 0.95)), 2),
        "many_rows": len(many),
        "many_seconds": round(time.process_time() - started, 2),
        "additivity": float(f"{found.additivity_error:.1e}"),
        "standard_error": None if found.standard_error is None else round(float(found.standard_error.mean()), 3),
        "from_shap": _from_shap(predictor, many) if key in COMPARED else None,
    }


def _plain(value: Any) -> Any:
    return None if value != value else value


def _from_shap(predictor: Predictor, X: pd.DataFrame) -> float:
    """Largest distance from shap's values, points; forests take it minutes, the contract tests compare small ones."""
    import shap

    model, prepare = predictor.pipeline["model"], predictor.pipeline["prepare"]
    rows = prepare.transform(X.iloc[:COMPARED_ROWS])
    reference = shap.TreeExplainer(getattr(model, "booster_", model), feature_perturbation="tree_path_dependent")
    ours = predictor.explain(X.iloc[:COMPARED_ROWS]).values
    return float(f"{np.abs(reference.shap_values(rows) - ours).max():.1e}")


def _recover(key: str) -> dict[str, Any]:
    """Whether the features of a known target come out on top."""
    rng = np.random.default_rng(7)
    tracks = pd.DataFrame({name: rng.random(SYNTHETIC_ROWS) for name in DEFAULT_FEATURES})
    tracks["genre"] = rng.choice(["pop", "rap"], SYNTHETIC_ROWS)
    a, b, c = (tracks[name].to_numpy() for name in TRUE)
    y = np.clip(20 + 25 * a + 15 * np.sin(6 * b) + 20 * (c > 0.5) + rng.normal(0, 8, SYNTHETIC_ROWS), 0, 100)
    predictor, X = _predictor(key, tracks, y, np.arange(SYNTHETIC_ROWS - 200))
    found = predictor.explain(X.iloc[-40:])
    size = np.abs(found.values).mean(axis=0)
    top = {found.features[at] for at in np.argsort(-size)[:3]}
    return {"top_three": top == set(TRUE)}


if __name__ == "__main__":
    sys.exit(main())
