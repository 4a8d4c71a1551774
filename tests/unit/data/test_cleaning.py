"""Known answers of cleaning, one decision at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.cleaning import clean
from data.errors import DataFileError
from data.reading import read_table
from data.report import DecisionLog
from data.schema import AUDIO_FEATURES
from tests.unit.data.messy import raw_again, raw_table


def test_repeated_rows_become_one_track_with_all_its_labels() -> None:
    table = clean(
        raw_table(
            {"playlist_id": "p1", "playlist_genre": "rap", "playlist_subgenre": "trap"},
            {"playlist_id": "p2", "playlist_genre": "pop", "playlist_subgenre": "electropop"},
            {"playlist_id": "p2", "playlist_genre": "pop", "playlist_subgenre": "dance pop"},
            {"track_id": "t2", "playlist_id": "p1"},
        )
    )
    first = table.tracks.iloc[0]
    assert list(table.tracks["track_id"]) == ["t1", "t2"]
    assert first["genres"] == ("pop", "rap")
    assert first["subgenres"] == ("dance pop", "electropop", "trap")
    assert (first["n_rows"], first["n_playlists"]) == (3, 2)
    assert list(table.placements["track"]) == [0, 0, 0, 1]
    assert table.report.repeated_rows_merged == table.report.count("repeated row") == 2
    assert table.report.count("several genres") == 1


def test_main_genre_is_the_most_frequent_and_its_subgenre_belongs_to_it() -> None:
    tracks = clean(
        raw_table(
            {"playlist_genre": "rap", "playlist_subgenre": "trap"},
            {"playlist_genre": "pop", "playlist_subgenre": "electropop"},
            {"playlist_genre": "pop", "playlist_subgenre": "dance pop"},
        )
    ).tracks
    assert (tracks["genre"][0], tracks["subgenre"][0]) == ("pop", "electropop")


def test_the_first_genre_wins_among_equals() -> None:
    tracks = clean(raw_table({"playlist_genre": "rap"}, {"playlist_genre": "edm"})).tracks
    assert tracks["genre"][0] == "rap"


def test_the_value_stated_first_holds_where_repeated_rows_disagree() -> None:
    table = clean(raw_table({"tempo": None}, {"tempo": 100.0}, {"tempo": 90.0}, {"tempo": 100.0}))
    assert table.tracks["tempo"][0] == 100.0
    disagreement = next(d for d in table.report.decisions if d.rule == "repeated rows disagree")
    assert (disagreement.column, disagreement.count) == ("tempo", 1)
    assert disagreement.examples == ("row 3, settled by row 2",)
    assert table.report.count("stated in another row of the track", "tempo") == 1


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("energy", 1.7, "out of range"),
        ("energy", -0.1, "out of range"),
        ("energy", float("inf"), "out of range"),
        ("energy", "1e999", "out of range"),
        ("energy", "0,5", "not a number"),
        ("duration_ms", -1, "out of range"),
        ("duration_ms", 210, "out of range"),
        ("loudness", 30.0, "out of range"),
        ("tempo", 0, "not detected"),
        ("key", -1, "not detected"),
        ("key", 5.5, "not a whole number"),
        ("mode", 2, "out of range"),
    ],
)
def test_a_doubtful_value_becomes_missing_and_is_counted(column: str, value: object, rule: str) -> None:
    table = clean(raw_table({column: value}, {"track_id": "t2"}))
    assert np.isnan(table.tracks[column][0])
    assert table.report.count(rule, column) == 1
    assert table.report.rows_kept == 2


def test_numbers_that_came_as_text_are_converted_and_counted() -> None:
    table = clean(
        raw_table({"energy": "0.25"}, {"track_id": "t2", "energy": " 0.5 "}, {"track_id": "t3", "energy": "NA"})
    )
    assert list(table.tracks["energy"][:2]) == [0.25, 0.5]
    assert table.report.count("number written as text", "energy") == 2
    assert table.report.count("no value", "energy") == 1


def test_zeros_that_follow_from_an_undetected_beat_are_no_measurements() -> None:
    table = clean(raw_table({"tempo": 0, "danceability": 0, "valence": 0}, {"track_id": "t2", "danceability": 0}))
    assert table.tracks[["tempo", "danceability", "valence"]].iloc[0].isna().all()
    assert table.tracks["danceability"][1] == 0
    assert table.report.count("not detected") == 3


def test_unusual_but_possible_values_are_kept_and_counted() -> None:
    table = clean(raw_table({"loudness": 1.2, "duration_ms": 4_000}))
    assert (table.tracks["loudness"][0], table.tracks["duration_ms"][0]) == (1.2, 4_000)
    assert table.report.count("above full scale", "loudness") == 1
    assert table.report.count("shorter than 30 s", "duration_ms") == 1


@pytest.mark.parametrize("popularity", [None, "", "high", 101, -1, float("nan")])
def test_a_row_without_a_valid_popularity_is_set_aside(popularity: object) -> None:
    table = clean(raw_table({"track_popularity": popularity}, {"track_id": "t2"}))
    assert list(table.tracks["track_id"]) == ["t2"]
    assert table.set_aside.to_dict("records") == [{"row": 0, "reason": "no popularity"}]
    assert table.report.rows_set_aside == 1


@pytest.mark.parametrize("track_id", [None, "", "  "])
def test_a_row_without_a_track_id_is_set_aside(track_id: object) -> None:
    table = clean(raw_table({}, {"track_id": track_id, "track_popularity": None}))
    assert table.set_aside.to_dict("records") == [{"row": 1, "reason": "no track id"}]


def test_an_id_that_reads_na_stays_text_but_a_name_does_not() -> None:
    table = clean(
        raw_table(
            {
                "track_id": "NA",
                "track_album_id": "NA",
                "playlist_id": "NA",
                "track_artist": "NA",
                "playlist_genre": "NA",
            }
        )
    )
    assert list(table.tracks.loc[0, ["track_id", "track_album_id"]]) == ["NA", "NA"]
    assert table.placements["playlist_id"][0] == "NA"
    assert table.tracks.loc[0, ["track_artist", "genre"]].isna().all()
    assert table.report.count("no value", "track_artist") == table.report.count("no value", "playlist_genre") == 1


def test_numeric_ids_become_text_without_a_decimal_point() -> None:
    assert list(clean(raw_table({"track_id": 17}, {"track_id": 18.0})).tracks["track_id"]) == ["17", "18"]


@pytest.mark.parametrize(
    ("stated", "start", "precision"),
    [
        ("2012-03-04", "2012-03-04", "day"),
        ("2012-03", "2012-03-01", "month"),
        ("2012", "2012-01-01", "year"),
        (2012, "2012-01-01", "year"),
        (2012.0, "2012-01-01", "year"),
        (pd.Timestamp("2012-03-04 10:00"), "2012-03-04", "day"),
        ("2012-02-30", None, ""),
        ("2012-3-4", None, ""),
        ("04.03.2012", None, ""),
        ("0000", None, ""),
        ("9999-01-01", None, ""),
    ],
)
def test_release_dates_keep_their_precision(stated: object, start: str | None, precision: str) -> None:
    table = clean(raw_table({"track_album_release_date": stated}))
    track = table.tracks.iloc[0]
    assert track["release_precision"] == precision
    if start is None:
        assert pd.isna(track["release_date"])
        assert np.isnan(track["release_year"])
        assert table.report.count("not a date") == 1
    else:
        assert track["release_date"] == pd.Timestamp(start)
        assert track["release_year"] == 2012


def test_a_missing_release_date_is_not_an_invalid_one() -> None:
    table = clean(raw_table({"track_album_release_date": ""}))
    assert table.report.count("not a date") == 0
    assert table.report.count("no value", "track_album_release_date") == 1


def test_absent_optional_columns_are_all_missing_and_noted() -> None:
    raw = raw_table({}, {"track_id": "t2"})[["track_id", "track_popularity", *AUDIO_FEATURES]]
    table = clean(raw)
    assert table.tracks[["track_name", "genre", "release_date", "key", "mode"]].isna().all(axis=None)
    assert list(table.tracks["genres"]) == [(), ()]
    assert list(table.tracks["n_playlists"]) == [0, 0]
    assert table.report.count("column absent", "playlist_genre") == 2
    assert table.report.count("no value", "playlist_genre") == 0


def test_unknown_columns_are_ignored_and_noted() -> None:
    table = clean(raw_table({}).assign(mood="sad"), ignored_columns=["camelot"])
    assert [(d.column, d.action) for d in table.report.decisions] == [("camelot", "ignored"), ("mood", "ignored")]
    assert "mood" not in table.tracks


def test_a_missing_required_column_is_named_with_its_nearest_match() -> None:
    raw = raw_table({}).rename(columns={"tempo": "Temp", "track_popularity": "popularity"})
    with pytest.raises(
        DataFileError, match=r"'track_popularity' \(nearest: 'popularity'\), 'tempo' \(nearest: 'Temp'\)"
    ):
        clean(raw)


def test_a_column_that_stands_twice_is_refused() -> None:
    raw = raw_table({})
    with pytest.raises(DataFileError, match="'energy' stands 2 times"):
        clean(pd.concat([raw, raw[["energy"]]], axis=1))


def test_the_index_of_the_raw_table_does_not_matter() -> None:
    raw = raw_table({}, {"track_id": ""}, {"track_id": "t2"})
    expected, given = clean(raw), clean(raw.set_index(pd.Index([7, 7, 3])))
    pd.testing.assert_frame_equal(given.tracks, expected.tracks)
    pd.testing.assert_frame_equal(given.placements, expected.placements)
    assert given.set_aside["row"].tolist() == [1]


def test_an_empty_table_gives_no_tracks() -> None:
    table = clean(raw_table({}).iloc[:0])
    assert table.tracks.empty
    assert table.report.rows_read == 0


@pytest.mark.real_data
def test_the_real_table_cleans_to_its_known_counts(real_table: Path) -> None:
    raw, _ = read_table(real_table)
    table = clean(raw)
    report = table.report
    assert (report.rows_read, report.rows_kept, report.tracks) == (32_833, 32_833, 28_356)
    assert report.repeated_rows_merged == 4_477
    assert report.count("no value", "track_name") == 5
    assert report.count("only the year is known") == 1_855
    assert report.count("only the month is known") == 31
    assert report.count("several genres") == 1_687
    assert report.count("not detected", "tempo") == 1
    assert table.tracks["track_artist"].nunique() == 10_692
    assert table.tracks["track_name"].isna().sum() == 4
    assert report.count("repeated rows disagree") == 0


@pytest.mark.real_data
def test_cleaning_the_cleaned_real_table_changes_nothing(real_table: Path) -> None:
    raw, _ = read_table(real_table)
    once = clean(raw)
    twice = clean(raw_again(once))
    pd.testing.assert_frame_equal(once.tracks, twice.tracks)
    pd.testing.assert_frame_equal(once.placements, twice.placements)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2012", "2012"),
        (" 2012", "' 2012'"),
        ("", "''"),
        ("a\nb", "a\\nb"),
        (0.25, "0.25"),
        ("x" * 99, "x" * 57 + "..."),
    ],
)
def test_examples_are_written_as_people_write_unless_quotes_are_needed(value: object, said: str) -> None:
    log = DecisionLog()
    log.add_rows("rule", "column", np.array([False, True]), "kept", lambda _: value)
    assert log.decisions[0].examples == (f"row 2: {said}",)
