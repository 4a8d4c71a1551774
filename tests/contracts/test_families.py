"""What every model family must do; a new row is held to it by being in FAMILIES."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest

from core.errors import InvalidRequest
from core.estimators.stepwise import StepwiseRegressor
from core.families import FAMILIES
from core.features import DEFAULT_FEATURES, FEATURES, feature_frame
from core.persistence import dump_pipeline, load_pipeline
from core.prediction import Predictor
from core.progress import report_nothing
from core.requests import parse_request
from core.runs.making import versions
from core.search_space import Choice
from core.training import one_native_thread, train
from tests.fakes.tables import make_dataset

SETS = {"audio": DEFAULT_FEATURES, "all": tuple(name for name in FEATURES if FEATURES[name].knowable)}
ROWS = np.random.default_rng(0).normal(size=(300, 4))
every_family = pytest.mark.parametrize("key", [key for key, row in FAMILIES.items() if not row.combines_runs])
every_default = pytest.mark.parametrize("defaults", ["recommended", "library"])
every_set = pytest.mark.parametrize("features", SETS.values(), ids=SETS)


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """OpenMP threads that share cores with other work wait for one another: seconds instead of milliseconds."""
    with one_native_thread():
        yield


@pytest.fixture(scope="module")
def dataset():
    return make_dataset(300)


@pytest.fixture(scope="module")
def fitted(dataset):
    """Fitted pipelines and their inputs, each made once."""
    made = {}

    def get(key, defaults, features):
        if (key, defaults, features) not in made:
            family = FAMILIES[key]
            X = feature_frame(dataset.tracks, family.columns(features))
            pipeline = family.build(_few_trees(key, 20), defaults, features, seed=3)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="n_quantiles")
                pipeline.fit(X, dataset.tracks["track_popularity"])
            made[key, defaults, features] = pipeline, X
        return made[key, defaults, features]

    return get


def _few_trees(key, n):
    """Parameters that make a family of trees quick."""
    names = ("n_estimators", "max_iter", "iterations", "epochs")
    return {name: n for name in names if name in FAMILIES[key].allowed and key != "lasso"}


@every_family
def test_it_is_described_for_people(key):
    family = FAMILIES[key]
    assert family.key == key
    assert family.label
    assert family.summary.endswith(".")
    assert all(param.label and param.help.endswith(".") for param in family.params)


@every_family
def test_recommended_values_and_search_ranges_are_within_the_bounds(key):
    family = FAMILIES[key]
    assert family.check_params(family.recommended) == dict(family.recommended)
    for param in family.space:
        values = param.search if isinstance(param, Choice) else (param.search[0], param.search[1])
        assert all(param.check(value) == value for value in values)


@every_family
@every_default
def test_every_parameter_it_allows_is_taken_by_its_estimator(key, defaults):
    family = FAMILIES[key]
    if key == "neural_network" and defaults == "library":
        return  # the same estimator, and each of its fits compiles for a second
    for param in family.params:
        numbers = () if isinstance(param, Choice) else (param.low, param.high)
        for value in (*numbers, *getattr(param, "also", ()), *getattr(param, "values", ())):
            estimator = family.build(_few_trees(key, 2) | {param.name: value}, defaults, DEFAULT_FEATURES)["model"]
            if not isinstance(estimator, StepwiseRegressor):
                estimator._validate_params()
            elif not (param.name in _few_trees(key, 2) and value > 100):  # takes a while, and is a number of loops
                estimator.fit(ROWS, ROWS[:, 0])


@every_family
@pytest.mark.parametrize("name", ["n_jobs", "random_state", "verbose", "nonsense"])
def test_other_parameters_are_refused(key, name):
    with pytest.raises(InvalidRequest, match=name):
        FAMILIES[key].check_params({name: 1})


@every_family
def test_library_defaults_are_those_of_the_library(key):
    estimator = FAMILIES[key].build({}, "library", DEFAULT_FEATURES, seed=3)["model"]
    if isinstance(estimator, StepwiseRegressor):
        assert estimator.params == {}
        return
    untouched = type(estimator)().get_params(deep=False)
    ours = {"random_state", "n_jobs", "estimator", "cache_size", "solver", "tol"}
    ours |= {"max_iter"} if key == "svr" else set()  # a bound that the defaults do not reach
    differing = {name for name, value in estimator.get_params(deep=False).items() if value != untouched[name]}
    assert differing <= ours


@every_family
@every_default
@every_set
def test_a_stored_model_predicts_the_same_to_the_bit(key, defaults, features, fitted, tmp_path):
    pipeline, X = fitted(key, defaults, features)
    dump_pipeline(pipeline, tmp_path / "model.skops")
    again = load_pipeline(tmp_path / "model.skops")
    assert np.array_equal(again.predict(X), pipeline.predict(X))


@every_family
@every_default
@every_set
def test_gaps_and_unknown_names_get_a_finite_prediction(key, defaults, features, fitted):
    pipeline, X = fitted(key, defaults, features)
    unknown = X.head(3).copy()
    unknown.loc[0] = np.nan
    for name in set(X) & {"genre", "subgenre"}:
        unknown.loc[1, name] = "never heard"
    assert np.isfinite(pipeline.predict(unknown)).all()


@every_family
def test_a_run_beats_or_equals_the_mean_and_repeats_exactly(key, dataset):
    small = _few_trees(key, 30)
    if key == "neural_network":
        small |= {"learning_rate": 0.01, "batch_size": 16}
    elif "learning_rate" in FAMILIES[key].allowed and key != "adaboost":
        small["learning_rate"] = 0.2
    request = parse_request({"family": key, "cv_folds": 2, "protocol": "track", "params": small})
    first, second = (train(request, dataset, report_nothing) for _ in range(2))
    assert json.dumps(first.metrics) == json.dumps(second.metrics)
    assert first.metrics["test"]["r2"] >= first.metrics["baselines"]["mean"]["test"]["r2"] - 0.1
    if not FAMILIES[key].is_baseline:
        assert first.metrics["test"]["r2"] > 0.1


@every_family
@every_set
def test_one_prediction_is_there_before_anybody_notices(key, features, dataset, fitted):
    family = FAMILIES[key]
    X = feature_frame(dataset.tracks, family.columns(features))
    pipeline = family.build({}, "recommended", features).fit(X, dataset.tracks["track_popularity"])
    request = parse_request({"family": key, "features": list(features)})
    predictor = Predictor(pipeline, request, {"coverage": 0.9, "half_width": 30})
    values = X.dropna().iloc[0].to_dict()
    seconds = []
    for _ in range(10):
        started = time.process_time()  # 1 to 25 ms on one core; slower machines have room
        predictor.predict_one(values)
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.1


@pytest.mark.parametrize("key", [key for key, family in FAMILIES.items() if family.requires])
def test_a_run_lists_the_versions_of_what_its_family_takes(key):
    found = versions(parse_request({"family": key}))
    assert all(found[package][0].isdigit() for package in FAMILIES[key].requires)
    assert not set(versions(parse_request({"family": "ridge"}))) & set(FAMILIES[key].requires)


@every_family
def test_a_row_cap_comes_with_a_reason_to_have_one(key):
    cap = FAMILIES[key].row_cap
    assert cap is None or cap >= 1000


def test_the_rows_are_known_without_scikit_learn():
    script = (
        "import sys, core.requests, core.features, core.validation, core.metrics, core.intervals, core.prediction, "
        "core.persistence, core.training; print([m for m in sys.modules if m in ('sklearn', 'scipy', 'skops')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
