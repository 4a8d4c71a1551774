from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from core.errors import DataError
from core.families import FAMILIES
from core.features import feature_frame
from core.intervals import bounds
from core.metrics import METRICS, score
from core.progress import FoldScored, Progress, report_nothing
from core.requests import parse_request
from core.training import predict_popularity, train
from core.validation import make_split
from tests.fakes.tables import FakeDataset, make_dataset


def _request(**values):
    return parse_request({"family": "ridge", "features": ["energy", "tempo"], "cv_folds": 3} | values)


def _changed(dataset, **changes):
    return FakeDataset(dataset.tracks.assign(**changes), dataset.placements)


@pytest.fixture(scope="module")
def dataset():
    return make_dataset(400)


@pytest.fixture(scope="module")
def result(dataset):
    return train(_request(), dataset, report_nothing)


def test_metrics_are_json_without_nan(result):
    assert json.loads(json.dumps(result.metrics, allow_nan=False)) == result.metrics


def test_it_learns_what_there_is_to_learn(result):
    assert result.metrics["test"]["r2"] > 0.3
    assert result.metrics["test"]["r2"] > result.metrics["baselines"]["genre_mean"]["test"]["r2"]
    assert result.metrics["cv"]["r2"]["mean"] == pytest.approx(np.mean(result.metrics["cv"]["r2"]["folds"]))
    assert result.metrics["cv"]["r2"]["sd"] > 0


def test_predictions_hold_each_test_row_and_each_fold_row_once(result, dataset):
    split = make_split(dataset, "song", 0.2, 3, 42)
    test, cv = (result.predictions.query("part == @part") for part in ("test", "cv"))
    assert test["track_id"].tolist() == split.table["track_id"].iloc[split.test].tolist()
    assert sorted(cv["track_id"]) == sorted(split.table["track_id"].iloc[split.train])
    assert set(test["fold"]) == {0}
    assert set(cv["fold"]) == {1, 2, 3}
    assert result.predictions["predicted"].between(0, 100).all()


def test_scores_are_those_of_the_predictions(result):
    test = result.predictions.query("part == 'test'")
    assert result.metrics["test"]["mae"] == pytest.approx((test["actual"] - test["predicted"]).abs().mean())
    assert sum(band["n"] for band in result.metrics["by_band"]) == len(test) == result.metrics["n_test"]


def test_the_interval_covers_its_share_of_fresh_tracks():
    result = train(_request(cv_folds=0), make_dataset(3000), report_nothing)
    fresh = make_dataset(4000, seed=1234).tracks
    predicted = predict_popularity(result.pipeline, feature_frame(fresh, ["energy", "tempo"]))
    low, high = bounds(result.interval, predicted)
    inside = (fresh["track_popularity"] >= low) & (fresh["track_popularity"] <= high)
    # Which share an interval from 600 residuals covers is drawn from Beta(541, 60): 99% of it lies in this range.
    assert 0.865 <= inside.mean() <= 0.93
    assert result.interval == result.interval | {"coverage": 0.9, "n": result.metrics["n_test"], "protocol": "song"}


def test_the_same_request_gives_the_same_result(result, dataset):
    again = train(_request(), dataset, report_nothing)
    assert again.metrics == result.metrics
    assert again.predictions.equals(result.predictions)


def test_the_test_rows_have_no_part_in_the_fit(dataset):
    split = make_split(dataset, "song", 0.2, 0, 42)
    shifted = dataset.tracks["track_popularity"].copy()
    shifted.iloc[split.test] = 100 - shifted.iloc[split.test]
    before, after = (
        train(_request(cv_folds=0, family="random_forest"), of, report_nothing).predictions["predicted"]
        for of in (dataset, _changed(dataset, track_popularity=shifted))
    )
    assert before.equals(after)


@pytest.mark.parametrize("folds", [0, 3])
def test_progress_counts_every_fit_and_estimates_what_is_left(dataset, folds):
    heard = []
    train(_request(cv_folds=folds), dataset, heard.append)
    seen = [news for news in heard if isinstance(news, Progress)]
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1].done == seen[-1].total == folds + 1
    assert all(progress.total == folds + 1 and progress.stage for progress in seen)
    estimates = [progress.seconds_left for progress in seen if progress.seconds_left is not None]
    assert len(estimates) == folds
    assert all(seconds > 0 for seconds in estimates)


