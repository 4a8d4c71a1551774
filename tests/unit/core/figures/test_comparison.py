"""The chart of score against cost tells every run."""

from __future__ import annotations

import pandas as pd
import pytest

from core.figures import comparison as figures


def front(n: int) -> pd.DataFrame:
    rows = {"name": [f"run {at}" for at in range(n)], "family": "ridge", "score": [20.0, *range(21, 20 + n)]}
    return pd.DataFrame({**rows, "cost": [float(at + 1) for at in range(n)], "on_front": [True] + [False] * (n - 1)})


@pytest.mark.parametrize(("n", "n_named"), [(1, 1), (6, 6), (7, 1)])
def test_hollow_dots_have_names_where_there_is_room(n, n_named):
    (dots,) = [trace for trace in figures.plot_front(front(n), "rmse", "fit_seconds").data if trace.text is not None]
    assert sum(bool(name) for name in dots.text) == n_named


def test_words_name_the_hollow_dots_from_left_to_right():
    assert figures.read_front(front(3), "fit_seconds").endswith("from the cheapest: run 1 and run 2.")
    assert figures.read_front(front(1), "fit_seconds").endswith("as good for less.")
    assert figures.read_front(front(20), "fit_seconds").endswith("run 12 and 7 more under Numbers.")
