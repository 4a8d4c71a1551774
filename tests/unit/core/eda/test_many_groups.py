"""Tables in which nearly every track has a group of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.eda.correlation import correlations
from core.eda.distribution import distribution
from core.eda.filters import Filter, select
from core.eda.groups import groups
from core.eda.information import information
from core.eda.points import OTHER, points
from core.eda.quantiles import grouped_quantiles
from core.eda.table import EdaTable, build_table
from core.figures.eda.groups import groups_height, groups_table, plot_groups

N = 66_000
"""More than two bytes can number."""
LAST = N - 40
"""The group that 40 tracks share; every other track has its own."""


@pytest.fixture(scope="module")
def crowded() -> EdaTable:
    """Nearly as many genres and subgenres as tracks; the popularity of a track follows from its group."""
    number = np.minimum(np.arange(N), LAST)
    names = pd.Series(number).map("s{:05d}".format)
    return build_table(
        pd.DataFrame(
            {
                "track_popularity": number % 101,
                "energy": np.linspace(0, 1, N),
                "genre": names,
                "subgenre": names,
                "genres": [(name,) for name in names],
            }
        )
    )


def test_every_track_counts_in_its_own_group(crowded: EdaTable) -> None:
    category = crowded.categories["subgenre"]
    assert (category.codes == np.minimum(np.arange(N), LAST)).all()
    found = grouped_quantiles(crowded, Filter(), "subgenre", "track_popularity")
    assert found["group"].tolist() == list(category.names)
    assert (found["n"] == np.where(np.arange(LAST + 1) == LAST, 40, 1)).all()
    assert (found["mean"] == np.arange(LAST + 1) % 101).all()


def test_a_large_group_is_found_behind_many_small_ones(crowded: EdaTable) -> None:
    last = crowded.categories["subgenre"].names[-1]
    found = distribution(crowded, Filter(), "energy", "subgenre")
    assert found.groups[["group", "n"]].to_numpy().tolist() == [[last, 40]]
    assert found.n_left_out == LAST
    assert last in groups(crowded, Filter(), "subgenre", "energy").reading
    drawn = points(crowded, Filter(), "energy", "track_popularity", "subgenre", "all")
    assert [name for name, _ in drawn.groups][-2:] == [last, OTHER]


def test_the_genres_that_are_large_enough_are_compared_without_a_look_at_each_of_the_others(crowded: EdaTable) -> None:
    last = crowded.categories["genre"].names[-1]
    assert correlations(crowded, Filter(), "pearson", "genre").rows == (last,)
    assert information(crowded, Filter(), "genre").rows == (last,)
    assert select(crowded, Filter(genres=(last,))).n == 40


@pytest.fixture(scope="module")
def many() -> EdaTable:
    """Sixty genres of ten tracks, and one of 40 that stands last."""
    number = np.minimum(np.arange(640) // 10, 60)
    names = pd.Series(number).map("g{:02d}".format)
    values = {"track_popularity": np.arange(640) % 101, "energy": np.arange(640) % 7 / 7, "genre": names}
    return build_table(pd.DataFrame({**values, "genres": [(name,) for name in names]}))


def test_the_largest_groups_are_drawn_and_the_others_counted(many: EdaTable, crowded: EdaTable) -> None:
    found = groups(many, Filter(), "genre", "track_popularity")
    assert (len(found.frame), len(found.drawn)) == (61, 40)
    assert "g60" in set(found.drawn["group"])
    assert found.drawn["median"].is_monotonic_decreasing
    assert found.reading.endswith(" Drawn are the 40 largest of 61 groups; Summary has the popularity of all as CSV.")
    assert len(groups_table(found)) == 61
    assert len(plot_groups(found).data[0].y) == 40
    assert groups_height(found) == 38 * 40 + 80
    assert len(plot_groups(groups(crowded, Filter(), "genre", "energy")).to_json()) < 100_000


@pytest.mark.parametrize("method", ["spearman", "information"])
def test_a_grid_by_genre_has_the_largest_genres_and_counts_the_others(many: EdaTable, method: str) -> None:
    by = (
        information(many, Filter(), "genre")
        if method == "information"
        else correlations(many, Filter(), method, "genre")
    )
    assert len(by.rows) == len(by.values) == 40
    assert by.rows[-1] == "g60"
    assert by.reading.endswith(" Compared are the 40 largest genres; 21 smaller left out.")
