"""The chart of score against cost tells every run."""

from __future__ import annotations

import pandas as pd

from core.figures import comparison as figures


def front(n: int) -> pd.DataFrame:
    names = [f"run {at}" for at in range(n)]
    rows = {"name": names, "said": names, "family": "ridge", "score": [20.0, *range(21, 20 + n)]}
    return pd.DataFrame({**rows, "cost": [float(at + 1) for at in range(n)], "on_front": [True] + [False] * (n - 1)})


def test_filled_dots_have_names_and_hollow_ones_the_numbers_of_words_and_table():
    (dots,) = [trace for trace in figures.plot_front(front(3), "rmse", "fit_seconds").data if trace.text is not None]
    assert list(dots.text) == ["run 0", "1", "2"]
    assert figures.named(front(3), "rmse", "fit_seconds")["Number in the chart"].tolist() == ["", "1", "2"]


def test_words_name_the_hollow_dots_by_their_numbers():
    assert figures.read_front(front(3), "fit_seconds").endswith("for less: 1 run 1, 2 run 2.")
    assert "Hollow" not in figures.read_front(front(1), "fit_seconds")
    assert figures.read_front(front(20), "fit_seconds").endswith("12 run 12, 7 more under Numbers.")
