"""What every model family's explanations must do; a new row of FAMILIES is held to it by being there."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from core.explanation import METHODS, features_of
from core.families import FAMILIES
from core.features import feature_frame
from core.prediction import Predictor
from core.requests import parse_request
from core.training import one_native_thread
from core.training.fitting import Fitter
from tests.fakes.tables import make_dataset

KEYS = [key for key, row in FAMILIES.items() if not row.combines_runs]
every_family = pytest.mark.parametrize("key", KEYS)
every_learner = pytest.mark.parametrize("key", [key for key in KEYS if not FAMILIES[key].is_baseline])
INTERVAL = {"coverage": 0.9, "half_width": 30}
FEATURES = ["energy", "tempo", "key", "genre", "title_words", "artist_mean"]
QUICK = {"neural_network": {"epochs": 5}, "catboost": {"iterations": 20}, "hist_gradient_boosting": {"max_iter": 20}}


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    with one_native_thread():
        yield


@pytest.fixture(scope="module")
def tracks():
    return make_dataset(300).tracks


def params_of(key):
    """Few trees."""
    quick = {"n_estimators": 20} if "n_estimators" in FAMILIES[key].allowed else {}
    return quick | QUICK.get(key, {})


@pytest.fixture(scope="module")
def explained(tracks):
    """Predictors of each family, each made once."""
    made = {}

    def get(key):
        if key not in made:
            request = parse_request({"family": key, "features": FEATURES, "params": params_of(key)})
            X = feature_frame(tracks, FAMILIES[key].columns(request.features))
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="n_quantiles")
                run = Fitter(request, lambda _: None, 1)
                pipeline = run.fit(X, tracks["track_popularity"].to_numpy(float), np.arange(250))
            made[key] = Predictor(pipeline, request, INTERVAL, background=X.iloc[:20])
        return made[key]

    return get


@every_family
def test_contributions_add_up_to_what_the_model_says(key, tracks, explained):
    predictor = explained(key)
    found = predictor.explain(tracks.iloc[250:262])
    assert found.features == features_of(predictor.request)
    assert found.values.shape == (12, len(found.features))
    assert np.isfinite(found.values).all()
    spread = max(np.ptp(found.predicted), 1.0)
    assert np.abs(found.base + found.values.sum(axis=1) - found.predicted).max() <= 0.01 * spread
    assert found.additivity_error <= 0.01 * spread
    clipped = predictor.predict(tracks.iloc[250:262])["predicted"]
    assert np.allclose(np.clip(found.predicted, 0, 100), clipped, atol=1e-4)


@every_family
def test_one_track_is_explained_as_in_a_table(key, tracks, explained):
    predictor = explained(key)
    columns = list(predictor.columns)
    X = feature_frame(tracks, columns).iloc[250:253]
    row = {name: None if value != value else value for name, value in X.iloc[1].items()}
    alone, beside = predictor.explain_one(row), predictor.explain(X)
    assert np.allclose(alone.values[0], beside.values[1], atol=1e-6)
    assert alone.base == pytest.approx(beside.base)


@every_family
def test_the_method_is_named_and_says_whether_it_is_exact(key, tracks, explained):
    found = explained(key).explain(tracks.iloc[250:252])
    assert found.method in METHODS
    assert found.is_exact == (METHODS[found.method].exact and found.standard_error is None)
    assert found.is_exact or found.standard_error.shape == found.values.shape


@every_family
def test_a_run_without_reference_tracks_is_explained_against_a_typical_one(key, tracks, explained):
    predictor = explained(key)
    bare = Predictor(predictor.pipeline, predictor.request, INTERVAL)
    found = bare.explain(tracks.iloc[250:255])
    assert found.additivity_error <= 0.01 * max(np.ptp(found.predicted), 1.0)


def test_what_made_popularity_comes_out_on_top_for_nearly_all_families():
    """Three of six features make the target; families of trees get few trees, and the network few rounds."""
    rng = np.random.default_rng(3)
    names, true = ["energy", "tempo", "valence", "loudness", "liveness", "danceability"], {0, 1, 2}
    tracks = make_dataset(600).tracks.assign(**{name: rng.random(600) for name in names})
    a, b, c = (tracks[name].to_numpy() for name in names[:3])
    y = 20 + 30 * a + 12 * np.sin(6 * b) + 20 * (c > 0.5) + rng.normal(0, 4, 600)
    found = {}
    for key in KEYS:
        if FAMILIES[key].is_baseline:
            continue
        params = params_of(key) | ({"learning_rate": 0.2} if "iterations" in params_of(key) else {})
        params |= {"epochs": 40, "batch_size": 32} if key == "neural_network" else {}
        request = parse_request({"family": key, "features": names, "params": params})
        X = feature_frame(tracks, names)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="n_quantiles")
            pipeline = Fitter(request, lambda _: None, 1).fit(X, y, np.arange(550))
        size = np.abs(Predictor(pipeline, request, INTERVAL, background=X.iloc[:20]).explain(X.iloc[550:580]).values)
        found[key] = set(np.argsort(-size.mean(axis=0))[:3].tolist()) == true
    assert len(found) >= 13
    assert sum(found.values()) >= len(found) - 2, found
