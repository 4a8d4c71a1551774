"""Other names of the same columns, as tables from the wild have them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache

from data.schema import COLUMNS

SYNONYMS: dict[str, tuple[str, ...]] = {
    "track_id": (
        "id", "track_uri", "uri", "spotify_id", "spotify_track_id", "spotify_uri", "spotify_track_uri", "trackid",
        "song_id", "track_url", "spotify_url",
    ),
    "track_name": ("name", "title", "song", "song_name", "song_title", "track", "track_title", "trackname"),
    "track_artist": (
        "artist", "artists", "artist_s", "artist_name", "artist_names", "artists_name", "artist_s_name",
        "track_artists", "performer", "artistname", "album_artist_name_s", "artist_name_s",
    ),
    "track_popularity": ("popularity", "pop", "spotify_popularity", "track_pop", "song_popularity", "popularity_score"),
    "track_album_id": ("album_id", "album_uri", "spotify_album_id"),
    "track_album_name": ("album", "album_name", "album_title"),
    "track_album_release_date": (
        "release_date", "album_release_date", "album_date", "released", "track_release_date", "date", "release_year",
        "year", "released_year", "year_released",
    ),
    "playlist_name": ("playlist", "playlist_title"),
    "playlist_genre": ("genre", "track_genre", "top_genre", "main_genre", "genres", "artist_genres", "artists_genres"),
    "playlist_subgenre": ("subgenre", "sub_genre", "track_subgenre"),
    "danceability": ("dance", "dnce"),
    "energy": ("nrgy", "nrg"),
    "key": ("key_name", "pitch_class", "musical_key"),
    "loudness": ("loudness_db", "loudness_dbfs", "loudness_d_b", "db", "d_b", "loud"),
    "mode": ("mode_name", "scale"),
    "speechiness": ("spch", "speech", "speechness"),
    "acousticness": ("acous", "acoustic", "acoustics"),
    "instrumentalness": ("instrumental", "instrumentality"),
    "liveness": ("live",),
    "valence": ("val",),
    "tempo": ("bpm", "tempo_bpm", "beats_per_minute"),
    "duration_ms": (
        "duration", "track_duration_ms", "track_duration", "length_ms", "duration_milliseconds", "duration_s",
        "duration_sec", "duration_secs", "duration_seconds", "length_s", "length_seconds", "duration_min",
        "duration_mins", "duration_minutes", "duration_in_minutes", "duration_mm_ss", "duration_min_sec", "length",
        "dur", "time",
    ),
}  # fmt: skip
"""Names in the order of preference, in the form that ``normalize`` gives."""
UNCERTAIN = frozenset(
    {
        "pop",
        "live",
        "val",
        "dur",
        "length",
        "time",
        "date",
        "db",
        "d_b",
        "scale",
        "track",
        "song",
        "loud",
        "speech",
        "dance",
    }
    | {"genres", "artist_genres", "artists_genres", "acoustic", "instrumental"}
)
"""Names that may also mean something else; people are asked to look."""
LONGEST = 200
"""Characters of a name that are looked at."""
_PER_CENT = re.compile(r"_(?:pct|perc|percent|percentage|per_cent|in_percent)$")
_NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*")


def normalize(name: str) -> str:
    """Give a name in lower case with single underscores.

    Examples
    --------
    >>> normalize(" Duration (ms) "), normalize("Track-Popularity"), normalize("danceability_%")
    ('duration_ms', 'track_popularity', 'danceability')
    """
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name[:LONGEST])
    return re.sub(r"[\W_]+", "_", words).strip("_").lower()


def _names() -> dict[str, tuple[str, int]]:
    table: dict[str, tuple[str, int]] = {}
    for target, column in COLUMNS.items():
        names = (target, *SYNONYMS.get(target, ()), normalize(column.label), normalize(column.label_with_unit))
        for rank, name in enumerate(names):
            table.setdefault(name, (target, rank))
    return table


_TARGETS = _names()


def find_target(name: str) -> tuple[str, int] | None:
    """Give the column of the schema that a name stands for and how far down the list of its names it is.

    Examples
    --------
    >>> find_target("Artist(s)"), find_target("mood")
    (('track_artist', 3), None)
    """
    return _find(name[:LONGEST])


@lru_cache(maxsize=4096)
def _find(name: str) -> tuple[str, int] | None:
    plain = normalize(name)
    return _TARGETS.get(plain) or _TARGETS.get(_PER_CENT.sub("", plain))


def is_certain(name: str) -> bool:
    """Whether a recognised name can hardly mean anything else."""
    return normalize(name) not in UNCERTAIN


def nearest(target: str, names: Iterable[str]) -> str | None:
    """Give the name that looks most like a column or one of its other names, if any does.

    Examples
    --------
    >>> nearest("tempo", ["Tempoo", "mood"])
    'Tempoo'
    """
    normal = {normalize(name): name for name in names}
    for wanted in (target, *(name for name in SYNONYMS.get(target, ()) if len(name) > 4)):
        near = difflib.get_close_matches(wanted, list(normal), n=1, cutoff=0.75)
        if near:
            return normal[near[0]]
    return None


def looks_like_number(text: str) -> bool:
    """Whether a cell reads as a number."""
    return len(text) < 400 and _NUMBER.fullmatch(text) is not None
