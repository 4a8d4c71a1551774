"""Small clean tables with known quirks, quick to make: no file, no cleaning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.schema import AUDIO_FEATURES

RECORDING = (*AUDIO_FEATURES, "key", "mode")


@dataclass(frozen=True)
class FakeDataset:
    """What training and validation read of a Dataset."""

    tracks: pd.DataFrame
    placements: pd.DataFrame


def make_dataset(n_tracks: int = 300, seed: int = 0, missing: float = 0.1) -> FakeDataset:
    """Tracks of a few artists and albums, some copied, some with gaps; popularity leans on energy and genre."""
    rng = np.random.default_rng(seed)
    tracks = pd.DataFrame({name: rng.random(n_tracks) for name in AUDIO_FEATURES})
    tracks["loudness"] = -20 * tracks["loudness"]
    tracks["tempo"] = 80 + 100 * tracks["tempo"]
    tracks["duration_ms"] = 100_000 + 200_000 * tracks["duration_ms"]
    tracks["key"] = rng.integers(0, 12, n_tracks).astype(float)
    tracks["mode"] = rng.integers(0, 2, n_tracks).astype(float)
    copies = rng.choice(n_tracks, n_tracks // 10, replace=False)
    tracks.loc[copies, list(RECORDING)] = tracks.loc[rng.permutation(copies), list(RECORDING)].to_numpy()
    tracks["track_id"] = [f"t{i}" for i in range(n_tracks)]
    tracks["track_name"] = _with_gaps([f"Song {i}" for i in rng.integers(0, n_tracks, n_tracks)], missing, rng)
    tracks["track_artist"] = _with_gaps(
        [f"Artist {i}" for i in rng.integers(0, n_tracks // 4 + 1, n_tracks)], missing, rng
    )
    tracks["track_album_id"] = _with_gaps([f"a{i}" for i in rng.integers(0, n_tracks // 3 + 1, n_tracks)], missing, rng)
    days = pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 7000, n_tracks), unit="D")
    tracks["release_date"] = pd.Series(days).mask(rng.random(n_tracks) < missing)
    tracks["release_precision"] = np.where(tracks["release_date"].notna(), "day", "")
    tracks["release_year"] = tracks["release_date"].dt.year.astype(float)
    tracks["genre"] = rng.choice(["pop", "rap", "rock"], n_tracks)
    tracks["subgenre"] = tracks["genre"] + rng.choice([" one", " two"], n_tracks)
    level = 20 + 40 * tracks["energy"] + 10 * (tracks["genre"] == "pop")
    tracks["track_popularity"] = np.clip(level + rng.normal(0, 10, n_tracks), 0, 100)
    tracks["track_album_name"] = tracks["track_name"].where(np.arange(n_tracks) % 3 == 0, tracks["track_album_id"])
    tracks["genres"] = [(genre,) if i % 4 else (genre, "other") for i, genre in enumerate(tracks["genre"])]
    tracks["subgenres"] = [(name,) for name in tracks["subgenre"]]
    tracks["n_playlists"] = 1 + np.arange(n_tracks) % 5
    track = np.concatenate([np.arange(n_tracks), rng.integers(0, n_tracks, n_tracks // 5)])
    placements = pd.DataFrame({"track": track, "genre": rng.choice(["pop", "rap", "rock"], len(track))})
    return FakeDataset(tracks, placements.assign(subgenre=placements["genre"] + " one"))


def _with_gaps(values: list[str], share: float, rng: np.random.Generator) -> pd.Series:
    return pd.Series(values, dtype="str").mask(rng.random(len(values)) < share)
