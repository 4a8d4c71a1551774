from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidRequest
from core.features import feature_frame
from core.inputs import check_frame, track_row

AUDIO = ("danceability", "energy", "tempo", "key", "valence")
TRACK = {"danceability": 0.5, "energy": 0.25, "tempo": 120.0, "key": "D", "valence": 0.0}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"tempo": None, "danceability": 0.5},
        {"tempo": None, "danceability": 0},
        {"energy": 0, "valence": None},
        {"key": None},
    ],
)
@pytest.mark.parametrize("columns", [AUDIO, ("danceability", "energy"), (*AUDIO, "genre"), (*AUDIO, "title_length")])
def test_one_track_is_read_as_the_row_of_a_table(changed, columns):
    values = {**TRACK, "genre": "pop", "track_name": "One (Live)"} | changed
    table = pd.DataFrame([values]).replace({"key": {"D": 2.0}})
    checked, _ = check_frame(table[[name for name in table if name in columns or name == "track_name"]], columns)
    expected = feature_frame(checked, columns)
    found = track_row(values, columns, columns)
    assert list(found) == list(expected)
    assert found.dtypes.tolist() == expected.dtypes.tolist()
    assert [str(value) for value in found.iloc[0]] == [str(value) for value in expected.iloc[0]]
    assert np.array_equal(found.isna(), expected.isna())


def test_a_value_that_the_model_needs_is_missed_in_words():
    with pytest.raises(InvalidRequest, match="No value for feature 'tempo'"):
        track_row({"energy": 0.5}, ("energy", "tempo"), ("energy", "tempo"))
