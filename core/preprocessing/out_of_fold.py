"""Encodings that meet the training rows as they will meet new ones: each row is encoded from other rows only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from core.features.model import Encoding
from core.preprocessing.encoders import Encoder, Floats, NameCount, NameMean, make_encoder
from core.preprocessing.standing import DATE, GROUP, NEWCOMER, STANDING

Ints = npt.NDArray[np.int64]

N_FOLDS = 10
N_PERIODS = 20


class OutOfFoldEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Replace columns of names by numbers learnt from the target.

    ``fit_transform`` encodes each training row from rows of other groups, or from the past, as the columns of
    `core.preprocessing.standing` say (every row by itself where they are absent). ``transform`` encodes new rows from
    all training rows.

    Parameters
    ----------
    encodings : mapping of str to {"mean", "count", "words"}
        Columns to replace, and how.
    seed : int
        Of the folds.

    Attributes
    ----------
    encoders_ : list of Encoder
        In the order of ``encodings``, fitted on all training rows.
    """

    def __init__(self, encodings: Mapping[str, Encoding], seed: int = 0) -> None:
        self.encodings = encodings
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike) -> Self:
        """Learn from all rows; what is given for them afterwards is not out of fold: use ``fit_transform`` for that."""
        target = np.asarray(y, dtype=np.float64)
        prior = float(target.mean())
        self.columns_ = _features_of(X)
        self.encoders_ = []
        for name, encoding in self.encodings.items():
            encoder = make_encoder(encoding)
            self.encoders_.append(encoder.fit(encoder.read(X[name]), target, prior, days_of(X)))
        return self

    def fit_transform(self, X: pd.DataFrame, y: npt.ArrayLike, **_: Any) -> pd.DataFrame:
        """Learn from all rows, and give those rows encoded from one another.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_features + those of standing)
        y : array-like of shape (n_rows,)
            Popularity, points.

        Returns
        -------
        DataFrame of shape (n_rows, n_features)
        """
        self.fit(X, y)
        target = np.asarray(y, dtype=np.float64)
        cuts = list(cut_rows(X, self.seed))
        encoded = {name: _cross_encoded(X, name, encoding, target, cuts) for name, encoding in self.encodings.items()}
        return X[self.columns_].assign(**encoded)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Give new rows encoded from all training rows, shape (n_rows, n_features)."""
        pairs = zip(self.encodings, self.encoders_, strict=True)
        encoded = {name: encoder.transform(encoder.read(X[name])) for name, encoder in pairs}
        return X[self.columns_].assign(**encoded)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Names of the columns given; they stay as they are."""
        return np.array(self.columns_, dtype=object)


def _features_of(X: pd.DataFrame) -> list[str]:
    return [str(name) for name in X.columns if name not in STANDING]


def _cross_encoded(
    X: pd.DataFrame, name: str, encoding: Encoding, y: Floats, cuts: Sequence[tuple[Ints, Ints]]
) -> Floats:
    # One prior for all folds: their own means would tell which fold a row is in, and so its target.
    prior = float(y.mean())
    encoder: Encoder = make_encoder(encoding)
    read = encoder.read(X[name])
    days = days_of(X)
    if days is not None and isinstance(encoder, NameMean | NameCount):
        return encoder.from_before(read, y, prior, days)
    encoded = np.full(len(X), encoder.unknown(prior))
    for others, rows in cuts:
        if len(others):
            encoded[rows] = make_encoder(encoding).fit(read[others], y[others], prior).transform(read[rows])
    if NEWCOMER in X and encoding != "words":
        encoded[X[NEWCOMER].to_numpy(dtype=bool)] = encoder.unknown(prior)
    return encoded


def cut_rows(X: pd.DataFrame, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Cut the rows of a training into parts, each with the rows that it may be encoded from.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, any)
        With or without the columns of `core.preprocessing.standing`.
    seed : int

    Yields
    ------
    others, rows : ndarray of int
        Positions; ``rows`` together are every row once. By time, ``others`` are earlier (and undated) rows only, and
        there may be none.
    """
    days = days_of(X)
    part = _folds(X, seed) if days is None else _periods(days)
    for number in np.unique(part):
        others = part != number if days is None else part < number
        yield np.flatnonzero(others), np.flatnonzero(part == number)


def _folds(X: pd.DataFrame, seed: int) -> Ints:
    groups = X[GROUP].to_numpy() if GROUP in X else np.arange(len(X))
    found, codes = np.unique(groups, return_inverse=True)
    dealt = np.arange(len(found)) % N_FOLDS
    parts: Ints = np.random.default_rng(seed).permutation(dealt)[codes.reshape(-1)]
    return parts


def days_of(X: pd.DataFrame) -> Floats | None:
    """Days on which the rows came out, undated ones before all others; None where only groups are told."""
    if DATE not in X:
        return None
    days = X[DATE].to_numpy(dtype=np.float64)
    first = np.nanmin(days) if not np.isnan(days).all() else 0.0
    return np.where(np.isnan(days), first - 1, days)


def _periods(days: Floats) -> Ints:
    """Number periods of about as many rows, first to last; a day is never parted."""
    starts = np.unique(np.quantile(days, np.arange(N_PERIODS) / N_PERIODS, method="lower"))
    return np.searchsorted(starts, days, side="right").astype(np.int64)
