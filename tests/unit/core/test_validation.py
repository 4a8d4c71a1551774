from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError, InvalidRequest
from core.grouping import album_groups, artist_groups, song_groups
from core.validation import PROTOCOLS, hold_out_inside, make_split
from tests.fakes.tables import FakeDataset, make_dataset

GROUPS = {"song": song_groups, "album": album_groups, "artist": artist_groups}
shares = st.floats(0.05, 0.5)
seeds = st.integers(0, 2**32 - 1)


def _split(protocol, n_tracks=200, seed=0, share=0.2, folds=3, missing=0.1):
    return make_split(make_dataset(n_tracks, seed, missing), protocol, share, folds, seed)


def _pairs(split):
    return [(split.train, split.test), *split.folds]


@pytest.mark.parametrize("protocol", GROUPS)
@given(
    seed=seeds,
    share=shares,
    folds=st.integers(2, 6),
    n_tracks=st.integers(60, 250),
    missing=st.sampled_from([0, 0.1, 0.9]),
)
@settings(max_examples=20, deadline=None)
def test_no_group_crosses_any_split(protocol, seed, share, folds, n_tracks, missing):
    split = _split(protocol, n_tracks, seed, share, folds, missing)
    groups = GROUPS[protocol](split.table)
    for train, held_out in _pairs(split):
        assert not set(groups[train]) & set(groups[held_out])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(seed=seeds, share=shares, folds=st.integers(2, 6), n_tracks=st.integers(60, 250))
@settings(max_examples=15, deadline=None)
def test_every_row_is_used_once(protocol, seed, share, folds, n_tracks):
    split = _split(protocol, n_tracks, seed, share, folds)
    assert sorted([*split.train, *split.test]) == list(range(len(split.table)))
    validated = np.concatenate([valid for _, valid in split.folds])
    assert len(set(validated)) == len(validated)
    assert set(validated) <= set(split.train)
    for train, valid in split.folds:
        assert len(train)
        assert len(valid)
        assert set(train) <= set(split.train) - set(valid)
    if protocol != "time":
        assert set(validated) == set(split.train)


@given(seed=seeds, share=shares, folds=st.integers(2, 6))
@settings(max_examples=20, deadline=None)
def test_time_never_trains_on_what_came_later_nor_parts_a_date(seed, share, folds):
    split = _split("time", 200, seed, share, folds)
    dates = split.table["release_date"]
    for train, held_out in _pairs(split):
        assert dates.iloc[train].max() < dates.iloc[held_out].min()
        assert dates.iloc[held_out].notna().all()


def test_rows_without_a_date_only_train_and_that_is_said():
    split = _split("time", missing=0.2)
    undated = np.flatnonzero(split.table["release_date"].isna())
    assert set(undated) <= set(split.train)
    assert any("no release date" in note for note in split.notes)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_the_test_share_is_met_nearly(protocol, share):
    split = _split(protocol, 1000, share=share, missing=0.02)
    assert len(split.test) / len(split.table) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("protocol", [key for key in PROTOCOLS if key != "time"])
def test_folds_are_of_about_equal_size(protocol):
    sizes = [len(valid) for _, valid in _split(protocol, 1000, folds=5).folds]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_same_seed_gives_the_same_split(protocol):
    first, second = _split(protocol, seed=7), _split(protocol, seed=7)
    assert np.array_equal(first.test, second.test)
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(first.folds, second.folds, strict=True))


def test_another_seed_gives_another_split():
    dataset = make_dataset()
    assert not np.array_equal(
        make_split(dataset, "track", 0.2, 0, 1).test, make_split(dataset, "track", 0.2, 0, 2).test
    )


def test_a_group_too_large_for_the_test_stays_in_training():
    dataset = make_dataset(200, missing=0)
    tracks = dataset.tracks.assign(track_artist=["Giant"] * 150 + [f"A{i}" for i in range(50)])
    for seed in range(10):
        split = make_split(FakeDataset(tracks, dataset.placements), "artist", 0.2, 0, seed)
        assert len(split.test) == 40
        assert "Giant" not in set(tracks["track_artist"].iloc[split.test])


def test_rows_lets_a_track_stand_on_both_sides_with_the_genre_of_each_placement():
    dataset = make_dataset(300)
    split = make_split(dataset, "rows", 0.3, 0, 0)
    tracks = split.table["track"]
    assert PROTOCOLS["rows"].is_leaky
    assert set(tracks.iloc[split.train]) & set(tracks.iloc[split.test])
    assert split.table["genre"].tolist() == dataset.placements["genre"].tolist()
    assert split.table["track_id"].tolist() == dataset.tracks["track_id"].iloc[tracks].tolist()


@pytest.mark.parametrize("protocol", [key for key in PROTOCOLS if key != "rows"])
def test_each_track_stands_in_one_row(protocol):
    split = _split(protocol)
    assert split.table["track"].is_unique


