"""How wide an interval must be: overall, and for each genre by its own held-out rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.intervals.conformal import COVERAGE, conformal_margin, is_enough

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ENOUGH_OF_A_GENRE = 200
"""Held-out units from which a genre's interval rests on its own rows alone: their coverage is then within 4 points."""
CONFIDENCE_IN_A_GENRE = 0.8
"""How sure a genre's interval is to hold its share at least. On the real table this costs 1% of the width, and the
worst genre of 20 splits holds 87.1% instead of 86.6%."""


@dataclass(frozen=True)
class HeldOut:
    """Rows that no model was fitted to before it predicted them.

    Parameters
    ----------
    actual, predicted : ndarray of shape (n,)
        Popularity, points within 0-100.
    genre : ndarray of shape (n,)
        Genre of each row, anything missing where it is not known.
    unit : ndarray of int of shape (n,)
        What was held out together (song, artist, track).
    low, high : ndarray of shape (n,), optional
        Predicted quantiles, points within 0-100, where the interval is made of them.
    """

    actual: Floats
    predicted: Floats
    genre: npt.NDArray[np.object_]
    unit: Ints
    low: Floats | None = None
    high: Floats | None = None

    @property
    def scores(self) -> Floats:
        """By how much each truth lies outside its interval of margin 0, points."""
        if self.low is None or self.high is None:
            off: Floats = np.abs(self.actual - self.predicted)
            return off
        low, high = mend_crossing(self.low, self.high)
        outside: Floats = np.maximum(low - self.actual, self.actual - high)
        return outside


def mend_crossing(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Put two quantiles that were estimated apart in order: the lower one of each pair is the low end.

    References
    ----------
    Chernozhukov, Fernandez-Val & Galichon (2010), Quantile and Probability Curves Without Crossing, Econometrica 78(3).

    Examples
    --------
    >>> mend_crossing(np.array([10.0, 60.0]), np.array([50.0, 40.0]))
    (array([10., 40.]), array([50., 60.]))
    """
    return np.minimum(low, high), np.maximum(low, high)


def margins(held_out: HeldOut, coverage: float = COVERAGE) -> tuple[float, dict[str, dict[str, Any]]]:
    """Margin of the interval over all rows, and for each genre.

    One margin for all holds its share on average only: too much of a calm genre, too little of a mixed one. So each
    genre is calibrated by its own rows (Mondrian, or group-conditional, conformal prediction). These are fewer, so
    chance could leave a genre short; its margin is the one that holds the coverage with 80% confidence. Below 200
    units a genre's own quantile is noise: it is mixed with the overall one in proportion. Below 16 units a genre has
    no margin of its own, and is left out: the overall one holds for it, and no promise is made in its name.

    Parameters
    ----------
    held_out : HeldOut
    coverage : float
        Between 0 and 1, exclusive.

    Returns
    -------
    overall : float
        Points to go outwards from the prediction, or from the predicted quantiles.
    by_genre : dict
        ``{"half_width", "n"}`` a genre that has enough units: its points, and the rows they rest on.

    References
    ----------
    Vovk, Lindsay, Nouretdinov & Gammerman (2003), Mondrian Confidence Machine. Vovk, Gammerman & Shafer (2005),
    Algorithmic Learning in a Random World, section 4.5.
    """
    scores = held_out.scores
    overall = conformal_margin(scores, coverage, held_out.unit)
    codes, names = pd.factorize(held_out.genre)
    by_genre = {}
    for code, name in enumerate(names):
        rows = codes == code
        units = held_out.unit[rows]
        n_units = len(np.unique(units))
        if is_enough(n_units, coverage, CONFIDENCE_IN_A_GENRE):
            own = conformal_margin(scores[rows], coverage, units, confidence=CONFIDENCE_IN_A_GENRE)
            weight = min(1.0, n_units / ENOUGH_OF_A_GENRE)
            by_genre[str(name)] = {"half_width": weight * own + (1 - weight) * overall, "n": int(rows.sum())}
    return overall, dict(sorted(by_genre.items()))


def bounds(
    interval: Mapping[str, Any],
    predicted: Floats,
    genre: npt.ArrayLike | None = None,
    quantiles: tuple[Floats, Floats] | None = None,
) -> tuple[Floats, Floats]:
    """Both ends of the interval of each prediction, points within 0-100; the prediction is never outside.

    Parameters
    ----------
    interval : mapping
        ``TrainingResult.interval``; that of an older run knows no genres.
    predicted : ndarray of shape (n,)
        Points.
    genre : array-like of shape (n,), optional
        Genre of each row; where it is missing or was not seen, the overall margin is used.
    quantiles : tuple of ndarray, optional
        Predicted low and high quantile, points, where the interval is made of them.

    Raises
    ------
    ValueError
        When a prediction or a quantile is not a number.
    """
    low, high = (predicted, predicted) if quantiles is None else mend_crossing(*quantiles)
    if not all(np.isfinite(values).all() for values in (predicted, low, high)):
        raise ValueError("Predictions must be finite numbers.")
    margin = margin_of(interval, genre)
    # A negative margin draws the ends inwards; they stop at their middle.
    inwards = np.minimum(0.0, margin + (high - low) / 2)
    low, high = low - margin + inwards, high + margin - inwards
    return np.clip(np.minimum(low, predicted), 0.0, 100.0), np.clip(np.maximum(high, predicted), 0.0, 100.0)


def margin_of(interval: Mapping[str, Any], genre: npt.ArrayLike | None = None) -> Any:
    """The margin of each row, or the one number for all where no genre is known, points."""
    overall = float(interval["half_width"])
    own = interval.get("by_genre")
    if genre is None or not own:
        return overall
    known = {name: float(one["half_width"]) for name, one in own.items()}
    return np.array([known.get(name, overall) for name in np.asarray(genre, dtype=object)])
