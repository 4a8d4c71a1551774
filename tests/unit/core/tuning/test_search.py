"""A search on a table: with the folds of the protocol, and no row scored that was learned from."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from core.families import FAMILIES
from core.features import feature_frame
from core.progress import Candidate, report_nothing
from core.requests import parse_request, searched_params
from core.training import FOLDS_OF_SEARCH, _inputs, one_native_thread, predict_popularity, train
from core.training.fitting import Fitter
from core.tuning import search
from core.tuning.bench import Bench, Measured, Trial
from core.tuning.candidates import distributions, sample_candidates
from core.validation import make_split
from data.schema import TARGET
from tests.fakes.tables import make_dataset

TUNED = [key for key, family in FAMILIES.items() if family.space and not family.missing]


@pytest.fixture(scope="module")
def dataset():
    return make_dataset(500)


def asked(family="ridge", **tuning):
    settings = {"method": "random", "iterations": 3, "folds": 3} | tuning
    small = {"n_estimators": 5} if "n_estimators" in FAMILIES[family].allowed else {}
    return parse_request(
        {"family": family, "features": ["energy", "tempo", "genre"], "cv_folds": 3, "params": small, "tuning": settings}
    )


def parts(request, dataset):
    split = make_split(dataset, request.protocol, request.test_share, request.tuning.folds, request.seed)
    X = feature_frame(split.table, FAMILIES[request.family].columns(request.features))
    return X, split.table[TARGET].to_numpy(dtype=float), split


@pytest.mark.parametrize("family", ["ridge", "random_forest", "gradient_boosting"])
def test_candidates_and_scores_are_those_of_scikit_learns_random_search(family, dataset):
    from sklearn.model_selection import RandomizedSearchCV

    request = asked(family)
    X, y, split = parts(request, dataset)
    found = search(request, X, y, split, report_nothing)
    pipeline = FAMILIES[family].build(request.params, "recommended", request.features, request.seed, 1)
    space = distributions(searched_params(request))
    with one_native_thread():
        theirs = RandomizedSearchCV(
            pipeline,
            {f"model__{name}": values for name, values in space.items()},
            n_iter=3,
            scoring="neg_root_mean_squared_error",
            cv=list(split.folds),
            random_state=request.seed,
            refit=False,
        ).fit(X, y)
    params = [{f"model__{name}": value for name, value in each.params.items()} for each in found.candidates[1:]]
    assert params == theirs.cv_results_["params"]
    assert [each.score for each in found.candidates[1:]] == pytest.approx(-theirs.cv_results_["mean_test_score"])


@pytest.mark.parametrize("key", [key for key in TUNED if not FAMILIES[key].early_stopping])
def test_what_a_family_does_to_the_features_does_not_depend_on_its_hyperparameters(key):
    family = FAMILIES[key]
    candidates = [{}, *sample_candidates(family.space, 2, seed=0)]
    prepared = {repr(family.build(each, "recommended", ("tempo", "genre"), 1)["prepare"]) for each in candidates}
    assert len(prepared) == 1, "Bench fits it once a fold and shares it"


def test_a_candidate_scores_as_a_cross_validation_on_folds_that_the_run_s_own_score_does_not_use(dataset):
    request = asked("hist_gradient_boosting", scoring="mae")
    result = train(request, dataset, report_nothing)
    best = result.metrics["search"]
    split = make_split(
        dataset, request.protocol, request.test_share, request.tuning.folds, request.seed, FOLDS_OF_SEARCH
    )
    run = Fitter(request.model_copy(update={"params": best["best_params"]}), report_nothing, 1, split=split)
    X, y = _inputs(request, split)
    scores = [
        np.abs(y[valid] - predict_popularity(run.fit(X, y, rows), X.iloc[valid])).mean() for rows, valid in split.folds
    ]
    assert best["best_score"] == pytest.approx(np.mean(scores), abs=1e-9)
    own = make_split(dataset, request.protocol, request.test_share, request.tuning.folds, request.seed)
    assert set(own.test) == set(split.test)
    assert [set(valid) for _, valid in own.folds] != [set(valid) for _, valid in split.folds]


def test_nothing_outside_the_training_rows_of_a_fold_is_learned_from(dataset):
    request = asked("knn", method="halving")
    X, y, split = parts(request, dataset)
    for share in (0.4, 1.0):
        trial = Trial(1, {"n_neighbors": 20}, 0, share)
        expected = Bench(request, X, y, split).measure(trial)
        train_rows, valid = split.folds[0]
        learned, scored = Bench(request, X, y, split)._rows(trial)
        assert not set(learned) & set(scored)
        assert set(learned) <= set(train_rows)
        assert set(scored) <= set(valid)
        assert not set(split.group[learned]) & set(split.group[scored])
        others = np.setdiff1d(np.arange(len(y)), np.concatenate([learned, scored]))
        changed, y_changed = X.copy(), y.copy()
        changed.iloc[others, :2], y_changed[others] = 1e6, 0.0
        again = Bench(request, changed, y_changed, split).measure(trial)
        assert (again.score, again.rows) == (expected.score, len(learned))


@pytest.mark.parametrize(
    ("family", "is_loaded", "is_here"),
    [("neural_network", True, True), ("neural_network", False, False), ("knn", True, False)],
)
def test_a_process_that_has_used_tensorflow_is_not_forked_to_use_it_again(
    family, is_loaded, is_here, dataset, monkeypatch
):
    here = []
    monkeypatch.setattr(Bench, "measure", lambda self, trial: here.append(trial) or Measured(20.0, 0.1, 10))
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    if is_loaded:
        monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    request = asked(family, n_jobs=2)
    found = search(request, *parts(request, dataset), report_nothing, n_jobs=2)
    assert (bool(here), found.n_jobs) == (is_here, 1 if is_here else 2)
    assert found.best_score == 20.0


@pytest.mark.parametrize(("n_jobs", "kept"), [(1, 3), (2, 1)])
def test_processes_share_the_memory_for_prepared_features(n_jobs, kept, dataset, monkeypatch):
    request = asked("knn")
    X, y, split = parts(request, dataset)
    first = Bench(request, X, y, split)
    first.measure(Trial(1, {}, 0))
    learned, unseen, _, _ = first._prepared[0]
    monkeypatch.setattr("core.tuning.bench.MOST_PREPARED_BYTES", 3.1 * (learned.nbytes + unseen.nbytes))
    bench = Bench(request, X, y, split, n_jobs)
    for fold in range(3):
        bench.measure(Trial(1, {}, fold))
    assert len(bench._prepared) == kept


@pytest.mark.parametrize("method", ["random", "halving", "tpe"])
def test_the_same_request_gives_the_same_search_and_result(method, dataset):
    request = asked("knn", method=method, iterations=5)
    first, second = (train(request, dataset, report_nothing, n_jobs=jobs) for jobs in (1, 2))
    one, two = (dict(result.metrics["search"]) for result in (first, second))
    assert one.pop("seconds") > 0
    two.pop("seconds")
    assert one == two
    assert first.metrics["test"] == second.metrics["test"]
    assert first.predictions.equals(second.predictions)


def test_the_run_is_made_with_the_best_and_says_what_the_search_is_worth(dataset):
    request = asked("knn", n_jobs=8, iterations=6)
    heard = []
    result = train(request, dataset, heard.append, n_jobs=2)
    found = result.metrics["search"]
    assert result.pipeline["model"].n_neighbors == found["best_params"]["n_neighbors"]
    assert found["best_score"] <= found["default_score"]
    finished = [each.score for each in heard if isinstance(each, Candidate) and each.state == "finished"]
    assert found["best_score"] == min(finished)
    assert result.timings["search_seconds"] > 0
    said = " ".join(result.notices)
    assert "The score on the held-out test is not affected" in said
    assert "8 candidates at the same time were asked for; a run here has 2 cores, so 2 at a time were tried." in said


def test_the_budget_ends_a_search_and_the_run_goes_on(dataset):
    request = asked("knn", iterations=200)
    short = request.model_copy(update={"tuning": request.tuning.model_copy(update={"seconds": 1.0})})
    result = train(short, dataset, report_nothing)
    found = result.metrics["search"]
    assert (found["stopped"], found["planned"]) == ("time", 201)
    assert found["tried"] < 201
    assert any(f"over at {found['tried']} of 201 candidates" in notice for notice in result.notices)
    assert result.metrics["cv"] is not None


def test_with_no_time_at_all_the_settings_of_a_run_without_a_search_are_used(dataset):
    request = asked("knn")
    none = request.model_copy(update={"tuning": request.tuning.model_copy(update={"seconds": 0.0})})
    result = train(none, dataset, report_nothing)
    assert result.metrics["search"]["best_params"] == {}
    assert result.pipeline["model"].n_neighbors == 120
    assert any("No candidate could be scored" in notice for notice in result.notices)


def test_the_wish_to_stop_ends_the_search_and_leaves_the_final_model_whole(dataset):
    class Watch:
        def __init__(self):
            self.candidates = 0

        def __call__(self, news):
            self.candidates += isinstance(news, Candidate) and news.state == "finished"

        def is_asked_to_stop(self):
            return self.candidates >= 2

    result = train(asked("hist_gradient_boosting", iterations=100), dataset, Watch())
    found = result.metrics["search"]
    assert found["stopped"] == "person"
    assert f"Stopped at {found['tried']} of 101 candidates; the best so far was kept." in result.notices
    assert result.pipeline["model"].n_iter_ == found["best_params"].get("max_iter", 250)