def test_tracks_without_popularity_are_left_out():
    dataset = make_dataset(100)
    tracks = dataset.tracks.assign(
        track_popularity=dataset.tracks["track_popularity"].where(dataset.tracks.index >= 30)
    )
    split = make_split(FakeDataset(tracks, dataset.placements), "track", 0.2, 0, 0)
    assert split.table["track"].tolist() == list(range(30, 100))


def test_more_folds_than_groups_are_refused():
    dataset = make_dataset(100, missing=0)
    tracks = dataset.tracks.assign(track_artist=[f"Artist {i % 4}" for i in range(100)])
    with pytest.raises(DataError, match=r"3 groups of training rows into 10 folds"):
        make_split(FakeDataset(tracks, dataset.placements), "artist", 0.25, 10, 0)


def test_a_table_of_one_artist_is_refused():
    dataset = make_dataset(100)
    tracks = dataset.tracks.assign(track_artist="Only one")
    with pytest.raises(DataError, match="one group"):
        make_split(FakeDataset(tracks, dataset.placements), "artist", 0.2, 0, 0)


@pytest.mark.parametrize(("protocol", "column"), [("artist", "track_artist"), ("album", "track_album_id")])
def test_a_table_without_the_groups_of_a_protocol_is_refused_and_a_few_gaps_are_said(protocol, column):
    dataset = make_dataset(100, missing=0)
    for gaps in (0, 3):
        tracks = dataset.tracks.assign(**{column: dataset.tracks[column].mask(dataset.tracks.index < gaps)})
        notes = make_split(FakeDataset(tracks, dataset.placements), protocol, 0.2, 0, 0).notes
        assert [note.startswith("3 rows have no ") for note in notes] == [True] * (gaps > 0)
    nameless = FakeDataset(dataset.tracks.assign(**{column: None}), dataset.placements)
    with pytest.raises(DataError, match=f"{column}.*another protocol"):
        make_split(nameless, protocol, 0.2, 0, 0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_tiny_table_is_refused(protocol):
    dataset = make_dataset(5)
    with pytest.raises(DataError, match="usable rows"):
        make_split(dataset, protocol, 0.2, 0, 0)


@pytest.mark.parametrize("dates", [pd.NaT, pd.Timestamp("2019-01-01")])
def test_time_needs_two_dates(dates):
    dataset = make_dataset(100)
    tracks = dataset.tracks.assign(release_date=pd.Series([dates] * 100, dtype="datetime64[us]"))
    with pytest.raises(DataError, match="release dates"):
        make_split(FakeDataset(tracks, dataset.placements), "time", 0.2, 0, 0)


def test_time_with_more_folds_than_dates_is_refused():
    dataset = make_dataset(100)
    years = pd.Series(pd.to_datetime([f"{2000 + i % 4}-01-01" for i in range(100)]))
    with pytest.raises(DataError, match="10 folds by release date"):
        make_split(FakeDataset(dataset.tracks.assign(release_date=years), dataset.placements), "time", 0.25, 10, 0)


@pytest.mark.parametrize("folds", [2, 5, 8])
def test_time_cuts_as_many_folds_as_there_are_dates_however_uneven(folds):
    years = [1990] * 60 + [1991 + i % 9 for i in range(40)]
    dates = pd.Series(pd.to_datetime([f"{year}-01-01" for year in years]))
    dataset = make_dataset(100)
    split = make_split(
        FakeDataset(dataset.tracks.assign(release_date=dates), dataset.placements), "time", 0.05, folds, 0
    )
    assert len(split.folds) == folds
    for train, valid in split.folds:
        assert split.table["release_date"].iloc[train].max() < split.table["release_date"].iloc[valid].min()


def test_an_unknown_protocol_is_refused_with_the_nearest():
    with pytest.raises(InvalidRequest, match="'artist'"):
        make_split(make_dataset(50), "artists", 0.2, 0, 0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(seed=seeds, share=st.floats(0.05, 0.3), n_tracks=st.integers(60, 250))
@settings(max_examples=10, deadline=None)
def test_rows_held_out_to_stop_by_are_cut_by_the_same_rule(protocol, seed, share, n_tracks):
    split = _split(protocol, n_tracks, seed)
    learn, held_out = hold_out_inside(split, protocol, split.train, share, seed)
    assert sorted([*learn, *held_out]) == sorted(split.train)
    assert len(held_out) > 0
    if split.group is not None:
        assert not set(split.group[learn]) & set(split.group[held_out])
    if protocol == "time":
        dates = pd.to_datetime(split.table["release_date"])
        assert dates.iloc[held_out].min() > dates.iloc[learn].max()


def test_where_no_rule_can_part_the_rows_they_are_held_out_at_random():
    split = _split("artist")
    one_artist = np.flatnonzero(split.group == split.group[0])
    rows = np.resize(one_artist, 1) if len(one_artist) == 1 else one_artist
    learn, held_out = hold_out_inside(split, "artist", np.repeat(rows, 10), 0.2, 0)
    assert len(learn) > len(held_out) > 0
