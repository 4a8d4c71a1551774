"""What an explanation is, and the ways in which one is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Method:
    """A way of finding contributions.

    Parameters
    ----------
    key, label : str
        Name in `Explanation.method`, and name for people.
    help : str
        How it works and what it rests on, in plain words.
    exact : bool
        Whether it leaves nothing to chance.
    """

    key: str
    label: str
    help: str
    exact: bool


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.key: method
        for method in (
            Method(
                "tree_paths",
                "Exact, along the paths of the trees",
                "Every question of every tree is followed. Where a feature is left out, both answers count, by how "
                "many training tracks gave each (path-dependent TreeSHAP).",
                True,
            ),
            Method(
                "linear",
                "By the weights of the model",
                "The model adds up terms, so what each term adds beyond its mean over the reference tracks is the "
                "contribution.",
                True,
            ),
            Method(
                "kernel",
                "By the shape of the kernel",
                "The likeness to each remembered track is a product of one factor a feature, so all combinations of "
                "features can be summed up at once, against the reference tracks.",
                True,
            ),
            Method(
                "enumeration",
                "Over all combinations of features",
                "The model is asked about every combination of the track's features with those of reference tracks.",
                True,
            ),
            Method(
                "permutation",
                "Sampled",
                "The track's features replace those of a reference track one by one, in many random orders; the mean "
                "step of each feature is its contribution. What chance leaves is stated as a standard error.",
                False,
            ),
            Method(
                "parts",
                "Sum of the parts",
                "Each run of the stack is explained in its own way, and counts by its weight.",
                True,
            ),
            Method("constant", "Nothing to explain", "The model says the same for every track.", True),
        )
    }
)


@dataclass(frozen=True)
class Explanation:
    """What each feature adds to what a model says of some tracks, points (SHAP values).

    ``base + values.sum(axis=1)`` is ``predicted``, up to ``additivity_error``. A contribution is that of the model: it
    says how the prediction comes about, not what would make a track popular.

    Parameters
    ----------
    features : tuple of str
        Names from ``core.features.FEATURES``: those of the request in its order, then what the family reads besides.
    values : ndarray of shape (n_rows, n_features)
        Points. Columns into which one feature was turned (one a genre, bends of a spline) are summed up.
    base : float
        What the model says where nothing is known of a track, points.
    predicted : ndarray of shape (n_rows,)
        The model's own output before it is clipped to 0-100, points.
    method : str
        Key of `METHODS`.
    is_exact : bool
        Whether nothing was left to chance.
    additivity_error : float
        Largest distance between ``predicted`` and base and contributions summed up, points.
    n_background : int
        Reference tracks that stand for features left out; 0 where the model itself knows.
    standard_error : ndarray of shape (n_rows, n_features) or None
        Of sampled values, points; None where they are exact.
    """

    features: tuple[str, ...]
    values: Floats
    base: float
    predicted: Floats
    method: str
    is_exact: bool
    additivity_error: float
    n_background: int
    standard_error: Floats | None = None


@dataclass(frozen=True)
class Contributions:
    """What a strategy finds: values of every feature and what they start from.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_features)
    base : float
    standard_error : ndarray of shape (n_rows, n_features) or None
    """

    values: Floats
    base: float
    standard_error: Floats | None = None


class Explainer(Protocol):
    """What explains the predictions of one fitted model.

    Attributes
    ----------
    features : tuple of str
        Of its explanations.
    owners : ndarray of shape (n_columns,)
        The feature of each column of the prepared rows.
    """

    features: tuple[str, ...]
    owners: Ints

    @property
    def method(self) -> str:
        """Key of `METHODS`."""
        ...

    def prepare(self) -> None:
        """Work out once what every explanation needs; called by itself where it was not called before."""
        ...

    def warm(self, n_rows: int = 1) -> None:
        """As `prepare`, and load what is compiled where that pays.

        Parameters
        ----------
        n_rows : int
            How many will be explained: 1 for a process that is asked about one now and then.
        """
        ...

    def explain(self, X: pd.DataFrame) -> Explanation:
        """Explain rows.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
            As ``core.features.feature_frame`` gives it, with the model's columns.
        """
        ...

    def rows(self, X: pd.DataFrame) -> Floats:
        """Prepared rows, shape (n_rows, n_columns)."""
        ...

    def predict(self, rows: Floats) -> Floats:
        """The model's output for prepared rows, not clipped, points."""
        ...


class Strategy(Protocol):
    """One way to the contributions for what stands behind the preparation of the columns."""

    key: str
    n_background: int

    def prepare(self) -> None:
        """Work out once what every row needs."""
        ...

    def contributions(self, rows: Floats) -> Contributions:
        """Contributions to the predictions of prepared rows, shape (n_rows, n_columns)."""
        ...

    def predict(self, rows: Floats) -> Floats:
        """The model's own output for prepared rows, not clipped."""
        ...
