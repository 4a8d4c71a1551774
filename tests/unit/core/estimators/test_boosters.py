"""What the boosting libraries must do alike."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from core.estimators.cat import CatBoost
from core.estimators.lgbm import LightGBM
from core.estimators.xgb import XGBoost
from tests.conftest import ROOT

TREES = {XGBoost: "n_estimators", LightGBM: "n_estimators", CatBoost: "iterations"}
every_library = pytest.mark.parametrize("kind", TREES, ids=lambda kind: kind.library)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(800, 5))
    return X, 40 + 10 * X[:, 0] * X[:, 1] + 5 * X[:, 2] + 3 * rng.normal(size=800)


class _Monitor:
    def __init__(self, watched=None, stop_after=None):
        self.watched, self.stop_after = watched, stop_after
        self.seen, self.asked = [], 0

    def is_due(self, step, last):
        return True

    def see(self, *told):
        self.seen.append(told)

    def is_stopped(self):
        self.asked += 1
        return self.asked == self.stop_after


def _rmse(model, X, y):
    return float(np.sqrt(np.mean((model.predict(X) - y) ** 2)))


@every_library
def test_the_errors_it_tells_are_those_of_the_model(kind, rows):
    X, y = rows
    monitor = _Monitor((X[600:], y[600:]))
    model = kind({TREES[kind]: 30}, 3).fit(X[:600], y[:600], monitor)
    assert [step for step, _, _ in monitor.seen] == list(range(1, 31))
    assert monitor.seen[-1][1] == pytest.approx(_rmse(model, X[:600], y[:600]), rel=1e-4)
    assert monitor.seen[-1][2] == pytest.approx(_rmse(model, X[600:], y[600:]), rel=1e-4)


@every_library
def test_being_watched_changes_nothing(kind, rows):
    X, y = rows
    alone = kind({TREES[kind]: 40}, 3).fit(X[:600], y[:600])
    watched = kind({TREES[kind]: 40}, 3).fit(X[:600], y[:600], _Monitor((X[600:], -y[600:])))
    assert np.array_equal(alone.predict(X), watched.predict(X))


@every_library
def test_asked_to_stop_it_keeps_the_trees_there_are(kind, rows):
    X, y = rows
    params = {"learning_rate": 0.1}
    stopped = kind(params | {TREES[kind]: 40}, 3).fit(X, y, _Monitor(stop_after=5))
    short = kind(params | {TREES[kind]: 5}, 3).fit(X, y)
    assert np.allclose(stopped.predict(X), short.predict(X))


@every_library
def test_large_seeds_are_taken_and_make_a_difference(kind, rows):
    X, y = rows
    params = {TREES[kind]: 20, "subsample": 0.5} | ({"bootstrap_type": "Bernoulli"} if kind is CatBoost else {})
    first, again, other = (kind(params, seed).fit(X, y).predict(X) for seed in (2**32 - 1, 2**32 - 1, 7))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@every_library
def test_it_is_read_back_to_the_bit_and_damage_is_refused(kind, rows):
    X, y = rows
    model = kind({TREES[kind]: 20}, 3).fit(X, y)
    again = kind()
    again.read(model.to_bytes())
    assert np.array_equal(again.predict(X), model.predict(X))
    with pytest.raises(ValueError, match=kind.__name__.removesuffix("M") if kind is not LightGBM else "cut off"):
        again.read(model.to_bytes()[:200])


@every_library
def test_it_writes_and_says_nothing_on_the_way(kind, rows, tmp_path, monkeypatch, capfd):
    X, y = rows
    monkeypatch.chdir(tmp_path)
    kind({TREES[kind]: 5}, 3).fit(X, y)
    assert list(tmp_path.iterdir()) == []
    told = capfd.readouterr()
    assert told.out + told.err == ""


BUSY_THREADS = """
import os, sys, time, numpy as np
from pathlib import Path
from core.families import FAMILIES

def seconds():
    found = {}
    for task in Path('/proc/self/task').iterdir():
        fields = (task / 'stat').read_text().rpartition(')')[2].split()
        found[task.name] = (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
    return found

key, n_jobs = sys.argv[1], int(sys.argv[2])
family = FAMILIES[key]
rng = np.random.default_rng(0)
X, y = rng.normal(size=(30_000, 12)), rng.normal(size=30_000)
small = {'catboost': {'iterations': 60}, 'neural_network': {'epochs': 4, 'patience': 0}}
model = family.make(family.resolve(small.get(key, {'n_estimators': 60})), 0, n_jobs)
model.fit(X[:100], y[:100])
before, started = seconds(), time.perf_counter()
model.fit(X, y)
wall = time.perf_counter() - started
used = sorted((now - before.get(name, 0) for name, now in seconds().items()), reverse=True)
print(sum(each > 0.2 * used[0] for each in used), sum(used) / wall)
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads are counted by Linux")  # noqa: PTH112
@pytest.mark.parametrize("key", ["xgboost", "lightgbm", "catboost", "neural_network"])
def test_with_one_thread_only_one_works(key):
    done = subprocess.run([sys.executable, "-c", BUSY_THREADS, key, "1"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    threads, at_once = done.stdout.split()
    assert float(at_once) < 1.2
    if key != "neural_network":  # its work goes to a second thread, while the first one waits
        assert int(threads) == 1
