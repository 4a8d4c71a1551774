"""What is worked out once of a table or a run and needed with every answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from core.families import FAMILIES
from core.figures.prediction import compute_popularity_bins
from core.hits import HitOdds, hit_odds
from core.neighbours import Neighbourhood, is_compared
from core.runs.model import Run
from core.suggestions import residuals_by_track
from core.validation import PROTOCOLS
from core.what_if import Usual, realistic
from data.schema import TARGET

Value = TypeVar("Value")

MODELS_A_TABLE, RESULTS_A_MODEL = 32, 24
"""What is kept at most; of both, what was not used for the longest time goes first."""
SHARED = ""
"""In place of a model: what is known of the table itself."""


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


class Recent(Generic[Value]):
    """As many values as fit, by key; the one that was not used for the longest time makes room.

    Examples
    --------
    >>> some = Recent(2)
    >>> _ = [some.put(key, key.upper()) for key in "ab"], some.get("a"), some.put("c", "C")
    >>> some.get("a"), some.get("b")
    ('A', None)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Any, Value] = {}

    def get(self, key: Any) -> Value | None:
        """The value of a key, now the last one to go; None where there is none."""
        if key not in self._known:
            return None
        return self.put(key, self._known[key])

    def put(self, key: Any, value: Value) -> Value:
        """Keep a value."""
        self._known.pop(key, None)
        self._known[key] = value
        while len(self._known) > self._most:
            self._known.pop(next(iter(self._known)))
        return value


class Knowledge:
    """Kept results, for each table and each of its models; gone with the table. Safe to share between threads.

    Many questions about one model drop older answers about that model only, so nobody waits for what another person
    asks of another one.

    Parameters
    ----------
    services : Services
    """

    def __init__(self, services: Any) -> None:
        self._services = services
        self._kept: WeakKeyDictionary[Any, Recent[Recent[Any]]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def popularity(self, store: Any) -> np.ndarray:
        """Popularity of all tracks, in order, points."""
        return self.of(store, SHARED, "popularity", lambda: np.sort(store.dataset.tracks[TARGET].dropna().to_numpy()))

    def bins(self, store: Any) -> Any:
        """Share of tracks in bins of popularity."""
        return self.of(store, SHARED, "bins", lambda: compute_popularity_bins(store.dataset.tracks[TARGET]))

    def neighbourhood(self, store: Any, features: Sequence[str]) -> Neighbourhood:
        """The tracks in the space of what a model looks at."""
        compared = tuple(name for name in features if is_compared(name))
        return self.of(store, SHARED, ("near", compared), lambda: Neighbourhood(store.dataset.tracks, compared))

    def realistic(self, store: Any, model: str, names: Sequence[str], genre: str) -> Usual:
        """What is realistic for a genre, by feature of a model; for all tracks where it is empty or small."""
        return self.of(store, model, ("realistic", genre), lambda: realistic(store.dataset.tracks, names, genre))

    def held_out(self, store: Any, run: Run, owner: str) -> HeldOut:
        """What the held-out tracks of a run tell; the owner was checked before."""
        return self.of(store, run.id, "held out", lambda: self._held_out(store, run, owner))

    def of(self, store: Any, model: str, key: Any, make: Callable[[], Any]) -> Any:
        """The result that is kept for a model of a table under a key, made at the first need.

        Parameters
        ----------
        store : TrackStore
        model : str
            Id of a run, or `SHARED`.
        key : hashable
        make : callable
            Gives the result; never None.
        """
        with self._lock:
            known = self._of_model(store, model)
            if (found := known.get(key)) is not None:
                return found
        made = make()
        with self._lock:
            self._of_model(store, model).put(key, made)
        return made

    def _of_model(self, store: Any, model: str) -> Recent[Any]:
        tables = self._kept
        if store not in tables:
            tables[store] = Recent(MODELS_A_TABLE)
        if (known := tables[store].get(model)) is None:
            known = tables[store].put(model, Recent(RESULTS_A_MODEL))
        return known

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
