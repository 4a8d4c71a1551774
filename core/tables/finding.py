"""Tracks found by words of their titles and artists, while somebody types."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

MOST_WORDS: Final = 8
MOST_FOUND: Final = 50
LONGEST_NAME: Final = 120

Names = npt.NDArray[np.str_]


def searchable_names(tracks: pd.DataFrame) -> Names:
    """Title and artist of each track, as they are searched; worked out once for a table."""
    name, artist = tracks["track_name"].fillna(""), tracks["track_artist"].fillna("")
    joined = [f"{one} {other}".casefold()[:LONGEST_NAME] for one, other in zip(name, artist, strict=True)]
    return np.array(joined, dtype=np.str_)


def words_of(text: str) -> list[str]:
    """The words to look for."""
    return text.replace("\x00", " ").casefold().split()[:MOST_WORDS]


def find_tracks(tracks: pd.DataFrame, names: Names, words: list[str], limit: int) -> list[dict[str, Any]]:
    """The tracks in which all words occur, in any order.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
    names : array of shape (n_tracks,)
        From `searchable_names`.
    words : list of str
        From `words_of`; at least one.
    limit : int
        Most results; those that begin with the words come first, then the more popular.

    Returns
    -------
    list of dict
        position (row of ``tracks``), track_id, name, artist, popularity.
    """
    hits = np.flatnonzero(np.strings.find(names, words[0]) >= 0)
    for word in words[1:]:
        hits = hits[np.strings.find(names[hits], word) >= 0]
    popularity = tracks["track_popularity"].to_numpy()[hits]
    begins = np.strings.startswith(names[hits], " ".join(words))
    best = hits[np.lexsort((-popularity, ~begins))[: min(limit, MOST_FOUND)]]
    rows: Any = tracks.iloc[best].itertuples()
    return [
        {
            "position": int(position),
            "track_id": row.track_id,
            "name": row.track_name if isinstance(row.track_name, str) else "(no title)",
            "artist": row.track_artist if isinstance(row.track_artist, str) else "(no artist)",
            "popularity": float(row.track_popularity),
        }
        for position, row in zip(best, rows, strict=True)
    ]
