"""Changes under which a model expects more of a track, held against what is seen of real tracks it did not know."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.features import FEATURES
from core.neighbours import OF_NOTE, Neighbourhood
from core.what_if import CanPredict, Realistic, Values, try_values

Floats = npt.NDArray[np.float64]

NEAR = 500
"""Held-out tracks nearest to a place, whose popularity and errors say what holds there; a tenth of all where there are
fewer than 5,000. With fewer, chance would drown what the real table shows; more would lie too far off."""
FEWEST_NEAR = 50
SURE = 0.95
STEPS = 21
SMALLEST_EFFECT = 0.5
"""Points; a smaller one is shown as nothing."""


@dataclass(frozen=True)
class Change:
    """Another value for one feature.

    Parameters
    ----------
    feature : str
    before, after : float or str or None
        In the table's unit.
    predicted : float
        With the change, points.
    effect : float
        By how much more than without it, points: what the model says.
    seen : float
        By how much the held-out tracks nearest to the changed values are more popular than those nearest to the track
        as it is, points; nan where not known.
    uncertainty : float
        Points by which chance may move what is seen to either side, all values that were looked at taken together; nan
        where not known.
    is_reliable : bool
        Whether neither of the two, nor the effect less the model's errors at both places, drowns in it.
    """

    feature: str
    before: float | str | None
    after: float | str
    predicted: float
    effect: float
    seen: float
    uncertainty: float
    is_reliable: bool


@dataclass(frozen=True)
class Suggestions:
    """What was found.

    Parameters
    ----------
    predicted : float
        Of the track as it is, points.
    changes : tuple of Change
        One a feature, the largest effect first; reliable or not.
    n_near : int
        Held-out tracks around each place that the uncertainty rests on; 0 where it is not known.
    n_tried : int
        Features that were tried.
    n_values : int
        Values of them that were looked at: the more there are, the more stands out by chance alone.
    unlike : tuple of str
        Features whose change was left out, since no real track is like what it gives.
    """

    predicted: float
    changes: tuple[Change, ...]
    n_near: int
    n_tried: int
    n_values: int = 0
    unlike: tuple[str, ...] = ()

    @property
    def reliable(self) -> tuple[Change, ...]:
        """Those that do not drown in the uncertainty."""
        return tuple(change for change in self.changes if change.is_reliable)


def residuals_by_track(tracks: pd.DataFrame, predictions: pd.DataFrame) -> Floats:
    """By how much each track was more popular than a model that had not seen it said, points; nan where none said.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, any)
        With ``track_id``.
    predictions : DataFrame
        As ``Runs.predictions`` gives them: what cross-validation and the test held out.
    """
    off = (predictions["actual"] - predictions["predicted"]).groupby(predictions["track_id"]).mean()
    found: Floats = tracks["track_id"].map(off).to_numpy(dtype=np.float64)
    return found


def suggest(
    predictor: CanPredict,
    values: Values,
    limits: Mapping[str, Realistic],
    near: Neighbourhood,
    popularity: Floats,
    residuals: Floats,
    locked: Collection[str] = (),
    besides: int | None = None,
) -> Suggestions:
    """Look for the realistic value of each feature for which most is predicted, everything else left as it is.

    The best of hundreds of values looks good by chance alone, the more so the more wildly a model follows its training
    tracks. So a change is reliable only when real tracks show it too: the 500 held-out tracks nearest to the changed
    values must be more popular than the 500 nearest to the track as it is by more than chance would make of any of the
    values looked at (95% for all of them together, by Bonferroni); and so must be the effect, also less the mean errors
    of the model at both places. It is a difference between tracks that are so already; nothing is said of what a change
    brings about.

    Parameters
    ----------
    predictor : Predictor
    values : mapping
        The track, as ``Predictor.predict_one`` takes it.
    limits : mapping of str to Realistic
        What is realistic, by feature: `core.what_if.realistic` for the genre.
    near : Neighbourhood
        Of the model's table and features.
    popularity : ndarray of shape (n_tracks,)
        Of the table's tracks, points.
    residuals : ndarray of shape (n_tracks,)
        Errors of the model on the table's tracks, as `residuals_by_track` gives them; only tracks that have one count.
    locked : collection of str
        Features that are not touched.
    besides : int, optional
        Row of the track that the values were taken from: it says nothing of what other tracks near it are like.

    Raises
    ------
    InvalidRequest
    """
    free = {name: one for name, one in limits.items() if name not in locked}
    own = try_values(predictor, values, [(name, value) for name, value in _own(values, free)][:1])
    now = float(own["predicted"].iloc[0]) if len(own) else math.nan
    tried = [(name, value) for name, one in free.items() for value in one.grid(STEPS) if value != values.get(name)]
    if not tried or math.isnan(now):
        return Suggestions(now, (), 0, 0)
    scored = try_values(predictor, values, tried)
    best = scored.loc[scored.groupby("feature", sort=False)["predicted"].idxmax()]
    here = _Place(near, values, popularity, residuals, besides)
    z = NormalDist().inv_cdf(1 - (1 - SURE) / (2 * len(tried)))
    changes, unlike = [], []
    for feature, value, predicted in best[["feature", "value", "predicted"]].to_numpy(dtype=object).tolist():
        if predicted - now < SMALLEST_EFFECT:
            continue
        there = _Place(near, {**values, feature: value}, popularity, residuals, besides)
        if there.is_unlike and not here.is_unlike:
            unlike.append(feature)
            continue
        changes.append(_change(feature, values, value, predicted, predicted - now, here, there, z))
    changes.sort(key=lambda one: (not one.is_reliable, -one.effect))
    n_near = here.n if here.is_known else 0
    return Suggestions(now, tuple(changes), n_near, len(best), len(tried), tuple(unlike))


def can_suggest(name: str) -> bool:
    """Whether a feature is one of the sound, which other versions of a track differ in; others are locked at first."""
    return FEATURES[name].group in ("audio", "tonality")


class _Place:
    """What held-out tracks around some values say of the model there."""

    def __init__(
        self, near: Neighbourhood, values: Values, popularity: Floats, residuals: Floats, besides: int | None
    ) -> None:
        known = np.isfinite(residuals) & np.isfinite(popularity)
        count = min(NEAR, int(known.sum()) // 10)
        around = near.nearest(values, count, known, besides).positions if near and count else np.arange(0)
        self.n = len(around)
        self.is_known = self.n >= FEWEST_NEAR
        self.seen, self.bias, self.error = math.nan, math.nan, math.nan
        if self.is_known:
            self.seen, self.bias = float(popularity[around].mean()), float(residuals[around].mean())
            spread = max(popularity[around].std(ddof=1), residuals[around].std(ddof=1))
            self.error = float(spread / math.sqrt(self.n))
        self.is_unlike = bool(near) and near.likeness(values, near.nearest(values, OF_NOTE, besides=besides)).is_unlike


def _change(
    feature: str,
    values: Values,
    after: float | str,
    predicted: float,
    effect: float,
    here: _Place,
    there: _Place,
    z: float,
) -> Change:
    uncertainty, seen = z * math.hypot(here.error, there.error), there.seen - here.seen
    cautious = min(effect, effect + there.bias - here.bias, seen)
    is_reliable = not math.isnan(uncertainty) and cautious > uncertainty
    return Change(feature, values.get(feature), after, predicted, effect, seen, uncertainty, is_reliable)


def _own(values: Values, free: Mapping[str, Realistic]) -> list[tuple[str, float | str]]:
    return [(name, value) for name in free if (value := values.get(name)) is not None]
