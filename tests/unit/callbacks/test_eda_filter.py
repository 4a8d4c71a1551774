"""What the filter of Explore offers of a table with very many genres."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.eda import MOST_OFFERED, filter_options
from core.eda.filters import Filter
from core.eda.table import EdaTable, build_table
from data.sources import Dataset
from layouts.components.filter_bar import filter_bar

LAST = MOST_OFFERED + 49


@pytest.fixture(scope="module")
def crowded() -> EdaTable:
    """250 genres; of the last one there are more tracks than of the others."""
    names = pd.Series(np.minimum(np.arange(LAST + 9), LAST)).map("g{:03d}".format)
    lists = [(name,) for name in names]
    values: dict[str, Any] = {"track_popularity": 1.0, "genre": names, "genres": lists, "subgenre": names}
    return build_table(pd.DataFrame({**values, "subgenres": lists}))


def test_the_filter_offers_the_largest_genres_and_says_of_how_many(crowded: EdaTable) -> None:
    found = filter_options(crowded)
    assert len(found.genres) == len(found.subgenres[""]) == MOST_OFFERED
    assert found.genres[-1] == f"g{LAST:03d}"
    drawn = json.dumps(filter_bar(Filter(), found), cls=PlotlyJSONEncoder)
    assert drawn.count("The 200 with most tracks are offered, of 250.") == 2


def test_a_genre_that_an_address_has_chosen_has_a_box_though_it_is_small(crowded: EdaTable) -> None:
    found = filter_options(crowded)
    assert "g248" not in found.genres
    drawn = json.dumps(filter_bar(Filter(genres=("g248",)), found), cls=PlotlyJSONEncoder)
    assert '{"label": "g248", "value": "g248"}' in drawn


def test_few_genres_are_all_offered_without_a_word_on_it(sample_dataset: Dataset) -> None:
    table = build_table(sample_dataset.tracks)
    found = filter_options(table)
    assert found.genres == tuple(table.members["genre"])
    assert "are offered" not in json.dumps(filter_bar(Filter(), found), cls=PlotlyJSONEncoder)
