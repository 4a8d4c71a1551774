"""A small table with known values, and the built-in sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from core.eda.table import EdaTable, build_table
from data.schema import AUDIO_FEATURES

if TYPE_CHECKING:
    from data.sources import Dataset


@pytest.fixture(scope="session")
def sample(sample_dataset: Dataset) -> EdaTable:
    """The built-in sample."""
    return build_table(sample_dataset.tracks)


@pytest.fixture
def small() -> EdaTable:
    """Six tracks: two genres, one track in both, one missing value, one year-only date."""
    tracks = pd.DataFrame(
        {
            "track_id": list("abcdef"),
            "track_name": ["One", "Two", "Three", "Four", "<b>Five", None],
            "track_artist": ["Ann", "Ann", "Ben", "Ben", "Annabel", None],
            "track_popularity": [0.0, 10, 20, 30, 40, 50],
            "genre": ["pop", "pop", "pop", "rock", "rock", "rock"],
            "subgenre": ["dance pop", "dance pop", "teen pop", "hard rock", "hard rock", "hard rock"],
            "genres": [("pop",), ("pop",), ("pop", "rock"), ("rock",), ("rock",), ("rock",)],
            "subgenres": [
                ("dance pop",),
                ("dance pop",),
                ("teen pop",),
                ("hard rock",),
                ("hard rock",),
                ("hard rock",),
            ],
            "release_date": pd.to_datetime(
                ["2001-05-01", "2011-06-02", "2012-01-01", "2013-03-01", "2019-01-01", None]
            ),
            "release_precision": ["day", "day", "year", "month", "day", ""],
            "release_year": [2001.0, 2011, 2012, 2013, 2019, np.nan],
            "key": [0.0, 1, 2, 3, 4, np.nan],
            "mode": [0.0, 1, 0, 1, 0, 1],
            "n_playlists": [1, 2, 1, 1, 3, 1],
            "energy": [0.1, 0.2, 0.3, 0.4, 0.5, np.nan],
        }
    )
    for name in AUDIO_FEATURES:
        if name not in tracks:
            tracks[name] = np.arange(6, dtype=float)
    return build_table(tracks)
