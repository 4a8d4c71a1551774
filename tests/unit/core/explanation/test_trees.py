"""Contributions along the paths of trees, held against shap's own and against each other."""

from __future__ import annotations

import numpy as np
import pytest

from core.explanation import compiler
from core.explanation.trees import TreePaths
from core.explanation.trees.walking import quadrature_for
from core.families import FAMILIES
from core.training import one_native_thread

ROWS = np.random.default_rng(1).normal(size=(500, 6))
ROWS[:, 5] = ROWS[:, 5] > 0.5
POINTS = 40 + 10 * ROWS[:, 0] * ROWS[:, 1] + 5 * np.sin(3 * ROWS[:, 2]) + 8 * ROWS[:, 5]
QUICK = {
    "random_forest": {"n_estimators": 15, "min_samples_leaf": 2},
    "extra_trees": {"n_estimators": 15, "min_samples_leaf": 2},
    "gradient_boosting": {"n_estimators": 20},
    "hist_gradient_boosting": {"max_iter": 20, "min_samples_leaf": 5},
    "xgboost": {"n_estimators": 20, "min_child_weight": 1.0},
    "lightgbm": {"n_estimators": 20, "min_child_samples": 5},
    "catboost": {"iterations": 20, "depth": 5},
}
every_ensemble = pytest.mark.parametrize("key", QUICK)


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    with one_native_thread():
        yield


@pytest.fixture(scope="module")
def fitted():
    made = {}

    def get(key):
        if key not in made:
            model = FAMILIES[key].make(FAMILIES[key].resolve(QUICK[key]), 0, 1)
            made[key] = model.fit(ROWS, POINTS)
        return made[key]

    return get


def explain(model, rows):
    return TreePaths(model, np.arange(6), 6).contributions(rows)


@every_ensemble
def test_contributions_are_those_of_shap(key, fitted):
    import shap

    model, rows = fitted(key), ROWS[:40] + 0.01
    native = getattr(model, "booster_", model)
    reference = shap.TreeExplainer(native, feature_perturbation="tree_path_dependent")
    expected = reference.shap_values(rows)
    found = explain(model, rows)
    tolerance = 1e-4 if key == "xgboost" else 1e-6  # XGBoost's own contributions are in single precision
    assert np.abs(found.values - expected).max() < tolerance
    assert found.base == pytest.approx(float(np.ravel(reference.expected_value)[0]), abs=tolerance)


@every_ensemble
def test_they_add_up_to_what_the_library_itself_predicts(key, fitted):
    found = explain(fitted(key), ROWS)
    tolerance = 1e-4 if key == "xgboost" else 1e-9
    assert np.abs(found.base + found.values.sum(axis=1) - fitted(key).predict(ROWS)).max() < tolerance


@every_ensemble
def test_one_row_many_rows_and_the_route_without_a_compiler_agree(key, fitted, monkeypatch):
    rows = ROWS[:70]
    many = explain(fitted(key), rows).values  # of which the first ones need no compiler
    strategy = TreePaths(fitted(key), np.arange(6), 6)
    one = np.concatenate([strategy.contributions(rows[i : i + 1]).values for i in range(5)])
    monkeypatch.setattr(compiler, "is_installed", lambda name: name != "numba")
    assert np.allclose(one, many[:5], atol=1e-10)
    assert np.allclose(strategy.contributions(rows[:5]).values, many[:5], atol=1e-10)


def test_columns_of_one_feature_are_summed_up(fitted):
    apart = explain(fitted("random_forest"), ROWS[:5]).values
    together = TreePaths(fitted("random_forest"), np.array([0, 1, 1, 2, 2, 2]), 4).contributions(ROWS[:5]).values
    assert np.allclose(together[:, 1], apart[:, 1] + apart[:, 2])
    assert np.allclose(together[:, 2], apart[:, 3:].sum(axis=1))
    assert (together[:, 3] == 0).all()


def test_a_tree_that_never_asks_contributes_nothing():
    model = FAMILIES["lightgbm"].make({"n_estimators": 3, "min_child_samples": 400}, 0, 1).fit(ROWS, POINTS)
    found = explain(model, ROWS[:3])
    assert (found.values == 0).all()
    assert found.base == pytest.approx(POINTS.mean())


def test_a_value_at_the_threshold_goes_where_the_library_sends_it(fitted):
    for key in QUICK:
        strategy = TreePaths(fitted(key), np.arange(6), 6)
        strategy.prepare()
        trees = strategy._trees
        size = np.abs(trees.threshold)  # LightGBM says 1e-35 for "next to zero"
        inner = np.flatnonzero((trees.left >= 0) & (size > 1e-30) & (size < 1e6))[:60]
        rows = np.repeat(ROWS[:1], len(inner), axis=0)
        rows[np.arange(len(inner)), trees.feature[inner]] = trees.threshold[inner]
        found = strategy.contributions(rows)
        assert np.abs(found.base + found.values.sum(axis=1) - fitted(key).predict(rows)).max() < 1e-4, key


def test_as_few_points_as_half_the_columns_integrate_exactly():
    for n in range(1, 25):
        found = quadrature_for(n)
        assert len(found.points) == max(1, (n + 1) // 2)
        assert found.weights @ found.points ** (n - 1) == pytest.approx(1 / n)


def test_what_is_compiled_is_loaded_beforehand_for_as_many_rows_as_will_use_it(fitted, monkeypatch):
    from core.explanation.trees import strategy

    asked = []
    monkeypatch.setattr(strategy, "compiled", lambda *walks: asked.append(walks))
    paths = TreePaths(fitted("gradient_boosting"), np.arange(6), 6)
    paths.compile()
    assert asked == [], "one row of small trees is as quick without"
    paths.compile(strategy.FEW_STEPS)
    assert asked == [strategy.WALKS]
