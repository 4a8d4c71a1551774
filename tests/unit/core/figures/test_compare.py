"""Numbers behind the charts of runs side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.figures import compare as figures

ACTUAL = np.linspace(0, 100, 200)
PREDICTED = {"exact": ACTUAL.copy(), "high": ACTUAL + 10, "flat": np.full(200, 50.0)}


def test_errors_are_of_each_group_that_is_large_enough() -> None:
    frame = figures.compute_errors(ACTUAL, PREDICTED, figures.bands_of(ACTUAL))
    assert list(dict.fromkeys(frame["group"])) == ["0–19", "20–39", "40–59", "60–79", "80–100"]
    assert set(frame.loc[frame["run"] == "exact", "mae"]) == {0.0}
    assert frame.loc[frame["run"] == "high", "mae"].to_numpy() == pytest.approx(10)
    assert figures.compute_errors(ACTUAL[:10], {"a": ACTUAL[:10]}, figures.bands_of(ACTUAL[:10])).empty


def test_agreement_is_one_with_itself_and_unknown_for_a_constant() -> None:
    frame = figures.compute_agreement(PREDICTED)
    assert frame.loc["exact", "high"] == pytest.approx(1)
    assert np.isnan(frame.loc["exact", "flat"])
    assert frame.loc["flat", "flat"] == 1


def test_a_model_that_says_the_same_but_for_its_last_digits_agrees_with_none_and_is_one_dot() -> None:
    rng = np.random.default_rng(0)
    all_but_constant = {"exact": ACTUAL, "flat": 50 + 1e-14 * rng.normal(size=200)}
    agreement = figures.compute_agreement(all_but_constant)
    assert np.isnan(agreement.loc["exact", "flat"])
    (heat,) = figures.plot_agreement(agreement).data
    assert "–" in heat.text[0][1]
    assert "1.00" in heat.text[0][0]
    frame = figures.compute_calibration(ACTUAL, all_but_constant)
    flat = frame[frame["run"] == "flat"]
    assert flat[["predicted", "actual", "n"]].to_numpy().tolist() == [pytest.approx([50, 50, 200])]
    assert (frame["run"] == "exact").sum() == 10


def test_tracks_with_the_same_prediction_are_never_divided_between_two_dots() -> None:
    predicted = np.repeat([30.0, 40.0, 50.0], [90, 20, 90])
    frame = figures.compute_calibration(ACTUAL, {"three": predicted})
    assert frame["predicted"].tolist() == [30, 40, 50]
    assert frame["n"].tolist() == [90, 20, 90]


def test_no_correlation_is_a_negative_zero() -> None:
    frame = pd.DataFrame([[1.0, -0.001], [-0.001, 1.0]], index=["a", "b"], columns=["a", "b"])
    (heat,) = figures.plot_agreement(frame).data
    assert ">0.00<" in heat.text[0][1]


def test_residuals_are_shares_and_a_shift_shows() -> None:
    frame = figures.compute_residuals(ACTUAL, PREDICTED)
    assert frame.groupby("run")["share"].sum().to_numpy() == pytest.approx(1)
    high = frame[frame["run"] == "high"]
    assert high.loc[high["share"].idxmax(), "error"] == pytest.approx(12.5)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_figure_has_a_title_on_its_axes_and_a_trace_a_run(theme: str) -> None:
    errors = figures.plot_errors(
        figures.compute_errors(ACTUAL, PREDICTED, figures.bands_of(ACTUAL)), "band", theme=theme
    )
    assert len(errors.data) == 3
    assert "points" in errors.layout.xaxis.title.text
    assert len(figures.plot_calibration(figures.compute_calibration(ACTUAL, PREDICTED), theme=theme).data) == 4
    assert len(figures.plot_agreement(figures.compute_agreement(PREDICTED), theme=theme).data) == 1


def test_the_numbers_behind_the_charts_have_names_for_people() -> None:
    actual, predicted = np.arange(100.0), {"one": np.arange(100.0) + 1}
    groups = pd.Series(["pop", "rock"] * 50)
    errors = figures.named(figures.compute_errors(actual, predicted, groups), "genre")
    assert list(errors) == ["Run", "Genre", "MAE (points)", "Tracks"]
    residuals = figures.named(figures.compute_residuals(actual, predicted))
    assert list(residuals) == ["Run", "Predicted minus actual (points)", "Share of the tracks"]
    times = figures.named_times(["one", "two"], [{"fit_seconds": 1.0, "total_seconds": 2.0}, {"total_seconds": 3.0}])
    assert list(times) == ["Run", "Final model (s)", "All together (s)"]


def test_the_time_of_a_stack_went_into_weighing_as_its_runs_were_fitted_before() -> None:
    timings = {"weighing_seconds": 1.0, "fit_seconds": 41.0, "total_seconds": 2.0}
    assert list(figures.named_times(["stack"], [timings])) == ["Run", "Weighing (s)", "All together (s)"]
    (bar,) = figures.plot_times(["stack"], [timings]).data
    assert (bar.name, bar.x) == ("weighing", (1.0,))
