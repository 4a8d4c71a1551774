from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.features import FEATURES, feature_frame
from core.release_dates import DATE_FEATURES, describe_date, has_date, in_year, with_date


@given(st.dates(min_value=pd.Timestamp(1900, 1, 1).date()), st.sampled_from(["Day", "Month", "Year"]))
def test_a_date_gives_what_the_table_would_have_for_it(day: object, exactness: str) -> None:
    table = pd.DataFrame(
        {
            "release_date": [pd.Timestamp(str(day)[:10])],
            "release_precision": [exactness.lower()],
            "release_year": [float(pd.Timestamp(str(day)[:10]).year)],
        }
    )
    expected = feature_frame(table, DATE_FEATURES).iloc[0]
    found = with_date({"release_date": str(day)[:10], "release_exactness": exactness})
    for name in DATE_FEATURES:
        value = found[name]
        if isinstance(value, str):
            value = FEATURES[name].categories.index(value)
        assert (value is None and pd.isna(expected[name])) or value == expected[name]


def test_an_empty_date_is_not_known() -> None:
    assert with_date({"release_date": "", "energy": 0.5}) == {"energy": 0.5, **dict.fromkeys(DATE_FEATURES)}
    assert "Not known" in describe_date({"release_date": ""})


def test_values_without_a_date_stay_as_they_are() -> None:
    assert with_date({"release_year": 2000.0}) == {"release_year": 2000.0}


@pytest.mark.parametrize("wrong", ["2019-02-30", "0001-01-01", "yesterday", 3, ["2019-01-01"], "2019-1-1", True])
def test_what_is_no_date_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidRequest):
        with_date({"release_date": wrong})  # type: ignore[dict-item]


@pytest.mark.parametrize("wrong", ["Hour", 3.0, ["Day"], True])
def test_an_unknown_exactness_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidRequest):
        with_date({"release_date": "2019-01-01", "release_exactness": wrong})  # type: ignore[dict-item]


def test_another_year_keeps_the_day_and_takes_its_weekday() -> None:
    moved = in_year(with_date({"release_date": "2019-06-14"}), 2020)
    assert (moved["release_year"], moved["release_day"], moved["release_weekday"]) == (2020.0, 14.0, "Sunday")
    assert in_year({"release_year": 1990.0}, 2000) == {"release_year": 2000.0}


def test_a_year_alone_needs_no_date() -> None:
    assert not has_date(["release_year", "energy"])
    assert has_date(["release_month"])
