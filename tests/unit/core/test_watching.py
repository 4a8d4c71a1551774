from __future__ import annotations

import numpy as np
import pytest

from core.progress import Curve
from core.training import watching
from core.training.watching import Watcher


class Listener:
    def __init__(self):
        self.heard, self.wants_to_stop = [], False

    def __call__(self, news):
        self.heard.append(news)

    def is_asked_to_stop(self):
        return self.wants_to_stop


@pytest.mark.parametrize(("last", "points"), [(1, 1), (30, 30), (79, 79), (80, 40), (2000, 40), (2001, 41)])
def test_a_curve_has_few_points_and_always_the_last(last, points):
    watcher = Watcher(Listener(), "fold 1", "tree")
    due = [step for step in range(1, last + 1) if watcher.is_due(step, last)]
    assert len(due) == points
    assert due[-1] == last


def test_a_growing_curve_is_told_at_most_four_times_a_second(monkeypatch):
    clock = iter(np.arange(0.0, 10.0, 0.1))
    monkeypatch.setattr(watching.time, "monotonic", lambda: float(next(clock)))
    listener = Listener()
    watcher = Watcher(listener, "fold 1", "tree")
    for step in range(1, 11):
        watcher.see(step, 2.0, 3.0)
    assert len(listener.heard) == 3
    watcher.end(best=4)
    assert listener.heard[-1] == Curve("fold 1", "tree", "rmse", tuple(range(1, 11)), (2.0,) * 10, (3.0,) * 10, 4)


def test_what_is_not_measured_is_left_out():
    listener = Listener()
    watcher = Watcher(listener, "final model", "tree")
    watcher.see(1, 2.0, None)
    watcher.end()
    assert listener.heard[0].valid == ()


def test_without_a_measurement_nothing_is_told():
    listener = Listener()
    Watcher(listener, "final model", "tree").end()
    assert listener.heard == []


def test_it_stops_for_what_was_asked_during_the_fit_only():
    listener = Listener()
    during = Watcher(listener, "fold 1", "tree")
    assert not during.is_stopped()
    listener.wants_to_stop = True
    assert during.is_stopped()
    assert not Watcher(listener, "final model", "tree").is_stopped()


def test_a_plain_function_never_asks_to_stop():
    assert not Watcher(lambda news: None, "fold 1", "tree").is_stopped()


def test_the_weighted_medians_are_those_of_scikit_learn():
    from sklearn.ensemble import AdaBoostRegressor

    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    model = AdaBoostRegressor(n_estimators=20, random_state=0).fit(X, X[:, 0] + rng.normal(size=200))
    theirs = list(model.staged_predict(X))
    ours = list(watching._adaboost_stages(model, X))
    assert [step for step, _, _ in ours] == list(range(2, 21, 2))
    assert all(np.array_equal(said, theirs[step - 1]) for step, _, said in ours)
