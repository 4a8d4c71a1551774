"""How the rows of a training hang together: which must not learn from which.

A number that is learnt from the target (the mean of an artist, what the words of a title tell) must meet the training
rows as it will meet new ones. So each training row is encoded from other rows only, cut as the validation protocol
cuts: other albums, other songs, or the past. What that takes travels beside the features in columns of its own, through
every slice of the rows; a fitted pipeline does not read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.features import FEATURES
from core.grouping import album_groups
from core.validation import PROTOCOLS

if TYPE_CHECKING:
    from core.validation import Split

GROUP, DATE, NEWCOMER = "row:group", "row:date", "row:newcomer"
STANDING = (GROUP, DATE, NEWCOMER)

NEWCOMERS = 0.6
"""Share of the artists hidden from the encoding where the test holds newcomers only: R2 .15 without, .24 with it."""


def with_standing(X: pd.DataFrame, split: Split, protocol: str, seed: int) -> pd.DataFrame:
    """Add to the features of every row what an out-of-fold encoding needs to know of it, where there is any.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_features)
        Features of the rows of ``split.table``.
    split : Split
    protocol : str
        Key of ``PROTOCOLS``.
    seed : int
        Of the draw of artists that are treated as newcomers, under the ``artist`` protocol.

    Returns
    -------
    DataFrame of shape (n_rows, n_features + 1 or 2)
        ``row:group`` (int; rows with one label are encoded together); under the ``time`` protocol ``row:date`` (days
        since 1970, nan where undated); under the ``artist`` protocol ``row:newcomer`` (whether the artist is treated
        as unknown).
    """
    if not any(FEATURES[str(name)].encoding for name in X.columns):
        return X
    table = split.table
    if PROTOCOLS[protocol].by_time:
        dates = pd.to_datetime(table["release_date"])
        days = (dates - pd.Timestamp(0)) / pd.Timedelta(days=1)
        return X.assign(**{GROUP: np.arange(len(X)), DATE: days.to_numpy(dtype=np.float64)})
    if protocol == "artist":
        # Cut by artist every training row would be a newcomer's, and the model could not use an artist who is known.
        return X.assign(**{GROUP: album_groups(table), NEWCOMER: _newcomers(split, seed)})
    return X.assign(**{GROUP: np.arange(len(X)) if split.group is None else split.group})


def _newcomers(split: Split, seed: int) -> npt.NDArray[np.bool_]:
    artists, codes = np.unique(split.resampling_unit, return_inverse=True)
    is_new: npt.NDArray[np.bool_] = np.random.default_rng(seed).random(len(artists)) < NEWCOMERS
    return is_new[codes.reshape(-1)]
