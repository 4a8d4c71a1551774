from __future__ import annotations

import pytest

from core.figures.training import compute_curves, plot_learning_curves, read_learning_curves
from tests.fakes.events import curve


def test_every_point_of_every_fit_is_in_the_frame() -> None:
    frame = compute_curves([curve("fold 1"), curve()])
    assert frame.groupby("fit").size().to_dict() == {"final model": 4, "fold 1": 4}
    assert frame["valid"].tolist() == [41.0, 26.0, 22.5, 22.8] * 2


def test_a_curve_that_was_not_measured_on_other_tracks_has_only_one_line() -> None:
    figure = plot_learning_curves([curve(valid=[], best=None)])
    assert len(figure.data) == 1
    assert "the tracks it learns from" in read_learning_curves([curve(valid=[], best=None)])


def test_folds_share_one_place_in_the_legend_and_the_final_model_has_its_own() -> None:
    figure = plot_learning_curves([curve("fold 1"), curve("fold 2"), curve()])
    assert [trace.name for trace in figure.data if trace.showlegend] == [
        "folds, tracks it learns from",
        "folds, tracks it does not learn from",
        "final model, tracks it learns from",
        "final model, tracks it does not learn from",
    ]


def test_the_step_that_is_kept_is_marked_and_said() -> None:
    figure = plot_learning_curves([curve(best=3)])
    assert figure.layout.shapes[0].x0 == 3
    said = read_learning_curves([curve("fold 1"), curve(best=3)])
    for part in ("The final model has learned for 4 epochs", "after 3", "RMSE 22.50", "memorised"):
        assert part in said


def test_the_first_steep_steps_do_not_flatten_the_rest() -> None:
    steps = list(range(1, 101))
    values = [400.0, 100.0, *[30 - step / 20 for step in range(98)]]
    figure = plot_learning_curves([curve(steps=steps, train=values, valid=values)])
    assert figure.layout.yaxis.range[1] < 60


def test_a_curve_shorter_than_its_steps_leaves_the_rest_open() -> None:
    assert compute_curves([curve(train=[40.0], valid=None)])["train"].isna().sum() == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_a_curve_the_chart_says_so(theme: str) -> None:
    assert plot_learning_curves([], theme=theme).layout.meta["empty"]
    assert "first steps" in read_learning_curves([])
