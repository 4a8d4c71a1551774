"""Trend lines against statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.eda.filters import Filter
from core.eda.robust import huber_line
from core.eda.table import EdaTable, build_table
from core.eda.trends import describe_trend, trend


def columns(table: EdaTable, x: str, y: str) -> tuple[np.ndarray, np.ndarray]:
    a, b = table.numbers[x].astype(float), table.numbers[y].astype(float)
    known = ~(np.isnan(a) | np.isnan(b))
    return a[known], b[known]


def test_the_ols_line_is_that_of_statsmodels(sample: EdaTable) -> None:
    import statsmodels.api as sm

    x, y = columns(sample, "energy", "track_popularity")
    expected = sm.OLS(y, sm.add_constant(x)).fit()
    found = trend(sample, Filter(), "energy", "track_popularity", "ols")
    assert found is not None
    assert found.slope == pytest.approx(expected.params[1], rel=1e-9)
    assert found.intercept == pytest.approx(expected.params[0], rel=1e-9)
    assert found.r2 == pytest.approx(expected.rsquared, rel=1e-9)
    assert found.p == pytest.approx(expected.pvalues[1], rel=1e-6)
    assert found.n == len(x)
    middle = found.line.iloc[30]
    band = expected.get_prediction([[1, middle["x"]]]).conf_int()[0]
    assert (middle["low"], middle["high"]) == pytest.approx(tuple(band), rel=1e-9)


def test_the_robust_line_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    x = rng.uniform(5, 9, 2_000)
    y = 3 - 2 * x + rng.standard_t(2, 2_000)
    expected = sm.RLM(y, sm.add_constant(x), M=sm.robust.norms.HuberT()).fit(tol=1e-10)
    found = huber_line(x, y)
    assert found.slope == pytest.approx(expected.params[1], rel=1e-5)
    assert found.slope_se == pytest.approx(expected.bse[1], rel=1e-4)
    assert found.level - found.slope * found.centre == pytest.approx(expected.params[0], rel=1e-5)


def test_outliers_move_the_robust_line_less_than_ols() -> None:
    x = np.linspace(0, 1, 200)
    y = x.copy()
    y[-10:] = 50
    assert abs(huber_line(x, y).slope - 1) < 0.2 < abs(np.polyfit(x, y, 1)[0] - 1)


def test_lowess_follows_a_bend(sample: EdaTable) -> None:
    found = trend(sample, Filter(), "tempo", "track_popularity", "lowess")
    assert found is not None
    assert "LOWESS" in found.facts
    assert found.line["y"].between(0, 100).all()


def test_a_part_of_the_tracks_is_said_where_one_is_fitted(sample: EdaTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.eda.trends.LOWESS_ROWS", 500)
    found = trend.__wrapped__(sample, Filter(), "energy", "valence", "lowess")
    assert found is not None
    assert found.n_fitted == 500 < found.n
    assert "500 of them, drawn at random" in found.facts


def test_too_few_tracks_have_no_trend(small: EdaTable) -> None:
    assert trend(small, Filter(), "energy", "track_popularity", "ols") is None


def test_words_name_the_direction_and_never_a_cause(sample: EdaTable) -> None:
    found = trend(sample, Filter(), "loudness", "energy", "ols")
    words = describe_trend(found, "loudness", "energy")
    assert "higher loudness have higher energy on average" in words
    assert not any(word in words.lower() for word in ("cause", "effect", "raise", "makes", "leads"))


@pytest.mark.parametrize("kind", ["ols", "robust", "lowess"])
@pytest.mark.parametrize("level", [0.0, 0.1, 37.0])
def test_one_value_for_all_tracks_is_said_and_never_read_as_a_direction(kind: str, level: float) -> None:
    rng = np.random.default_rng(0)
    table = build_table(pd.DataFrame({"energy": rng.random(200), "track_popularity": level}))
    found = trend(table, Filter(), "energy", "track_popularity", kind)
    words = describe_trend(found, "energy", "track_popularity", kind)
    assert words == f"All of these tracks have the same popularity ({level:g}): no trend to see. n = 200."


def test_intervals_and_p_of_a_robust_line_through_few_tracks_are_those_of_students_t() -> None:
    from scipy import stats

    rng = np.random.default_rng(4)
    x = np.linspace(0, 1, 12)
    y = 100 + 5 * x + rng.normal(0, 4, 12)
    found = trend(build_table(pd.DataFrame({"energy": x, "tempo": y})), Filter(), "energy", "tempo", "robust")
    assert found is not None
    line = huber_line(*(np.float32(each).astype(float) for each in (x, y)))
    reach = stats.t.ppf(0.975, 10)
    assert (found.slope_high - found.slope) / line.slope_se == pytest.approx(reach, rel=1e-6)
    assert (found.slope - found.slope_low) / line.slope_se == pytest.approx(reach, rel=1e-6)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(line.slope) / line.slope_se, 10), rel=1e-6)
    first = found.line.iloc[0]
    far = np.hypot(line.level_se, line.slope_se * (first["x"] - line.centre))
    assert (first["high"] - first["y"]) / far == pytest.approx(reach, rel=1e-6)


def test_a_perfect_robust_line_has_a_direction_and_no_unknown_p() -> None:
    x = np.arange(50.0)
    found = trend(build_table(pd.DataFrame({"energy": x, "tempo": 2 * x})), Filter(), "energy", "tempo", "robust")
    assert "higher energy have higher tempo" in describe_trend(found, "energy", "tempo", "robust")
    assert "nan" not in found.facts


def test_a_trend_that_cannot_be_drawn_says_why(small: EdaTable) -> None:
    assert "10 tracks or more" in describe_trend(None, "energy", "tempo", "ols")
    assert "No trend" not in describe_trend(None, "energy", "tempo", "none")
