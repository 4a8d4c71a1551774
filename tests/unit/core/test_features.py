from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidRequest
from core.features import (
    DEFAULT_FEATURES,
    FEATURE_GROUPS,
    FEATURE_SETS,
    FEATURES,
    feature_frame,
    feature_groups,
    feature_ranges,
    sounds_like_success,
    unknowable,
)
from core.features.titles import TITLE_FLAGS
from tests.fakes.tables import make_dataset


def test_the_groups_hold_every_feature_once():
    grouped = [name for group in FEATURE_GROUPS.values() for name in group.features]
    assert sorted(grouped) == sorted(FEATURES)
    assert all(FEATURES[name].group == key for key, group in FEATURE_GROUPS.items() for name in group.features)


def test_every_feature_is_described_for_people():
    assert all(feature.label and feature.help for feature in FEATURES.values())


def test_the_default_features_are_the_ten_audio_features():
    assert len(DEFAULT_FEATURES) == 10
    assert FEATURE_GROUPS["audio"].features == DEFAULT_FEATURES


def test_frames_hold_floats_for_numbers_and_codes_and_objects_for_names():
    frame = feature_frame(make_dataset().tracks, ["tempo", "key", "genre", "release_month"])
    assert [str(dtype) for dtype in frame.dtypes] == ["float64", "float64", "object", "float64"]


def test_the_month_is_unknown_where_only_the_year_is_stated():
    tracks = pd.DataFrame(
        {
            "release_date": pd.to_datetime(["2019-06-14", "2019-06-01", "2019-01-01", None]),
            "release_precision": ["day", "month", "year", ""],
        }
    )
    month = feature_frame(tracks, ["release_month"])["release_month"]
    assert month[:2].tolist() == [6, 6]
    assert month[2:].isna().all()


def test_a_missing_column_is_named():
    with pytest.raises(InvalidRequest, match="'tempo'"):
        feature_frame(pd.DataFrame({"energy": [1.0]}), ["energy", "tempo"])


def test_ranges_come_from_the_data():
    tracks = make_dataset().tracks
    ranges = feature_ranges(tracks)
    assert set(ranges) == {name for name in FEATURES if not FEATURES[name].encoding}
    assert ranges["tempo"].low == tracks["tempo"].min()
    assert ranges["tempo"].default == tracks["tempo"].median()
    assert ranges["genre"].options == ("pop", "rap", "rock")
    assert ranges["genre"].default == tracks["genre"].mode()[0]
    assert ranges["key"].options[0] == "C"
    assert all(found.low <= found.median <= found.high for found in ranges.values())


def test_a_feature_without_any_value_has_no_range():
    tracks = make_dataset().tracks.assign(tempo=np.nan)
    assert "tempo" not in feature_ranges(tracks)


def test_a_constant_feature_still_has_a_step():
    tracks = make_dataset().tracks.assign(release_year=2019.0)
    assert feature_ranges(tracks)["release_year"].step > 0


def test_columns_of_ones_own_table_are_features_too():
    own = FEATURES["extra:Vocal range"]
    assert (own.label, own.group, own.kind, own.is_text) == ("Vocal range", "extra", "number", False)
    assert "extra:Vocal range" in FEATURES
    assert "extra:Vocal range" not in set(FEATURES)
    frame = feature_frame(pd.DataFrame({"extra:x": [1, 3]}), ["extra:x"])
    assert feature_ranges(frame, ["extra:x"])["extra:x"].median == 2


@pytest.mark.parametrize("wrong", ["extra:", "extra", "Extra:x", "extra:\x00", "extra:a\nb", "extra:" + "x" * 121, 3])
def test_other_names_stay_unknown(wrong):
    assert wrong not in FEATURES
    assert FEATURES.get(wrong) is None


def test_a_table_with_columns_of_its_own_offers_one_more_group():
    assert feature_groups() == tuple(FEATURE_GROUPS.values())
    assert feature_groups(["a b"])[-1].features == ("extra:a b",)


def test_columns_of_ones_own_table_that_are_named_after_success_stand_apart():
    before, after = feature_groups(["mood", "streams"])[-2:]
    assert (before.features, before.knowable) == (("extra:mood",), True)
    assert (after.features, after.knowable) == (("extra:streams",), False)
    assert FEATURES["extra:streams"].group == after.key


