"""What is worked out once of a table or a run and needed with every answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from core.families import FAMILIES
from core.figures.prediction import compute_popularity_bins
from core.hits import HitOdds, hit_odds
from core.neighbours import Neighbourhood, is_compared
from core.runs.model import Run
from core.suggestions import residuals_by_track
from core.validation import PROTOCOLS
from core.what_if import Realistic, realistic
from data.schema import TARGET

KEPT_A_TABLE = 48
"""Results that are kept for one table, the oldest goes first."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What a run's held-out tracks tell.

    Parameters
    ----------
    odds : HitOdds or None
    why_not : str
        Why there are no odds.
    residuals : ndarray of shape (n_tracks,)
        Errors of the model on the table's tracks, points; nan where a track was not held out.
    """

    odds: HitOdds | None
    why_not: str
    residuals: np.ndarray


class Knowledge:
    """Kept results, a set for each table; gone with it. Safe to share between threads.

    Parameters
    ----------
    services : Services
    """

    def __init__(self, services: Any) -> None:
        self._services = services
        self._kept: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def popularity(self, store: Any) -> np.ndarray:
        """Popularity of all tracks, in order, points."""
        return self.of(store, "popularity", lambda: np.sort(store.dataset.tracks[TARGET].dropna().to_numpy()))

    def bins(self, store: Any) -> Any:
        """Share of tracks in bins of popularity."""
        return self.of(store, "bins", lambda: compute_popularity_bins(store.dataset.tracks[TARGET]))

    def neighbourhood(self, store: Any, features: Sequence[str]) -> Neighbourhood:
        """The tracks in the space of what a model looks at."""
        compared = tuple(name for name in features if is_compared(name))
        return self.of(store, ("near", compared), lambda: Neighbourhood(store.dataset.tracks, compared))

    def realistic(self, store: Any, names: Sequence[str], genre: str) -> dict[str, Realistic]:
        """What is realistic for a genre, by feature; for all tracks where it is empty."""
        key = ("realistic", tuple(names), genre)
        return self.of(store, key, lambda: realistic(store.dataset.tracks, names, genre))

    def held_out(self, store: Any, run: Run, owner: str) -> HeldOut:
        """What the held-out tracks of a run tell; the owner was checked before."""
        return self.of(store, ("held out", run.id), lambda: self._held_out(store, run, owner))

    def of(self, store: Any, key: Any, make: Callable[[], Any]) -> Any:
        """The result that is kept for a table under a key, made at the first need."""
        with self._lock:
            known = self._kept.setdefault(store, {})
            if key in known:
                return known[key]
        made = make()
        with self._lock:
            known[key] = made
            while len(known) > KEPT_A_TABLE:
                known.pop(next(iter(known)))
        return made

    def _held_out(self, store: Any, run: Run, owner: str) -> HeldOut:
        predictions = self._services.runs.predictions(run.id, owner)
        residuals = residuals_by_track(store.dataset.tracks, predictions)
        if PROTOCOLS[run.request.protocol].is_leaky:
            learned = "not known, as the tracks that were held out had been learned from."
            return HeldOut(None, learned, np.full_like(residuals, np.nan))
        odds = hit_odds(predictions)
        if odds is None and not run.request.cv_folds:
            return HeldOut(None, "not known without cross-validation. Train this model with it to see one.", residuals)
        return HeldOut(odds, "" if odds else "not known, as too few tracks were held out.", residuals)


def columns_of(run: Run) -> tuple[str, ...]:
    """What a run's model looks at."""
    return tuple(FAMILIES[run.request.family].columns(run.request.features))
