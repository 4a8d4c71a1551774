"""Finds rows of a table by words and puts them in order, as the preview shows them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np
import pandas as pd

from data.schema import AUDIO_FEATURES, TARGET, describe

SEARCHED = ("track_name", "track_artist", "track_album_name", "genre", "subgenre", "track_id")
SHOWN = ("track_name", "track_artist", TARGET, "genre", "subgenre", "release_date", "track_album_name")
LAST = ("key", "mode", "n_playlists", "n_rows", "track_id")
KEPT_TABLES = 3
_SORTED_BY = {
    "popular": (TARGET, False),
    "unpopular": (TARGET, True),
    "newest": ("release_date", False),
    "oldest": ("release_date", True),
    "title": ("track_name", True),
}
_texts: OrderedDict[int, tuple[pd.DataFrame, np.ndarray]] = OrderedDict()
_lock = threading.Lock()


def find_tracks(tracks: pd.DataFrame, text: str, order: str = "table") -> np.ndarray:
    """Give the positions of the tracks that hold all words of a text, in an order.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
        As cleaned.
    text : str
        Words in any order; case does not matter. Empty for all tracks.
    order : {"table", "popular", "unpopular", "newest", "oldest", "title"}
    """
    rows = np.arange(len(tracks))
    words = text.replace("\x00", " ").casefold().split()[:8]
    if words:
        texts = _search_texts(tracks)
        for word in words:
            rows = rows[np.strings.find(texts[rows], word) >= 0]
    if order not in _SORTED_BY:
        return rows
    column, ascending = _SORTED_BY[order]
    key = tracks[column].iloc[rows].reset_index(drop=True)
    key = key.str.casefold() if column == "track_name" else key
    return rows[key.sort_values(ascending=ascending, kind="stable", na_position="last").index.to_numpy()]


def preview_frame(tracks: pd.DataFrame) -> pd.DataFrame:
    """Give tracks as people read them: labels as headings, rounded numbers, dates as they were stated."""
    own = [name for name in tracks.columns if name.startswith("extra:")]
    found = {}
    for name in (*SHOWN, *AUDIO_FEATURES, *LAST[:-1], *own, LAST[-1]):
        heading = name.removeprefix("extra:") + " (yours)" if name in own else describe(name).label_with_unit
        found[heading] = [_shown(value) for value in _values(tracks, name)]
    return pd.DataFrame(found, dtype=object)


def _values(tracks: pd.DataFrame, name: str) -> list[Any]:
    if name != "release_date":
        return list(tracks[name].tolist())
    length = {"day": 10, "month": 7, "year": 4}
    pairs = zip(tracks[name], tracks["release_precision"], strict=True)
    return [None if pd.isna(day) else day.isoformat()[: length.get(precision, 10)] for day, precision in pairs]


def _shown(value: Any) -> Any:
    if isinstance(value, float):
        if not np.isfinite(value):
            return None
        return int(value) if value.is_integer() else float(f"{value:.4g}") if abs(value) < 1000 else round(value)
    return value if isinstance(value, str | int) else None


def _search_texts(tracks: pd.DataFrame) -> np.ndarray:
    """All words of a track in one text; kept for the last few tables, as each is searched again and again."""
    with _lock:
        found = _texts.get(id(tracks))
        if found is not None and found[0] is tracks:
            _texts.move_to_end(id(tracks))
            return found[1]
    columns = [tracks[name].fillna("").astype(str) for name in SEARCHED]
    texts = [" ".join(parts).casefold()[:400] for parts in zip(*columns, strict=True)]
    joined = np.array(texts, dtype=np.dtypes.StringDType())
    with _lock:
        _texts[id(tracks)] = (tracks, joined)
        while len(_texts) > KEPT_TABLES:
            _texts.popitem(last=False)
    return joined
