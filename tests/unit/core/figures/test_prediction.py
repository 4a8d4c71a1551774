from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.figures.prediction import compute_popularity_bins, plot_popularity_position, position_marks


def test_the_bins_hold_every_track_and_a_hundred_belongs_to_the_last() -> None:
    bins = compute_popularity_bins(pd.Series([0.0, 4.9, 5.0, 100.0, np.nan]))
    assert bins["n"].iloc[[0, 1, -1]].tolist() == [2, 1, 1]
    assert bins["share"].sum() == pytest.approx(1)


def test_no_tracks_give_a_figure_that_says_so() -> None:
    figure = plot_popularity_position(compute_popularity_bins(pd.Series([], dtype=float)))
    assert "no tracks" in figure.layout.annotations[0].text


def test_the_marks_stand_at_the_prediction_its_interval_and_the_actual_value() -> None:
    shapes, notes = position_marks(41.2, 12, 70, actual=66)
    assert [(shape["x0"], shape["x1"]) for shape in shapes] == [(12, 70), (41.2, 41.2), (66, 66)]
    assert [note["text"] for note in notes] == ["predicted 41", "actual 66"]


@pytest.mark.parametrize(("predicted", "actual"), [(0, 100), (100, 0), (50, 50), (95, 97)])
def test_the_two_labels_never_stand_on_one_line_side_by_side(predicted: float, actual: float) -> None:
    _, (first, second) = position_marks(predicted, 0, 100, actual=actual)
    assert first["yshift"] != second["yshift"]


def test_without_an_actual_value_there_is_no_mark_for_it() -> None:
    shapes, notes = position_marks(41, 12, 70)
    assert (len(shapes), len(notes)) == (2, 1)
