from __future__ import annotations

from typing import Any

import pytest

from core.features import DEFAULT_FEATURES
from core.inputs import InvalidRequest
from core.prediction import Predictor
from core.requests import TrainingRequest
from core.training import train
from core.what_if import Realistic, can_vary, realistic, sensitivity, sweep, try_values
from data.sources import Dataset
from tests.fakes.models import TRACK, Additive

FEATURES = (*DEFAULT_FEATURES, "key", "genre", "release_year", "release_month", "release_day", "release_weekday")


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
    usual = realistic(tracks, ["energy", "key", "genre"], genre)
    assert usual.genre == genre
    found = usual.limits
    low, high = tracks.loc[tracks["genre"] == genre, "energy"].quantile([0.01, 0.99])
    assert (found["energy"].low, found["energy"].high) == pytest.approx((low, high))
    assert len(found["genre"].names) == tracks["genre"].nunique()
    assert realistic(tracks, ["extra:absent"]).limits == {}


def test_where_a_genre_has_too_few_tracks_all_count_and_it_is_said(sample_dataset: Dataset) -> None:
    tracks = sample_dataset.tracks
    genre = str(tracks["genre"].value_counts().index[0])
    few = tracks[(tracks["genre"] != genre) | (tracks["genre"] == genre).cumsum().between(1, 99)]
    for table, asked in ((tracks, "no such genre"), (tracks, ""), (few, genre)):
        usual = realistic(table, ["energy"], asked)
        assert usual.genre == ""
        assert usual.limits["energy"].high == pytest.approx(table["energy"].quantile(0.99))


@pytest.mark.parametrize("limits", [Realistic(0.1, 0.7), Realistic(names=("pop", "rock", "rap"))])
def test_the_ends_of_the_sweep_are_those_of_the_curve(
    predictor: Predictor, sample_dataset: Dataset, limits: Realistic
) -> None:
    values = {**typical(sample_dataset), "energy": 0.95, "genre": "latin"}  # beyond what is usual
    feature = "genre" if limits.names else "energy"
    curve = sensitivity(predictor, values, feature, limits)
    row = sweep(predictor, values, {feature: limits}).iloc[0]
    assert (row["lowest"], row["highest"]) == pytest.approx((curve["predicted"].min(), curve["predicted"].max()))
    assert row["at_highest"] == curve["value"].iloc[int(curve["predicted"].argmax())]


def test_names_and_parts_of_a_date_cannot_be_tried_alone() -> None:
    columns = [*FEATURES, "title_words", "title_remix", "artist_mean"]
    assert [name for name in columns if not can_vary(name, columns)] == [
        "release_month", "release_day", "release_weekday", "title_words", "title_remix", "artist_mean",
    ]  # fmt: skip
    assert not can_vary("liveness", ["energy"])
