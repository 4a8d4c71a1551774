"""The yardsticks say what their descriptions claim."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.families import FAMILIES
from core.preprocessing import MAX_NAMES
from core.training.scoring import smoothed_means


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


@pytest.mark.parametrize("smoothing", [0.5, 20.0])
def test_the_baseline_beside_every_score_is_what_that_family_predicts(smoothing):
    rng = np.random.default_rng(2)
    genre = pd.Series(rng.choice(["pop", "rap", "folk", None], 200, p=[0.6, 0.2, 0.1, 0.1]), dtype=object)
    y = rng.uniform(0, 100, 200)
    asked = pd.Series(["pop", "folk", None, "never heard"], dtype=object)
    pipeline = FAMILIES["genre_mean"].build({"smoothing": smoothing}, "recommended", ())
    pipeline.fit(pd.DataFrame({"genre": genre}), y)
    expected = pipeline.predict(pd.DataFrame({"genre": asked}))
    assert smoothed_means(genre, y, asked, smoothing) == pytest.approx(expected, abs=1e-4)


def test_without_any_genre_that_baseline_is_the_mean():
    nothing = pd.Series([None, None, None], dtype=object)
    assert smoothed_means(nothing, np.array([0.0, 10, 50]), nothing[:2], 20.0).tolist() == [20.0, 20.0]


def test_that_baseline_takes_rare_genres_together_as_the_family_does():
    rng = np.random.default_rng(4)
    genre = pd.Series([f"g{number:03}" for number in rng.zipf(1.2, 4000) % (MAX_NAMES + 40)], dtype=object)
    assert genre.nunique() > MAX_NAMES
    y = rng.uniform(0, 100, len(genre))
    asked = pd.Series([*genre.unique(), "never heard"], dtype=object)
    pipeline = FAMILIES["genre_mean"].build({"smoothing": 20.0}, "recommended", ())
    pipeline.fit(pd.DataFrame({"genre": genre}), y)
    expected = pipeline.predict(pd.DataFrame({"genre": asked}))
    assert smoothed_means(genre, y, asked, 20.0) == pytest.approx(expected, abs=1e-3)
