"""The numbers behind the charts of explanations, as tables that people read."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from core.explanation.stored import Stored, value_in_words
from core.features import FEATURES
from core.figures.explanation.style import goes_with

BINS = 10
"""Rows of the table of a feature's contributions along its values."""


def number_importance(importance: pd.DataFrame) -> pd.DataFrame:
    """Mean size of contribution of each feature, with its spread over the folds' models; points."""
    return pd.DataFrame(
        {
            "Feature": importance["label"],
            "Mean size (points)": importance["mean"],
            "Spread over folds (SD)": importance["sd"],
        }
    ).round(3)


def number_swarm(stored: Stored) -> pd.DataFrame:
    """Lowest, middle and highest contribution of each feature, and how contributions go with its values; points."""
    rows = []
    for name in stored.importance["feature"]:
        position = stored.features.index(name)
        points = stored.values[:, position]
        low, middle, high = np.quantile(points, [0, 0.5, 1]) if len(points) else (np.nan,) * 3
        rows.append((stored.labels[position], low, middle, high, goes_with(stored, name) or "names have no order"))
    names = ["Feature", "Lowest (points)", "Median (points)", "Highest (points)", "Higher values go with"]
    return pd.DataFrame(rows, columns=names).round(2)


def number_dependence(stored: Stored, feature: str) -> pd.DataFrame | None:
    """Contributions of a feature along its values, a row a tenth of the tracks or a name; None where it is not read."""
    if feature not in stored.inputs or not len(stored.values):
        return None
    values, row = stored.inputs[feature], FEATURES[feature]
    points = pd.Series(stored.values[:, stored.features.index(feature)])
    is_number = row.kind == "number" and pd.api.types.is_numeric_dtype(values)
    place, names = _tenths(values, feature) if is_number else _names(values, feature)
    found = points.groupby(place).agg(["size", "mean", "min", "max"])
    found.columns = ["Tracks", "Mean (points)", "Lowest (points)", "Highest (points)"]
    return found.round(2).set_axis([names[at] for at in found.index]).rename_axis(row.label).reset_index()


def _tenths(values: pd.Series, feature: str) -> tuple[np.ndarray, list[str]]:
    """The tenth in which each value is, and what these are called; what is not known comes last."""
    known = values.to_numpy(dtype=float)
    cuts = np.unique(np.nanquantile(known, np.linspace(0, 1, BINS + 1))) if np.isfinite(known).any() else np.zeros(1)
    inner = cuts[1:-1]
    place = np.where(np.isnan(known), max(1, len(cuts) - 1), np.searchsorted(inner, known, side="right"))
    words = [value_in_words(feature, cut) for cut in cuts]
    names = [f"{low} to {high}" for low, high in pairwise(words)] or words
    return place, [*names, "unknown"]


def _names(values: pd.Series, feature: str) -> tuple[np.ndarray, list[str]]:
    """The place of each name among the names, the most frequent first."""
    words = pd.Series([value_in_words(feature, value) for value in values])
    order = words.value_counts().index.tolist()
    return words.map({name: at for at, name in enumerate(order)}).to_numpy(), order


def number_partial(told: Mapping[str, Any] | None, feature: str) -> pd.DataFrame | None:
    """What the model says on average, at least and at most while a feature takes each value; points."""
    if not told:
        return None
    curves = np.array(told["curves"], dtype=float)
    return pd.DataFrame(
        {
            FEATURES[feature].label: [value_in_words(feature, value) for value in told["grid"]],
            "Mean prediction (points)": curves.mean(axis=0),
            "Lowest (points)": curves.min(axis=0),
            "Highest (points)": curves.max(axis=0),
        }
    ).round(2)


def number_interactions(told: Mapping[str, Any] | None) -> pd.DataFrame | None:
    """Pairs of features and how far one depends on the other, the largest first; points."""
    if not told:
        return None
    labels, size = [FEATURES[name].label for name in told["features"]], np.array(told["size"], dtype=float)
    pairs = [(labels[i], labels[j], size[i, j]) for i in range(len(labels)) for j in range(i)]
    frame = pd.DataFrame(pairs, columns=["Feature", "With", "Mean size (points)"])
    return frame.sort_values("Mean size (points)", ascending=False, kind="stable").round(3).reset_index(drop=True)


def number_genres(by_genre: pd.DataFrame) -> pd.DataFrame | None:
    """Mean size of contribution of each feature among the tracks of each genre, points."""
    return None if by_genre.empty else by_genre.round(3).rename_axis("Feature").reset_index()


def number_permutation(importance: pd.DataFrame) -> pd.DataFrame | None:
    """Mean size of contribution and growth of the error of each feature, points."""
    if importance["permutation"].isna().all():
        return None
    names = {"label": "Feature", "mean": "Mean size (points)", "permutation": "Growth of the error (RMSE, points)"}
    return importance[list(names)].rename(columns=names).round(3)


def number_cohorts(cohorts: pd.DataFrame, names: tuple[str, str]) -> pd.DataFrame:
    """Mean contribution of each feature in both groups, and the difference; points."""
    first, second = names if names[0] != names[1] else (names[0], f"{names[1]} (again)")
    heads = {"label": "Feature", "first": first, "second": second, "difference": "Difference (points)"}
    return cohorts.rename(columns=heads)[list(heads.values())].round(2)


def number_steps(steps: pd.DataFrame, base: float) -> pd.DataFrame:
    """Start, steps and end of one prediction, points."""
    total = base + float(steps["points"].sum())
    ends = [("Start: average prediction", base), ("End: this prediction", total)]
    rows = [ends[0], *zip(steps["label"], steps["points"], strict=True), ends[1]]
    return pd.DataFrame(rows, columns=["Value", "Points"]).round(2)


def number_models(both: pd.DataFrame, names: tuple[str, str]) -> pd.DataFrame:
    """Mean size of contribution of each feature in two models, the largest first; points."""
    frame = pd.DataFrame({"Feature": both.index, names[0]: both["a"], names[1]: both["b"]})
    return frame.iloc[::-1].round(3).reset_index(drop=True)
