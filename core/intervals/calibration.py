"""How wide an interval must be: overall, and for each genre by its own held-out rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
        What the ends start from, points: predicted quantiles, or the prediction and its tails.
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


def calibrate(held_out: HeldOut, coverage: float = COVERAGE) -> dict[str, Any]:
    """What an interval is made of, from held-out rows.

    Parameters
    ----------
    held_out : HeldOut
        With the ends that the interval starts from, or without: it then starts from the tails around the prediction.
    coverage : float
        Between 0 and 1, exclusive.

    Returns
    -------
    dict
        ``tails``, ``half_width`` and ``by_genre``, as in ``TrainingResult.interval``.
    """
    if held_out.low is not None:
        overall, by_genre = margins(held_out, coverage)
        return {"tails": None, "half_width": overall, "by_genre": by_genre}
    found = tails(held_out, coverage)
    # A row of no known genre has the overall tails, so these are what the overall margin must make up for.
    overall, _ = margins(from_tails(held_out, {"tails": found["tails"]}), coverage)
    _, by_genre = margins(from_tails(held_out, found), coverage)
    whole = {name: one | found["by_genre"].get(name, {}) for name, one in by_genre.items()}
    return {"tails": found["tails"], "half_width": overall, "by_genre": whole}


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


def tails(held_out: HeldOut, coverage: float = COVERAGE) -> dict[str, Any]:
    """How far below and above the prediction the truth lies in all but the extreme cases, over all rows and by genre.

    Popularity is not spread evenly around a prediction: many tracks have 0, few are hits. Ends that are as far from the
    prediction on either side leave out four tracks below for one above, and are wider than they need be. So each end
    starts from a quantile of its own side, and the margin of `margins` moves both outwards from there. A genre's own
    quantiles are mixed with the overall ones as its margin is.

    Parameters
    ----------
    held_out : HeldOut
    coverage : float
        Between 0 and 1, exclusive; half of the rest is left out on either side.

    Returns
    -------
    dict
        ``{"tails": [low, high], "by_genre": {genre: {"tails": [low, high]}}}``, as in ``TrainingResult.interval``:
        points from the prediction, the low one mostly negative; of each genre that has enough units.

    References
    ----------
    Romano, Patterson & Candes (2019), Conformalized Quantile Regression, NeurIPS, section 4 (asymmetric tails).
    Linusson, Johansson & Lofstrom (2014), Signed-error Conformal Regression, PAKDD.
    """
    levels = [(1 - coverage) / 2, (1 + coverage) / 2]
    off = held_out.actual - held_out.predicted
    overall = np.quantile(off, levels)
    codes, names = pd.factorize(held_out.genre)
    by_genre = {}
    for code, name in enumerate(names):
        rows = codes == code
        n_units = len(np.unique(held_out.unit[rows]))
        if is_enough(n_units, coverage, CONFIDENCE_IN_A_GENRE):
            weight = min(1.0, n_units / ENOUGH_OF_A_GENRE)
            own = weight * np.quantile(off[rows], levels) + (1 - weight) * overall
            by_genre[str(name)] = {"tails": own.tolist()}
    return {"tails": overall.tolist(), "by_genre": by_genre}


def from_tails(held_out: HeldOut, found: Mapping[str, Any]) -> HeldOut:
    """The same rows with ends that start from their tails, as `tails` found them."""
    below, above = tails_of(found, held_out.genre)
    return replace(held_out, low=held_out.predicted + below, high=held_out.predicted + above)


def tails_of(interval: Mapping[str, Any], genre: npt.ArrayLike | None = None) -> tuple[Any, Any]:
    """What `tails` found for each row, or for all where no genre is known, points; 0 for an interval without tails."""
    overall = interval.get("tails") or (0.0, 0.0)
    own = {name: one["tails"] for name, one in (interval.get("by_genre") or {}).items() if one.get("tails")}
    if genre is None or not own:
        return float(overall[0]), float(overall[1])
    found = np.array([own.get(name, overall) for name in np.asarray(genre, dtype=object)], dtype=np.float64)
    found = found.reshape(-1, 2)
    return found[:, 0], found[:, 1]


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
        ``TrainingResult.interval``; that of an older run knows no genres, and no tails.
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
    if quantiles is None:
        below, above = tails_of(interval, genre)
        low, high = predicted + below, predicted + above
    else:
        low, high = mend_crossing(*quantiles)
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