def test_a_group_is_known_before_release_or_is_not():
    for group in FEATURE_GROUPS.values():
        assert {FEATURES[name].knowable for name in group.features} == {group.knowable}


def test_what_is_not_known_before_release_says_why():
    assert all(feature.knowable != bool(feature.why_not) for feature in FEATURES.values())
    assert {"n_playlists", "n_genres", "album_mean"} <= set(unknowable(FEATURES))


def test_what_is_named_after_success_is_not_known_before_release():
    """The audit goes by the same names."""
    assert not [name for name in FEATURES if sounds_like_success(name) and FEATURES[name].knowable]


@pytest.mark.parametrize(
    "column",
    [
        "totalStreams",
        "StreamCount",
        "viewCount",
        "YTViews",
        "spotifyPlays",
        "playsTotal",
        "weeksOnChart",
        "chartPosition",
        "follower_count",
        "like_count",
        "listener_count",
        "save_count",
        "favorites",
        "favourites_count",
        "hits",
        "streams2024",
        "extra:Streams",
        "n_playlists",
    ],
)
def test_columns_named_after_success_are_recognised_however_they_are_spelled(column):
    assert sounds_like_success(column)


@pytest.mark.parametrize(
    "column",
    [
        "liveness",
        "likeness",
        "loudness",
        "playtime",
        "Key",
        "timeSignature",
        "durationMs",
        "chartreuse",
        "albumReleaseDate",
        "hitchhiker",
        "overview",
        "isExplicit",
        "unlikely",
        "saved_key",
        "viewpoint",
        "trackName",
        "danceAbility",
    ],
)
def test_columns_that_only_look_alike_are_no_success(column):
    assert not sounds_like_success(column)


def test_the_ready_choices_can_be_known_before_release_and_build_on_one_another():
    audio, cold, new = FEATURE_SETS
    assert set(audio.features) < set(cold.features) < set(new.features)
    assert not unknowable(new.features)
    assert not any(FEATURES[name].group == "artist" for name in cold.features)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Song (feat. X)", {"title_guests", "title_brackets"}),
        ("Song - Live at Wembley", {"title_live", "title_dash"}),
        ("Olive Alive", set()),
        ("SONG - 2011 Remaster", {"title_remaster", "title_dash"}),
        ("Señorita", {"title_beyond_ascii"}),
        ("HUMBLE.", {"title_capitals"}),
        ("Song [Radio Edit]", {"title_edit", "title_brackets"}),
    ],
)
def test_flags_tell_what_a_title_says(title, said):
    frame = feature_frame(pd.DataFrame({"track_name": [title]}), TITLE_FLAGS)
    assert {name for name in TITLE_FLAGS if frame[name][0] == 1} == said


def test_measures_of_a_missing_title_are_missing():
    frame = feature_frame(pd.DataFrame({"track_name": [None]}), FEATURE_GROUPS["title"].features)
    assert frame.isna().all().all()


def test_a_single_is_named_as_its_album_but_for_guests_and_versions():
    albums = ["Song", "SONG (Deluxe)", "Another", None]
    tracks = pd.DataFrame({"track_name": "Song (feat. X)", "track_album_name": albums})
    assert feature_frame(tracks, ["is_single"])["is_single"].tolist()[:3] == [1.0, 1.0, 0.0]
    assert feature_frame(tracks, ["is_single"])["is_single"].isna()[3]


def test_weekday_and_day_are_known_only_where_the_day_is_stated():
    tracks = pd.DataFrame(
        {
            "release_date": pd.to_datetime(["2019-06-14", "2019-06-01", "2019-01-01", None]),
            "release_precision": ["day", "month", "year", ""],
        }
    )
    frame = feature_frame(tracks, ["release_day", "release_weekday", "release_exactness"])
    assert frame.iloc[0].tolist() == [14, 4, 2]
    assert frame[["release_day", "release_weekday"]].iloc[1:].isna().all().all()
    assert frame["release_exactness"].tolist()[1:3] == [1, 0]
    assert np.isnan(frame["release_exactness"][3])
