"""The built-in sample: invented tracks with the public table's schema and quirks, from a seeded generator.

The generator builds artists, their albums, the tracks and last the playlists they stand in, with effects of artist,
album, subgenre, year and sound on popularity. Marginals and correlations follow ``data.sample_profile``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.sample_names import album_names, artist_names, identifiers, playlist_names, track_names
from data.sample_profile import (
    AUDIO_EFFECTS,
    CORRELATIONS,
    DECIMALS,
    GENRES,
    POPULARITY_QUANTILES,
    QUANTILE_LEVELS,
    QUANTILES,
    SUBGENRES,
    YEAR_EFFECT,
    YEAR_ONLY_SHARE,
    YEARS,
    ZERO_SHARE,
)
from data.schema import AUDIO_FEATURES, COLUMNS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SAMPLE_VERSION = 1
"""Raise it when the generator gives another table: what was cached of the sample before is ignored then."""
TRACKS_PER_ROW = 0.8637
ARTISTS_PER_TRACK = 0.36
ARTIST_AUDIO_SHARE = 0.33
DUPLICATE_SHARE = 0.026
"""Share of tracks that are a second edition of another one; both then share their audio values."""
ZERO_SCALE = 1.75
"""Zeros fall on the less popular half, so their share there is higher than the year's."""
ARTIST_SD, ALBUM_SD, TRACK_SD = 12.0, 16.0, 6.0
"""Points of popularity that an artist, an album and a track add by themselves."""
NAMELESS_ALBUMS = 3
KEY_WEIGHTS = np.array([10.5, 12.2, 8.6, 2.8, 6.7, 8.2, 8.1, 10.2, 7.4, 9.2, 7.0, 9.1]) / 100
"""Shares of the twelve keys, from C on."""
MAJOR_SHARE = 0.565


@dataclass(frozen=True)
class _Tracks:
    """Columns of the tracks before they are placed in playlists; arrays of shape (n_tracks,)."""

    artist: Ints
    album: Ints
    subgenre: Ints
    year: Ints
    audio: Floats
    popularity: Ints
    edition_of: Ints


def generate_sample(n_rows: int = 6000, seed: int = 20200121) -> pd.DataFrame:
    """Invent a raw table with the 23 columns of the public one.

    Parameters
    ----------
    n_rows : int
        Number of rows, at least 100.
    seed : int
        The same seed gives the same table.

    Returns
    -------
    DataFrame of shape (n_rows, 23)

    Raises
    ------
    ValueError
        If ``n_rows`` is below 100.

    Examples
    --------
    >>> generate_sample(500).shape
    (500, 23)
    """
    if n_rows < 100:
        raise ValueError(f"n_rows is {n_rows}; at least 100 are needed.")
    rng = np.random.default_rng(seed)
    n_tracks = round(n_rows * TRACKS_PER_ROW)
    tracks = _make_tracks(n_tracks, rng)
    track, subgenre, playlist = _place(tracks, n_rows, rng)
    return _to_frame(tracks, track, subgenre, playlist, rng)


