"""Tracks that stand in the table more than once, in one guise or another."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from core.audit.model import Found, Level, NotChecked
from core.audit.table import AuditedTable, Ints, label, listed
from core.grouping import FEWEST_VALUES, RECORDING, title_codes

MOST_TITLES = 300_000
FEW = 0.01
"""A smaller share of the tracks is an accident rather than a trait of the table."""


class RepeatedTracks:
    """Rows that repeat a track."""

    key: ClassVar[str] = "repeated_tracks"
    title: ClassVar[str] = "Repeated tracks"
    question: ClassVar[str] = "Does a track stand in more than one row?"
    why: ClassVar[str] = (
        "When rows are split at random, the same track stands in training and test. The model then remembers instead "
        "of predicting, and its score says nothing about a new track."
    )
    protocols: ClassVar[str] = (
        "Cleaning merges the rows of a track, and every validation but 'rows' works on one row a track. 'rows' keeps "
        "the leak, and is labelled so, to show what it is worth."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | None:
        """Count the rows beyond the first of each track."""
        repeated = table.report.repeated_rows_merged
        if not repeated:
            return None
        n_rows = table.tracks["n_rows"].to_numpy()
        concerned = np.flatnonzero(n_rows > 1)
        order = concerned[np.argsort(-n_rows[concerned], kind="stable")]
        what = f"{repeated:,} rows repeat one of {len(concerned):,} tracks that are already in the table."
        return Found("leak", repeated, table.report.rows_kept, "rows", what, table.show(order, "n_rows", "n_playlists"))


class SharedAudio:
    """One recording under several ids."""

    key: ClassVar[str] = "shared_audio"
    title: ClassVar[str] = "Identical audio under several ids"
    question: ClassVar[str] = "Do different tracks share all of their audio values?"
    why: ClassVar[str] = (
        "They are the same recording, released more than once. With one in training and one in the test, a model that "
        "memorises looks good; and as their popularity differs, no model of audio alone can be right for all of them."
    )
    protocols: ClassVar[str] = (
        "'song' keeps all copies of a recording on one side. 'album' and 'artist' do so only where the copies share "
        "the album or artist; 'track' and 'rows' do not."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Count the tracks whose audio values another track has too."""
        n_known = int((table.recordings >= 0).sum())
        if n_known < 2:
            return NotChecked(f"It takes two tracks with {FEWEST_VALUES} or more of the ten measured audio values.")
        concerned = _shared(table.recordings)
        if not len(concerned):
            return None
        n_groups = len(np.unique(table.recordings[concerned]))
        what = f"{len(concerned):,} tracks share all {_audio_words(table)} with another: {n_groups:,} recordings."
        if n_known < len(table.tracks):
            what += f" {len(table.tracks) - n_known:,} tracks state too few of the values to be compared."
        shown = table.show(concerned, "track_album_name", "release_date")
        shown.insert(0, "recording", pd.factorize(table.recordings[concerned][: len(shown)])[0] + 1)
        return Found("leak", len(concerned), len(table.tracks), "tracks", what, shown)


class NearDuplicates:
    """Versions of one song by one artist."""

    key: ClassVar[str] = "near_duplicates"
    title: ClassVar[str] = "Near-duplicate title and artist"
    question: ClassVar[str] = "Do tracks of one artist have the same title, apart from case, accents and versions?"
    why: ClassVar[str] = (
        "Remasters, radio edits and re-releases of a song sound alike. Split apart, the model has met the song before "
        "the test, and is no longer asked about a new one."
    )
    protocols: ClassVar[str] = (
        "'song' keeps tracks with the same artist and normalised title on one side, and 'artist' all of an artist; "
        "'track', 'album' and 'rows' do not."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Count the tracks whose artist has another track of the same normalised title."""
        looked_at = _some_artists(table)
        codes = title_codes(table.tracks.iloc[looked_at])
        if (codes >= 0).sum() < 2:
            return NotChecked(_names_missing(table))
        within = _shared(codes)
        if not len(within):
            return None
        concerned = looked_at[within]
        level: Level = "caution" if len(within) >= FEW * len(looked_at) else "note"
        what = f"{len(within):,} tracks have the artist and normalised title of another track."
        if len(looked_at) < len(table.tracks):
            seen = f"{len(looked_at):,} of {len(table.tracks):,} tracks"
            what += f" Counted among {seen}: all those of artists drawn at random."
        shown = table.show(concerned, "track_album_name", "release_date")
        shown.insert(0, "song", pd.factorize(codes[within][: len(shown)])[0] + 1)
        return Found(level, len(within), len(looked_at), "tracks", what, shown)


class SeveralGenres:
    """Tracks found in playlists of several genres."""

    key: ClassVar[str] = "several_genres"
    title: ClassVar[str] = "Tracks in several genres"
    question: ClassVar[str] = "Does a track stand under more than one genre?"
    why: ClassVar[str] = (
        "Genre is that of a playlist, not of the track. Being in several is a sign of many playlists, and so of "
        "success: one column a genre would be the outcome in disguise."
    )
    protocols: ClassVar[str] = (
        "All validations but 'rows' use one main genre a track: that of most of its playlists. 'rows' has the genre of "
        "each placement."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Count the tracks with more than one genre."""
        n_genres = table.tracks["genres"].map(len).to_numpy() if "genres" in table.tracks else np.zeros(0)
        if not n_genres.any():
            return NotChecked("The table states no genre.")
        concerned = np.flatnonzero(n_genres > 1)
        if not len(concerned):
            return None
        order = concerned[np.argsort(-n_genres[concerned], kind="stable")]
        level: Level = "caution" if len(concerned) >= FEW * len(n_genres) else "note"
        shown = table.show(order, "genre", "genres", "n_playlists")
        shown["genres"] = shown["genres"].map(", ".join)
        what = f"{len(concerned):,} tracks stand in playlists of two or more genres."
        return Found(level, len(concerned), len(n_genres), "tracks", what, shown)


def _shared(codes: Ints) -> Ints:
    """Positions whose code another position has too, equal codes next to each other."""
    known = codes >= 0
    counts = np.bincount(codes[known])
    concerned = np.flatnonzero(known)[counts[codes[known]] > 1]
    return concerned[np.argsort(codes[concerned], kind="stable")]


def _audio_words(table: AuditedTable) -> str:
    """The values that are compared, in words."""
    n_values, missing = len(table.audio_values), [name for name in RECORDING if name not in table.audio_values]
    if not missing:
        return "twelve audio values"
    return f"{n_values} audio values that the table states (not {listed([label(name).lower() for name in missing])})"


def _names_missing(table: AuditedTable) -> str:
    absent = [word for name, word in (("track_name", "titles"), ("track_artist", "artists")) if not table.has_any(name)]
    if absent:
        return f"The table states no {' and no '.join(absent)}."
    return "Fewer than two tracks state both a title and an artist."


def _some_artists(table: AuditedTable) -> Ints:
    """Positions of all tracks, or, where there are very many, of all tracks of some artists."""
    n_tracks = len(table.tracks)
    if n_tracks <= MOST_TITLES:
        return np.arange(n_tracks)
    artists = table.artists
    draw = np.random.default_rng(0).random(int(artists.max()) + 1)
    return np.flatnonzero(draw[artists] < MOST_TITLES / n_tracks)
