"""The columns of the table: meaning, unit and range, one row a column.

Everything that needs to know a column (cleaning, axes, sliders, the data dictionary) reads it here.

References
----------
Spotify for Developers, Web API, "Get Track's Audio Features" and "Get Track": meaning and range of each value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Dtype = Literal["float", "int", "text", "date"]
Role = Literal["id", "target", "feature", "text", "date", "genre", "playlist"]

TARGET = "track_popularity"
AUDIO_FEATURES: tuple[str, ...] = (
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
    "duration_ms",
)


@dataclass(frozen=True)
class Column:
    """One column of the table.

    Parameters
    ----------
    name : str
        Name in the table.
    dtype : {"float", "int", "text", "date"}
        Kind of value. ``int`` columns hold whole numbers only.
    unit : str
        Unit of a number, for axes; empty where the number has none.
    low, high : float or None
        Lowest and highest accepted value, both included; ``None`` for columns that are not numbers.
    role : {"id", "target", "feature", "text", "date", "genre", "playlist"}
        What the column is for.
    label : str
        Name for people.
    description : str
        What it means, in plain words.
    step : float or None
        Step of a slider over this column.
    """

    name: str
    dtype: Dtype
    unit: str
    low: float | None
    high: float | None
    role: Role
    label: str
    description: str
    step: float | None = None

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.dtype in {"float", "int"}

    @property
    def label_with_unit(self) -> str:
        """Label for an axis, such as ``Tempo (BPM)``."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def _text(name: str, role: Role, label: str, description: str) -> Column:
    return Column(name, "text", "", None, None, role, label, description)


def _share(name: str, label: str, description: str) -> Column:
    return Column(name, "float", "0–1", 0.0, 1.0, "feature", label, description, 0.01)


