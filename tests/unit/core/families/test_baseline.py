"""The yardsticks say what their descriptions claim."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.families import FAMILIES


@pytest.mark.parametrize("smoothing", [0.5, 20.0])
def test_the_genre_mean_is_the_smoothed_mean_it_is_said_to_be(smoothing):
    rng = np.random.default_rng(1)
    genre = pd.Series(["pop"] * 60 + ["rap"] * 25 + ["folk"] * 3, dtype=object)
    y = rng.normal(genre.map({"pop": 60, "rap": 40, "folk": 10}).to_numpy(), 8.0)
    pipeline = FAMILIES["genre_mean"].build({"smoothing": smoothing}, "recommended", ())
    pipeline.fit(pd.DataFrame({"genre": genre}), y)

    by_genre = pd.Series(y).groupby(genre)
    n, mean = by_genre.size(), by_genre.mean()
    level = np.average(mean, weights=n / (n + smoothing))
    expected = (by_genre.sum() + smoothing * level) / (n + smoothing)
    asked = pd.DataFrame({"genre": ["pop", "rap", "folk", "never heard"]})
    said = pipeline.predict(asked)
    assert said == pytest.approx([*expected[["pop", "rap", "folk"]], level], abs=1e-4)
