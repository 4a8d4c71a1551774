from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.features import DEFAULT_FEATURES
from core.inputs import InvalidRequest
from core.neighbours import Neighbourhood
from core.prediction import Predictor
from core.requests import TrainingRequest
from core.suggestions import FEWEST_NEAR, residuals_by_track, suggest
from core.training import train
from core.what_if import Realistic, can_vary, realistic, sensitivity, sweep, try_values
from data.sources import Dataset

FEATURES = (*DEFAULT_FEATURES, "key", "genre", "release_year", "release_month", "release_day", "release_weekday")


class Additive:
    """A model of which everything is known: 100 points for energy, 10 for minor, half for what is in a Friday."""

    def __init__(self, columns: Sequence[str] = ("energy", "mode", "tempo")) -> None:
        self.columns = self.required = tuple(columns)

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        predicted = 40.0 * frame["energy"].to_numpy() + 10.0 * (frame["mode"].to_numpy() == 0)
        return pd.DataFrame({"predicted": predicted, "low": predicted - 20, "high": predicted + 20})


TRACK: dict[str, Any] = {"energy": 0.5, "mode": "Major", "tempo": 120.0}


@pytest.fixture(scope="module")
def predictor(sample_dataset: Dataset) -> Predictor:
    request = TrainingRequest(family="ridge", cv_folds=2, features=FEATURES)
    result = train(request, sample_dataset, lambda _: None)
    return Predictor(result.pipeline, request, result.interval)


def typical(dataset: Dataset) -> dict[str, Any]:
    values: dict[str, Any] = {name: float(dataset.tracks[name].median()) for name in DEFAULT_FEATURES}
    date = {"release_year": 2015.0, "release_month": 3.0, "release_day": 6.0, "release_weekday": "Friday"}
    return {**values, "key": "C", "genre": "pop", **date}


def test_the_curve_is_what_the_model_says_of_each_value(predictor: Predictor, sample_dataset: Dataset) -> None:
    values = typical(sample_dataset)
    curve = sensitivity(predictor, values, "energy", Realistic(0.1, 0.9), steps=5)
    assert values["energy"] in curve["value"].tolist()
    assert curve["value"].is_monotonic_increasing
    for row in curve.itertuples():
        alone = predictor.predict_one({**values, "energy": row.value})
        assert (row.predicted, row.low, row.high) == pytest.approx((alone.popularity, alone.low, alone.high))


def test_another_year_takes_the_weekday_along(predictor: Predictor, sample_dataset: Dataset) -> None:
    values = typical(sample_dataset)
    curve = sensitivity(predictor, values, "release_year", Realistic(2014.2, 2017.9), steps=41)
    assert curve["value"].tolist() == [2014.0, 2015.0, 2016.0, 2017.0, 2018.0]
    sunday = {**values, "release_year": 2016.0, "release_weekday": "Sunday"}  # 6 March 2016
    found = curve.set_index("value")["predicted"]
    assert found[2016.0] == pytest.approx(predictor.predict_one(sunday).popularity)


def test_names_are_tried_one_by_one(predictor: Predictor, sample_dataset: Dataset) -> None:
    values = typical(sample_dataset)
    curve = sensitivity(predictor, values, "genre", Realistic(names=("pop", "rock", "rap")))
    assert curve["value"].tolist() == ["pop", "rock", "rap"]
    assert curve["predicted"].iloc[1] == pytest.approx(predictor.predict_one({**values, "genre": "rock"}).popularity)


def test_a_value_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        try_values(Additive(), TRACK, [("energy", 7.0)])


def test_the_sweep_puts_what_moves_the_prediction_most_first() -> None:
    limits = {"tempo": Realistic(60, 180), "energy": Realistic(0.2, 0.8), "mode": Realistic(names=("Minor", "Major"))}
    found = sweep(Additive(), TRACK, limits)
    assert found["feature"].tolist() == ["energy", "mode", "tempo"]
    assert found["span"].tolist() == pytest.approx([24, 10, 0])
    assert found.loc[1, "at_highest"] == "Minor"
    assert sweep(Additive(), TRACK, {}).empty


