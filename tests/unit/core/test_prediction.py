from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidRequest
from core.features import FEATURES
from core.prediction import Predictor
from core.progress import report_nothing
from core.requests import parse_request
from core.training import train
from tests.fakes.tables import make_dataset

CHOSEN = ["energy", "tempo", "key", "genre", "release_year", "release_month"]


def _predictor(family="ridge", features=CHOSEN):
    request = parse_request({"family": family, "features": features, "cv_folds": 0})
    result = train(request, make_dataset(), report_nothing)
    return Predictor(result.pipeline, request, result.interval)


@pytest.fixture(scope="module")
def predictor():
    return _predictor()


@pytest.fixture
def track():
    return {"energy": 0.5, "tempo": 120, "key": "D", "genre": "pop", "release_year": 2015, "release_month": 6}


def test_one_track_gets_a_popularity_within_its_interval(predictor, track):
    found = predictor.predict_one(track)
    assert 0 <= found.low < found.popularity < found.high <= 100
    assert found.coverage == 0.9
    assert "about 90%" in found.promise


def test_an_interval_of_leaked_residuals_is_not_named_by_its_coverage(track):
    request = parse_request({"family": "ridge", "features": CHOSEN, "cv_folds": 0, "protocol": "rows"})
    result = train(request, make_dataset(), report_nothing)
    found = Predictor(result.pipeline, request, result.interval).predict_one(track)
    assert not found.keeps_its_share
    assert "too narrow" in found.promise


@pytest.mark.parametrize("family", ["ridge", "random_forest", "knn"])
def test_one_track_and_a_table_of_one_agree(family, track):
    predictor = _predictor(family)
    alone = predictor.predict_one(track)
    row = pd.DataFrame([track | {"key": 2}])
    for frame in (row, pd.concat([row, row])):
        found = predictor.predict(frame).iloc[0]
        assert (found["predicted"], found["low"], found["high"]) == (alone.popularity, alone.low, alone.high)


def test_a_forest_says_one_track_what_scikit_learn_says(track):
    predictor = _predictor("random_forest")
    frame = pd.DataFrame([track | {"key": 2.0}])
    assert predictor.predict_one(track).popularity == predictor.pipeline.predict(frame)[0]


def test_a_category_may_come_by_name_or_code(predictor, track):
    assert predictor.predict_one(track | {"key": "D"}) == predictor.predict_one(track | {"key": 2})


def test_unknown_values_are_filled_as_in_training(predictor, track):
    assert 0 <= predictor.predict_one(dict.fromkeys(track)).popularity <= 100
    assert 0 <= predictor.predict_one(track | {"genre": "never heard"}).popularity <= 100


def test_an_absent_feature_is_named(predictor, track):
    del track["tempo"]
    with pytest.raises(InvalidRequest, match="No value for feature 'tempo'"):
        predictor.predict_one(track)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("energy", float("nan")),
        ("energy", float("inf")),
        ("energy", 1.7),
        ("energy", 10**400),
        ("energy", "0.5"),
        ("energy", True),
        ("energy", [0.5]),
        ("tempo", -1),
        ("tempo", 1e308),
        ("key", "H"),
        ("key", 12),
        ("key", 5.5),
        ("genre", 3),
        ("genre", "x" * 5000),
    ],
)
def test_absurd_values_are_refused_by_name(predictor, track, name, value):
    with pytest.raises(InvalidRequest, match=f"Feature '{name}' expects") as caught:
        predictor.predict_one(track | {name: value})
    assert len(str(caught.value)) < 300


def test_the_genre_baseline_needs_no_genre():
    predictor = _predictor("genre_mean")
    unknown, pop, rap = (
        predictor.predict_one(values).popularity for values in ({}, {"genre": "pop"}, {"genre": "rap"})
    )
    assert rap < unknown < pop


def test_tables_keep_their_index_and_may_be_empty(predictor):
    tracks = make_dataset(20).tracks.set_index("track_id")
    assert predictor.predict(tracks).index.equals(tracks.index)
    assert predictor.predict(tracks.iloc[:0]).columns.tolist() == ["predicted", "low", "high"]


def test_tables_with_raw_names_are_understood(predictor):
    tracks = make_dataset(20).tracks
    raw = tracks.drop(columns=["release_year", "release_precision"]).rename(columns={"genre": "playlist_genre"})
    raw["track_album_release_date"] = raw.pop("release_date").dt.strftime("%Y-%m-%d")
    assert predictor.predict(raw)["predicted"].tolist() == predictor.predict(tracks)["predicted"].tolist()


