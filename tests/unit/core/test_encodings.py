"""Numbers learnt from the target: no row may see its own, whatever the protocol."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from core.families import FAMILIES
from core.features import FEATURE_SETS, FEATURES, feature_frame
from core.metrics import score
from core.persistence import dump_pipeline, load_pipeline
from core.prediction import Predictor
from core.preprocessing.encoders import NameCount, NameMean, TitleWords
from core.preprocessing.out_of_fold import OutOfFoldEncoder, cut_rows, days_of
from core.preprocessing.standing import DATE, GROUP, NEWCOMER, with_standing
from core.requests import parse_request
from core.validation import PROTOCOLS, make_split
from tests.fakes.tables import make_dataset

ENCODED = tuple(name for name, feature in FEATURES.items() if feature.encoding)
NEW = next(each.features for each in FEATURE_SETS if each.key == "new")
every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)
every_encoding = pytest.mark.parametrize("name", ENCODED)


@pytest.fixture(scope="module")
def dataset():
    return make_dataset(400, seed=3)


def _rows(dataset, protocol, names=ENCODED):
    """Features of the training and the test rows with their targets, as a run cuts them."""
    split = make_split(dataset, protocol, 0.25, 0, 1)
    X = with_standing(feature_frame(split.table, names), split, protocol, 1)
    y = split.table["track_popularity"].to_numpy()
    return X.iloc[split.train], y[split.train], X.iloc[split.test], y[split.test]


def _encoder(names=ENCODED):
    return OutOfFoldEncoder({name: FEATURES[name].encoding for name in names}, seed=5)


@every_protocol
def test_no_target_of_a_test_row_has_any_influence(protocol, dataset):
    X, y, X_test, _ = _rows(dataset, protocol)
    encoder = _encoder()
    of_training = encoder.fit_transform(X, y)
    of_test = encoder.transform(X_test)
    other = make_dataset(400, seed=3)
    held_out = make_split(dataset, protocol, 0.25, 0, 1)
    tracks = held_out.table["track"].to_numpy()
    changed = np.setdiff1d(tracks[held_out.test], tracks[held_out.train])
    other.tracks.loc[changed, "track_popularity"] = 99.0
    X, y, X_test, _ = _rows(other, protocol)
    again = _encoder()
    assert np.array_equal(again.fit_transform(X, y), of_training)
    assert np.array_equal(again.transform(X_test), of_test)


@every_protocol
@every_encoding
def test_no_training_row_is_encoded_from_its_own_target_or_its_group(protocol, name, dataset):
    X, y, _, _ = _rows(dataset, protocol)
    encoder = _encoder((name,))
    before = encoder.fit_transform(X, y)[name].to_numpy()
    for row in range(0, len(X), 61):
        group = X[GROUP].to_numpy() == X[GROUP].iloc[row]
        changed = y.copy()
        changed[group] = np.roll(100 - y, 7)[group]
        # The prior is the mean of all training rows; keep it, so that what is left is what the encoding learnt.
        rest = np.flatnonzero(~group & ~_may_see(X, row))
        changed[rest] += (y.sum() - changed.sum()) / max(1, len(rest))
        if not len(rest):
            continue
        after = encoder.fit_transform(X, changed)[name].to_numpy()
        assert after[row] == pytest.approx(before[row], abs=1e-6)


def _may_see(X, row):
    """Rows that a row may be encoded from."""
    days = days_of(X)
    if days is not None:
        return days < days[row]
    for others, rows in cut_rows(X, 5):
        if row in rows:
            return np.isin(np.arange(len(X)), others)
    raise AssertionError


@every_protocol
def test_parts_are_encoded_from_other_groups_and_from_the_past(protocol, dataset):
    X, _, _, _ = _rows(dataset, protocol)
    seen = []
    for others, rows in cut_rows(X, 0):
        seen.extend(rows)
        assert not set(X[GROUP].iloc[others]) & set(X[GROUP].iloc[rows])
        if DATE in X and len(others):
            assert np.nanmax(X[DATE].iloc[others].fillna(-1e9)) < X[DATE].iloc[rows].min()
    assert sorted(seen) == list(range(len(X)))


def test_most_artists_are_newcomers_in_training_where_the_test_holds_newcomers_only(dataset):
    X, y, _, _ = _rows(dataset, "artist")
    encoded = _encoder().fit_transform(X, y)
    hidden = X[NEWCOMER].to_numpy(dtype=bool)
    assert 0.4 < hidden.mean() < 0.8
    assert (encoded["artist_count"][hidden] == 0).all()
    assert np.allclose(encoded["artist_mean"][hidden], y.mean())
    assert encoded["title_words"][hidden].std() > 0
    by_artist = pd.Series(hidden).groupby(X["artist_mean"].to_numpy()).nunique()
    assert (by_artist == 1).all()


def test_unknown_and_missing_names_get_the_one_prior_in_every_fold():
    X = pd.DataFrame({"artist_mean": [np.nan, *(f"only {i}" for i in range(99))]}, dtype=object)
    y = np.arange(100.0)
    encoder = _encoder(("artist_mean",))
    assert (encoder.fit_transform(X, y)["artist_mean"] == y.mean()).all()
    new = pd.DataFrame({"artist_mean": ["never heard", np.nan]}, dtype=object)
    assert (encoder.transform(new)["artist_mean"] == y.mean()).all()


def test_the_mean_is_drawn_to_the_prior_and_names_are_compared_regardless_of_case():
    encoder = NameMean(smoothing=2)
    encoder.fit(encoder.read(pd.Series(["Björk", "bjork ", "X"])), np.array([90.0, 70.0, 10.0]), prior=40.0)
    found = encoder.transform(encoder.read(pd.Series(["BJÖRK", "x", "y", None])))
    assert found.tolist() == [(160 + 80) / 4, (10 + 80) / 3, 40.0, 40.0]


def test_by_time_old_tracks_count_for_less_and_later_ones_for_nothing():
    names, days = pd.Series(["a"] * 3), np.array([0.0, 100.0, 200.0])
    encoder = NameMean(smoothing=1, half_life=100)
    read, y = encoder.read(names), np.array([80.0, 20.0, 99.0])
    before = encoder.from_before(read, y, 50.0, days)
    assert before == pytest.approx([50, (40 + 50) / 1.5, (20 + 10 + 50) / 1.75])
    encoder.fit(read, y, 50.0, days)
    assert encoder.transform(encoder.read(pd.Series(["a"]))) == pytest.approx((20 + 10 + 99 + 50) / 2.75)


def test_counts_are_those_of_the_rows_on_a_log_scale():
    encoder = NameCount()
    encoder.fit(encoder.read(pd.Series(["a", "a", "b", None])), np.zeros(4), prior=0.0)
    assert np.allclose(encoder.transform(encoder.read(pd.Series(["a", "b", "c", None]))), np.log1p([2, 1, 0, 0]))


def test_words_that_go_with_popular_titles_are_found():
    titles = pd.Series([f"love {i}" if i % 2 else f"noise {i}" for i in range(200)])
    encoder = TitleWords()
    encoder.fit(encoder.read(titles), np.where(np.arange(200) % 2, 80.0, 20.0), prior=50.0)
    love, noise, nothing = encoder.transform(encoder.read(pd.Series(["all love", "the noise", None])))
    assert noise < 40 < 60 < love
    assert np.isfinite(nothing)


@pytest.mark.parametrize("encoder", [NameMean, NameCount])
def test_a_column_without_any_name_is_no_trouble(encoder):
    made = encoder()
    empty = pd.Series([None, np.nan], dtype=object)
    made.fit(made.read(empty), np.array([1.0, 2.0]), prior=1.5)
    assert np.isfinite(made.transform(made.read(empty))).all()


@every_protocol
def test_a_shuffled_target_cannot_be_predicted(protocol):
    """What leaks lets a model predict noise; under the leaky protocol it does."""
    dataset = make_dataset(1500, seed=8, missing=0.02)
    rng = np.random.default_rng(4)
    dataset.tracks["track_popularity"] = rng.permutation(dataset.tracks["track_popularity"].to_numpy())
    X, y, X_test, y_test = _rows(dataset, protocol, NEW)
    pipeline = FAMILIES["random_forest"].build({"n_estimators": 30}, "recommended", NEW, seed=0)
    predicted = pipeline.fit(X, y).predict(X_test)
    if not PROTOCOLS[protocol].is_leaky:
        assert score(y_test, predicted)["r2"] < 0.02


@pytest.fixture(scope="module", params=["ridge", "extra_trees", "hist_gradient_boosting"])
def predictor(request, dataset):
    X, y, _, _ = _rows(dataset, "album", NEW)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="n_quantiles")
        pipeline = FAMILIES[request.param].build({}, "recommended", NEW).fit(X, y)
    asked = parse_request({"family": request.param, "features": list(NEW), "protocol": "album"})
    return Predictor(pipeline, asked, {"coverage": 0.9, "half_width": 20.0})


def test_one_row_is_predicted_as_in_a_batch(predictor, dataset):
    tracks = dataset.tracks.head(30)
    batch = predictor.predict(tracks)["predicted"]
    inputs = feature_frame(tracks, NEW)
    for row in range(30):
        values = {name: None if pd.isna(value) else value for name, value in inputs.iloc[row].items()}
        texts = {name: None if pd.isna(tracks[name][row]) else tracks[name][row] for name in TEXTS}
        by_feature = predictor.predict_one(values)
        plain = {name: value for name, value in values.items() if not FEATURES[name].sources or "release" in name}
        by_text = predictor.predict_one(plain | texts)
        assert by_feature.popularity == pytest.approx(batch[row], abs=1e-9)
        assert by_text.popularity == pytest.approx(batch[row], abs=1e-9)


TEXTS = ("track_name", "track_artist", "track_album_name")


def test_a_stored_pipeline_encodes_the_same_to_the_bit(predictor, dataset, tmp_path):
    dump_pipeline(predictor.pipeline, tmp_path / "model.skops")
    again = load_pipeline(tmp_path / "model.skops")
    X = feature_frame(dataset.tracks, NEW)
    assert np.array_equal(again["prepare"].transform(X), predictor.pipeline["prepare"].transform(X))
