"""Small raw tables for the tests: tidy ones by hand, messy ones by hypothesis."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import strategies as st

from data.cleaning import PLACEMENT_COLUMNS, RELEASE, CleanTable
from data.schema import COLUMNS, EXTRA_PREFIX

TIDY: dict[str, Any] = {
    "track_id": "t1",
    "track_name": "Song",
    "track_artist": "Artist",
    "track_popularity": 50,
    "track_album_id": "a1",
    "track_album_name": "Album",
    "track_album_release_date": "2019-06-14",
    "playlist_name": "List",
    "playlist_id": "p1",
    "playlist_genre": "pop",
    "playlist_subgenre": "dance pop",
    "danceability": 0.7,
    "energy": 0.8,
    "key": 5,
    "loudness": -6.0,
    "mode": 1,
    "speechiness": 0.05,
    "acousticness": 0.1,
    "instrumentalness": 0.0,
    "liveness": 0.1,
    "valence": 0.5,
    "tempo": 120.0,
    "duration_ms": 200_000,
}


def raw_table(*rows: dict[str, Any]) -> pd.DataFrame:
    """Give a raw table of tidy rows, each with some cells replaced."""
    return pd.DataFrame([TIDY | row for row in rows], columns=list(COLUMNS))


_WORDS = st.sampled_from(["", " ", "NA", " a", "b ", "C", "ünï", "=cmd|x", "None", "nan", "0"])
_TEXTS = st.one_of(st.none(), _WORDS, st.integers(0, 3), st.just(float("nan")))
_NUMBERS = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-5, 400),
    st.sampled_from(["0.5", "0,5", "1e999", "9" * 400, " 7 ", "NA", "", "x", "-1", "inf", True, 10**400]),
    st.floats(0, 1),
)
_DATES = st.one_of(
    _TEXTS,
    st.dates(),
    st.sampled_from(["2012", "2012-03", "2012-02-30", "0000", "2012-3-1", "12.03.2012", "1999-12-31", 1987, 1987.0]),
)


def _cells(name: str) -> st.SearchStrategy[Any]:
    if name == "track_id":
        return st.one_of(st.sampled_from(["t1", "t2", "t3", "NA", " t1"]), _TEXTS)
    if name == "track_popularity":
        return st.one_of(st.integers(0, 100), _NUMBERS)
    if COLUMNS[name].role == "date":
        return _DATES
    return _NUMBERS if COLUMNS[name].is_number else _TEXTS


messy_tables = st.lists(st.fixed_dictionaries({name: _cells(name) for name in COLUMNS}), max_size=6).map(
    lambda rows: pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
)
"""Raw tables of up to six rows in which anything may stand."""


def raw_again(table: CleanTable) -> pd.DataFrame:
    """Give the accepted rows in the raw table's columns; cleaning them again, extras too, gives the same tracks."""
    rows = table.tracks.take(table.placements["track"].to_numpy())
    stated = {"year": 4, "month": 7, "day": 10, "": 0}
    days = rows["release_date"].dt.strftime("%Y-%m-%d").astype(object)
    dates = [
        day[: stated[precision]] if precision else None
        for day, precision in zip(days, rows["release_precision"], strict=True)
    ]
    columns: dict[str, Any] = {name: rows[name].array for name in COLUMNS if name in rows}
    columns |= {raw: table.placements[name].array for name, raw in PLACEMENT_COLUMNS.items()}
    columns[RELEASE] = pd.array(dates, dtype="str")
    own = [str(name) for name in rows.columns if str(name).startswith(EXTRA_PREFIX)]
    extras = {name.removeprefix(EXTRA_PREFIX): rows[name].array for name in own}
    return pd.DataFrame({name: columns[name] for name in COLUMNS} | extras)
