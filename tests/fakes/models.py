"""Models of which everything is known, as far as ``core.what_if`` asks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


class Additive:
    """A model of which everything is known: 40 points for energy, 10 for minor."""

    def __init__(self, columns: Sequence[str] = ("energy", "mode", "tempo")) -> None:
        self.columns = self.required = tuple(columns)

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        predicted = 40.0 * frame["energy"].to_numpy() + 10.0 * (frame["mode"].to_numpy() == 0)
        return pd.DataFrame({"predicted": predicted, "low": predicted - 20, "high": predicted + 20})


TRACK: dict[str, Any] = {"energy": 0.5, "mode": "Major", "tempo": 120.0}


class Echo:
    """A model that says the mean of the nearest tracks it was shown, however few: it learns noise by heart.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, any)
    popularity : ndarray of shape (n_tracks,)
        Points.
    columns : sequence of str
        Numbers between 0 and 1.
    k : int
        Tracks whose mean is said.
    """

    def __init__(self, tracks: pd.DataFrame, popularity: np.ndarray, columns: Sequence[str], k: int = 3) -> None:
        self.columns = self.required = tuple(columns)
        self._points, self._popularity, self._k = tracks[list(columns)].to_numpy(), popularity, k

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        predicted = self._mean_of(frame[list(self.columns)].to_numpy(), 0)
        return pd.DataFrame({"predicted": predicted, "low": predicted - 20, "high": predicted + 20})

    def errors(self) -> np.ndarray:
        """Of each track, as models would make them that had not seen it; points."""
        return self._popularity - self._mean_of(self._points, 1)

    def _mean_of(self, rows: np.ndarray, first: int) -> np.ndarray:
        away = ((rows[:, None, :] - self._points[None]) ** 2).sum(axis=2)
        near = np.argsort(away, axis=1)[:, first : first + self._k]
        return self._popularity[near].mean(axis=1)
