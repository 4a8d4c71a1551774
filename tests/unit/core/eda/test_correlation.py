"""Correlations and mutual information against pandas, scipy and known answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.eda.columns import NUMBERS
from core.eda.correlation import average_ranks, benjamini_hochberg, correlations, p_values, pairwise
from core.eda.filters import Filter
from core.eda.information import information, mutual_information
from core.eda.table import EdaTable, build_table


def as_pandas(table: EdaTable, names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: table.numbers[name].astype(float) for name in names})


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_correlations_equal_those_of_pandas(sample: EdaTable, method: str) -> None:
    found = correlations(sample, Filter(), method)
    expected = as_pandas(sample, found.rows).corr(method=method)  # type: ignore[arg-type]
    tolerance = 1e-6 if method == "pearson" else 2e-3  # ranks are taken once a column, pandas takes them a pair
    assert np.allclose(found.values, expected, atol=tolerance)


def test_each_pair_counts_the_tracks_that_know_both(small: EdaTable) -> None:
    nan = np.nan
    columns = [np.array([1.0, 2, nan, 4]), np.array([1.0, nan, 3, 4])]
    assert pairwise(columns)[1].tolist() == [[3, 2], [2, 3]]


def test_pairwise_correlation_with_missing_values_equals_pandas() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(500, 4)) @ rng.normal(size=(4, 4))
    values[rng.random(values.shape) < 0.2] = np.nan
    frame = pd.DataFrame(values)
    assert np.allclose(pairwise(list(values.T))[0], frame.corr(), atol=1e-12)


def test_a_constant_column_has_no_correlation() -> None:
    found, _ = pairwise([np.arange(50.0), np.full(50, 3.25)])
    assert np.isnan(found[0, 1])


def test_too_few_tracks_give_no_correlation(small: EdaTable) -> None:
    found = correlations(small, Filter())
    assert np.isnan(found.values).all()
    assert "nothing to correlate" in found.reading


def test_average_ranks_equal_those_of_scipy() -> None:
    codes = np.random.default_rng(1).integers(0, 7, 100).astype(np.int32)
    assert np.allclose(average_ranks(codes, 7), stats.rankdata(codes))


def test_p_values_equal_those_of_scipy() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 40))
    expected = stats.pearsonr(x, y)
    assert p_values(np.array([expected.statistic]), np.array([40]))[0] == pytest.approx(expected.pvalue, rel=1e-9)


def test_benjamini_hochberg_equals_scipy_and_skips_unknown() -> None:
    p = np.array([0.001, 0.2, np.nan, 0.03, 0.04])
    found = benjamini_hochberg(p)
    assert np.isnan(found[2])
    assert np.allclose(found[~np.isnan(p)], stats.false_discovery_control(p[~np.isnan(p)]))


def test_columns_that_move_together_stand_side_by_side(sample: EdaTable) -> None:
    found = correlations(sample, Filter())
    assert set(found.rows) == set(NUMBERS)
    assert abs(found.rows.index("energy") - found.rows.index("loudness")) == 1


def test_by_genre_compares_every_column_with_popularity(sample: EdaTable) -> None:
    found = correlations(sample, Filter(), "pearson", "genre")
    genre = sample.categories["genre"]
    rows = genre.codes == genre.names.index(found.rows[0])
    x, y = (sample.numbers[name][rows].astype(float) for name in (found.columns[0], "track_popularity"))
    known = ~np.isnan(x)
    assert found.values[0, 0] == pytest.approx(np.corrcoef(x[known], y[known])[0, 1], abs=1e-6)


def test_mutual_information_of_identical_bins_is_their_entropy() -> None:
    codes = np.repeat(np.arange(4), 2_500)
    assert mutual_information(codes, codes).bits == pytest.approx(2, abs=0.01)


def test_mutual_information_of_independent_bins_is_about_zero_and_not_significant() -> None:
    rng = np.random.default_rng(3)
    found = [mutual_information(*rng.integers(0, 16, (2, 2_000))) for _ in range(40)]
    assert np.mean([one.bits for one in found]) < 0.01  # the plug-in estimate would be 0.08
    assert np.mean([one.p < 0.05 for one in found]) < 0.2


def test_mutual_information_sees_what_correlation_cannot(small: EdaTable) -> None:
    x = np.arange(-500, 500)
    bins = np.digitize(x, np.linspace(-500, 500, 16))
    assert mutual_information(bins, np.digitize(x**2, np.linspace(0, 250_000, 16))).bits > 1


def test_information_ranks_the_columns(sample: EdaTable) -> None:
    found = information(sample, Filter())
    assert (np.diff(found.values[0]) <= 0).all()
    assert "bits" in found.reading


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_a_column_that_does_not_vary_is_left_out_and_named(sample: EdaTable, method: str) -> None:
    table = build_table(sample.tracks.assign(n_playlists=1, tempo=np.nan))
    found = correlations(table, Filter(), method)
    assert found.left_out == ("tempo", "n_playlists")
    assert set(found.rows) == set(NUMBERS) - {"tempo", "n_playlists"}
    assert not np.isnan(found.values[~np.eye(len(found.rows), dtype=bool)]).any()
