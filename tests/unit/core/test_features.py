from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidRequest
from core.features import DEFAULT_FEATURES, FEATURE_GROUPS, FEATURES, feature_frame, feature_groups, feature_ranges
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
    own = FEATURES["extra:Play count"]
    assert (own.label, own.group, own.kind, own.is_text) == ("Play count", "extra", "number", False)
    assert "extra:Play count" in FEATURES
    assert "extra:Play count" not in set(FEATURES)
    frame = feature_frame(pd.DataFrame({"extra:x": [1, 3]}), ["extra:x"])
    assert feature_ranges(frame, ["extra:x"])["extra:x"].median == 2


@pytest.mark.parametrize("wrong", ["extra:", "extra", "Extra:x", "extra:\x00", "extra:a\nb", "extra:" + "x" * 121, 3])
def test_other_names_stay_unknown(wrong):
    assert wrong not in FEATURES
    assert FEATURES.get(wrong) is None


def test_a_table_with_columns_of_its_own_offers_one_more_group():
    assert feature_groups() == tuple(FEATURE_GROUPS.values())
    assert feature_groups(["a b"])[-1].features == ("extra:a b",)
