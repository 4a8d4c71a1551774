"""The trees of a forest as a few arrays: one object for each of some hundred trees takes longer to write and read."""

from __future__ import annotations

import copy
import zipfile
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

FOLDER = "trees/"
ARRAYS = ("nodes", "values", "counts", "depths", "seeds")
MEMBERS = tuple(f"{FOLDER}{name}.npy" for name in ARRAYS)


def is_forest(model: Any) -> bool:
    """Whether the model is one of the forests that this module can pack."""
    from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

    return type(model) in (ExtraTreesRegressor, RandomForestRegressor)


def without_trees(model: Any) -> Any:
    """A copy of a fitted forest with its first tree only, from whose settings the others are made again."""
    bare = copy.copy(model)
    bare.estimators_ = model.estimators_[:1]
    return bare


def pack_trees(model: Any, archive: zipfile.ZipFile) -> None:
    """Write the trees of a fitted forest into an archive, laid end to end.

    One member an array: ``nodes`` and ``values`` of all trees, ``counts`` (nodes a tree), ``depths`` and ``seeds``,
    each of shape (n_trees,).
    """
    states = [each.tree_.__getstate__() for each in model.estimators_]
    seeds = np.array([each.random_state for each in model.estimators_], dtype=np.int64)
    for name in ("nodes", "values"):
        with archive.open(f"{FOLDER}{name}.npy", "w", force_zip64=True) as file:
            _write_joined(file, [state[name] for state in states])
    counts = np.array([state["node_count"] for state in states], dtype=np.int64)
    depths = np.array([state["max_depth"] for state in states], dtype=np.int64)
    for name, values in (("counts", counts), ("depths", depths), ("seeds", seeds)):
        with archive.open(f"{FOLDER}{name}.npy", "w") as file:
            np.lib.format.write_array(file, values, allow_pickle=False)


def _write_joined(file: IO[bytes], parts: Sequence[Any]) -> None:
    """Write arrays that differ in their length only as one, without joining them in memory."""
    first = parts[0]
    length = sum(len(part) for part in parts)
    described = {
        "descr": np.lib.format.dtype_to_descr(first.dtype),
        "fortran_order": False,
        "shape": (length, *first.shape[1:]),
    }
    np.lib.format.write_array_header_1_0(file, described)
    for part in parts:
        file.write(part.tobytes())


def unpack_trees(model: Any, archive: zipfile.ZipFile) -> None:
    """Give a forest from ``without_trees`` its trees back.

    Raises
    ------
    ValueError
        When the arrays do not fit one another or the model; a tree that points outside itself would crash Python.
    """
    from sklearn.tree._tree import Tree

    found = {}
    for name, member in zip(ARRAYS, MEMBERS, strict=True):
        with archive.open(member) as file:
            found[name] = np.lib.format.read_array(file, allow_pickle=False)
    first = model.estimators_[0]
    n_features, n_outputs = model.n_features_in_, first.tree_.n_outputs
    starts = np.concatenate([[0], np.cumsum(found["counts"])])
    _check(found, starts, n_features)
    trees = []
    for i in range(len(found["counts"])):
        part = slice(starts[i], starts[i + 1])
        tree = Tree(n_features, np.ones(n_outputs, dtype=np.intp), n_outputs)
        tree.__setstate__(
            {
                "max_depth": int(found["depths"][i]),
                "node_count": int(found["counts"][i]),
                "nodes": found["nodes"][part],
                "values": found["values"][part],
            }
        )
        each = copy.copy(first)
        each.tree_, each.random_state = tree, int(found["seeds"][i])
        trees.append(each)
    model.estimators_ = trees


def _check(found: dict[str, Any], starts: Any, n_features: int) -> None:
    nodes, counts = found["nodes"], found["counts"]
    lengths = {len(counts), len(found["depths"]), len(found["seeds"])}
    if len(lengths) != 1 or not len(counts) or counts.min() < 1 or not len(nodes) == len(found["values"]) == starts[-1]:
        raise ValueError("The trees of the forest do not fit one another.")
    inner = nodes["left_child"] != -1
    limit = np.repeat(counts, counts)
    place = np.arange(len(nodes)) - np.repeat(starts[:-1], counts)
    for side in ("left_child", "right_child"):
        child = nodes[side][inner]
        if (child <= place[inner]).any() or (child >= limit[inner]).any():  # one that points back would never end
            raise ValueError("A tree of the forest points outside itself, or back.")
    feature = nodes["feature"][inner]
    if (feature < 0).any() or (feature >= n_features).any():
        raise ValueError("A tree of the forest asks for a feature that is not there.")
