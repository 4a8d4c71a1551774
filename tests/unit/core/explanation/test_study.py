"""What a training keeps of its explanation, and how it is read back."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.errors import BundleError
from core.explanation import make_explainer
from core.explanation.effects import interactions
from core.explanation.stored import read_stored
from core.explanation.study import background_of
from core.families import FAMILIES
from core.features import PITCHES, feature_frame
from core.progress import report_nothing
from core.requests import parse_request
from core.training import train
from tests.fakes.tables import make_dataset

FEATURES = ["energy", "tempo", "key", "genre", "artist_mean"]


@pytest.fixture(scope="module")
def dataset():
    return make_dataset(400)


@pytest.fixture(scope="module")
def trained(dataset):
    request = parse_request(
        {"family": "gradient_boosting", "features": FEATURES, "cv_folds": 2, "params": {"n_estimators": 30}}
    )
    return train(request, dataset, report_nothing, explain=True)


def test_what_is_kept_is_plain_json_and_reads_back(trained):
    stored = read_stored(json.loads(json.dumps(trained.explanation, allow_nan=False)))
    assert stored.features == tuple(FEATURES)
    assert len(stored.values) == len(stored.tracks) == trained.metrics["n_test"]
    added = stored.base + stored.values.sum(axis=1)
    assert np.abs(added - stored.tracks["predicted"]).max() < 0.01
    assert stored.method.exact
    assert trained.timings["explain_seconds"] == pytest.approx(trained.explanation["seconds"])


def test_a_training_that_is_not_asked_keeps_nothing(dataset):
    request = parse_request({"family": "ridge", "cv_folds": 0})
    assert train(request, dataset, report_nothing).explanation is None


def test_importance_names_what_the_popularity_follows_with_its_folds(trained):
    importance = read_stored(trained.explanation).importance
    assert set(importance["feature"][:2]) == {"energy", "genre"}
    assert [len(each) for each in importance["folds"]] == [2] * len(FEATURES)
    assert (importance["sd"] >= 0).all()
    grown = importance.set_index("feature")["permutation"]
    assert grown["energy"] > grown["key"]


def test_dependence_follows_the_common_values_and_leaves_out_names_without_a_scale(trained):
    told = trained.explanation["dependence"]
    assert set(told) == {"energy", "tempo", "key", "genre"}
    assert told["genre"]["grid"] == ["pop", "rap", "rock"]
    assert set(told["key"]["grid"]) <= set(PITCHES)
    mean = np.mean(told["energy"]["curves"], axis=0)
    assert mean[-1] - mean[0] > 3


def test_the_reference_tracks_come_back_as_a_model_takes_them(trained, dataset):
    background = background_of(json.loads(json.dumps(trained.explanation)))
    request = parse_request({"family": "gradient_boosting", "features": FEATURES})
    explainer = make_explainer(trained.pipeline, request, background)
    X = feature_frame(dataset.tracks.iloc[:5], FAMILIES["gradient_boosting"].columns(request.features))
    assert explainer.explain(X).values.shape == (5, len(FEATURES))
    said = explainer.predict(explainer.rows(background))
    assert len(np.unique(said)) > len(said) / 2  # spread as the predictions are, not one typical track
    assert said.min() < np.median(said) < said.max()


def test_interactions_are_zero_where_effects_add_up_and_found_where_they_do_not():
    class Product:
        features, owners = ("a", "b", "c"), np.array([0, 1, 2])

        @staticmethod
        def predict(rows):
            return rows[:, 0] * rows[:, 1] + rows[:, 2]

    rows = np.random.default_rng(0).normal(size=(80, 3))
    found = interactions(Product(), rows, np.roll(rows, 40, axis=0), [0, 1, 2])
    assert found[0, 1] == found[1, 0] > 0.5
    assert np.allclose(found[2], 0)


def test_what_another_version_kept_is_refused_in_words():
    with pytest.raises(BundleError, match="another version"):
        read_stored({"features": ["energy"]})


def test_cohorts_have_enough_tracks(trained):
    stored = read_stored(trained.explanation)
    assert "Genre: pop" in stored.cohorts()
    assert all(len(rows) >= 5 for rows in stored.cohorts().values())


def test_the_download_has_every_track_with_inputs_and_contributions(trained):
    table = read_stored(trained.explanation).table()
    assert {"track_id", "base", "predicted", "energy", "shap:energy", "shap:artist_mean"} <= set(table)
    assert np.allclose(table["base"] + table.filter(like="shap:").sum(axis=1), table["predicted"], atol=0.01)


@pytest.mark.parametrize("error", [RuntimeError("no"), MemoryError(), OSError(28, "full")])
def test_a_model_that_cannot_be_explained_is_trained_all_the_same_and_says_so(dataset, monkeypatch, error):
    def broken(*_, **__):
        raise error

    monkeypatch.setattr("core.explanation.study.make_explainer", broken)
    request = parse_request({"family": "ridge", "cv_folds": 2, "features": FEATURES[:2]})
    result = train(request, dataset, report_nothing, explain=True)
    assert result.explanation is None
    assert any("could not be explained" in notice for notice in result.notices)
    assert result.metrics["test"]["r2"] is not None
    assert result.timings["cv_seconds"] > 0


@pytest.mark.parametrize("family", ["svr", "knn"])
def test_a_track_is_explained_as_on_the_page_of_the_run(family, dataset):
    request = parse_request({"family": family, "features": ["energy", "tempo"], "cv_folds": 0})
    told = train(request, dataset, report_nothing, explain=True)
    kept, sample = json.loads(json.dumps(told.explanation)), told.explanation["sample"]
    explainer = make_explainer(told.pipeline, request, background_of(kept))
    rows = feature_frame(dataset.tracks.set_index("track_id").loc[sample["track_id"][:3]], request.features)
    found = explainer.explain(rows)
    assert found.n_background == kept["n_background"] > 9
    assert np.allclose(found.values, np.array(sample["values"][:3]), atol=1e-3)


def test_a_run_that_was_explained_against_fewer_tracks_stays_so():
    told = {"background": {"energy": [0.1 * i for i in range(9)]}, "n_background": 4}
    assert len(background_of(told)) == 4
    assert len(background_of({**told, "n_background": 0})) == 9  # trees know by themselves
