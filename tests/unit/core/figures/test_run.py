from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.figures import compare
from core.figures import run as figures

PLOTS = [
    figures.plot_actual_vs_predicted,
    figures.plot_residuals,
    figures.plot_residuals_by_predicted,
    figures.plot_error_by_band,
]
READINGS = [
    figures.read_actual_vs_predicted,
    figures.read_residuals,
    figures.read_residuals_by_predicted,
    figures.read_error_by_band,
]


@pytest.fixture
def predictions() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    actual = np.clip(rng.normal(40, 25, 3000), 0, 100)
    predicted = np.clip(40 + 0.1 * (actual - 40) + rng.normal(0, 5, 3000), 0, 100)
    return pd.DataFrame({"actual": actual, "predicted": predicted})


def test_the_density_counts_every_row_once(predictions: pd.DataFrame) -> None:
    _, counts = figures.compute_density(predictions)
    assert counts.sum() == len(predictions)
    assert figures.density_table(predictions).iloc[:, 1:].to_numpy().sum() == len(predictions)


def test_the_histogram_counts_every_row_once_and_ends_where_the_errors_end(predictions: pd.DataFrame) -> None:
    frame = figures.compute_residuals(predictions)
    assert frame["n"].sum() == len(predictions)
    assert frame["share"].sum() == pytest.approx(1)
    assert frame["n"].iloc[0] > 0
    assert frame["n"].iloc[-1] > 0


def test_an_error_above_zero_means_too_high_in_every_chart_and_table() -> None:
    high = pd.DataFrame({"actual": np.linspace(0, 60, 60), "predicted": np.linspace(0, 60, 60) + 20.5})
    assert (figures.compute_residuals(high)["low"] == 20).all()
    assert figures.compute_residual_trend(high)["median"].to_numpy() == pytest.approx(20.5)
    assert (figures.compute_error_by_band(high)["bias"].dropna() > 0).all()
    assert (np.array(figures.plot_residuals_by_predicted(high).data[0].y) > 0).all()
    assert "furthest where it is too high" in figures.read_residuals(high)
    assert "+20 points" in figures.read_residuals_by_predicted(high)
    errors = compare.compute_residuals(high["actual"].to_numpy(), {"one": high["predicted"].to_numpy()})
    assert errors["error"].tolist() == [22.5]
    for figure in (figures.plot_residuals(high), compare.plot_residuals(errors)):
        assert figure.layout.xaxis.title.text == figures.SIGNED_ERROR
    for frame in (figures.compute_residuals(high), figures.compute_residual_trend(high)):
        assert any("redicted minus actual" in name for name in figures.named(frame))


def test_errors_by_band_are_the_known_ones() -> None:
    frame = figures.compute_error_by_band(pd.DataFrame({"actual": [0, 10, 90, 100], "predicted": [20, 20, 50, 50]}))
    assert frame["n"].tolist() == [2, 0, 0, 0, 2]
    assert frame["mae"].iloc[[0, 4]].tolist() == [15, 45]
    assert frame["bias"].iloc[[0, 4]].tolist() == [15, -45]


def test_the_reading_names_the_direction_of_the_bias(predictions: pd.DataFrame) -> None:
    assert "unpopular tracks are predicted too high, popular ones too low" in figures.read_error_by_band(predictions)


def test_the_trend_has_groups_of_equal_size_in_order(predictions: pd.DataFrame) -> None:
    trend = figures.compute_residual_trend(predictions)
    assert trend["n"].sum() == len(predictions)
    assert trend["n"].max() - trend["n"].min() <= 2
    assert trend["predicted"].is_monotonic_increasing


def test_a_constant_prediction_makes_one_group() -> None:
    frame = pd.DataFrame({"actual": np.arange(50.0), "predicted": np.full(50, 24.5)})
    assert len(figures.compute_residual_trend(frame)) == 1
    assert "nearly the same" in figures.read_residuals_by_predicted(frame)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("plot", PLOTS)
def test_every_figure_is_small_and_names_its_axes(plot: object, theme: str, predictions: pd.DataFrame) -> None:
    figure = plot(predictions, theme=theme)
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text
    assert len(figure.to_json()) < 60_000


@pytest.mark.parametrize("plot", PLOTS)
def test_without_predictions_the_figure_says_so(plot: object, predictions: pd.DataFrame) -> None:
    figure = plot(predictions.iloc[:0])
    assert figures.HELD_OUT in figure.layout.annotations[0].text


@pytest.mark.parametrize("read", READINGS)
def test_every_reading_is_a_sentence_and_empty_without_predictions(read: object, predictions: pd.DataFrame) -> None:
    assert read(predictions).endswith(".")
    assert read(predictions.iloc[:0]) == ""


def test_the_baseline_is_drawn(predictions: pd.DataFrame) -> None:
    figure = figures.plot_actual_vs_predicted(predictions, baseline=42.0)
    assert any(list(trace.y) == [42.0, 42.0] for trace in figure.data if trace.type == "scatter")
