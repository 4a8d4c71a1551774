from __future__ import annotations

import logging
import os
import random
import subprocess
import sys

import numpy as np
import pytest

from core.estimators.network import Network, Settings, forward
from tests.conftest import ROOT

SMALL = {"hidden": "16-8", "learning_rate": 0.01, "batch_size": 64, "epochs": 12, "patience": 3}


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(900, 4))
    y = 40 + 10 * X[:, 0] + 5 * X[:, 1] ** 2 + rng.normal(size=900)
    return (X[:600], y[:600]), (X[600:], y[600:])


@pytest.fixture(scope="module")
def fitted(rows):
    (X, y), held_out = rows
    return Network(SMALL, random_state=5).fit(X, y, validation=held_out)


def test_it_says_what_keras_says_of_the_same_weights(fitted, rows):
    from core.estimators.keras_training import build

    _, (X, _) = rows
    theirs = build(4, Settings(**SMALL), 0)
    weights = iter([array for layer in fitted.layers_ for array in layer])
    theirs.set_weights([next(weights) if each.dtype == np.float32 else each for each in theirs.get_weights()])
    said = fitted.center_ + fitted.scale_ * theirs.predict(X.astype(np.float32), verbose=0)[:, 0]
    assert np.abs(fitted.predict(X) - said).max() < 1e-4


def test_it_learns_and_says_the_same_for_the_same_seed(fitted, rows):
    (X, y), held_out = rows
    again = Network(SMALL, random_state=5).fit(X, y, validation=held_out)
    other = Network(SMALL, random_state=6).fit(X, y, validation=held_out)
    assert np.array_equal(fitted.predict(X), again.predict(X))
    assert not np.array_equal(fitted.predict(X), other.predict(X))
    assert np.std(y - fitted.predict(X)) < 0.5 * np.std(y)


class _Counting:
    def __init__(self, watched=None, stop_after=None):
        self.watched = watched
        self.seen = []
        self.stop_after = stop_after

    def is_due(self, step, last):
        return True

    def see(self, step, train, valid):
        self.seen.append((step, train, valid))

    def is_stopped(self):
        return len(self.seen) == self.stop_after


def test_the_weights_of_the_best_epoch_are_kept_and_it_stops_after_its_patience(rows):
    (X, y), held_out = rows
    noise = (held_out[0], np.random.default_rng(1).normal(size=300))
    monitor = _Counting()
    model = Network(SMALL | {"epochs": 60}, random_state=5).fit(X, y, monitor, validation=noise)
    errors = [valid for _, _, valid in monitor.seen]
    assert len(errors) == model.best_ + SMALL["patience"] < 60
    assert model.best_ == int(np.argmin(errors)) + 1
    found = np.sqrt(np.mean((model.predict(noise[0]) - noise[1]) ** 2))
    assert found == pytest.approx(min(errors), rel=1e-4)


def test_watched_rows_are_measured_but_do_not_choose_the_epoch(rows):
    (X, y), held_out = rows
    watched = (held_out[0][:50], held_out[1][:50] + 30)
    monitor = _Counting(watched)
    model = Network(SMALL, random_state=5).fit(X, y, monitor, validation=held_out)
    unwatched = Network(SMALL, random_state=5).fit(X, y, validation=held_out)
    assert np.array_equal(model.predict(X), unwatched.predict(X))
    assert monitor.seen[-1][2] > 20


def test_asked_to_stop_it_keeps_what_it_has(rows):
    (X, y), held_out = rows
    monitor = _Counting(stop_after=2)
    model = Network(SMALL, random_state=5).fit(X, y, monitor, validation=held_out)
    assert len(monitor.seen) == 2
    assert model.best_ <= 2
    assert np.isfinite(model.predict(X)).all()


def test_without_held_out_rows_the_last_epoch_is_kept(rows):
    (X, y), _ = rows
    model = Network({"hidden": "8", "epochs": 3}, random_state=5).fit(X, y)
    assert model.best_ == 3


@pytest.mark.parametrize("quantile", [0.1, 0.9])
def test_a_quantile_lies_where_it_should(quantile, rows):
    (X, y), held_out = rows
    settings = SMALL | {"quantile": quantile, "epochs": 60, "patience": 10}
    below = np.mean(held_out[1] < Network(settings, 5).fit(X, y, validation=held_out).predict(held_out[0]))
    assert below == pytest.approx(quantile, abs=0.08)


def test_a_constant_target_is_said_again():
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = Network({"epochs": 1}).fit(X, np.full(60, 7.0))
    assert np.abs(model.predict(X) - 7).max() < 3


def test_the_forward_pass_is_what_it_is_said_to_be():
    first = (np.array([[1.0, -1.0]], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32))
    second = (np.array([[2.0], [3.0]], dtype=np.float32), np.array([0.5], dtype=np.float32))
    said = forward([first, second], np.array([[2.0], [-4.0]], dtype=np.float32))
    assert said.tolist() == [4.5, 15.5]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04"])
def test_damaged_arrays_are_refused(content):
    with pytest.raises(ValueError, match=r".+"):
        Network().read(content)


def test_arrays_with_pickles_inside_are_refused(tmp_path):
    path = tmp_path / "network.npz"
    np.savez(path, scaling=np.array([object(), 1]))
    with pytest.raises(ValueError, match="allow_pickle"):
        Network().read(path.read_bytes())


def test_a_fit_leaves_nothing_behind_in_the_process(rows):
    (X, y), held_out = rows
    before = (dict(os.environ), random.getstate(), np.random.get_state()[1].tolist(), logging.getLogger().level)
    Network(SMALL | {"epochs": 1}).fit(X, y, validation=held_out)
    after = (dict(os.environ), random.getstate(), np.random.get_state()[1].tolist(), logging.getLogger().level)
    assert before == after


def test_predicting_takes_no_tensorflow_and_fitting_says_nothing(fitted, tmp_path):
    (tmp_path / "network.npz").write_bytes(fitted.to_bytes())
    script = (
        "import sys; from pathlib import Path; import numpy as np; from core.estimators.network import Network\n"
        "model = Network(); model.read(Path(sys.argv[1]).read_bytes()); model.predict(np.zeros((1, 4)))\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)\n"
        "Network({'epochs': 1}).fit(np.eye(60), np.arange(60.0))\n"
        "assert 'tensorflow' in sys.modules\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "network.npz")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert done.stderr == ""
