"""Contributions of models that can only be asked, and the shortcuts that must say the same."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from core.explanation.games import Game, all_combinations
from core.explanation.kernel import GaussianKernel, is_gaussian
from core.explanation.linear import Linear
from core.explanation.neighbours import quick_neighbours
from core.explanation.strategies import BUDGETS, MOST_OF_NEIGHBOURS, choose_strategy

ROWS = np.random.default_rng(2).normal(size=(60, 4))
OWNERS = np.array([0, 1, 1, 3])  # feature 2 has no column


def bent(rows):
    return 30 + 4 * rows[:, 0] * rows[:, 1] + rows[:, 2] ** 2 - 3 * rows[:, 3]


def game(budget, owners=OWNERS, predict=bent, background=ROWS[:10]):
    return Game(predict, owners, 4, background, budget)


def by_definition(predict, owners, row, background):
    """The mean step of each feature over all orders."""
    players = np.unique(owners)
    found = np.zeros(4)
    orders = list(permutations(players))
    for order in orders:
        mixed = background.copy()
        for player in order:
            before = predict(mixed).mean()
            mixed[:, owners == player] = row[owners == player]
            found[player] += predict(mixed).mean() - before
    return found / len(orders)


def test_all_combinations_give_shapley_values_as_they_are_defined():
    found = game(1_000)
    assert found.key == "enumeration"
    contributions = found.contributions(ROWS[20:23])
    for row, values in zip(ROWS[20:23], contributions.values, strict=True):
        assert np.allclose(values, by_definition(bent, OWNERS, row, ROWS[:10]))
    assert contributions.base == pytest.approx(bent(ROWS[:10]).mean())
    assert contributions.standard_error is None


def test_weights_of_combinations_sum_to_the_difference_between_all_and_nothing():
    masks, weights = all_combinations(4)
    total = weights.sum(axis=0)
    assert total[masks.all(axis=1)] == pytest.approx(1)
    assert total[~masks.any(axis=1)] == pytest.approx(-1)
    assert np.allclose(total[masks.any(axis=1) & ~masks.all(axis=1)], 0)


def test_samples_add_up_exactly_and_come_as_near_as_their_error_says():
    sampled = game(40)
    assert sampled.key == "permutation"
    found = sampled.contributions(ROWS[20:50])
    assert np.allclose(found.base + found.values.sum(axis=1), bent(ROWS[20:50]))
    exact = Game(bent, OWNERS, 4, ROWS[: sampled.n_background], 1_000).contributions(ROWS[20:50]).values
    assert np.abs(found.values - exact).mean() < 2 * found.standard_error.mean()
    assert found.standard_error.max() > 0


def test_the_same_row_is_always_explained_alike():
    first, again = game(40).contributions(ROWS[20:22]), game(40).contributions(ROWS[21:22])
    assert (first.values[1] == again.values[0]).all()


def test_a_single_feature_carries_all():
    found = game(50, owners=np.array([2, 2, 2, 2])).contributions(ROWS[20:22])
    assert np.allclose(found.values[:, 2], bent(ROWS[20:22]) - found.base)


def test_the_closed_form_of_a_linear_model_is_that_of_all_combinations():
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit(ROWS, bent(ROWS))
    asked = game(1_000, predict=model.predict).contributions(ROWS[20:25])
    closed = Linear(model, OWNERS, 4, ROWS[:10]).contributions(ROWS[20:25])
    assert np.allclose(closed.values, asked.values)
    assert closed.base == pytest.approx(asked.base)


def test_the_shortcut_for_a_gaussian_kernel_is_that_of_all_combinations():
    from sklearn.svm import SVR

    model = SVR(C=10, gamma=0.3).fit(ROWS, bent(ROWS))
    assert is_gaussian(model)
    assert not is_gaussian(SVR(kernel="poly"))
    asked = game(1_000, predict=model.predict).contributions(ROWS[20:25])
    short = GaussianKernel(model, model.predict, OWNERS, 4, ROWS[:10]).contributions(ROWS[20:25])
    assert np.allclose(short.values, asked.values)
    assert short.base == pytest.approx(asked.base)


def test_the_compiled_way_of_a_gaussian_kernel_says_the_same(monkeypatch):
    from sklearn.svm import SVR

    from core.explanation.products import add_products

    rows = np.random.default_rng(4).normal(size=(300, 4))
    model = SVR(C=10, gamma=0.3).fit(rows, bent(rows))
    plain = GaussianKernel(model, model.predict, OWNERS, 4, rows[:20])
    assert plain.n_background == 20
    found = GaussianKernel(model, model.predict, OWNERS, 4, rows[:20])
    monkeypatch.setattr(found, "_compiled", lambda: add_products)  # as Python runs it
    for asked in (rows[30:31], 100 * rows[30:31]):  # the second is like nothing that was learnt
        assert np.allclose(found.contributions(asked).values, plain.contributions(asked).values)


def test_values_far_from_every_support_vector_leave_no_gaps():
    from sklearn.svm import SVR

    model = SVR(C=10, gamma=50.0).fit(ROWS, bent(ROWS))
    found = GaussianKernel(model, model.predict, OWNERS, 4, ROWS[:10]).contributions(ROWS[20:25] * 100)
    assert np.isfinite(found.values).all()
    assert np.allclose(found.base + found.values.sum(axis=1), model.predict(ROWS[20:25] * 100))


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("k", [1, 7, 60])
def test_quick_neighbours_say_what_the_model_says(p, k):
    from sklearn.neighbors import KNeighborsRegressor

    model = KNeighborsRegressor(n_neighbors=k, p=p).fit(ROWS, bent(ROWS))
    asked = np.random.default_rng(3).normal(size=(40, 4))
    assert np.allclose(quick_neighbours(model)(asked), model.predict(asked))


def test_neighbours_that_count_by_distance_have_no_quick_way():
    from sklearn.neighbors import KNeighborsRegressor

    assert quick_neighbours(KNeighborsRegressor(weights="distance").fit(ROWS, bent(ROWS))) is None


def test_neighbours_that_are_equally_near_leave_nothing_unexplained():
    from sklearn.neighbors import KNeighborsRegressor

    steps = np.round(ROWS)  # many rows alike: which of them count is a matter of chance
    model = KNeighborsRegressor(n_neighbors=5).fit(steps, bent(ROWS))
    found = Game(model.predict, OWNERS, 4, steps[:10], 1_000, quick_neighbours(model)).contributions(steps[20:40])
    assert np.allclose(found.base + found.values.sum(axis=1), model.predict(steps[20:40]))


def test_neighbours_of_few_tracks_are_asked_more_often_than_those_of_many():
    from sklearn.neighbors import KNeighborsRegressor

    rng = np.random.default_rng(0)
    owners = np.arange(3)
    budgets = []
    for n_rows in (500, 60_000):
        X = rng.uniform(0, 1, (n_rows, 3))
        model = KNeighborsRegressor(5).fit(X, X[:, 0])
        budgets.append(choose_strategy(model, owners, 3, X[:50]).budget)
    assert budgets == [MOST_OF_NEIGHBOURS, BUDGETS["KNeighborsRegressor"]]
