"""Preparing a few rows without the checks that scikit-learn makes anew each time.

A slider sends one row. A fitted preparation spends half a millisecond or more on each bent column of it, nearly all on
checking its input and on distributions in general; the arithmetic itself takes microseconds. What is here does that
arithmetic, in the same order, and is proved on rows of the preparation's own range before it is used: where a single
bit differs, and for any step that is not known here, scikit-learn does the work as before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from core.preprocessing.encoders import Encoder

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, npt.NDArray[Any]]
Step = Callable[[Floats], Floats]
Part = Callable[[Columns], Floats]

FEW = 8
"""Rows up to which it is worth while; beyond them the checks cost next to nothing a row."""
ALMOST_NOTHING = 1e-7
"""Distance from the ends of the quantiles within which `QuantileTransformer` takes a value for the end itself."""

log = logging.getLogger(__name__)


class QuickRows:
    """A fitted preparation that has a short way for a few rows; everything else is asked of the preparation itself.

    Parameters
    ----------
    prepare : transformer
        Fitted, from `core.preprocessing.make_preprocessing`.
    columns : sequence of str
        What it reads.
    """

    def __init__(self, prepare: Any, columns: Sequence[str]) -> None:
        self._prepare, self._columns = prepare, list(columns)

    @cached_property
    def _short(self) -> Callable[[pd.DataFrame], Floats] | None:
        return _proved(self._prepare, self._columns)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_prepare", "_columns"):
            raise AttributeError(name)
        return getattr(self._prepare, name)

    def __getitem__(self, step: str) -> Any:
        return self._prepare[step]

    @property
    def is_quick(self) -> bool:
        """Whether there is a short way."""
        return self._short is not None

    def transform(self, X: pd.DataFrame) -> Any:
        """Prepare rows, shape (n_rows, n_prepared), by either way the same numbers."""
        if not 0 < len(X) <= FEW or self._short is None:
            return self._prepare.transform(X)
        return self._short(X)


def _proved(prepare: Any, columns: list[str]) -> Callable[[pd.DataFrame], Floats] | None:
    """The short way, if there is one that gives what the preparation gives for rows that try its corners."""
    from core.preprocessing.corners import rows_to_try

    try:
        short = _short_way(prepare)
        rows = rows_to_try(prepare, columns)
        expected, found = np.asarray(prepare.transform(rows), dtype=np.float64), short(rows)
    except (NoShortWayError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        log.info("Single rows are prepared the long way: %r", error)
        return None
    return short if expected.shape == found.shape and np.array_equal(expected, found) else None


class NoShortWayError(Exception):
    """A step that is not known here."""


def _short_way(prepare: Any) -> Callable[[pd.DataFrame], Floats]:
    encode: Mapping[str, Encoder] = {}
    made = prepare
    if hasattr(prepare, "steps"):
        encoder, made = prepare["encode"], prepare["columns"]
        encode = dict(zip(encoder.encodings, encoder.encoders_, strict=True))
    if not hasattr(made, "transformers_"):
        raise NoShortWayError
    parts = [_part(transformer, list(names)) for _, transformer, names in made.transformers_ if len(names)]
    needed = [name for _, _, names in made.transformers_ for name in names]

    def short(X: pd.DataFrame) -> Floats:
        columns = {
            name: encode[name].transform(encode[name].read(X[name])) if name in encode else X[name].to_numpy()
            for name in needed
        }
        return np.hstack([part(columns) for part in parts])

    return short


def _part(transformer: Any, names: list[str]) -> Part:
    steps = [step for _, step in transformer.steps] if hasattr(transformer, "steps") else [transformer]
    if hasattr(steps[0], "categories_"):
        looked_up = _looked_up(steps[0])
        return lambda columns: looked_up([columns[name] for name in names])
    doing = [_step(step) for step in steps]

    def numbers(columns: Columns) -> Floats:
        rows = np.column_stack([columns[name] for name in names]).astype(np.float64, copy=False)
        for do in doing:
            rows = do(rows)
        return rows

    return numbers


def _step(fitted: Any) -> Step:
    make = STEPS.get(type(fitted).__name__)
    if make is None:
        raise NoShortWayError
    return make(fitted)


def _filled(imputer: Any) -> Step:
    statistics = np.asarray(imputer.statistics_, dtype=np.float64)
    kept = ~np.isnan(statistics)  # a column without any value in training is left out

    def fill(rows: Floats) -> Floats:
        rows = rows[:, kept]
        return np.where(np.isnan(rows), statistics[kept], rows)

    return fill


def _scaled(scaler: Any) -> Step:
    return lambda rows: (rows - scaler.mean_) / scaler.scale_


def _quantiles(fitted: Any) -> Step:
    from scipy.special import ndtri

    if fitted.output_distribution != "normal":
        raise NoShortWayError
    edge = ALMOST_NOTHING - np.spacing(1)
    lowest, highest = ndtri(edge), ndtri(1 - edge)
    shares, down = fitted.references_, -fitted.references_[::-1]
    known = [(column, -column[::-1]) for column in np.asarray(fitted.quantiles_).T]

    def bend(rows: Floats) -> Floats:
        found = np.empty_like(rows)
        for place, (values, turned) in enumerate(known):
            asked = rows[:, place]
            share = 0.5 * (np.interp(asked, values, shares) - np.interp(-asked, turned, down))
            share[asked + ALMOST_NOTHING > values[-1]] = 1
            share[asked - ALMOST_NOTHING < values[0]] = 0
            found[:, place] = share
        return np.clip(ndtri(found), lowest, highest)

    return bend


def _splines(fitted: Any) -> Step:
    if fitted.extrapolation != "constant" or fitted.include_bias or fitted.sparse_output:
        raise NoShortWayError
    degree = fitted.degree
    knots = np.stack([curve.t for curve in fitted.bsplines_])
    lowest, highest = knots[:, degree], knots[:, -degree - 1]
    n_columns, n_splines = len(knots), knots.shape[1] - degree - 1

    def curve_all(rows: Floats) -> Floats:
        x = np.clip(rows, lowest, highest)
        place = np.clip((x[:, :, None] >= knots).sum(axis=2) - 1, degree, n_splines - 1)
        found = np.zeros((len(rows), n_columns, n_splines))
        for step, weight in enumerate(_basis(x, place, knots, degree)):
            np.put_along_axis(found, (place - degree + step)[:, :, None], weight[:, :, None], axis=2)
        return found[:, :, :-1].reshape(len(rows), -1)

    return curve_all


def _basis(x: Floats, place: npt.NDArray[np.int64], knots: Floats, degree: int) -> list[Floats]:
    """The B-splines that are not zero at each value, by de Boor's recursion, in the order in which SciPy adds up.

    Parameters
    ----------
    x : ndarray of shape (n_rows, n_columns)
    place : ndarray of shape (n_rows, n_columns)
        The knot at or before each value.
    knots : ndarray of shape (n_columns, n_knots)
    degree : int

    References
    ----------
    de Boor (1978), A Practical Guide to Splines, chapter X.
    """
    column = np.arange(len(knots))
    found = [np.ones_like(x)]
    for level in range(1, degree + 1):
        before, found = found, [np.zeros_like(x) for _ in range(level + 1)]
        for n in range(1, level + 1):
            right, left = knots[column, place + n], knots[column, place + n - level]
            apart = right != left
            weight = np.divide(before[n - 1], right - left, out=np.zeros_like(x), where=apart)
            found[n - 1] += weight * (right - x)
            found[n] = weight * (x - left)
    return found


def _one_hot(encoder: Any) -> Step:
    looked_up = _looked_up(encoder)
    return lambda rows: looked_up(list(rows.T))


def _looked_up(encoder: Any) -> Callable[[Sequence[npt.NDArray[Any]]], Floats]:
    """What a one-hot encoder says of each category, asked of it once; the last row is for what it never met."""
    tables = []
    begin = 0
    for place, (categories, width) in enumerate(zip(encoder.categories_, columns_a_name(encoder), strict=True)):
        unmet: Any = "\0 never met" if categories.dtype == object else np.float64(-1e9)
        asked = np.empty((len(categories) + 1, len(encoder.categories_)), dtype=object)
        asked[:] = [found[0] for found in encoder.categories_]
        asked[:, place] = [*categories, unmet]
        names = getattr(encoder, "feature_names_in_", None)
        rows = pd.DataFrame(asked, columns=names) if names is not None else asked.astype(np.float64)
        said = np.asarray(encoder.transform(rows), dtype=np.float64)[:, begin : begin + width]
        tables.append(({_key(category): row for row, category in enumerate(categories)}, said))
        begin += width

    def look_up(columns: Sequence[npt.NDArray[Any]]) -> Floats:
        found = [
            said[[rows.get(_key(value), -1) for value in column]]
            for column, (rows, said) in zip(columns, tables, strict=True)
        ]
        return np.hstack(found)

    return look_up


def _key(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value


STEPS: Mapping[str, Callable[[Any], Step]] = {
    "SimpleImputer": _filled,
    "StandardScaler": _scaled,
    "QuantileTransformer": _quantiles,
    "SplineTransformer": _splines,
    "OneHotEncoder": _one_hot,
}


def columns_a_name(encoder: Any) -> list[int]:
    """Columns that a fitted one-hot encoder gives each of its inputs; rare names share one."""
    counts = [len(found) for found in encoder.categories_]
    if not getattr(encoder, "max_categories", None):
        return counts
    rare = [0 if found is None else len(found) - 1 for found in encoder.infrequent_categories_]
    return [count - shared for count, shared in zip(counts, rare, strict=True)]