def test_every_fold_is_told_with_the_scores_that_the_result_has(dataset, result):
    heard = []
    train(_request(), dataset, heard.append)
    folds = [news for news in heard if isinstance(news, FoldScored)]
    assert [fold.number for fold in folds] == [1, 2, 3]
    assert [fold.scores["mae"] for fold in folds] == result.metrics["cv"]["mae"]["folds"]
    assert all(fold.seconds > 0 for fold in folds)


def test_a_report_that_raises_ends_the_run(dataset):
    def cancel(news):
        if isinstance(news, FoldScored):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(_request(), dataset, cancel)


def test_without_folds_there_is_no_cross_validation(dataset):
    result = train(_request(cv_folds=0), dataset, report_nothing)
    assert result.metrics["cv"] is None
    assert set(result.predictions["part"]) == {"test"}


def test_the_leaky_protocol_says_so(dataset):
    assert any("better than the truth" in notice for notice in _notices(dataset, protocol="rows"))
    assert not any("better than the truth" in notice for notice in _notices(dataset, protocol="track"))


def _notices(dataset, **values):
    return train(_request(cv_folds=0, **values), dataset, report_nothing).notices


def test_rows_beyond_the_cap_are_sampled_by_the_seed_and_that_is_said(dataset, monkeypatch):
    capped = FAMILIES["ridge"].__class__(**vars(FAMILIES["ridge"]) | {"row_cap": 50})
    monkeypatch.setattr("core.training.fitting.FAMILIES", dict(FAMILIES) | {"ridge": capped})
    first, second = (train(_request(), dataset, report_nothing) for _ in range(2))
    assert any("50 of the" in notice for notice in first.notices)
    assert first.predictions.equals(second.predictions)


def test_the_training_score_is_that_of_rows_the_model_learned_from(dataset, monkeypatch):
    capped = FAMILIES["knn"].__class__(**vars(FAMILIES["knn"]) | {"row_cap": 50})
    monkeypatch.setattr("core.training.fitting.FAMILIES", dict(FAMILIES) | {"knn": capped})
    nearest = _request(family="knn", params={"n_neighbors": 1}, defaults="library", cv_folds=0)
    metrics = train(nearest, dataset, report_nothing).metrics
    assert metrics["train"]["mae"] == pytest.approx(0, abs=1e-9)
    assert metrics["n_train_fitted"] == metrics["n_train_scored"] == 50 < metrics["n_train"]


def test_a_solver_that_does_not_settle_is_said(dataset):
    restless = {"alpha": 1e-5, "max_iter": 10}
    assert any("before it settled" in notice for notice in _notices(dataset, family="lasso", params=restless))
    assert not any("before it settled" in notice for notice in _notices(dataset, family="lasso"))


def test_a_support_vector_machine_that_would_go_on_for_hours_is_stopped_and_that_is_said(dataset, monkeypatch):
    monkeypatch.setattr("core.families.kernel.SVR_MAX_ITER", 500)
    endless = {"kernel": "poly", "C": 1000, "gamma": 1}
    assert any("a lower penalty (C)" in notice for notice in _notices(dataset, family="svr", params=endless))


@pytest.mark.parametrize("defaults", ["recommended", "library"])
def test_a_support_vector_machine_with_default_settings_settles(dataset, defaults):
    assert not any("before it settled" in notice for notice in _notices(dataset, family="svr", defaults=defaults))


def test_chosen_features_alone_decide(dataset):
    changed = _changed(dataset, valence=0.0)
    assert train(_request(), dataset, report_nothing).predictions.equals(
        train(_request(), changed, report_nothing).predictions
    )


