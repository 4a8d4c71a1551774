"""The trees of a forest survive being laid end to end, and nonsense never reaches the estimator."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor, RandomForestRegressor

from core.packed_forest import MEMBERS, is_forest, pack_trees, unpack_trees, without_trees

RNG = np.random.default_rng(3)
X = RNG.normal(size=(300, 4))
Y = X[:, 0] * 10 + RNG.normal(size=300)


@pytest.fixture(params=[RandomForestRegressor, ExtraTreesRegressor])
def forest(request):
    return request.param(n_estimators=7, min_samples_leaf=3, max_features=0.5, random_state=1).fit(X, Y)


def _packed(forest) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(), "w")
    pack_trees(forest, archive)
    assert tuple(archive.namelist()) == MEMBERS
    return archive


def test_a_forest_gets_the_very_same_trees_back(forest):
    packed = _packed(forest)
    bare = without_trees(forest)
    assert len(bare.estimators_) == 1
    assert len(forest.estimators_) == 7
    unpack_trees(bare, packed)
    assert np.array_equal(bare.predict(X), forest.predict(X))
    for mine, other in zip(bare.estimators_, forest.estimators_, strict=True):
        assert mine.random_state == other.random_state
        assert mine.get_params() == other.get_params()
        assert np.array_equal(mine.apply(X), other.apply(X))
        assert mine.tree_.max_depth == other.tree_.max_depth
        assert mine.tree_.weighted_n_node_samples.tolist() == other.tree_.weighted_n_node_samples.tolist()
    assert clone(bare).get_params() == clone(forest).get_params()


def test_only_averaging_forests_are_packed(forest):
    assert is_forest(forest)
    assert not is_forest(GradientBoostingRegressor())


def _altered(packed: zipfile.ZipFile, **changes) -> zipfile.ZipFile:
    altered = zipfile.ZipFile(io.BytesIO(), "w")
    for member in packed.namelist():
        name = member.removeprefix("trees/").removesuffix(".npy")
        values = np.load(io.BytesIO(packed.read(member))).copy()
        with altered.open(member, "w") as file:
            np.save(file, changes[name](values) if name in changes else values)
    return altered


def _with(field, value):
    def change(nodes):
        inner = np.flatnonzero(nodes["left_child"] != -1)
        nodes[field][inner[0]] = value
        return nodes

    return change


def _back_to_itself(nodes):
    inner = np.flatnonzero(nodes["left_child"] != -1)[1]
    nodes["left_child"][inner] = inner  # the first tree begins at 0, so this is its place in it, too
    return nodes


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"counts": lambda counts: counts + 1}, "fit one another"),
        ({"depths": lambda depths: depths[:-1]}, "fit one another"),
        ({"values": lambda values: values[:-1]}, "fit one another"),
        ({"nodes": _with("left_child", 10**6)}, "outside itself"),
        ({"nodes": _with("right_child", 0)}, "outside itself"),
        ({"nodes": _with("right_child", -5)}, "outside itself"),
        ({"nodes": _with("feature", 99)}, "not there"),
        ({"nodes": _back_to_itself}, "or back"),
    ],
)
def test_arrays_that_would_crash_a_prediction_are_refused(forest, changes, problem):
    with pytest.raises(ValueError, match=problem):
        unpack_trees(without_trees(forest), _altered(_packed(forest), **changes))
