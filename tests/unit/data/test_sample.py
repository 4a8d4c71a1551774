"""The built-in sample has the public table's schema and quirks, invented content and one content a seed."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.cleaning import CleanTable, clean
from data.reading import read_table
from data.sample import SAMPLE_VERSION, generate_sample, sample_sha256
from data.schema import AUDIO_FEATURES, COLUMNS, TARGET

FEATURES = [*AUDIO_FEATURES]


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return generate_sample()


@pytest.fixture(scope="module")
def table(raw: pd.DataFrame) -> CleanTable:
    return clean(raw)


def test_the_sample_has_the_public_tables_columns_and_kinds(raw: pd.DataFrame) -> None:
    assert raw.shape == (6_000, 23)
    assert list(raw.columns) == list(COLUMNS)
    for name, column in COLUMNS.items():
        assert pd.api.types.is_numeric_dtype(raw[name]) == column.is_number


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = generate_sample(400, 7), generate_sample(400, 7), generate_sample(400, 8)
    assert sample_sha256(first) == sample_sha256(again) != sample_sha256(other)


def test_another_sample_has_another_version(raw: pd.DataFrame) -> None:
    found = raw[TARGET].sum(), *(raw[name].nunique() for name in ("track_id", "track_artist", "playlist_id"))
    assert (SAMPLE_VERSION, found) == (1, (270113, 5182, 1865, 96)), "raise SAMPLE_VERSION, and state the new numbers"


def test_the_sample_is_generated_in_half_a_second() -> None:
    durations = []
    for _ in range(3):
        started = time.process_time()  # of this process alone: the machine may be busy
        generate_sample()
        durations.append(time.process_time() - started)
    assert min(durations) < 0.5


@pytest.mark.parametrize("n_rows", [100, 101, 250, 1_000])
def test_small_samples_are_complete_too(n_rows: int) -> None:
    table = clean(generate_sample(n_rows))
    assert table.report.rows_kept == n_rows
    assert table.report.rows_set_aside == 0


def test_too_small_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 100"):
        generate_sample(99)


def test_cleaning_finds_nothing_to_set_aside_convert_or_correct(table: CleanTable) -> None:
    assert {d.action for d in table.report.decisions} <= {"kept", "merged", "left missing"}
    assert table.report.rows_set_aside == 0


def test_tracks_repeat_over_playlists_and_genres(table: CleanTable) -> None:
    tracks, n = table.tracks, len(table.tracks)
    assert table.report.repeated_rows_merged / table.report.rows_read == pytest.approx(0.136, abs=0.01)
    assert (tracks["n_rows"] > 1).sum() / n == pytest.approx(0.11, abs=0.03)
    assert tracks["genres"].map(len).gt(1).sum() / n == pytest.approx(0.06, abs=0.02)
    assert tracks["n_rows"].max() >= 6
    popular, others = tracks[TARGET] > 70, tracks[TARGET] <= 60
    assert tracks.loc[popular, "n_rows"].mean() > 1.3 * tracks.loc[others, "n_rows"].mean()


def test_all_genres_and_artists_of_many_sizes_are_there(table: CleanTable) -> None:
    tracks = table.tracks
    assert table.placements["genre"].nunique() == 6
    assert table.placements["subgenre"].nunique() == 24
    per_artist = tracks["track_artist"].value_counts()
    assert len(per_artist) / len(tracks) == pytest.approx(0.377, abs=0.04)
    assert (per_artist == 1).mean() > 0.35
    assert per_artist.max() > 15
    assert tracks["track_album_id"].nunique() / len(tracks) == pytest.approx(0.795, abs=0.04)


def test_dates_reach_back_lean_to_the_newest_and_are_not_all_exact(table: CleanTable) -> None:
    years = table.tracks["release_year"]
    assert years.min() < 1972
    assert years.quantile([0.25, 0.5, 0.75]).tolist() == pytest.approx([2008, 2016, 2019], abs=1.5)
    assert table.tracks["release_date"].max() < pd.Timestamp("2020-02-01")
    rows = table.report.rows_read
    assert table.report.count("only the year is known") / rows == pytest.approx(0.056, abs=0.015)
    assert 0 < table.report.count("only the month is known") / rows < 0.006


def test_a_few_rows_lack_their_names(table: CleanTable) -> None:
    nameless = table.tracks["track_name"].isna()
    assert 1 <= nameless.sum() <= 10
    assert (nameless == table.tracks["track_artist"].isna()).all()
    assert (nameless == table.tracks["track_album_name"].isna()).all()


def test_zeros_are_common_among_the_releases_of_the_2000s_and_rare_among_the_newest(table: CleanTable) -> None:
    is_zero, year = table.tracks[TARGET] == 0, table.tracks["release_year"]
    assert is_zero.mean() == pytest.approx(0.09, abs=0.015)
    assert is_zero[year.between(2004, 2014)].mean() > 0.12
    assert is_zero[year >= 2019].mean() < 0.02
    assert table.tracks[TARGET].mean() == pytest.approx(39.3, abs=2)
    assert table.tracks[TARGET].std() == pytest.approx(23.7, abs=1.5)


@pytest.mark.parametrize(
    ("first", "second", "correlation"),
    [
        ("energy", "loudness", 0.68),
        ("energy", "acousticness", -0.55),
        ("loudness", "acousticness", -0.37),
        ("danceability", "valence", 0.33),
        ("danceability", "tempo", -0.18),
        ("valence", "instrumentalness", -0.17),
        (TARGET, "energy", -0.10),
        (TARGET, "instrumentalness", -0.12),
        (TARGET, "duration_ms", -0.14),
        (TARGET, "acousticness", 0.09),
    ],
)
def test_correlations_are_near_those_of_the_public_table(
    table: CleanTable, first: str, second: str, correlation: float
) -> None:
    assert table.tracks[first].corr(table.tracks[second]) == pytest.approx(correlation, abs=0.07)


def test_popularity_differs_by_genre_artist_and_album(table: CleanTable) -> None:
    tracks = table.tracks
    by_subgenre = tracks.groupby("subgenre")[TARGET].mean()
    assert by_subgenre.max() - by_subgenre.min() > 20
    assert within_group_share(tracks, "track_artist") == pytest.approx(0.33, abs=0.08)
    assert within_group_share(tracks, "track_album_id") > 0.7


def within_group_share(tracks: pd.DataFrame, key: str) -> float:
    """Intraclass correlation of popularity in groups of two tracks or more (one-way analysis of variance)."""
    known = tracks.dropna(subset=[key])
    groups = known.groupby(key)[TARGET].agg(["size", "mean", "var"]).query("size > 1")
    n, size = len(groups), groups["size"]
    within = (groups["var"] * (size - 1)).sum() / (size.sum() - n)
    grand = (groups["mean"] * size).sum() / size.sum()
    between = (size * (groups["mean"] - grand) ** 2).sum() / (n - 1)
    typical_size = (size.sum() - (size**2).sum() / size.sum()) / (n - 1)
    variance = (between - within) / typical_size
    return float(variance / (variance + within))


def test_some_recordings_stand_under_several_ids_with_fates_of_their_own(table: CleanTable) -> None:
    audio = [*FEATURES, "key", "mode"]
    twins = table.tracks[table.tracks.duplicated(audio, keep=False)]
    assert len(twins) / len(table.tracks) == pytest.approx(0.049, abs=0.01)
    per_recording = twins.groupby(audio)
    assert (per_recording["track_artist"].nunique() <= 1).all()
    assert (per_recording[TARGET].max() - per_recording[TARGET].min()).mean() > 20


def test_sound_says_little_honestly_and_much_when_rows_leak(table: CleanTable) -> None:
    from sklearn.ensemble import RandomForestRegressor

    def score(frame: pd.DataFrame, **params: float) -> float:
        order = np.random.default_rng(42).permutation(len(frame))
        test, train = order[: len(frame) // 5], order[len(frame) // 5 :]
        model = RandomForestRegressor(25, random_state=42, **params)
        model.fit(frame[FEATURES].iloc[train], frame[TARGET].iloc[train])
        return float(model.score(frame[FEATURES].iloc[test], frame[TARGET].iloc[test]))

    rows = table.tracks.take(table.placements["track"].to_numpy())
    honest = score(table.tracks, min_samples_leaf=20, max_features=0.4)
    assert 0.02 < honest < 0.12
    assert score(rows) > 0.22


def test_ids_are_marked_as_samples_and_look_like_the_real_ones(raw: pd.DataFrame) -> None:
    for name in ("track_id", "track_album_id", "playlist_id"):
        assert all(re.fullmatch(r"sample[0-9A-Za-z]{16}", value) for value in raw[name].unique())


@pytest.mark.real_data
def test_the_whole_correlation_matrix_is_near_the_public_tables(table: CleanTable, real_table: Path) -> None:
    real = clean(read_table(real_table)[0]).tracks
    columns = [*FEATURES, TARGET]
    difference = (table.tracks[columns].corr() - real[columns].corr()).abs().to_numpy()
    assert difference.max() < 0.12


@pytest.mark.real_data
def test_marginals_follow_the_public_tables(table: CleanTable, real_table: Path) -> None:
    real = clean(read_table(real_table)[0]).tracks
    for name in [*FEATURES, TARGET]:
        spread = real[name].quantile(0.9) - real[name].quantile(0.1)
        for level in (0.1, 0.25, 0.5, 0.75, 0.9):
            assert table.tracks[name].quantile(level) == pytest.approx(real[name].quantile(level), abs=0.08 * spread)


@pytest.mark.real_data
def test_no_value_that_names_something_is_copied_from_the_public_table(raw: pd.DataFrame, real_table: Path) -> None:
    real, _ = read_table(real_table)
    for name in ("track_id", "track_artist", "track_album_id", "playlist_id", "playlist_name"):
        shared = set(raw[name].dropna()) & set(real[name])
        assert shared == set(), f"{name}: {sorted(shared)[:5]}"