def test_fits_run_with_one_native_thread_even_where_scikit_learn_was_not_loaded():
    script = (
        "from core.training import one_native_thread\n"
        "with one_native_thread():\n"
        "    from sklearn.utils._openmp_helpers import _openmp_effective_n_threads as n\n"
        "    import sklearn.ensemble\n"
        "    print(n())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_a_constant_target_is_refused(dataset):
    with pytest.raises(DataError, match="Popularity is 50 in every training row"):
        train(_request(), _changed(dataset, track_popularity=50.0), report_nothing)


def test_a_feature_without_values_is_refused(dataset):
    with pytest.raises(DataError, match=r"'tempo' \(Tempo\) has no value"):
        train(_request(), _changed(dataset, tempo=np.nan), report_nothing)


def test_a_model_that_needs_a_column_without_values_is_not_told_to_leave_it_out(dataset):
    with pytest.raises(DataError, match=r"genre mean needs 'genre' \(.*Choose another model"):
        train(_request(family="genre_mean"), _changed(dataset, genre=np.nan), report_nothing)


def test_too_few_rows_are_refused():
    with pytest.raises(DataError, match="usable rows"):
        train(_request(), make_dataset(8), report_nothing)


@pytest.mark.parametrize("defaults", ["recommended", "library"])
def test_more_neighbours_than_tracks_are_refused(defaults):
    asked = {"family": "knn", "params": {"n_neighbors": 60} if defaults == "library" else {}, "defaults": defaults}
    with pytest.raises(DataError, match=r"only 48 are there to learn from.*n_neighbors"):
        train(_request(**asked, protocol="track", cv_folds=0), make_dataset(60), report_nothing)


def test_a_constant_test_part_has_no_r2():
    dataset = make_dataset(60, missing=0)
    split = make_split(dataset, "track", 0.2, 0, 42)
    target = dataset.tracks["track_popularity"].copy()
    target.iloc[split.test] = 30.0
    metrics = train(_request(protocol="track"), _changed(dataset, track_popularity=target), report_nothing).metrics
    assert metrics["test"]["r2"] is None
    assert metrics["test_interval"]["r2"] == [None, None]
    assert metrics["test"]["mae"] > 0


@pytest.mark.parametrize(("rows", "is_said"), [(145, True), (155, False)])
def test_a_score_from_fewer_than_thirty_rows_is_said_to_be_chance(rows, is_said):
    notices = train(_request(protocol="track", cv_folds=0), make_dataset(rows), report_nothing).notices
    assert any("mostly chance" in notice for notice in notices) is is_said


def test_a_fold_without_an_r2_is_said():
    dataset = make_dataset(60, missing=0)
    split = make_split(dataset, "track", 0.2, 3, 42)
    target = dataset.tracks["track_popularity"].copy()
    target.iloc[split.folds[1][1]] = 30.0
    result = train(_request(protocol="track"), _changed(dataset, track_popularity=target), report_nothing)
    assert result.metrics["cv"]["r2"]["folds"][1] is None
    assert result.metrics["cv"]["r2"]["mean"] is None
    assert any("R² has no value in 1 of the 3 folds" in notice for notice in result.notices)


def test_threads_do_not_change_the_answer(dataset):
    one, two = (
        train(_request(family="random_forest", cv_folds=0), dataset, report_nothing, n_jobs=n).metrics for n in (1, 2)
    )
    assert one == two


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_repeated_rows_make_a_forest_look_good_and_single_tracks_do_not(real_dataset):
    scores = {}
    for protocol in ("rows", "track"):
        request = parse_request(
            {
                "family": "random_forest",
                "params": {"n_estimators": 50},
                "defaults": "library",
                "protocol": protocol,
                "cv_folds": 0,
            }
        )
        scores[protocol] = train(request, real_dataset, report_nothing, n_jobs=2).metrics["test"]["r2"]
    assert scores["rows"] == pytest.approx(0.30, abs=0.03)
    assert scores["track"] == pytest.approx(0.03, abs=0.02)


class _Asking:
    """A report that is asked to stop once it has heard of something."""

    def __init__(self, when):
        self.when, self.wants_to_stop, self.heard = when, False, []

    def __call__(self, news):
        self.heard.append(news)
        self.wants_to_stop = self.wants_to_stop or self.when(news)

    def is_asked_to_stop(self):
        return self.wants_to_stop


def _stages(name):
    return lambda news: getattr(news, "stage", "").startswith(name)


def test_folds_are_whole_and_those_left_are_skipped_when_the_person_stops(dataset):
    whole = train(_request(family="gradient_boosting", cv_folds=4), dataset, report_nothing)
    asked = _Asking(_stages("Cross-validating, fold 2"))
    stopped = train(_request(family="gradient_boosting", cv_folds=4), dataset, asked)
    assert stopped.metrics["cv"]["r2"]["folds"] == whole.metrics["cv"]["r2"]["folds"][:2]
    final = [{key: each.metrics["test"][key] for key in METRICS} for each in (stopped, whole)]
    assert final[0] == final[1]  # what was asked before the final fit does not cut it; the interval has fewer folds
    assert any("2 of 4 folds" in notice for notice in stopped.notices)
    last = [news for news in asked.heard if hasattr(news, "total")][-1]
    assert last.done == last.total


def test_a_stop_in_the_first_fold_leaves_no_cross_validated_score_and_says_so(dataset):
    stopped = train(_request(cv_folds=3), dataset, _Asking(_stages("Cross-validating, fold 1")))
    assert stopped.metrics["cv"] is None
    assert set(stopped.predictions["part"]) == {"test"}
    assert any("no cross-validated score" in notice for notice in stopped.notices)


class _AskingInTheFinalFit(_Asking):
    """Asked to stop when the final model has looked for a wish a few times."""

    def __init__(self):
        super().__init__(_stages("never"))
        self.looks = 0

    def is_asked_to_stop(self):
        is_final = any(_stages("Training the final")(news) for news in self.heard)
        self.looks += is_final
        return self.looks > 10


def test_a_stop_in_the_final_fit_keeps_what_was_learned_and_says_so(dataset):
    request = _request(family="gradient_boosting")
    stopped, whole = (train(request, dataset, report) for report in (_AskingInTheFinalFit(), report_nothing))
    assert stopped.metrics["cv"] == whole.metrics["cv"]
    assert stopped.pipeline["model"].n_estimators_ < 20 < whole.pipeline["model"].n_estimators_
    assert sum("Stopped as asked: the final model" in notice for notice in stopped.notices) == 1


def test_a_stop_that_comes_too_late_to_leave_anything_out_is_said(dataset):
    late = train(_request(family="ridge"), dataset, _Asking(_stages("Scoring")))
    assert any("nothing left to leave out" in notice for notice in late.notices)


def test_what_the_baselines_say_of_each_track_of_the_test_is_stored_and_gives_their_scores(result):
    test = result.predictions.query("part == 'test'")
    for key, found in result.metrics["baselines"].items():
        column = f"baseline_{key}"
        ends = (test[column + "_low"], test[column + "_high"])
        assert score(test["actual"], test[column], ends) == pytest.approx(found["test"])
        assert ((test["actual"] >= ends[0]) & (test["actual"] <= ends[1])).mean() == pytest.approx(0.9, abs=0.08)
    assert result.predictions.query("part == 'cv'")["baseline_mean"].isna().all()


@pytest.mark.parametrize("names", [{}, {"family": "gradient_boosting", "interval": "quantile"}])
def test_the_stored_ends_of_the_intervals_give_the_coverage_and_the_loss_that_are_told(dataset, names):
    found = train(_request(cv_folds=3, **names), dataset, report_nothing)
    test = found.predictions.query("part == 'test'")
    inside = (test["actual"] >= test["low"]) & (test["actual"] <= test["high"])
    assert inside.mean() == pytest.approx(found.metrics["coverage"]["overall"]["coverage"])
    assert (test["high"] - test["low"]).mean() == pytest.approx(found.metrics["coverage"]["overall"]["width"])
    expected = score(test["actual"], test["predicted"], (test["low"], test["high"]))["pinball"]
    low, high = found.metrics["test_interval"]["pinball"]
    assert found.metrics["test"]["pinball"] == pytest.approx(expected)
    assert low < expected < high
    assert found.predictions.query("part == 'cv'")["low"].isna().all()


def test_intervals_made_from_the_test_are_stored_but_not_scored_on_it(dataset):
    found = train(_request(cv_folds=0), dataset, report_nothing)
    assert found.predictions["low"].notna().all()
    assert "pinball" not in found.metrics["test"]
    assert "pinball" not in found.metrics["test_interval"]
    assert found.metrics["baselines"]["mean"]["test"]["pinball"] > 0
