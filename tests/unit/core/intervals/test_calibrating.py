from __future__ import annotations

import json
import time

import numpy as np
import pytest

from core.errors import InvalidRequest
from core.families import FAMILIES
from core.features import feature_frame
from core.intervals import bounds
from core.prediction import Predictor
from core.progress import Progress, report_nothing
from core.requests import parse_request
from core.training import calibrating, train
from core.validation import make_split
from tests.fakes.tables import FakeDataset, make_dataset

FEATURES = ["energy", "tempo"]
ABLE = [family.key for family in FAMILIES.values() if getattr(family, "quantiles", False)]


def _request(**values):
    return parse_request({"family": "ridge", "features": FEATURES, "cv_folds": 3} | values)


@pytest.fixture(scope="module")
def dataset():
    return make_dataset(600)


@pytest.fixture(scope="module")
def result(dataset):
    return train(_request(), dataset, report_nothing)


def test_the_interval_rests_on_the_residuals_out_of_fold(result):
    interval = result.interval
    cv = result.predictions.query("part == 'cv'")
    low, high = bounds({**interval, "by_genre": {}}, cv["predicted"].to_numpy())
    assert 0.9 <= ((cv["actual"] >= low) & (cv["actual"] <= high)).mean() <= 0.91
    below, above = interval["tails"]
    assert below < 0 < above
    assert interval["method"] == "split conformal on cross-validation"
    assert interval["calibrated_on"] == "cross-validation"
    assert interval["n"] == len(cv) > interval["units"]
    assert sum(one["n"] for one in interval["by_genre"].values()) == len(cv)


def test_the_test_part_has_no_say_in_the_interval(result, dataset):
    split = make_split(dataset, "song", 0.2, 3, 42)
    shifted = dataset.tracks["track_popularity"].copy()
    shifted.iloc[split.test] = 100 - shifted.iloc[split.test]
    changed = FakeDataset(dataset.tracks.assign(track_popularity=shifted), dataset.placements)
    other = train(_request(), changed, report_nothing).interval
    assert {**other, "measured": None} == {**result.interval, "measured": None}
    assert other["measured"] != result.interval["measured"]


def test_what_was_measured_is_what_the_predictor_holds_on_the_test_part(result, dataset):
    measured = result.metrics["coverage"]
    split = make_split(dataset, "song", 0.2, 3, 42)
    test = split.table.iloc[split.test]
    scored = Predictor(result.pipeline, _request(), result.interval).predict(test)
    inside = test["track_popularity"].between(scored["low"], scored["high"])
    assert measured["overall"]["coverage"] == pytest.approx(inside.mean())
    assert measured["overall"]["width"] == pytest.approx((scored["high"] - scored["low"]).mean())
    by_genre = {one["genre"]: one["coverage"] for one in measured["by_genre"]}
    assert by_genre == pytest.approx(inside.groupby(test["genre"]).mean().to_dict())
    assert json.loads(json.dumps(measured, allow_nan=False)) == measured == result.interval["measured"]


def test_without_folds_the_interval_rests_on_the_test_part_and_nothing_is_measured(dataset):
    result = train(_request(cv_folds=0), dataset, report_nothing)
    assert result.interval["method"] == "split conformal"
    assert result.interval["calibrated_on"] == "test"
    assert result.interval["n"] == result.metrics["n_test"]
    assert result.interval["measured"] is None
    assert result.metrics["coverage"] is None


def test_a_table_without_genres_has_one_interval_for_all(dataset):
    tracks = dataset.tracks.assign(genre=np.nan)
    result = train(_request(), FakeDataset(tracks, dataset.placements), report_nothing)
    assert result.interval["by_genre"] == {}
    assert result.metrics["coverage"]["by_genre"] == []
    assert result.metrics["coverage"]["overall"]["n"] == result.metrics["n_test"]


def test_the_genre_of_a_track_chooses_the_interval_though_the_model_does_not_use_it(result):
    interval = {**result.interval, "by_genre": {"pop": {"half_width": 1.0, "n": 300, "tails": [0.0, 0.0]}}}
    predictor = Predictor(result.pipeline, _request(), interval)
    plain, pop, jazz = (
        predictor.predict_one({"energy": 0.5, "tempo": 120, "genre": one}) for one in (None, "pop", "jazz")
    )
    assert (pop.genre, plain.genre, jazz.genre) == ("pop", "", "")
    assert pop.high - pop.low == pytest.approx(2)
    assert plain == jazz
    assert "pop tracks" in pop.promise
    frame = feature_frame(make_dataset(4, seed=3).tracks, FEATURES)
    scored = predictor.predict(frame.assign(playlist_genre=["pop", "jazz", None, "pop"]))
    assert scored.attrs["genres"] == ["pop", "", "", "pop"]
    assert ((scored["high"] - scored["low"]) < 3).tolist() == [True, False, False, True]
    assert predictor.predict(frame).attrs["genres"] == [""] * 4


def test_a_family_without_quantiles_is_refused_an_interval_made_of_them():
    with pytest.raises(InvalidRequest, match="Ridge regression cannot predict quantiles"):
        _request(interval="quantile")


def test_calibrating_and_measuring_cost_next_to_nothing():
    dataset = make_dataset(28_356)
    split = make_split(dataset, "artist", 0.2, 5, 42)
    y = split.table["track_popularity"].to_numpy()
    parts = [(0, split.test, y[split.test] * 0.5)]
    parts += [(fold, rows, y[rows] * 0.5) for fold, (_, rows) in enumerate(split.folds, start=1)]
    calibrating.interval_of("artist", split, y, parts)
    seconds = []
    for _ in range(5):
        started = time.process_time()
        calibrating.interval_of("artist", split, y, parts)
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.06  # 20 ms where nothing else runs


@pytest.mark.skipif(not ABLE, reason="no family predicts quantiles")
@pytest.mark.parametrize("family", ABLE)
def test_an_interval_of_quantiles_holds_its_share_and_survives_the_disk(family, tmp_path):
    from core.persistence import dump_pipeline, load_pipeline

    dataset = make_dataset(1500)
    request = _request(family=family, interval="quantile", cv_folds=2, protocol="track")
    done = []
    result = train(request, dataset, done.append)
    assert result.interval["method"] == "conformalised quantile regression"
    assert 0.8 <= result.metrics["coverage"]["overall"]["coverage"] <= 0.98
    progress = [one for one in done if isinstance(one, Progress)]
    assert (progress[-1].done, progress[-1].total) == (9, 9)
    assert sum(one.seconds_left is not None for one in progress) == 8, "every fit but the first"
    ends = []
    for name, model in zip(("low", "high"), result.quantiles, strict=True):
        dump_pipeline(model, tmp_path / name)
        ends.append(load_pipeline(tmp_path / name))
    split = make_split(dataset, "track", 0.2, 2, 42)
    test = split.table.iloc[split.test]
    scored = Predictor(result.pipeline, request, result.interval, ends).predict(test)
    inside = test["track_popularity"].between(scored["low"], scored["high"])
    assert inside.mean() == pytest.approx(result.metrics["coverage"]["overall"]["coverage"])
    assert (scored["high"] - scored["low"]).std() > 0.5
