from __future__ import annotations

import pytest
from pydantic import ValidationError

from core.errors import InvalidRequest
from core.features import DEFAULT_FEATURES
from core.requests import TrainingRequest, TuningRequest, parse_request


def test_the_defaults_are_the_recommended_ones_under_an_honest_protocol():
    request = parse_request({"family": "ridge"})
    assert request.defaults == "recommended"
    assert request.features == DEFAULT_FEATURES
    assert (request.protocol, request.test_share, request.cv_folds, request.seed) == ("song", 0.2, 5, 42)


def test_a_request_survives_json():
    request = parse_request({"family": "random_forest", "params": {"max_samples": None, "n_estimators": 100}})
    assert parse_request(request.model_dump(mode="json")) == request
    tuned = parse_request({"family": "knn", "tuning": {"method": "tpe", "seconds": 60}})
    assert tuned.tuning == TuningRequest(method="tpe", seconds=60)
    assert parse_request(tuned.model_dump(mode="json")) == tuned


def test_a_request_cannot_be_changed():
    with pytest.raises(ValidationError):
        parse_request({"family": "ridge"}).seed = 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"family": "rigde"}, "Did you mean 'ridge'"),
        ({"family": None}, "family"),
        ({"protocol": "artists"}, "Did you mean 'artist'"),
        ({"features": []}, "features"),
        ({"features": ["tempo", "tempo"]}, "named twice"),
        ({"features": ["temp"]}, "Did you mean 'tempo'"),
        ({"features": ["tempo", "n_playlists"]}, "'n_playlists' .* only known after the release.*allow_unknowable"),
        ({"features": ["extra:streams"]}, "only known after the release"),
        ({"allow_unknowable": 1}, "allow_unknowable"),
        ({"features": "tempo"}, "features"),
        ({"params": {"alhpa": 1}}, "Did you mean 'alpha'"),
        ({"params": {"alpha": -1}}, "'alpha' expects a number"),
        ({"params": {"alpha": float("nan")}}, "alpha"),
        ({"params": {"alpha": 10**400}}, "'alpha' expects a number"),
        ({"params": {"alpha": [1]}}, "params"),
        ({"params": {"n_jobs": 8}}, "n_jobs"),
        ({"test_share": 0.9}, "test_share"),
        ({"test_share": float("nan")}, "test_share"),
        ({"test_share": float("inf")}, "test_share"),
        ({"cv_folds": 1}, "2 to 20 folds"),
        ({"cv_folds": 10_000}, "cv_folds"),
        ({"cv_folds": -1}, "cv_folds"),
        ({"cv_folds": 2.5}, "cv_folds"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"seed": True}, "seed"),
        ({"defaults": "best"}, "defaults"),
        ({"path": "/etc/passwd"}, "path"),
        ({"tuning": "random"}, "tuning"),
        ({"tuning": {"method": "grid"}}, "tuning.method"),
        ({"tuning": {"iterations": 1}}, "tuning.iterations"),
        ({"tuning": {"iterations": 201}}, "tuning.iterations"),
        ({"tuning": {"iterations": 10.5}}, "tuning.iterations"),
        ({"tuning": {"folds": 11}}, "tuning.folds"),
        ({"tuning": {"folds": 1}}, "tuning.folds"),
        ({"tuning": {"scoring": "rmsee"}}, "Did you mean 'rmse'"),
        ({"tuning": {"seconds": 9}}, "tuning.seconds"),
        ({"tuning": {"seconds": float("inf")}}, "tuning.seconds"),
        ({"tuning": {"n_jobs": 65}}, "tuning.n_jobs"),
        ({"tuning": {"n_jobs": -1}}, "tuning.n_jobs"),
        ({"tuning": {"seed": 1}}, "tuning.seed"),
        ({"tuning": {}, "params": {"alpha": 1.0}}, "all of its searched parameters are set"),
        ({"tuning": {}, "family": "linear"}, "no parameter worth searching"),
    ],
)
def test_bad_values_are_refused_by_name(changes, said):
    with pytest.raises(InvalidRequest, match=said) as caught:
        parse_request({"family": "ridge"} | changes)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("payload", [None, [], "ridge", 3, {}])
def test_what_is_no_request_is_refused(payload):
    with pytest.raises(InvalidRequest):
        parse_request(payload)


def test_whole_numbers_are_taken_where_json_has_no_difference():
    assert parse_request({"family": "ridge", "params": {"alpha": 1}}) == TrainingRequest(
        family="ridge", params={"alpha": 1}
    )


def test_the_search_by_tpe_is_refused_with_the_command_where_optuna_is_missing(monkeypatch):
    monkeypatch.setattr("core.requests.is_installed", lambda package: package != "optuna")
    with pytest.raises(InvalidRequest, match="pip install optuna"):
        parse_request({"family": "ridge", "tuning": {"method": "tpe"}})
    assert parse_request({"family": "ridge", "tuning": {"method": "halving"}}).tuning is not None
