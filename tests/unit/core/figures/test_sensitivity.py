from __future__ import annotations

import pandas as pd

from core.figures.prediction import plot_sensitivity


def curve(values: list[object]) -> pd.DataFrame:
    n = len(values)
    predicted = [40.0 + number for number in range(n)]
    return pd.DataFrame({"value": values, "predicted": predicted, "low": [10.0] * n, "high": [80.0] * n})


def test_the_curve_has_its_interval_the_baseline_and_the_tracks_own_value() -> None:
    figure = plot_sensitivity(curve([0.1, 0.5, 0.9]), "Energy", 0.5, mean=39.0)
    low, high, line, now = figure.data
    assert (list(low.y), list(high.y)) == ([10.0] * 3, [80.0] * 3)
    assert list(line.y) == [40.0, 41.0, 42.0]
    assert (now.x[0], now.y[0]) == (0.5, 41.0)
    assert figure.layout.shapes[0].y0 == 39.0
    assert figure.layout.xaxis.title.text == "Energy"


def test_names_stand_in_the_order_of_what_is_predicted_and_the_own_one_stands_out() -> None:
    figure = plot_sensitivity(curve(["pop", "rock"]).iloc[::-1], "Genre", "rock")
    assert list(figure.data[0].y) == ["pop", "<b>rock</b>"]
    assert figure.data[0].marker.size[1] > figure.data[0].marker.size[0]


def test_nothing_to_show_says_so() -> None:
    assert "same answer" in plot_sensitivity(curve([]), "Energy", None).layout.annotations[0].text
