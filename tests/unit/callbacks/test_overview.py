"""The overview's words, on the sample and on tables with gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callbacks.overview import facts_in_words, missing_frame, popularity_reading

if TYPE_CHECKING:
    from data.facts import DatasetFacts
    from data.sources import Dataset


@pytest.fixture
def facts(sample_dataset: Dataset) -> DatasetFacts:
    return replace(sample_dataset.facts(), rows_read=6000, repeated_rows=818, tracks=5182)


def test_the_facts_say_rows_read_and_merged(facts: DatasetFacts) -> None:
    words = {name: (value, detail) for name, value, detail in facts_in_words(facts)}
    assert words["Tracks"] == ("5,182", "6,000 rows read, 818 repeated rows merged")


def test_a_complete_table_says_so(facts: DatasetFacts) -> None:
    words = {name: detail for name, _, detail in facts_in_words(replace(facts, missing={}))}
    assert words["Missing values"] == "every column is complete"
    assert missing_frame(replace(facts, missing={})).empty


def test_missing_values_come_most_first_by_label(facts: DatasetFacts) -> None:
    frame = missing_frame(replace(facts, missing={"tempo": 2, "track_name": 10, "other": 1}))
    assert frame.iloc[:, 1].tolist() == [10, 2, 1]
    assert frame["Column"].tolist()[1:] == ["Tempo", "other"]


def test_a_single_missing_value_is_no_share_of_zero(facts: DatasetFacts) -> None:
    frame = missing_frame(replace(facts, tracks=28_356, missing={"tempo": 1}))
    assert frame["Share (%)"].tolist() == [0.004]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("1957-01-01", "2020-01-29", "1957–2020"), ("2020-01-01", "2020-05-01", "2020"), (None, None, "–")],
)
def test_the_period_is_told_in_years(facts: DatasetFacts, first: str | None, last: str | None, words: str) -> None:
    found = {name: value for name, value, _ in facts_in_words(replace(facts, period_first=first, period_last=last))}
    assert found["Period"] == words


def test_a_table_without_popularity_has_no_reading(facts: DatasetFacts) -> None:
    assert popularity_reading(replace(facts, popularity_zero_share=None)) == ""
    assert popularity_reading(replace(facts, popularity_zero_share=0.25, popularity_mean=41.4)) == (
        "25% of the tracks have popularity 0; the mean is 41 points."
    )
