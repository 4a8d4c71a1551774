"""What cleaning promises for every table, however messy."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data.cleaning import CleanTable, clean
from data.schema import COLUMNS, NUMBER_COLUMNS
from tests.unit.data.messy import messy_tables, raw_again

CHANGES = {"set aside", "set missing", "converted", "filled", "resolved"}


def assert_same_tables(first: CleanTable, second: CleanTable) -> None:
    pd.testing.assert_frame_equal(first.tracks, second.tracks)
    pd.testing.assert_frame_equal(first.placements, second.placements)


@settings(max_examples=15, deadline=None)
@given(messy_tables)
def test_cleaning_the_cleaned_rows_changes_nothing(raw: pd.DataFrame) -> None:
    once = clean(raw)
    twice = clean(raw_again(once))
    assert_same_tables(once, twice)
    assert [d for d in twice.report.decisions if d.action in CHANGES] == []


@settings(max_examples=15, deadline=None)
@given(messy_tables)
def test_every_row_is_kept_or_set_aside_and_each_decision_is_counted(raw: pd.DataFrame) -> None:
    table = clean(raw)
    report = table.report
    assert report.rows_read == len(raw) == report.rows_kept + report.rows_set_aside
    assert report.rows_kept == len(table.placements) == report.tracks + report.repeated_rows_merged
    assert report.rows_set_aside == len(table.set_aside)
    assert int(table.tracks["n_rows"].sum()) == report.rows_kept
    assert all(d.count > 0 and len(d.examples) <= 3 for d in report.decisions)
    json.dumps(report.to_dict(), allow_nan=False)


@settings(max_examples=15, deadline=None)
@given(messy_tables)
def test_cleaned_values_lie_in_the_ranges_of_the_schema(raw: pd.DataFrame) -> None:
    tracks = clean(raw).tracks
    assert tracks["track_id"].is_unique
    assert tracks[["track_id", "track_popularity"]].notna().all(axis=None)
    for name in NUMBER_COLUMNS:
        values = tracks[name].dropna().to_numpy()
        assert tracks[name].dtype == np.float64
        assert np.all((values >= COLUMNS[name].low) & (values <= COLUMNS[name].high))


@settings(max_examples=15, deadline=None)
@given(messy_tables)
def test_column_types_do_not_depend_on_the_content(raw: pd.DataFrame) -> None:
    expected = clean(raw.iloc[:0])
    table = clean(raw)
    assert table.tracks.dtypes.to_dict() == expected.tracks.dtypes.to_dict()
    assert table.placements.dtypes.to_dict() == expected.placements.dtypes.to_dict()


@settings(max_examples=15, deadline=None)
@given(messy_tables)
def test_the_input_is_left_as_it_was(raw: pd.DataFrame) -> None:
    before = raw.copy(deep=True)
    clean(raw)
    pd.testing.assert_frame_equal(raw, before)


@settings(max_examples=15, deadline=None)
@given(messy_tables)
def test_category_columns_clean_like_plain_ones(raw: pd.DataFrame) -> None:
    text = {name: raw[name].map(str, na_action="ignore") for name in COLUMNS if not COLUMNS[name].is_number}
    plain = raw.assign(**text)
    categories = plain.assign(**{name: plain[name].astype("category") for name in text})
    assert_same_tables(clean(plain), clean(categories))


@settings(max_examples=15, deadline=None)
@given(messy_tables, st.data())
def test_extra_columns_stay_when_cleaned_again_and_change_nothing_else(raw: pd.DataFrame, data: st.DataObject) -> None:
    cells = st.one_of(st.none(), st.floats(), st.sampled_from(["1", "x", "NA", ""]))
    mood = data.draw(st.lists(cells, min_size=len(raw), max_size=len(raw)))
    with_mood = raw.assign(mood=pd.Series(mood, index=raw.index, dtype=object))
    once = clean(with_mood, extras=["mood"])
    assert once.tracks["extra:mood"].dtype == np.float64
    assert_same_tables(once, clean(raw_again(once), extras=["mood"]))
    pd.testing.assert_frame_equal(once.tracks.drop(columns="extra:mood"), clean(raw).tracks)