def _by_name(columns: Iterable[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns}


COLUMNS: dict[str, Column] = _by_name(
    [
        _text("track_id", "id", "Track id", "Spotify's id of the track; one recording may have several."),
        _text("track_name", "text", "Track", "Name of the track."),
        _text("track_artist", "text", "Artist", "Name of the artist credited first."),
        Column(
            TARGET, "float", "0–100", 0.0, 100.0, "target", "Popularity",
            "How much the track was played, and how recently, at one moment in time: 0 least, 100 most. "
            "Spotify computes it from plays; a zero may mean old, new or replaced by another release.",
            1.0,
        ),
        _text("track_album_id", "id", "Album id", "Spotify's id of the album."),
        _text("track_album_name", "text", "Album", "Name of the album."),
        Column(
            "track_album_release_date", "date", "", None, None, "date", "Release date (as stated)",
            "When the album came out, as far as it is known: a day, a month or only a year.",
        ),
        _text("playlist_name", "playlist", "Playlist", "Name of the playlist in which the track was found."),
        _text("playlist_id", "playlist", "Playlist id", "Spotify's id of that playlist."),
        _text("playlist_genre", "genre", "Playlist genre", "Genre of that playlist."),
        _text("playlist_subgenre", "genre", "Playlist subgenre", "Subgenre of that playlist."),
        _share(
            "danceability", "Danceability",
            "How suitable the track is for dancing, from tempo, rhythm stability, beat strength and regularity.",
        ),
        _share(
            "energy", "Energy",
            "Perceived intensity and activity: fast, loud and noisy tracks are near 1, quiet ones near 0.",
        ),
        Column(
            "key", "int", "pitch class", 0.0, 11.0, "feature", "Key",
            "Key of the track as a pitch class: 0 is C, 1 is C♯/D♭, and so on to 11 for B.", 1.0,
        ),
        Column(
            "loudness", "float", "dB", -60.0, 6.0, "feature", "Loudness",
            "Average loudness over the whole track in decibels relative to full scale, usually between -60 and 0; "
            "heavily compressed recordings lie slightly above 0.",
            0.1,
        ),
        Column(
            "mode", "int", "", 0.0, 1.0, "feature", "Mode",
            "Scale of the melody: 1 is major, 0 is minor.", 1.0,
        ),
        _share(
            "speechiness", "Speechiness",
            "Presence of spoken words: above 0.66 probably all speech, 0.33 to 0.66 music and speech (rap), "
            "below 0.33 mostly music.",
        ),
        _share("acousticness", "Acousticness", "Confidence that the track is acoustic: 1 is high confidence."),
        _share(
            "instrumentalness", "Instrumentalness",
            "Confidence that the track has no vocals; above 0.5 it is probably instrumental.",
        ),
        _share(
            "liveness", "Liveness",
            "Presence of an audience in the recording; above 0.8 it was very likely performed live.",
        ),
        _share(
            "valence", "Valence",
            "Musical positiveness: high sounds happy or euphoric, low sounds sad or angry.",
        ),
        Column(
            "tempo", "float", "BPM", 20.0, 300.0, "feature", "Tempo",
            "Estimated speed in beats per minute.", 1.0,
        ),
        Column(
            "duration_ms", "float", "ms", 1_000.0, 21_600_000.0, "feature", "Duration",
            "Length of the track in milliseconds.", 1_000.0,
        ),
    ]
)  # fmt: skip

DERIVED: dict[str, Column] = _by_name(
    [
        Column(
            "release_date", "date", "", None, None, "date", "Release date",
            "First day of the stated day, month or year.",
        ),
        _text("release_precision", "date", "Date precision", "How exactly the date is known: day, month, year."),
        Column(
            "release_year", "int", "year", 1900.0, 2100.0, "date", "Release year",
            "Year in which the album came out.", 1.0,
        ),
        _text("genre", "genre", "Genre", "Main genre: that of most of the playlists in which the track was found."),
        _text("subgenre", "genre", "Subgenre", "Main subgenre: the most frequent one within the main genre."),
        _text("genres", "genre", "Genres", "All genres of the playlists in which the track was found."),
        _text("subgenres", "genre", "Subgenres", "All subgenres of the playlists in which the track was found."),
        Column(
            "n_playlists", "int", "playlists", 0.0, None, "playlist", "Playlists",
            "Number of different playlists in which the track was found. Not known before release.", 1.0,
        ),
        Column(
            "n_rows", "int", "rows", 1.0, None, "playlist", "Rows",
            "Number of rows of the raw table that were merged into this track.", 1.0,
        ),
    ]
)  # fmt: skip

REQUIRED_COLUMNS: tuple[str, ...] = ("track_id", TARGET, *AUDIO_FEATURES)
OPTIONAL_COLUMNS: tuple[str, ...] = tuple(name for name in COLUMNS if name not in REQUIRED_COLUMNS)
NUMBER_COLUMNS: tuple[str, ...] = tuple(name for name, column in COLUMNS.items() if column.is_number)


EXTRA_PREFIX = "extra:"
"""What stands before the name of an uploaded table's own number column, so that it is never taken for another."""
LARGEST_EXTRA = 1e15
"""Larger numbers in such columns are ids rather than measurements, and cannot be told apart as floats."""


def describe_extra(name: str) -> Column:
    """Give a row of the schema for a table's own number column.

    Examples
    --------
    >>> describe_extra("mood").name
    'extra:mood'
    """
    limit = LARGEST_EXTRA
    description = "A column of your own table."
    return Column(f"{EXTRA_PREFIX}{name}", "float", "", -limit, limit, "feature", name, description)


def describe(name: str) -> Column:
    """Give the row of the schema for a raw, derived or extra column.

    Raises
    ------
    KeyError
        If no column has this name.

    Examples
    --------
    >>> describe("tempo").label_with_unit
    'Tempo (BPM)'
    >>> describe("n_rows").role
    'playlist'
    """
    if name.startswith(EXTRA_PREFIX):
        return describe_extra(name.removeprefix(EXTRA_PREFIX))
    return COLUMNS[name] if name in COLUMNS else DERIVED[name]


def label_of(name: str) -> str:
    """Give the label of a column for people: its own name where the schema has no such column.

    Examples
    --------
    >>> label_of("track_popularity"), label_of("extra:mood"), label_of("n_plays")
    ('Popularity', 'mood', 'n_plays')
    """
    try:
        return describe(name).label
    except KeyError:
        return name