def test_realistic_values_are_the_genres_own(sample_dataset: Dataset) -> None:
    tracks = sample_dataset.tracks
    genre = str(tracks["genre"].value_counts().index[0])
    found = realistic(tracks, ["energy", "key", "genre"], genre)
    low, high = tracks.loc[tracks["genre"] == genre, "energy"].quantile([0.01, 0.99])
    assert (found["energy"].low, found["energy"].high) == pytest.approx((low, high))
    assert len(found["genre"].names) == tracks["genre"].nunique()
    everyone = realistic(tracks, ["energy"], "no such genre")["energy"]
    assert everyone.high == pytest.approx(tracks["energy"].quantile(0.99))
    assert realistic(tracks, ["extra:absent"]) == {}


def test_names_and_parts_of_a_date_cannot_be_tried_alone() -> None:
    columns = [*FEATURES, "title_words", "title_remix", "artist_mean"]
    assert [name for name in columns if not can_vary(name, columns)] == [
        "release_month", "release_day", "release_weekday", "title_words", "title_remix", "artist_mean",
    ]  # fmt: skip
    assert not can_vary("liveness", ["energy"])


def table(n: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    ids = [str(number) for number in range(n)]
    random = {
        "energy": rng.uniform(0, 1, n),
        "mode": rng.integers(0, 2, n).astype(float),
        "tempo": rng.normal(120, 20, n),
    }
    return pd.DataFrame({"track_id": ids, **random})


LIMITS = {"energy": Realistic(0.1, 0.9), "mode": Realistic(names=("Minor", "Major")), "tempo": Realistic(80, 160)}


def found(noise: float, **options: Any) -> Any:
    tracks = table()
    residuals = np.random.default_rng(1).normal(0, noise, len(tracks))
    near = Neighbourhood(tracks, ("energy", "mode", "tempo"))
    return suggest(Additive(), TRACK, LIMITS, near, residuals, **options)


def test_the_best_realistic_value_of_each_feature_is_found() -> None:
    suggestions = found(5.0)
    assert suggestions.predicted == pytest.approx(20)
    assert [(one.feature, one.after) for one in suggestions.changes] == [("energy", 0.9), ("mode", "Minor")]
    assert [one.effect for one in suggestions.changes] == pytest.approx([16, 10])
    assert len(suggestions.reliable) == 2
    assert suggestions.n_near == 200


def test_an_effect_that_drowns_in_the_models_uncertainty_is_not_reliable() -> None:
    suggestions = found(60.0)
    assert suggestions.changes[1].uncertainty > 10
    assert not suggestions.changes[1].is_reliable


def test_locked_features_are_never_touched() -> None:
    assert [one.feature for one in found(1.0, locked={"energy"}).changes] == ["mode"]
    assert found(1.0, locked=set(LIMITS)).changes == ()


def test_a_place_where_the_model_promises_too_much_is_not_recommended() -> None:
    tracks = table()
    residuals = np.where(tracks["energy"] > 0.7, -30.0, 0.0) + np.random.default_rng(1).normal(0, 1, len(tracks))
    near = Neighbourhood(tracks, ("energy", "mode", "tempo"))
    suggestions = suggest(Additive(), TRACK, LIMITS, near, residuals)
    assert {one.feature: one.is_reliable for one in suggestions.changes} == {"energy": False, "mode": True}


def test_without_held_out_errors_nothing_is_reliable() -> None:
    tracks = table()
    few = np.full(len(tracks), np.nan)
    few[: FEWEST_NEAR - 1] = 0.0
    near = Neighbourhood(tracks, ("energy", "mode", "tempo"))
    suggestions = suggest(Additive(), TRACK, LIMITS, near, few)
    assert suggestions.changes
    assert not suggestions.reliable
    assert suggestions.n_near == 0


def test_a_change_to_what_no_track_is_like_is_left_out() -> None:
    tracks = table()
    tracks["energy"] = tracks["energy"] * 0.4 + 0.3
    near = Neighbourhood(tracks, ("energy", "mode", "tempo"))
    wide = {**LIMITS, "energy": Realistic(0.0, 1.0)}
    suggestions = suggest(Additive(), TRACK, wide, near, np.zeros(len(tracks)))
    assert suggestions.unlike == ("energy",)


def test_errors_find_their_tracks_and_repeats_are_averaged() -> None:
    rows = [("b", 50.0, 40.0), ("b", 50.0, 44.0), ("x", 1.0, 2.0)]
    predictions = pd.DataFrame(rows, columns=["track_id", "actual", "predicted"])
    residuals = residuals_by_track(pd.DataFrame({"track_id": ["a", "b"]}), predictions)
    assert np.isnan(residuals[0])
    assert residuals[1] == 8.0
