"""Artists by number of tracks and by mean popularity, with means of few tracks pulled towards the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.eda.columns import value_words
from core.eda.filters import Filter, select
from core.eda.mean_interval import t_quantile
from core.eda.results import kept_on_table
from core.eda.table import EdaTable
from data.schema import TARGET

TOP = 20


@dataclass(frozen=True, eq=False)
class Artists:
    """Artists of the chosen tracks.

    Parameters
    ----------
    frame : DataFrame of columns artist, n, mean, shrunken, low, high
        All artists, most tracks first. `shrunken` is the empirical-Bayes mean, `low` and `high` its 95% interval.
    overall : float
        Mean over artists, which they are pulled towards: that of a typical artist, not of a typical track.
    mean : float
        Mean over tracks.
    within_sd, between_sd : float
        Popularity SD of tracks within an artist, and of artists' true means.
    """

    frame: pd.DataFrame
    n: int
    overall: float
    mean: float
    within_sd: float
    between_sd: float

    @property
    def by_count(self) -> pd.DataFrame:
        """The twenty artists with most tracks."""
        return self.frame.head(TOP)

    @property
    def by_mean(self) -> pd.DataFrame:
        """The twenty artists with the highest shrunken mean."""
        return self.frame.nlargest(TOP, ["shrunken", "n"])

    @property
    def reading_count(self) -> str:
        """What the chart by count shows, in one line."""
        if self.frame.empty:
            return "No artist is known here."
        top = self.frame.iloc[0]
        share = 100 * self.by_count["n"].sum() / max(self.n, 1)
        return (
            f"{top['artist']} has most tracks ({int(top['n']):,}); the {len(self.by_count)} shown hold {share:.0f}% of "
            f"{self.n:,} tracks by {len(self.frame):,} artists."
        )

    @property
    def reading_mean(self) -> str:
        """What the chart by mean shows, in one line."""
        if self.frame.empty:
            return "No artist is known here."
        top = self.by_mean.iloc[0]
        return (
            f"Highest after shrinkage: {top['artist']} ({_points(top['shrunken'])}; plain mean {_points(top['mean'])} "
            f"over {int(top['n']):,}). Means of few tracks are pulled towards the mean over artists, "
            f"{_points(self.overall)}: artists count by how well their mean is known, not by their number of tracks. "
            f"The mean over all tracks is {_points(self.mean)}."
        )


@kept_on_table(most=8)
def artists(table: EdaTable, asked: Filter) -> Artists:
    """Count and average the chosen tracks by artist.

    The shrunken mean of an artist with n tracks is ``overall + B (mean - overall)`` with
    ``B = between² / (between² + within² / n)``: few tracks, little trust. The variances come from a one-way analysis of
    variance with artists as random effects (method of moments).

    References
    ----------
    Efron and Morris (1975), JASA 70, 311-319. Searle, Casella and McCulloch (1992), Variance Components, section 3.6.
    """
    rows = select(table, asked).rows
    codes, values = table.artist_codes[rows], table.numbers[TARGET][rows]
    known = (codes >= 0) & ~np.isnan(values)
    codes = codes[known]
    popularity: NDArray[np.float64] = values[known].astype(np.float64)
    sizes = np.bincount(codes, minlength=len(table.artists))
    present = np.flatnonzero(sizes)
    n: NDArray[np.float64] = sizes[present].astype(np.float64)
    means = np.bincount(codes, weights=popularity, minlength=len(table.artists))[present] / n
    within, between = variance_components(popularity, n, means)
    overall = _overall(n, means, within, between)
    trust = between / (between + within / n) if between > 0 else np.zeros_like(n)
    shrunken = overall + trust * (means - overall)
    reach = float(t_quantile(max(len(popularity) - len(n), 1)))
    margin = reach * np.sqrt(trust * within / n)
    frame = pd.DataFrame(
        {
            "artist": table.artists[present],
            "n": n.astype(np.int64),
            "mean": means,
            "shrunken": shrunken,
            "low": np.clip(shrunken - margin, 0, 100),
            "high": np.clip(shrunken + margin, 0, 100),
        }
    )
    frame = frame.iloc[np.argsort(-frame["n"].to_numpy(), kind="stable")].reset_index(drop=True)
    mean = float(popularity.mean()) if len(popularity) else float("nan")
    return Artists(frame, len(popularity), overall, mean, float(np.sqrt(within)), float(np.sqrt(between)))


def variance_components(
    values: NDArray[np.float64], n: NDArray[np.float64], means: NDArray[np.float64]
) -> tuple[float, float]:
    """Variance of tracks within artists and between artists' true means, by the method of moments.

    Parameters
    ----------
    values : float array of shape (n_tracks,)
    n, means : float arrays of shape (n_artists,)
        Tracks of each artist and their plain mean.
    """
    total, groups = float(n.sum()), len(n)
    if groups < 2 or total <= groups:
        return 0.0, 0.0
    grand = float(n @ means) / total
    squares_between = float(n @ (means - grand) ** 2)
    squares_within = float(values @ values) - float(n @ means**2)
    within = max(squares_within, 0.0) / (total - groups)
    typical = (total - float(n @ n) / total) / (groups - 1)
    return within, max((squares_between / (groups - 1) - within) / typical, 0.0)


def _points(value: float) -> str:
    return value_words(TARGET, value)


def _overall(n: NDArray[np.float64], means: NDArray[np.float64], within: float, between: float) -> float:
    if not len(n):
        return float("nan")
    spread = between + within / n
    weights = 1 / spread if within + between > 0 else n
    return float(weights @ means / weights.sum())