def sample_sha256(raw: pd.DataFrame) -> str:
    """Give the sha256 of the sample's CSV bytes."""
    return hashlib.sha256(raw.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def _make_tracks(n_tracks: int, rng: np.random.Generator) -> _Tracks:
    artist = _draw_artists(n_tracks, rng)
    n_artists = int(artist.max()) + 1
    home = rng.choice(len(SUBGENRES), n_artists, p=_subgenre_weights())
    stray = rng.random(n_tracks) < 0.22
    subgenre = np.where(stray, rng.choice(len(SUBGENRES), n_tracks, p=_subgenre_weights()), home[artist])
    album = _draw_albums(artist, rng)
    first_of_album = np.unique(album, return_index=True)[1]
    year = _draw_years(subgenre, rng)[first_of_album][album]
    edition_of = _draw_editions(artist, album, rng)
    scores = _draw_audio_scores(artist, subgenre, rng)[edition_of]
    popularity = _draw_popularity(artist, album, subgenre, year, scores, edition_of, rng)
    return _Tracks(artist, album, subgenre, year, _scores_to_values(scores, edition_of), popularity, edition_of)


def _subgenre_weights() -> Floats:
    weights: Floats = np.array([subgenre.weight for subgenre in SUBGENRES])
    shares: Floats = weights / weights.sum()
    return shares


def _draw_artists(n_tracks: int, rng: np.random.Generator) -> Ints:
    """Give each track an artist: most artists have one track, a few have dozens."""
    n_artists = max(2, round(n_tracks * ARTISTS_PER_TRACK))
    appeal = rng.pareto(1.35, n_artists) + 0.12
    extra = rng.choice(n_artists, n_tracks - n_artists, p=np.minimum(appeal, 14) / np.minimum(appeal, 14).sum())
    return np.sort(np.concatenate([np.arange(n_artists), extra]))


def _draw_albums(artist: Ints, rng: np.random.Generator) -> Ints:
    """Number the albums; tracks of one artist are next to each other, and some continue the album before."""
    same_artist = np.append(False, artist[1:] == artist[:-1])
    starts = ~(same_artist & (rng.random(len(artist)) < 0.33))
    return np.cumsum(starts) - 1


def _draw_years(subgenre: Ints, rng: np.random.Generator) -> Ints:
    quartiles = np.array([[1957, *s.years, 2020] for s in SUBGENRES], dtype=float)
    quartiles[:, 0] = np.maximum(quartiles[:, 0], quartiles[:, 1] - 10)
    position = rng.random(len(subgenre)) * 4
    part = np.minimum(position.astype(np.int64), 3)
    start, end = quartiles[subgenre, part], quartiles[subgenre, part + 1]
    years = np.floor(start + (end - start + 0.6) * (position - part)).astype(np.int64)
    is_newest = rng.random(len(subgenre)) < 0.12
    limited: Ints = np.minimum(years, np.where(is_newest, 2020, 2019))
    return limited


def _draw_editions(artist: Ints, album: Ints, rng: np.random.Generator) -> Ints:
    """Make some tracks a second edition of the artist's previous one on another album."""
    edition_of = np.arange(len(artist))
    possible = np.flatnonzero((artist[1:] == artist[:-1]) & (album[1:] != album[:-1])) + 1
    n_editions = min(len(possible), round(len(artist) * DUPLICATE_SHARE))
    for track in np.sort(rng.choice(possible, n_editions, replace=False)):
        edition_of[track] = edition_of[track - 1]
    return edition_of


def _draw_audio_scores(artist: Ints, subgenre: Ints, rng: np.random.Generator) -> Floats:
    """Draw normal scores of the ten features: sound of the genre, style of the artist, and the track itself."""
    n_features = len(AUDIO_FEATURES)
    correlation = np.eye(n_features)
    for (first, second), value in CORRELATIONS.items():
        i, j = AUDIO_FEATURES.index(first), AUDIO_FEATURES.index(second)
        correlation[i, j] = correlation[j, i] = value
    factor = np.linalg.cholesky(correlation).T
    style = rng.standard_normal((int(artist.max()) + 1, n_features)) @ factor
    own = rng.standard_normal((len(artist), n_features)) @ factor
    sounds = {genre.name: genre.sound for genre in GENRES}
    sound = np.array([sounds[s.genre] for s in SUBGENRES])
    share = ARTIST_AUDIO_SHARE
    scores: Floats = sound[subgenre] + 0.92 * (np.sqrt(share) * style[artist] + np.sqrt(1 - share) * own)
    return scores


def _scores_to_values(scores: Floats, edition_of: Ints) -> Floats:
    """Give each feature the public table's marginal by rank; second editions share the first one's values."""
    values = np.empty_like(scores)
    for position, name in enumerate(AUDIO_FEATURES):
        column = np.interp(_ranks(scores[:, position]), QUANTILE_LEVELS, QUANTILES[name])
        decimals = DECIMALS.get(name)
        values[:, position] = _four_digits(column) if decimals is None else np.round(column, decimals)
    return values[edition_of]


def _draw_popularity(
    artist: Ints, album: Ints, subgenre: Ints, year: Ints, scores: Floats, edition_of: Ints, rng: np.random.Generator
) -> Ints:
    """Draw popularity, 0 to 100: effects in points, then the public table's marginal by rank, then the zeros.

    A second edition of a recording has a fate of its own.
    """
    level = np.array([s.popularity for s in SUBGENRES])[subgenre]
    points = level + np.interp(year, YEARS, YEAR_EFFECT)
    for name, effect in AUDIO_EFFECTS.items():
        points = points + effect * _standardised(scores[:, AUDIO_FEATURES.index(name)])
    points += ARTIST_SD * rng.standard_normal(int(artist.max()) + 1)[artist]
    points += ALBUM_SD * rng.standard_normal(int(album.max()) + 1)[album]
    points += TRACK_SD * rng.standard_normal(len(artist))
    is_edition = edition_of != np.arange(len(artist))
    points[is_edition] = points.mean() + points.std() * rng.standard_normal(int(is_edition.sum()))
    popularity = np.interp(_ranks(points), QUANTILE_LEVELS, POPULARITY_QUANTILES)
    album_luck = rng.random(int(album.max()) + 1)[album]
    is_zero = album_luck < np.interp(year, YEARS, ZERO_SHARE) * ZERO_SCALE * (1 - _ranks(points))
    return np.where(is_zero, 0, np.rint(popularity)).astype(np.int64)


def _place(tracks: _Tracks, n_rows: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Put every track in one playlist and popular ones in several: track, subgenre and playlist of each row."""
    n_tracks = len(tracks.artist)
    appeal = 0.02 + np.exp((tracks.popularity - 70.0) / 7.5)
    extra = rng.choice(n_tracks, n_rows - n_tracks, p=appeal / appeal.sum())
    track = np.concatenate([np.arange(n_tracks), extra])
    subgenre = np.concatenate([tracks.subgenre, _listed_elsewhere(tracks.subgenre[extra], rng)])
    per_subgenre = max(1, round(n_rows / len(SUBGENRES) / 68))
    playlist = subgenre * per_subgenre + rng.integers(0, per_subgenre, n_rows)
    order = np.lexsort((rng.random(n_rows), playlist))
    track, subgenre, playlist = track[order], subgenre[order], playlist[order]
    return track, subgenre, playlist


def _listed_elsewhere(subgenre: Ints, rng: np.random.Generator) -> Ints:
    """Give the subgenre of a further playlist: often of another genre, often a neighbour, sometimes the same."""
    listed = np.array([s.weight * max(1.0, s.popularity - 30) for s in SUBGENRES])
    anywhere = rng.choice(len(SUBGENRES), len(subgenre), p=listed / listed.sum())
    per_genre = len(SUBGENRES) // len(GENRES)
    neighbour = subgenre - subgenre % per_genre + rng.integers(0, per_genre, len(subgenre))
    draw = rng.random(len(subgenre))
    return np.where(draw < 0.5, anywhere, np.where(draw < 0.9, neighbour, subgenre))


def _to_frame(tracks: _Tracks, track: Ints, subgenre: Ints, playlist: Ints, rng: np.random.Generator) -> pd.DataFrame:
    n_tracks, n_albums = len(tracks.artist), int(tracks.album.max()) + 1
    nameless = np.isin(tracks.album, rng.choice(n_albums, NAMELESS_ALBUMS, replace=False))
    titles = track_names(n_tracks, rng)[tracks.edition_of]
    names = {
        "track_name": titles,
        "track_artist": artist_names(int(tracks.artist.max()) + 1, rng)[tracks.artist],
        "track_album_name": album_names(n_albums, rng)[tracks.album],
    }
    for values in names.values():
        values[nameless] = None
    dates = _dates(tracks, rng)
    popularity = np.where(nameless, 0, tracks.popularity)
    columns: dict[str, Any] = {
        "track_id": identifiers(n_tracks, rng)[track],
        "track_popularity": popularity[track],
        "track_album_id": identifiers(n_albums, rng)[tracks.album[track]],
        "track_album_release_date": dates[track],
        "playlist_name": playlist_names([SUBGENRES[s].name for s in subgenre], playlist),
        "playlist_id": identifiers(int(playlist.max()) + 1, rng)[playlist],
        "playlist_genre": np.array([s.genre for s in SUBGENRES], dtype=object)[subgenre],
        "playlist_subgenre": np.array([s.name for s in SUBGENRES], dtype=object)[subgenre],
        "key": rng.choice(12, n_tracks, p=KEY_WEIGHTS)[tracks.edition_of[track]],
        "mode": (rng.random(n_tracks) < MAJOR_SHARE).astype(np.int64)[tracks.edition_of[track]],
        **{name: values[track] for name, values in names.items()},
        **{name: tracks.audio[track, position] for position, name in enumerate(AUDIO_FEATURES)},
    }
    columns["duration_ms"] = columns["duration_ms"].astype(np.int64)
    text = {name for name, spec in COLUMNS.items() if not spec.is_number}
    return pd.DataFrame({n: pd.array(columns[n], dtype="str") if n in text else columns[n] for n in COLUMNS})


def _dates(tracks: _Tracks, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Write release dates, one an album: mostly days, some years only, a few months; 2020 ends in January."""
    n_albums = int(tracks.album.max()) + 1
    year = np.zeros(n_albums, dtype=np.int64)
    year[tracks.album] = tracks.year
    month = np.where(year == 2020, 1, rng.integers(1, 13, n_albums))
    day = np.where(year == 2020, rng.integers(1, 17, n_albums), rng.integers(1, 29, n_albums))
    year_only = rng.random(n_albums) < np.interp(year, YEARS, YEAR_ONLY_SHARE)
    month_only = rng.random(n_albums) < 0.001
    dates = np.empty(n_albums, dtype=object)
    for album in range(n_albums):
        text = f"{year[album]}-{month[album]:02d}-{day[album]:02d}"
        dates[album] = text[:4] if year_only[album] else text[:7] if month_only[album] else text
    return dates[tracks.album]


def _ranks(values: Floats) -> Floats:
    """Give ranks between 0 and 1."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = (np.arange(len(values)) + 0.5) / len(values)
    return ranks


def _standardised(values: Floats) -> Floats:
    standardised: Floats = (values - values.mean()) / values.std()
    return standardised


def _four_digits(values: Floats) -> Floats:
    digits = 10.0 ** (3 - np.floor(np.log10(np.maximum(values, 1e-7))))
    rounded: Floats = np.round(values * digits) / digits
    return rounded
