"""The trees of each library's models as one `Ensemble`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from core.explanation.model import Floats
from core.explanation.trees.ensemble import Ensemble


@dataclass(frozen=True)
class Tree:
    """One tree; children count from its own first node, its root."""

    left: Any
    right: Any
    feature: Any
    threshold: Any
    cover: Any
    value: Any


def read_ensemble(model: Any) -> Ensemble:
    """Give the trees of a fitted estimator.

    Raises
    ------
    KeyError
        For an estimator that is no sum of trees.
    """
    return READERS[type(model).__name__](model)


def _joined(trees: Sequence[Tree], base: float, *, is_single: bool) -> Ensemble:
    sizes = [len(tree.left) for tree in trees]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def whole(name: str) -> Any:
        parts = [np.asarray(getattr(tree, name), dtype=np.int64) for tree in trees]
        if name == "feature":
            return np.concatenate(parts)
        return np.concatenate(
            [np.where(part >= 0, part + start, -1) for part, start in zip(parts, starts[:-1], strict=True)]
        )

    def real(name: str) -> Floats:
        return np.concatenate([np.asarray(getattr(tree, name), dtype=np.float64) for tree in trees])

    return Ensemble(
        whole("left"), whole("right"), whole("feature"), real("threshold"), real("cover"), real("value"), starts, base,
        is_single,
    )  # fmt: skip


def _of_sklearn(tree: Any, scale: float) -> Tree:
    return Tree(
        tree.children_left,
        tree.children_right,
        tree.feature,
        tree.threshold,
        tree.weighted_n_node_samples,
        tree.value[:, 0, 0] * scale,
    )


def _forest(model: Any) -> Ensemble:
    scale = 1 / len(model.estimators_)
    return _joined([_of_sklearn(each.tree_, scale) for each in model.estimators_], 0.0, is_single=True)


def _gradient_boosting(model: Any) -> Ensemble:
    base = float(np.ravel(model.init_.constant_)[0])
    trees = [_of_sklearn(each.tree_, model.learning_rate) for each in model.estimators_[:, 0]]
    return _joined(trees, base, is_single=True)


def _hist_gradient_boosting(model: Any) -> Ensemble:
    trees = []
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        is_leaf = nodes["is_leaf"].astype(bool)
        left, right = (np.where(is_leaf, -1, nodes[side].astype(np.int64)) for side in ("left", "right"))
        trees.append(Tree(left, right, nodes["feature_idx"], nodes["num_threshold"], nodes["count"], nodes["value"]))
    return _joined(trees, float(np.ravel(model._baseline_prediction)[0]), is_single=False)


def _lightgbm(model: Any) -> Ensemble:
    text = model.booster_.model_to_string().partition("end of trees")[0]
    return _joined([_lightgbm_tree(block) for block in text.split("\nTree=")[1:]], 0.0, is_single=False)


def _lightgbm_tree(block: str) -> Tree:
    """Questions first, then leaves, whose numbers are told as -1, -2, ..."""
    told = dict(line.partition("=")[::2] for line in block.splitlines())

    def numbers(name: str) -> Floats:
        return np.array(told.get(name, "").split(), dtype=np.float64)

    leaves, questions = numbers("leaf_value"), numbers("split_feature")
    if not len(questions):
        return Tree([-1], [-1], [0], [0.0], [1.0], leaves)
    n_questions, none = len(questions), np.full(len(leaves), -1)
    left, right = (
        np.concatenate([np.where(child >= 0, child, n_questions - 1 - child), none])
        for child in (numbers("left_child"), numbers("right_child"))
    )
    zeros = np.zeros(len(leaves))
    return Tree(
        left,
        right,
        np.concatenate([questions, zeros]),
        np.concatenate([numbers("threshold"), zeros]),
        np.concatenate([numbers("internal_count"), numbers("leaf_count")]),
        np.concatenate([np.zeros(n_questions), leaves]),
    )


def _xgboost(model: Any) -> Ensemble:
    """It goes left below the threshold: at most the next single number below it."""
    learner = json.loads(bytes(model.booster_.save_raw("json")))["learner"]
    trees = []
    for tree in learner["gradient_booster"]["model"]["trees"]:
        left, right = np.array(tree["left_children"]), np.array(tree["right_children"])
        conditions = np.array(tree["split_conditions"], dtype=np.float32)
        below = np.nextafter(conditions, np.float32(-np.inf)).astype(np.float64)
        value = np.where(left < 0, conditions, np.float32(0)).astype(np.float64)
        trees.append(Tree(left, right, tree["split_indices"], below, tree["sum_hessian"], value))
    base = float(str(learner["learner_model_param"]["base_score"]).strip("[]"))
    return _joined(trees, base, is_single=True)


def _catboost(model: Any) -> Ensemble:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.booster_.save_model(str(path), format="json")
        told = json.loads(path.read_text(encoding="utf-8"))
    scale, bias = told["scale_and_bias"]
    columns = [each["flat_feature_index"] for each in told["features_info"]["float_features"]]
    trees = [_catboost_tree(tree, columns, scale) for tree in told["oblivious_trees"]]
    return _joined(trees, float(np.ravel(bias)[0]), is_single=True)


def _catboost_tree(told: dict[str, Any], columns: Sequence[int], scale: float) -> Tree:
    """A full tree of which each level asks one question, from the last of the list to the first."""
    splits = (told["splits"] or [])[::-1]
    depth = len(splits)
    weights = np.array(told["leaf_weights"], dtype=np.float64)
    cover = np.concatenate([weights.reshape(2**level, -1).sum(axis=1) for level in range(depth + 1)])
    n_inner = 2**depth - 1
    nodes = np.arange(2 ** (depth + 1) - 1)
    is_leaf = nodes >= n_inner
    levels = np.repeat(np.arange(depth + 1), 2 ** np.arange(depth + 1))
    asked = [columns[split["float_feature_index"]] for split in splits]
    borders = [split["border"] for split in splits]
    value = np.zeros(len(nodes))
    value[is_leaf] = np.array(told["leaf_values"], dtype=np.float64) * scale
    return Tree(
        np.where(is_leaf, -1, 2 * nodes + 1),
        np.where(is_leaf, -1, 2 * nodes + 2),
        np.array([*asked, 0])[levels],
        np.array([*borders, 0.0])[levels],
        cover,
        value,
    )


READERS: Mapping[str, Callable[[Any], Ensemble]] = MappingProxyType(
    {
        "RandomForestRegressor": _forest,
        "ExtraTreesRegressor": _forest,
        "GradientBoostingRegressor": _gradient_boosting,
        "HistGradientBoostingRegressor": _hist_gradient_boosting,
        "LightGBM": _lightgbm,
        "XGBoost": _xgboost,
        "CatBoost": _catboost,
    }
)
"""By the name of the estimator's class."""
