"""What a model does when features change: permutation importance, partial dependence with ICE, interactions.

All work on prepared rows, where exchanging the columns of one feature exchanges that feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.explanation.model import Explainer, Floats
from core.features import FEATURES

MOST_GRID = 16
MOST_NAMES = 12


def permutation_importance(
    explainer: Explainer, rows: Floats, actual: Floats, n_repeats: int, seed: int
) -> tuple[Floats, Floats]:
    """Points by which the error (RMSE) grows when the values of a feature are dealt out anew among the tracks.

    Returns
    -------
    mean, sd : ndarray of shape (n_features,)
        Over the repeats; 0 for a feature that the model does not read.
    """
    rng = np.random.default_rng(seed)
    before = _rmse(explainer.predict(rows), actual)
    grown = np.zeros((n_repeats, len(explainer.features)))
    for feature in np.unique(explainer.owners):
        own = explainer.owners == feature
        for repeat in range(n_repeats):
            dealt = rows.copy()
            dealt[:, own] = rows[rng.permutation(len(rows))][:, own]
            grown[repeat, feature] = _rmse(explainer.predict(dealt), actual) - before
    return grown.mean(axis=0), grown.std(axis=0)


def _rmse(predicted: Floats, actual: Floats) -> float:
    return float(np.sqrt(np.mean((np.clip(predicted, 0, 100) - actual) ** 2)))


@dataclass(frozen=True)
class Dependence:
    """Predictions while one feature takes each value of a grid and all others stay.

    Parameters
    ----------
    feature : str
    grid : list of float or str
        Values of the feature; names for a category.
    curves : ndarray of shape (n_tracks, n_grid)
        One curve a track (ICE), points; their mean is the partial dependence.
    """

    feature: str
    grid: list[float] | list[str]
    curves: Floats


def dependence_of(explainer: Explainer, X: pd.DataFrame, name: str, n_tracks: int) -> Dependence | None:
    """Vary one feature over its common values for the first tracks; None where its values have no order to follow.

    Parameters
    ----------
    explainer : Explainer
    X : DataFrame of shape (n_rows, n_columns)
    name : str
        A feature; one that is learnt from names (artist, title) has no grid.
    n_tracks : int
        Curves to draw.
    """
    feature, position = FEATURES[name], explainer.features.index(name)
    own = explainer.owners == position
    values = X[name].dropna()
    if feature.encoding or not own.any() or values.empty:
        return None
    grid = _grid(values, is_number=feature.kind == "number")
    if len(grid) < 2:
        return None
    asked = pd.concat([X.iloc[:1]] * len(grid), ignore_index=True)
    asked[name] = grid
    exchanged = explainer.rows(asked)[:, own]
    rows = np.repeat(explainer.rows(X.iloc[:n_tracks]), len(grid), axis=0)
    rows[:, own] = np.tile(exchanged, (len(rows) // len(grid), 1))
    curves = explainer.predict(rows).reshape(-1, len(grid))
    if feature.categories:
        return Dependence(name, [feature.categories[int(code)] for code in grid], curves)
    return Dependence(name, list(grid), curves)


def _grid(values: pd.Series, *, is_number: bool) -> npt.NDArray[np.generic]:
    """Evenly spread quantiles of a number from its 1st to its 99th percentile; the most frequent names or codes."""
    if is_number:
        return np.unique(np.quantile(values.to_numpy(dtype=np.float64), np.linspace(0.01, 0.99, MOST_GRID)))
    found: npt.NDArray[np.generic] = np.sort(values.value_counts().index[:MOST_NAMES].to_numpy())
    return found


def interactions(
    explainer: Explainer, rows: Floats, others: Floats, features: Sequence[int]
) -> npt.NDArray[np.float64]:
    """How far what one feature does depends on another: the mean size of the second difference, points.

    For a track and another one: what exchanging both features changes, less what exchanging each alone changes.

    Parameters
    ----------
    explainer : Explainer
    rows, others : ndarray of shape (n_pairs, n_columns)
        Prepared rows; the values that are exchanged come from ``others``.
    features : sequence of int
        Positions in ``explainer.features``.

    Returns
    -------
    ndarray of shape (len(features), len(features))
        Symmetric; 0 on the diagonal, and for features whose effects merely add up.
    """
    own = [explainer.owners == feature for feature in features]
    asked = [rows] + [np.where(each, others, rows) for each in own]
    pairs = [(i, j) for i in range(len(own)) for j in range(i)]
    asked += [np.where(own[i] | own[j], others, rows) for i, j in pairs]
    said = explainer.predict(np.concatenate(asked)).reshape(len(asked), len(rows))
    found = np.zeros((len(own), len(own)))
    for number, (i, j) in enumerate(pairs, start=1 + len(own)):
        found[i, j] = found[j, i] = np.abs(said[number] - said[1 + i] - said[1 + j] + said[0]).mean()
    return found
