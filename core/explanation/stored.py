"""The explanation that a run keeps, read back as tables that charts and words are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import BundleError
from core.explanation.model import METHODS, Floats, Method
from core.features import FEATURES

HIT = 70
"""Points from which a track counts as a hit."""
FEWEST_OF_A_COHORT = 5


@dataclass(frozen=True)
class Stored:
    """What `core.explanation.study.Study.of_final` gave.

    Parameters
    ----------
    told : dict
        As it was stored.
    features, labels : tuple of str
        Names of the features, and those for people.
    values : ndarray of shape (n_tracks, n_features)
        Contributions to the predictions of sampled test tracks, points.
    tracks : DataFrame of shape (n_tracks, 6)
        ``track_id``, ``track_name``, ``track_artist``, ``genre``, ``actual``, ``predicted`` (points, not clipped).
    inputs : DataFrame of shape (n_tracks, any)
        What the model read of these tracks, by feature.
    """

    told: Mapping[str, Any]
    features: tuple[str, ...]
    labels: tuple[str, ...]
    values: Floats
    tracks: pd.DataFrame
    inputs: pd.DataFrame

    @property
    def method(self) -> Method:
        """How the contributions were found."""
        return METHODS[self.told["method"]]

    @property
    def base(self) -> float:
        """What the contributions start from, points."""
        return float(self.told["base"])

    @property
    def importance(self) -> pd.DataFrame:
        """Each feature's mean size of contribution, the largest first.

        Returns
        -------
        DataFrame
            ``feature, label, mean`` (points), ``sd`` (over the folds' models; nan with fewer than two), ``folds`` (list
            of points), ``permutation`` (points of error gained; nan where it was not measured).
        """
        told = self.told["importance"]
        folds = np.array(told["folds"], dtype=np.float64).reshape(-1, len(self.features))
        permutation = self.told.get("permutation")
        frame = pd.DataFrame(
            {
                "feature": self.features,
                "label": self.labels,
                "mean": told["mean"],
                "sd": folds.std(axis=0, ddof=1) if len(folds) > 1 else np.nan,
                "folds": list(folds.T.tolist()),
                "permutation": permutation["mean"] if permutation else np.nan,
            }
        )
        return frame.sort_values("mean", ascending=False, kind="stable").reset_index(drop=True)

    @property
    def by_genre(self) -> pd.DataFrame:
        """Mean size of the contributions, points: a row a feature (by label), a column a genre."""
        told = self.told.get("by_genre") or {}
        return pd.DataFrame({genre: each["mean"] for genre, each in told.items()}, index=list(self.labels))

    def cohorts(self) -> dict[str, np.ndarray]:
        """Groups of the sampled tracks that have enough of them: positions by name."""
        tracks = self.tracks
        quarter = tracks["predicted"].quantile([0.25, 0.75]).to_numpy()
        masks = {
            "All tracks": np.ones(len(tracks), dtype=bool),
            "Predicted highest (top quarter)": (tracks["predicted"] >= quarter[1]).to_numpy(),
            "Predicted lowest (bottom quarter)": (tracks["predicted"] <= quarter[0]).to_numpy(),
            f"Hits (popularity {HIT} and more)": (tracks["actual"] >= HIT).to_numpy(),
            **{
                f"Genre: {name}": (tracks["genre"] == name).to_numpy()
                for name in sorted(tracks["genre"].dropna().unique())
            },
        }
        return {name: np.flatnonzero(mask) for name, mask in masks.items() if mask.sum() >= FEWEST_OF_A_COHORT}

    def table(self) -> pd.DataFrame:
        """Everything of the sample for people's own work: tracks, inputs, and a column ``shap:<feature>`` each."""
        shap = pd.DataFrame(self.values, columns=[f"shap:{name}" for name in self.features])
        return pd.concat([self.tracks.assign(base=self.base), self.inputs, shap], axis=1)


def read_stored(told: Any) -> Stored:
    """Give what a run keeps.

    Raises
    ------
    BundleError
        When it is of a form that this version does not know.
    """
    try:
        sample, features = told["sample"], tuple(told["features"])
        named = ("track_id", "track_name", "track_artist", "genre", "actual", "predicted")
        return Stored(
            told,
            features,
            tuple(FEATURES[name].label for name in features),
            np.array(sample["values"], dtype=np.float64).reshape(-1, len(features)),
            pd.DataFrame({name: sample[name] for name in named}),
            pd.DataFrame(sample["features"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError("The stored explanation of this run is of another version. Train the model again.") from error


def value_in_words(feature: str, value: Any) -> str:
    """A feature's value for people, in the unit of `unit_of`.

    Examples
    --------
    >>> value_in_words("key", 2.0), value_in_words("tempo", 120.0), value_in_words("duration_ms", 162_500.0)
    ('D', '120 BPM', '162 s')
    >>> value_in_words("loudness", -5.461), value_in_words("acousticness", 0.00708)
    ('\u22125.46 dB', '0.007')
    """
    if value is None or value != value:
        return "unknown"
    row = FEATURES[feature]
    if isinstance(value, str):
        return value
    if row.categories:
        return row.categories[int(value)]
    factor, unit = unit_of(feature)
    if unit == "year":
        return f"{value:.0f}"
    shown = value / factor
    number = f"{shown:,.0f}" if abs(shown) >= 100 else f"{round(shown, 3):.3g}"
    return f"{number} {unit}".replace("-", "\u2212") if unit[:1].isalpha() else number.replace("-", "\u2212")


def unit_of(feature: str) -> tuple[float, str]:
    """The unit that people read a feature in, and what one of it is worth in the table's own.

    Examples
    --------
    >>> unit_of("duration_ms"), unit_of("tempo")
    ((1000.0, 's'), (1.0, 'BPM'))
    """
    unit = FEATURES[feature].unit
    return (1000.0, "s") if unit == "ms" else (1.0, unit)
