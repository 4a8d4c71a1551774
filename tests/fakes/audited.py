"""Raw tables for the audit: clean ones with honest, weak features, and leaks to plant in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.cleaning import clean
from data.schema import AUDIO_FEATURES, EXTRA_PREFIX, TARGET
from data.sources import Dataset, Source

LOW_HIGH = {"loudness": (-30.0, 0.0), "tempo": (60.0, 200.0), "duration_ms": (90_000.0, 400_000.0)}


def clean_raw(seed: int, n_tracks: int = 1500, per_artist: float = 4.0, strength: float = 0.08) -> pd.DataFrame:
    """A raw table without any leak: one row a track, own titles, honest weak features, artists of different levels.

    Parameters
    ----------
    seed, n_tracks : int
    per_artist : float
        Mean number of tracks of an artist.
    strength : float
        Share of the variance of popularity that the audio features tell together.
    """
    rng = np.random.default_rng(seed)
    raw = pd.DataFrame({name: _audio(name, n_tracks, rng) for name in AUDIO_FEATURES})
    raw["key"], raw["mode"] = rng.integers(0, 12, n_tracks), rng.integers(0, 2, n_tracks)
    artist = rng.integers(0, max(1, int(n_tracks / per_artist)), n_tracks)
    level = rng.normal(0, 1, artist.max() + 1)[artist]
    audio = raw[["danceability", "energy", "loudness"]].rank().apply(lambda column: column / n_tracks - 0.5)
    told = audio.sum(axis=1) / audio.sum(axis=1).std()
    chance = rng.normal(0, 1, n_tracks)
    score = np.sqrt(strength) * told + np.sqrt(0.3) * level + np.sqrt(0.7 - strength) * chance
    raw[TARGET] = np.clip(np.round(45 + 20 * score), 0, 100)
    raw["track_id"] = [f"id{i}" for i in range(n_tracks)]
    raw["track_name"] = [f"Song number {i}" for i in range(n_tracks)]
    raw["track_artist"] = [f"Artist {i}" for i in artist]
    raw["track_album_id"] = [f"album{i}" for i in rng.integers(0, max(1, n_tracks // 2), n_tracks)]
    raw["track_album_name"] = raw["track_album_id"]
    days = pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 7000, n_tracks), unit="D")
    raw["track_album_release_date"] = pd.Series(days).dt.strftime("%Y-%m-%d")
    raw["playlist_genre"] = rng.choice(["pop", "rap", "rock"], n_tracks)
    raw["playlist_subgenre"] = raw["playlist_genre"] + rng.choice([" one", " two"], n_tracks)
    raw["playlist_id"] = [f"p{i}" for i in rng.integers(0, 30, n_tracks)]
    raw["playlist_name"] = raw["playlist_id"]
    return raw


def dataset_of(raw: pd.DataFrame, **extras: np.ndarray | pd.Series) -> Dataset:
    """Clean a raw table and give its tracks columns of their own (one value a row of the raw table)."""
    table = clean(raw)
    first = raw.drop_duplicates("track_id").index
    own = {f"{EXTRA_PREFIX}{name}": np.asarray(values, dtype=float)[first] for name, values in extras.items()}
    tracks = table.tracks.assign(**own)
    return Dataset(Source("file", "my.csv", None, False), tracks, table.placements, table.report, "ab" * 32)


def _audio(name: str, n_tracks: int, rng: np.random.Generator) -> np.ndarray:
    low, high = LOW_HIGH.get(name, (0.0, 1.0))
    return low + (high - low) * rng.beta(2, 4 if name in {"speechiness", "acousticness"} else 2, n_tracks)
