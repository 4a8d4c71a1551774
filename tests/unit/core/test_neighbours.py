from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.features import DEFAULT_FEATURES
from core.neighbours import Neighbourhood
from data.sources import Dataset

FEATURES = (*DEFAULT_FEATURES, "key", "mode", "genre", "release_year", "title_remix", "artist_mean")


@pytest.fixture(scope="module")
def near(sample_dataset: Dataset) -> Neighbourhood:
    return Neighbourhood(sample_dataset.tracks, FEATURES)


def values_of(dataset: Dataset, position: int) -> dict[str, Any]:
    row = dataset.tracks.iloc[position]
    return {name: row[name] for name in (*DEFAULT_FEATURES, "key", "mode", "genre", "release_year")}


@pytest.mark.parametrize("position", [0, 17, 400])
def test_the_track_nearest_to_a_tracks_own_values_is_itself(
    near: Neighbourhood, sample_dataset: Dataset, position: int
) -> None:
    found = near.nearest(values_of(sample_dataset, position), 5)
    same = sample_dataset.tracks.iloc[int(found.positions[0])]
    assert found.distances[0] == pytest.approx(0, abs=1e-3)
    assert same["energy"] == sample_dataset.tracks.iloc[position]["energy"]
    assert (np.diff(found.distances) >= 0).all()


def test_distances_are_those_of_standardised_values(near: Neighbourhood, sample_dataset: Dataset) -> None:
    tracks, values = sample_dataset.tracks, values_of(sample_dataset, 3)
    found = near.nearest(values, 1, among=np.arange(len(tracks)) == 50)
    squared = sum(
        ((values[name] - tracks[name].iloc[50]) / tracks[name].std(ddof=0)) ** 2
        for name in (*DEFAULT_FEATURES, "release_year")
        if np.isfinite(values[name]) and np.isfinite(tracks[name].iloc[50])
    )
    others = {"genre": 2.0, "key": 0.25, "mode": 0.25}
    squared += sum(worth for name, worth in others.items() if tracks[name].iloc[50] != values[name])
    assert found.distances[0] == pytest.approx(np.sqrt(squared), rel=1e-3)


def test_names_and_titles_are_not_compared(near: Neighbourhood) -> None:
    assert set(near.numbers) | set(near.categories) == set(FEATURES) - {"title_remix", "artist_mean"}


def test_real_tracks_are_not_unlike_anything_and_impossible_ones_are(
    near: Neighbourhood, sample_dataset: Dataset
) -> None:
    flagged = 0
    for position in range(0, 400, 4):
        values = values_of(sample_dataset, position)
        flagged += near.likeness(values, near.nearest(values, 5)).is_unlike
    assert flagged <= 3
    odd = {**values_of(sample_dataset, 0), "tempo": 240.0, "energy": 0.0, "loudness": 0.0, "speechiness": 0.95}
    found = near.likeness(odd, near.nearest(odd, 5))
    assert found.is_unlike
    assert found.farther < 0.01
    assert {edge.feature for edge in found.edges} >= {"tempo", "energy"}
    assert {edge.feature: edge.is_high for edge in found.edges}["energy"] is False


def test_an_unknown_value_and_an_unheard_of_genre_are_no_obstacle(near: Neighbourhood) -> None:
    found = near.nearest({"energy": 0.5, "tempo": None, "genre": "polka"}, 5)
    assert len(found.positions) == 5


def test_a_model_without_anything_to_compare_by_has_no_neighbourhood(sample_dataset: Dataset) -> None:
    assert not Neighbourhood(sample_dataset.tracks, ("title_words", "artist_mean"))
    assert not Neighbourhood(sample_dataset.tracks, ())
    assert not Neighbourhood(sample_dataset.tracks.head(0), ("energy",))


def test_a_track_is_not_its_own_neighbour_so_one_that_stands_alone_is_unlike_anything(
    sample_dataset: Dataset,
) -> None:
    near = Neighbourhood(sample_dataset.tracks, ("energy", "tempo", "valence", "liveness", "duration_ms"))
    usual = np.array([near.nearest(values_of(sample_dataset, row), 5, besides=row).distances.mean() for row in ROWS])
    alone = int(ROWS[usual.argmax()])
    values = values_of(sample_dataset, alone)
    found = near.nearest(values, 5, besides=alone)
    assert alone not in found.positions
    assert near.nearest(values, 5).positions[0] == alone
    assert near.likeness(values, found).is_unlike
    assert near.likeness(values, found).farther < near.likeness(values, near.nearest(values, 5)).farther
    beyond = near.nearest(values, 5, besides=10**9)
    assert beyond.positions.tolist() == near.nearest(values, 5).positions.tolist()


ROWS = np.arange(0, 1000)
