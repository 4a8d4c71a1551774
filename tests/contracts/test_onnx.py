"""Each family has an ONNX file that predicts the same, or none, with the reason."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import onnx_export
from core.errors import Refused
from core.families import FAMILIES
from core.features import DEFAULT_FEATURES, feature_frame
from core.onnx_export import TOLERANCE, predict_onnx, to_onnx
from core.prediction import Predictor
from core.requests import parse_request
from tests.fakes.tables import make_dataset

CONVERTED = ("genre_mean", "random_forest", "extra_trees", "gradient_boosting", "adaboost", "knn", "svr")
"""What skl2onnx can write today; another version may do more, which this list is then told."""

REFUSED = tuple(key for key, row in FAMILIES.items() if key not in CONVERTED and not row.combines_runs)
REFUSED = tuple(key for key in REFUSED if key != "neural_network")  # refused too, but TensorFlow takes seconds to load
FEATURES = (*DEFAULT_FEATURES, "key", "mode", "genre")
TRACKS = make_dataset(400).tracks
QUICK = ("n_estimators", "max_iter", "iterations", "epochs")

needs_packages = pytest.mark.skipif(bool(onnx_export.missing_packages()), reason="skl2onnx or onnxruntime is missing")


def fitted(key: str, features: Sequence[str] = FEATURES) -> tuple[Any, pd.DataFrame, dict[str, Any]]:
    family = FAMILIES[key]
    X = feature_frame(TRACKS, family.columns(features))
    params = {name: 10 for name in QUICK if name in family.allowed and key != "lasso"}
    pipeline = family.build(params, "recommended", features, seed=3)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="n_quantiles")
        pipeline.fit(X, TRACKS["track_popularity"])
    rows = X.iloc[:20]
    inputs = {name: [None if pd.isna(value) else value for value in rows[name].tolist()] for name in X}
    predicted = np.clip(pipeline.predict(rows), 0, 100).tolist()
    return pipeline, X, {"inputs": inputs, "predicted": predicted}


@needs_packages
@pytest.mark.parametrize("key", CONVERTED)
def test_the_file_predicts_what_the_model_does_on_rows_it_was_not_compared_on(key: str) -> None:
    pipeline, X, golden = fitted(key)
    made = to_onnx(pipeline, list(X), golden)
    assert made.difference <= TOLERANCE
    assert (made.n_rows, made.n_drawn) == (20, 5_000)
    assert np.abs(predict_onnx(made.content, X) - np.clip(pipeline.predict(X), 0, 100)).max() <= TOLERANCE


@needs_packages
@pytest.mark.parametrize("key", REFUSED)
def test_a_family_that_cannot_be_converted_says_so(key: str) -> None:
    pipeline, X, golden = fitted(key)
    with pytest.raises(Refused, match=r"cannot be written as ONNX: .* skl2onnx [\d.]+, does not know all of its steps"):
        to_onnx(pipeline, list(X), golden)


@needs_packages
def test_what_a_converter_raised_is_no_news_for_who_asked(caplog: pytest.LogCaptureFixture) -> None:
    pipeline, X, golden = fitted("ridge")
    with caplog.at_level("INFO", logger="core"), pytest.raises(Refused):
        to_onnx(pipeline, list(X), golden)
    assert not caplog.records


@needs_packages
def test_a_file_that_would_predict_something_else_is_refused_with_the_difference() -> None:
    pipeline, X, golden = fitted("knn")
    golden["predicted"][3] += 0.002
    with pytest.raises(Refused, match=r"up to 0\.002 points apart on 1 of 5,020 rows, and at most 0\.001 would do"):
        to_onnx(pipeline, list(X), golden)


@needs_packages
def test_a_file_that_strays_for_few_tracks_only_is_refused_too() -> None:
    pipeline, X, golden = fitted("knn")
    twice = X.iloc[[*range(300), *range(100, 300)]]  # tracks that are equally far from every other one
    pipeline.fit(twice, np.arange(len(twice)) % 101)
    golden["predicted"] = pipeline.predict(X.iloc[:20]).tolist()
    with pytest.raises(Refused, match=r"on [1-9][\d,]* of 5,020 rows"):
        to_onnx(pipeline, list(X), golden)


NO_MEASUREMENTS = (
    {"tempo": 0.0, "danceability": 0.0, "speechiness": 0.0, "valence": 0.0},
    {"tempo": np.nan, "valence": 0.0},
    {"tempo": 120.0, "danceability": 0.0},
    {"tempo": 900.0, "speechiness": 0.0},
    {"loudness": 20.0, "key": -1.0, "energy": 1.5, "duration_ms": -5.0},
)


@needs_packages
@pytest.mark.parametrize("left_out", ["", "tempo"])
def test_values_that_are_no_measurements_count_as_missing_in_the_file_as_in_the_dashboard(left_out: str) -> None:
    features = [name for name in FEATURES if name != left_out]
    pipeline, X, golden = fitted("knn", features)
    predictor = Predictor(
        pipeline, parse_request({"family": "knn", "features": features}), {"coverage": 0.9, "half_width": 10}
    )
    given = X.iloc[[7] * len(NO_MEASUREMENTS)].reset_index(drop=True)
    for row, values in enumerate(NO_MEASUREMENTS):
        for name in set(values) & set(X):
            given.loc[row, name] = values[name]
    made = to_onnx(pipeline, list(X), golden)
    expected = predictor.predict(given)["predicted"].to_numpy()
    assert np.abs(predict_onnx(made.content, given) - expected).max() <= TOLERANCE
    untreated = np.clip(pipeline.predict(given), 0, 100)
    assert (np.abs(untreated - expected) > 0.01).sum() == (4 if not left_out else 1)
    assert ("NaN for a 0 of danceability or speechiness or valence" in made.advice) == bool(left_out)


@needs_packages
def test_the_file_says_what_it_takes() -> None:
    import onnx

    pipeline, X, golden = fitted("random_forest")
    said = onnx.load_from_string(to_onnx(pipeline, list(X), golden).content).doc_string
    assert "a number outside its range is taken for missing, and so is a 0 of danceability" in said


@needs_packages
def test_predictions_stay_within_the_range_of_popularity() -> None:
    pipeline, X, golden = fitted("svr")
    pipeline["model"].intercept_ = pipeline["model"].intercept_ + 1000  # what the converter reads
    pipeline["model"]._intercept_ = pipeline["model"]._intercept_ + 1000  # what predicts
    golden["predicted"] = [100.0] * 20
    assert predict_onnx(to_onnx(pipeline, list(X), golden).content, X).max() == 100


def test_without_the_packages_the_command_that_adds_them_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_export, "is_installed", lambda name: name != "skl2onnx")
    assert onnx_export.how_to_add() == "pip install skl2onnx"
    with pytest.raises(Refused, match=r"need skl2onnx, which is not installed\. Add it: pip install skl2onnx"):
        to_onnx(None, [], {})
