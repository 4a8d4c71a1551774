"""Which real tracks are most like some values, and whether any is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.features import FEATURES, feature_frame, is_extra

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COMPARED_GROUPS = frozenset({"audio", "tonality", "genre"})
MISMATCH: Mapping[str, float] = MappingProxyType({"genre": 2.0, "subgenre": 1.0, "key": 0.25, "mode": 0.25})
"""Squared distance of another category, where one standard deviation of a number counts 1."""
OF_NOTE = 5
"""Nearest tracks whose mean distance says how well some values are covered by the table."""
ALIKE = 0.995
"""Values are unlike anything when they are farther from their nearest tracks than so many tracks are from theirs."""
EDGE = 0.005
"""A single value is out of the ordinary below this share of the tracks, and above as many."""
COMPARED_TRACKS = 1000


@dataclass(frozen=True)
class Nearest:
    """Real tracks by their likeness.

    Parameters
    ----------
    positions : ndarray of int of shape (k,)
        Rows of the table, the nearest first.
    distances : ndarray of shape (k,)
        In standard deviations.
    """

    positions: Ints
    distances: Floats


@dataclass(frozen=True)
class Edge:
    """A value that hardly any track has.

    Parameters
    ----------
    feature : str
    value : float
        In the table's unit.
    limit : float
        Beyond which only one track in 200 lies.
    is_high : bool
        Whether the value lies above it, not below.
    """

    feature: str
    value: float
    limit: float
    is_high: bool


@dataclass(frozen=True)
class Likeness:
    """How well a table covers some values.

    Parameters
    ----------
    farther : float
        Share of tracks, 0 to 1, that are farther from their nearest tracks than these values from theirs.
    is_unlike : bool
        Whether hardly any track is as far from the others.
    edges : tuple of Edge
        Single values that hardly any track has.
    """

    farther: float
    is_unlike: bool
    edges: tuple[Edge, ...]


class Neighbourhood:
    """The tracks of a table in a space in which distance means unlikeness.

    Numbers count in their standard deviations, another genre as much as 1.4 of them. What comes from title, artist,
    playlists or the day of the release is not compared: it says little of how a track sounds. A value that is not known
    stands at the mean.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, any)
        Clean tracks; not changed.
    features : sequence of str
        What a model looks at; those that can be compared are.
    """

    def __init__(self, tracks: pd.DataFrame, features: Sequence[str]) -> None:
        wanted = [name for name in features if is_compared(name) and (not is_extra(name) or name in tracks)]
        frame = feature_frame(tracks, wanted)
        self.numbers = tuple(name for name in wanted if name not in MISMATCH)
        self.categories = tuple(name for name in wanted if name in MISMATCH)
        raw = frame[list(self.numbers)].to_numpy(dtype=np.float64)
        self._centre, self._scale = _moments(raw)
        self._points = np.nan_to_num((raw - self._centre) / self._scale).astype(np.float32)
        self._codes = {name: _codes(frame[name], FEATURES[name].categories) for name in self.categories}
        self._limits = {name: _limits(raw[:, column]) for column, name in enumerate(self.numbers)}
        self._usual = self._usual_distances()

    def __bool__(self) -> bool:
        """Whether there is anything to compare by."""
        return bool(self.numbers or self.categories) and len(self._points) > OF_NOTE

    def nearest(
        self,
        values: Mapping[str, Any],
        count: int,
        among: npt.NDArray[np.bool_] | None = None,
        besides: int | None = None,
    ) -> Nearest:
        """The tracks most like some values.

        Parameters
        ----------
        values : mapping
            Feature to value in the table's unit, a category by its name or code; what is absent or None is not known.
        count : int
        among : ndarray of bool of shape (n_tracks,), optional
            Tracks that count.
        besides : int, optional
            The row of a track that does not: that which the values were taken from, as no track is its own neighbour.
            A row that is not there leaves nothing out.
        """
        squared = self._squared(values)
        if among is not None:
            squared = np.where(among, squared, np.inf)
        if besides is not None and 0 <= besides < len(squared):
            squared[besides] = np.inf
        return _smallest(squared, count)

    def likeness(self, values: Mapping[str, Any], nearest: Nearest) -> Likeness:
        """How well the table covers some values, whose nearest tracks (five at least) are known."""
        distance = float(nearest.distances[:OF_NOTE].mean()) if len(nearest.distances) else 0.0
        farther = float((self._usual > distance).mean()) if len(self._usual) else 1.0
        return Likeness(farther, farther < 1 - ALIKE, self._edges(values))

    def _edges(self, values: Mapping[str, Any]) -> tuple[Edge, ...]:
        found = []
        for name in self.numbers:
            value, (low, high) = _number(values.get(name)), self._limits[name]
            if value > high or value < low:
                found.append(Edge(name, value, high if value > high else low, value > high))
        return tuple(found)

    def _squared(self, values: Mapping[str, Any]) -> npt.NDArray[np.float32]:
        given = np.array([_number(values.get(name)) for name in self.numbers], dtype=np.float64)
        point = np.nan_to_num((given - self._centre) / self._scale).astype(np.float32)
        squared = self._from(point)
        for name, (codes, names) in self._codes.items():
            code = _code(values.get(name), names)
            if code >= 0:
                squared += np.float32(MISMATCH[name]) * (codes != code)
        return squared

    def _from(self, point: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        apart = self._points - point
        squared: npt.NDArray[np.float32] = np.einsum("ij,ij->i", apart, apart)
        return squared

    def _usual_distances(self) -> Floats:
        """Mean distance of some tracks to their own nearest ones, in order."""
        n_tracks = len(self._points)
        chosen = np.unique(np.linspace(0, n_tracks - 1, min(COMPARED_TRACKS, n_tracks)).astype(np.int64))
        found = []
        for row in chosen:
            squared = self._from(self._points[row])
            for name, (codes, _) in self._codes.items():
                squared += np.float32(MISMATCH[name]) * (codes != codes[row])
            squared[row] = np.inf  # not itself
            near = np.partition(squared, OF_NOTE)[:OF_NOTE] if n_tracks > OF_NOTE else squared[np.isfinite(squared)]
            found.append(float(np.sqrt(np.maximum(near, 0)).mean()) if len(near) else 0.0)
        return np.sort(np.array(found))


def is_compared(name: str) -> bool:
    """Whether tracks are compared by a feature."""
    return name == "release_year" or is_extra(name) or FEATURES[name].group in COMPARED_GROUPS


def _moments(raw: Floats) -> tuple[Floats, Floats]:
    if not len(raw):
        return np.zeros(raw.shape[1]), np.ones(raw.shape[1])
    known = np.isfinite(raw)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, raw, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, (raw - centre) ** 2, 0.0).sum(axis=0) / count)
    return centre, np.where(spread > 0, spread, 1.0)


def _limits(values: Floats) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return -np.inf, np.inf
    low, high = np.quantile(known, [EDGE, 1 - EDGE])
    return float(low), float(high)


def _codes(values: pd.Series, names: Sequence[str] | None) -> tuple[Ints, Sequence[str] | None]:
    if names is not None:
        return np.where(values.isna(), -1, values.fillna(0)).astype(np.int64), names
    codes, found = pd.factorize(values)
    return codes.astype(np.int64), tuple(map(str, found))


def _code(value: Any, names: Sequence[str] | None) -> int:
    if isinstance(value, str):
        return list(names or ()).index(value) if value in (names or ()) else -2
    number = _number(value)
    return -1 if np.isnan(number) else int(number)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float | np.number) and not isinstance(value, bool) else float("nan")


def _smallest(squared: npt.NDArray[np.float32], count: int) -> Nearest:
    count = min(count, int(np.isfinite(squared).sum()))
    if not count:
        return Nearest(np.empty(0, dtype=np.int64), np.empty(0))
    few = np.argpartition(squared, count - 1)[:count]
    order = few[np.lexsort((few, squared[few]))]
    return Nearest(order.astype(np.int64), np.sqrt(np.maximum(squared[order], 0)).astype(np.float64))
