"""What every model family must do; a new row is held to it by being in FAMILIES."""

from __future__ import annotations

import json
import logging
import os
import random
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
from core.progress import Curve, report_nothing
from core.requests import parse_request
from core.runs.making import versions
from core.search_space import Choice
from core.training import one_native_thread, train
from core.training.fitting import FINAL_MODEL, Fitter
from core.validation import make_split
from tests.fakes.tables import make_dataset

SETS = {"audio": DEFAULT_FEATURES, "all": tuple(name for name in FEATURES if FEATURES[name].knowable)}
ROWS = np.random.default_rng(0).normal(size=(300, 4))
every_family = pytest.mark.parametrize("key", [key for key, row in FAMILIES.items() if not row.combines_runs])
LEARNING = [key for key, row in FAMILIES.items() if not (row.is_baseline or row.combines_runs)]
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


class Listener:
    """A Report that keeps what it hears, and wants to stop when it has been asked so many times."""

    def __init__(self, stop_when_asked=None):
        self.heard, self.asked, self.stop_when_asked = [], 0, stop_when_asked

    def __call__(self, news):
        self.heard.append(news)

    def is_asked_to_stop(self):
        self.asked += 1
        return self.stop_when_asked is not None and self.asked > self.stop_when_asked

    @property
    def curves(self):
        return [news for news in self.heard if isinstance(news, Curve)]


def _fit(key, dataset, listener, *, watch=True, name="fold 1"):
    """Fit on two thirds of the tracks, perhaps watched on the rest; give the predictions for these."""
    small_leaves = {"min_child_samples": 5} if key == "lightgbm" else {}
    request = parse_request({"family": key, "protocol": "track", "params": _few_trees(key, 30) | small_leaves})
    split = make_split(dataset, "track", 0.33, 0, 1)
    X, y = feature_frame(split.table, DEFAULT_FEATURES), split.table["track_popularity"].to_numpy()
    run = Fitter(request, listener, 1, split=split)
    pipeline = run.fit(X, y, split.train, name=name, watch=split.test if watch else None)
    return pipeline.predict(X.iloc[split.test]), y[split.test]


@pytest.mark.parametrize("key", LEARNING)
def test_a_family_learns_in_steps_exactly_where_it_says_so(key, dataset):
    listener = Listener()
    predicted, actual = _fit(key, dataset, listener)
    unit = FAMILIES[key].learns_in_steps
    assert bool(listener.curves) is bool(unit)
    if unit:
        last = listener.curves[-1]
        assert (last.fit, last.unit, last.metric) == ("fold 1", unit, "rmse")
        assert len(last.valid) == len(last.steps) <= 200
        assert list(last.steps) == sorted(set(last.steps))
        assert last.steps[-1] == 30 or unit == "epoch"
        kept = last.steps.index(last.best) if last.best else -1
        assert last.valid[kept] == pytest.approx(np.sqrt(np.mean((predicted - actual) ** 2)), rel=1e-4)


@pytest.mark.parametrize("key", LEARNING)
def test_being_watched_changes_no_model(key, dataset):
    watched, _ = _fit(key, dataset, Listener())
    alone, _ = _fit(key, dataset, Listener(), watch=False)
    assert np.array_equal(watched, alone)


@pytest.mark.parametrize("key", [key for key in LEARNING if FAMILIES[key].stops_when_asked])
def test_a_fit_ends_early_when_asked_and_keeps_what_there_is(key, dataset):
    listener = Listener(stop_when_asked=4)  # once before it begins, then after each step
    stopped, _ = _fit(key, dataset, listener, name=FINAL_MODEL)
    whole, _ = _fit(key, dataset, Listener())
    assert np.isfinite(stopped).all()
    assert not np.array_equal(stopped, whole)
    assert listener.asked <= 6
    of_a_fold, _ = _fit(key, dataset, Listener(stop_when_asked=4))
    assert np.array_equal(of_a_fold, whole)  # a fold stands for the whole model


@pytest.mark.parametrize("key", [key for key in LEARNING if FAMILIES[key].stops_when_asked])
def test_what_was_asked_before_a_fit_does_not_end_it(key, dataset):
    asked_before, _ = _fit(key, dataset, Listener(stop_when_asked=0), name=FINAL_MODEL)
    whole, _ = _fit(key, dataset, Listener())
    assert np.array_equal(asked_before, whole)


@pytest.mark.parametrize("key", LEARNING)
def test_a_fit_leaves_the_process_as_it_was(key, dataset, tmp_path, monkeypatch):
    _fit(key, dataset, Listener())  # a first import may add warning filters of its library's own
    monkeypatch.chdir(tmp_path)
    before = _state_of_the_process()
    _fit(key, dataset, Listener())
    assert _state_of_the_process() == before
    assert list(tmp_path.iterdir()) == []


def _state_of_the_process():
    return (
        dict(os.environ),
        random.getstate(),
        [part.tolist() if isinstance(part, np.ndarray) else part for part in np.random.get_state()],
        np.geterr(),
        list(warnings.filters),
        logging.getLogger().level,
    )


@pytest.mark.parametrize("key", [key for key, family in FAMILIES.items() if family.quantiles])
def test_a_quantile_has_its_share_of_the_tracks_below_it(key, dataset):
    family = FAMILIES[key]
    X, y = feature_frame(dataset.tracks, DEFAULT_FEATURES), dataset.tracks["track_popularity"]
    few = _few_trees(key, 30) | ({"learning_rate": 0.01, "batch_size": 16} if key == "neural_network" else {})
    if key != "neural_network":
        few["learning_rate"] = 0.2
    shares = {}
    for quantile in (0.1, 0.5, 0.9):
        pipeline = family.build(few, "recommended", DEFAULT_FEATURES, seed=3, quantile=quantile)
        shares[quantile] = float(np.mean(y <= pipeline.fit(X, y).predict(X)))
    assert shares == pytest.approx({0.1: 0.1, 0.5: 0.5, 0.9: 0.9}, abs=0.12)


@pytest.mark.parametrize("key", [key for key in LEARNING if not FAMILIES[key].quantiles])
def test_a_family_without_quantiles_refuses_them(key):
    with pytest.raises(InvalidRequest, match="quantile"):
        FAMILIES[key].build({}, "recommended", DEFAULT_FEATURES, quantile=0.1)


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
