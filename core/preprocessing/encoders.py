"""Names and titles to numbers that are learnt from popularity.

Each encoder reads a column once (`read`), then is fitted on some of what was read and gives one number a row for any.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import Ridge

from core.features.model import Encoding
from core.grouping import fold_name

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.object_]

SMOOTHING = 1.5
"""Tracks that the overall mean counts for; from 1 to 6, R2 on the public table changes by less than .003."""
HALF_LIFE = 5 * 365.25
"""Days after which a track of the past counts for half, where only the past is looked at: R2 by time .353 to .361."""
HASHES = 2**15
PENALTY = 3.0
SEPARATOR = "\n"


class Encoder(Protocol):
    """What turns a column of names into a column of numbers."""

    def read(self, names: pd.Series) -> Any:
        """What there is to learn from in the names, an array or matrix of n_rows rows; needs no fit."""
        ...

    def fit(self, read: Any, y: Floats, prior: float, days: Floats | None = None) -> Self:
        """Learn from rows that were read and their targets.

        Parameters
        ----------
        read : array or matrix of n_rows rows
        y : ndarray of shape (n_rows,)
            Popularity, points.
        prior : float
            What stands for the unknown, points.
        days : ndarray of shape (n_rows,), optional
            When each row came out, where old rows should count for less.
        """
        ...

    def transform(self, read: Any) -> Floats:
        """One number a row."""
        ...

    @staticmethod
    def unknown(prior: float) -> float:
        """The number of a row of which nothing is known."""
        ...


class _ByName(BaseEstimator):  # type: ignore[misc]
    """Looks a number up by name. The names are kept in one text, which is stored and read in no time."""

    keys_: str
    values_: Floats
    unknown_: float

    def read(self, names: pd.Series) -> Names:
        """Names as they are compared: regardless of case, accents and spaces at the ends; None where missing."""
        codes, uniques = pd.factorize(names)
        keys = [fold_name(str(name)).replace(SEPARATOR, " ") for name in uniques]
        found: Names = np.array([*keys, None], dtype=object)[codes]
        return found

    def weigh(self, days: Floats | None, n_rows: int) -> Floats:
        """How much each row counts."""
        return np.ones(n_rows)

    def value(self, total: Floats, weight: Floats, prior: float) -> Floats:
        """The number that follows from weighted targets of rows and their weights, both summed."""
        raise NotImplementedError

    @staticmethod
    def unknown(prior: float) -> float:
        """The number of a name that was never seen."""
        raise NotImplementedError

    def fit(self, read: Names, y: Floats, prior: float, days: Floats | None = None) -> Self:
        """Learn the number of each name."""
        weight = self.weigh(days, len(read))
        sums = pd.DataFrame({"name": read, "total": weight * y, "weight": weight}).groupby("name").sum()
        self.unknown_ = self.unknown(prior)
        self.keys_ = SEPARATOR.join(sums.index)
        self.values_ = self.value(sums["total"].to_numpy(), sums["weight"].to_numpy(), prior)
        return self

    def from_before(self, read: Names, y: Floats, prior: float, days: Floats) -> Floats:
        """Encode each row from the rows that came out before its day, as `fit` and `transform` would on each day."""
        weight = self.weigh(days, len(read))
        rows = pd.DataFrame({"name": read, "day": days, "total": weight * y, "weight": weight})
        by_day = rows.groupby(["name", "day"]).sum()
        earlier = by_day.groupby(level="name").cumsum() - by_day
        found = earlier.reindex(pd.MultiIndex.from_arrays([read, days])).fillna(0.0).to_numpy().clip(min=0)
        # A row of that day would count for one.
        return self.value(found[:, 0] / weight, found[:, 1] / weight, prior)

    def transform(self, read: Names) -> Floats:
        """The number of each name, that of the unknown for a name never seen and for a missing one."""
        places = _places(self.keys_)
        found = np.array([places.get(name, -1) for name in read], dtype=np.int64)
        return np.append(self.values_, self.unknown_)[found]


@lru_cache(maxsize=32)
def _places(keys: str) -> dict[str, int]:
    """Where each name stands; kept for the models that were asked last."""
    return {name: place for place, name in enumerate(keys.split(SEPARATOR))} if keys else {}


class NameMean(_ByName):
    """Mean popularity of the rows that share a name, drawn to the prior where they are few.

    Parameters
    ----------
    smoothing : float
        Rows that the prior counts for.
    half_life : float, days
        Age at which a row counts for half, where days are told.
    """

    def __init__(self, smoothing: float = SMOOTHING, half_life: float = HALF_LIFE) -> None:
        self.smoothing = smoothing
        self.half_life = half_life

    def weigh(self, days: Floats | None, n_rows: int) -> Floats:
        """Halved with each half-life before the newest row."""
        return np.ones(n_rows) if days is None else np.exp2((days - days.max()) / self.half_life)

    def value(self, total: Floats, weight: Floats, prior: float) -> Floats:
        """Mean, points."""
        return (total + self.smoothing * prior) / (weight + self.smoothing)

    @staticmethod
    def unknown(prior: float) -> float:
        """The prior itself."""
        return prior


class NameCount(_ByName):
    """How many rows share a name, as log(1 + count)."""

    def value(self, total: Floats, weight: Floats, prior: float) -> Floats:
        """Log of the count; the targets tell nothing."""
        return np.log1p(weight)

    @staticmethod
    def unknown(prior: float) -> float:
        """Nothing was counted."""
        return 0.0


class TitleWords(BaseEstimator):  # type: ignore[misc]
    """Popularity that the words of a title suggest: ridge regression on words and pairs of words, weighted by rarity.

    Parameters
    ----------
    penalty : float
        How strongly the weight of a word is drawn to zero.
    """

    def __init__(self, penalty: float = PENALTY) -> None:
        self.penalty = penalty

    def read(self, names: pd.Series) -> Any:
        """Words and pairs of words counted, a sparse matrix of shape (n_rows, 32768); empty for a missing title."""
        titles = ["" if pd.isna(name) else str(name) for name in names]
        counter = HashingVectorizer(n_features=HASHES, ngram_range=(1, 2), alternate_sign=False, norm=None)
        return counter.transform(titles)

    def fit(self, read: Any, y: Floats, prior: float, days: Floats | None = None) -> Self:
        """Learn the weights of the words."""
        titles_with = np.bincount(read.indices, minlength=HASHES)
        self.rarity_ = np.log((1 + read.shape[0]) / (1 + titles_with)) + 1
        ridge = Ridge(alpha=self.penalty, solver="sparse_cg").fit(self._weigh(read), y)
        self.weights_, self.base_ = ridge.coef_, float(ridge.intercept_)
        return self

    def transform(self, read: Any) -> Floats:
        """Points."""
        suggested: Floats = self._weigh(read) @ self.weights_ + self.base_
        return suggested

    def _weigh(self, read: Any) -> Any:
        """TF-IDF with log counts, rows of length one: as scikit-learn's, without its checks, which cost more."""
        weighed = read.copy()
        weighed.data = (1 + np.log(read.data)) * self.rarity_[read.indices]
        row = np.repeat(np.arange(read.shape[0]), np.diff(read.indptr))
        weighed.data /= np.sqrt(np.bincount(row, weighed.data**2, minlength=read.shape[0]))[row]
        return weighed

    @staticmethod
    def unknown(prior: float) -> float:
        """The prior: no words tell nothing."""
        return prior


def make_encoder(encoding: Encoding) -> Encoder:
    """Give the encoder of a kind of feature.

    Raises
    ------
    KeyError
        For a feature that needs none.
    """
    makers: dict[str, type[Any]] = {"mean": NameMean, "count": NameCount, "words": TitleWords}
    made: Encoder = makers[encoding]()
    return made
