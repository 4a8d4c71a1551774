from __future__ import annotations

import time

import numpy as np
import pytest

from core.grouping import album_groups, artist_groups, normalise_title, song_groups
from tests.fakes.tables import RECORDING, make_dataset


def _distinct(n=6):
    """Tracks of which no two are the same song."""
    tracks = make_dataset(n, missing=0).tracks
    tracks[list(RECORDING)] = np.arange(n * len(RECORDING), dtype=float).reshape(n, -1)
    return tracks.assign(track_artist="Someone", track_name=[f"Title {chr(65 + i)}" for i in range(n)])


def test_distinct_tracks_are_distinct_songs():
    assert len(set(song_groups(_distinct()))) == 6


def test_identical_audio_makes_one_song():
    tracks = _distinct()
    tracks.loc[4, list(RECORDING)] = tracks.loc[1, list(RECORDING)]
    groups = song_groups(tracks)
    assert groups[1] == groups[4]
    assert len(set(groups)) == 5


def test_one_other_audio_value_makes_another_song():
    tracks = _distinct()
    tracks.loc[4, list(RECORDING)] = tracks.loc[1, list(RECORDING)]
    tracks.loc[4, "mode"] += 1
    assert len(set(song_groups(tracks))) == 6


def test_links_chain_over_audio_and_title():
    tracks = _distinct()
    tracks.loc[1, list(RECORDING)] = tracks.loc[0, list(RECORDING)]
    tracks.loc[2, "track_name"] = "TITLE B (Remastered)"
    groups = song_groups(tracks)
    assert groups[0] == groups[1] == groups[2]
    assert len(set(groups)) == 4


def test_the_same_title_of_another_artist_is_another_song():
    tracks = _distinct()
    tracks.loc[[1, 2], "track_name"] = "Hello"
    tracks.loc[2, "track_artist"] = "Another"
    assert len(set(song_groups(tracks))) == 6


def test_missing_names_and_audio_link_nothing():
    tracks = _distinct()
    tracks.loc[[0, 1], ["track_name", "track_artist"]] = np.nan
    tracks.loc[[2, 3], list(RECORDING)] = np.nan
    assert len(set(song_groups(tracks))) == 6


def test_all_values_missing_is_not_one_giant_song():
    tracks = _distinct()
    tracks[["track_name", "track_artist"]] = np.nan
    tracks[list(RECORDING)] = np.nan
    assert len(set(song_groups(tracks))) == 6


@pytest.mark.parametrize(("groups", "column"), [(artist_groups, "track_artist"), (album_groups, "track_album_id")])
def test_each_row_without_a_name_is_its_own_group(groups, column):
    tracks = _distinct()
    tracks[column] = ["x", None, "x", None, "y", None]
    found = groups(tracks)
    assert found[0] == found[2]
    assert len(set(found)) == 5


def test_artists_are_told_apart_regardless_of_case():
    tracks = _distinct(3).assign(track_artist=["Beyoncé", "BEYONCÉ ", "Jay-Z"])
    groups = artist_groups(tracks)
    assert groups[0] == groups[1] != groups[2]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Memories - Dillon Francis Remix", "memories"),
        ("Señorita (feat. Camila)", "senorita"),
        ("Sorry Not Sorry", "sorry not sorry"),
        ("Fix You ft. Someone", "fix you"),
        ("(Intro)", "intro"),
        ("- - -", "- - -"),
        ("夜に駆ける", "夜に駆ける"),
        ("Don't", "don t"),
    ],
)
def test_titles_are_reduced_to_the_song(title, expected):
    assert normalise_title(title) == expected


def test_thirty_thousand_tracks_take_well_under_a_second():
    tracks = make_dataset(28_000).tracks
    started = time.process_time()
    song_groups(tracks)
    assert time.process_time() - started < 1
