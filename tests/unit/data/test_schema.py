"""The schema describes every column, in one way."""

from __future__ import annotations

import pytest

from data.cleaning import clean
from data.schema import AUDIO_FEATURES, COLUMNS, DERIVED, REQUIRED_COLUMNS, TARGET, describe
from tests.unit.data.messy import raw_table

ALL = [*COLUMNS.items(), *DERIVED.items()]


@pytest.mark.parametrize(("name", "column"), ALL, ids=[name for name, _ in ALL])
def test_every_column_is_described_under_its_own_name(name: str, column: object) -> None:
    described = describe(name)
    assert described is column
    assert described.name == name
    assert described.label
    assert described.description.endswith(".")


@pytest.mark.parametrize("name", [name for name, column in COLUMNS.items() if column.is_number])
def test_every_number_has_a_range_and_a_step_within_it(name: str) -> None:
    column = COLUMNS[name]
    assert column.low is not None
    assert column.high is not None
    assert column.step is not None
    assert column.low < column.high
    assert 0 < column.step <= column.high - column.low


def test_the_public_table_has_23_columns_of_which_ten_are_audio_features() -> None:
    assert len(COLUMNS) == 23
    assert len(AUDIO_FEATURES) == 10
    assert set(REQUIRED_COLUMNS) == {"track_id", TARGET, *AUDIO_FEATURES}
    assert all(COLUMNS[name].role == "feature" for name in AUDIO_FEATURES)
    assert [name for name, column in COLUMNS.items() if column.role == "target"] == [TARGET]


def test_every_column_of_the_cleaned_tracks_is_in_the_schema() -> None:
    assert all(describe(str(name)) for name in clean(raw_table({})).tracks.columns)


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(KeyError):
        describe("mood")
