from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.export import escape_cell, to_csv, unescape_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "  =cmd|' /C calc'!A0", "'=1", "''@x"])
def test_text_that_a_spreadsheet_would_run_is_escaped(text: str) -> None:
    assert escape_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["Sia", "Don't", "'tis", "", "a=b", -3.5, 7, None, "NA", "1-2"])
def test_everything_else_stays_as_it_is(value: object) -> None:
    assert escape_cell(value) is value


@given(st.text())
def test_escaping_loses_nothing(text: str) -> None:
    assert unescape_cell(escape_cell(text)) == text


@given(st.text(max_size=20))
def test_no_escaped_text_begins_like_a_formula(text: str) -> None:
    assert not str(escape_cell(text)).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_table_comes_back_with_its_numbers_untouched() -> None:
    frame = pd.DataFrame(
        {"track_name": ['=cmd|"x"', "Zoë, live", None], "fold": [0, 1, 2], "predicted": [-1 / 3, 0.1 + 0.2, np.nan]}
    )
    back = pd.read_csv(io.StringIO(to_csv(frame)), keep_default_na=False, na_values=[""])
    assert back["predicted"].tolist()[:2] == frame["predicted"].tolist()[:2]
    assert back["fold"].tolist() == [0, 1, 2]
    assert back["track_name"].tolist()[:2] == ['\'=cmd|"x"', "Zoë, live"]
    assert pd.isna(back["track_name"].iloc[2])


def test_the_frame_given_is_not_changed() -> None:
    frame = pd.DataFrame({"name": ["=1"]})
    to_csv(frame)
    assert frame["name"].tolist() == ["=1"]