def test_a_table_without_a_needed_column_is_refused(predictor):
    with pytest.raises(InvalidRequest, match="no column 'tempo'"):
        predictor.predict(make_dataset(20).tracks.drop(columns="tempo"))


def test_text_in_a_number_column_is_named_with_its_row(predictor):
    tracks = make_dataset(20).tracks
    tracks["tempo"] = tracks["tempo"].astype(object)
    tracks.loc[4, "tempo"] = "fast"
    with pytest.raises(InvalidRequest, match="Column 'tempo', row 5: expected a number, got 'fast'"):
        predictor.predict(tracks)


def test_values_out_of_range_count_as_missing_and_that_is_said(predictor):
    tracks = make_dataset(20).tracks
    tracks.loc[[2, 3], "tempo"] = [np.inf, 1e308]
    scored = predictor.predict(tracks)
    missing = predictor.predict(tracks.assign(tempo=tracks["tempo"].where(tracks["tempo"] < 1000)))
    assert scored["predicted"].tolist() == missing["predicted"].tolist()
    assert scored.attrs["notices"] == ["tempo: 2 values outside 20 to 300 were taken for missing."]


def test_a_code_that_is_no_whole_number_counts_as_missing_and_that_is_said(predictor):
    tracks = make_dataset(20).tracks
    tracks.loc[2, "key"] = 5.5
    scored = predictor.predict(tracks)
    assert (
        scored["predicted"].tolist()
        == predictor.predict(tracks.assign(key=tracks["key"].where(tracks.index != 2)))["predicted"].tolist()
    )
    assert scored.attrs["notices"] == ["key: 1 values that are no whole number were taken for missing."]


def test_every_feature_has_bounds():
    assert all(feature.bounds[0] < feature.bounds[1] for feature in FEATURES.values())


def test_zeros_without_a_tempo_are_missing_for_a_prediction_as_they_are_in_training():
    predictor = _predictor(features=["danceability", "valence", "tempo"])
    rows = pd.DataFrame({"danceability": [0.0, np.nan, 0.0], "valence": [0.5] * 3, "tempo": [0.0, np.nan, 120.0]})
    found = predictor.predict(rows)
    assert found["predicted"].iloc[0] == found["predicted"].iloc[1] != found["predicted"].iloc[2]
    assert any(notice.startswith("danceability: 1 zeros without a tempo") for notice in found.attrs["notices"])
    one = predictor.predict_one({"danceability": 0.0, "valence": 0.5, "tempo": None})
    assert one.popularity == found["predicted"].iloc[0]


def test_the_tempo_tells_of_zeros_also_where_the_model_does_not_look_at_it():
    predictor = _predictor(features=["danceability", "valence"])
    rows = pd.DataFrame({"danceability": [0.0, np.nan], "valence": [0.5, 0.5]})
    with_tempo = predictor.predict(rows.assign(tempo=0))["predicted"]
    without = predictor.predict(rows)["predicted"]
    assert with_tempo.iloc[0] == with_tempo.iloc[1]
    assert without.iloc[0] != without.iloc[1], "without a tempo nothing can be known"


def test_names_are_known_regardless_of_case_and_one_that_was_never_met_is_told(predictor, track):
    assert predictor.names["genre"] == {"pop", "rap", "rock"}
    assert predictor.unmet(track) == predictor.unmet(track | {"genre": None}) == {}
    assert predictor.unmet(track | {"genre": "polka"}) == {"genre": "polka"}
    assert predictor.predict_one(track | {"genre": " Pop"}) == predictor.predict_one(track)
    rows = pd.DataFrame([track | {"key": 2}, track | {"key": 2, "genre": "POP"}])
    found = predictor.predict(rows)
    assert found["predicted"].nunique() == 1
    assert found.attrs["notices"] == ["genre: 'POP' was read as 'pop'."]
    assert predictor.explain(rows).predicted[0] == predictor.explain(rows).predicted[1]


def test_a_model_that_looks_at_no_genre_and_the_baselines_know_which_names_they_met(track):
    assert _predictor(features=["energy"]).names == {}
    assert _predictor("genre_mean").unmet(track | {"genre": "polka"}) == {"genre": "polka"}
    assert _predictor("mean").unmet(track | {"genre": "polka"}) == {}
