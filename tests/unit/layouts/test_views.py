"""What the training, comparison, run and prediction views say; how they behave is tested in the browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from dash import html

from core.families import FAMILIES
from core.features import FEATURES
from core.prediction import Prediction as Predicted
from core.runs.model import RunState
from core.runs.offered import Offered
from core.scenarios import Kept, Scenario
from core.validation import PROTOCOLS
from layouts import prediction, run, run_facts, training
from layouts.ids import RunView, Training
from layouts.prediction.start import model_choice
from tests.fakes.finished import NOON, SAMPLE, make_run, metrics

Words = Callable[[Any], str]


def parts(component: Any, kind: str) -> list[Any]:
    """All parts whose pattern-matching id has a type."""
    found = [component, *component._traverse()]
    return [one for one in found if isinstance(getattr(one, "id", None), dict) and one.id.get("type") == kind]


# -- training ----------------------------------------------------------------------------------------------------------


def test_every_family_feature_and_protocol_can_be_chosen() -> None:
    view = training.layout(training.TrainingForm(), "key")
    families = [option["value"] for one in parts(view, Training.FAMILIES) for option in one.options]
    features = [option["value"] for one in parts(view, Training.FEATURES) for option in one.options]
    (protocol,) = [one for one in view._traverse() if getattr(one, "id", None) == Training.PROTOCOL]
    assert sorted(families) == sorted(key for key, family in FAMILIES.items() if not family.combines_runs)
    assert sorted(features) == sorted(FEATURES)
    assert [option["value"] for option in protocol.options] == list(PROTOCOLS)


def test_the_settings_of_every_family_can_be_opened_and_only_those_of_chosen_families_show() -> None:
    view = training.layout(training.TrainingForm(families=("knn",)), "key")
    families = {family.key for family in FAMILIES.values() if family.params}
    assert {one.id["family"] for one in parts(view, Training.PARAMS_OPEN)} == families
    assert [one.id["family"] for one in parts(view, Training.PARAMS) if not one.hidden] == ["knn"]


def test_recent_runs_name_their_protocol_and_their_data(words: Words) -> None:
    said = words(training.recent([make_run(data=SAMPLE, protocol="rows")], NOON + timedelta(minutes=3)))
    assert "R² 0.08 on the test, inflated" in said
    assert "Leaky" in said
    assert "Synthetic sample" in said
    assert "3 min ago" in said


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        ({"stage": "Queued", "ahead": 2}, "Waiting: 2 jobs ahead"),
        (None, "Waiting for its turn"),
        ({"stage": "Loading the table"}, "Loading the table"),
    ],
)
def test_a_waiting_run_says_what_it_waits_for(progress: Any, said: str, words: Words) -> None:
    assert said in words(training.live([make_run(RunState.QUEUED, progress=progress)]))


@pytest.mark.parametrize(("state", "width"), [(RunState.QUEUED, "0%"), (RunState.RUNNING, "2%")])
def test_only_a_run_that_has_started_shows_a_sliver_of_progress(state: RunState, width: str) -> None:
    drawn = training.live([make_run(state)])
    (bar,) = [one for one in drawn._traverse() if getattr(one, "className", "") == "progress-bar"]
    assert bar.style == {"width": width}


def test_a_running_run_says_stage_fits_and_time_left(words: Words) -> None:
    progress = {"stage": "Cross-validating, fold 3 of 5", "done": 2, "total": 6, "seconds_left": 42.0, "ahead": None}
    said = words(training.live([make_run(RunState.RUNNING, progress=progress)]))
    assert "fold 3 of 5" in said
    assert "2 of 6 fits done, about 42 s left" in said


# -- run ---------------------------------------------------------------------------------------------------------------


def whole(one: Any, charts: Any = (), **more: Any) -> html.Div:
    """What stands on the page of a run."""
    return html.Div([*run.content(one, list(charts), **more), run_facts.facts(one)])


def test_a_finished_run_shows_scores_with_interval_folds_and_baselines(words: Words) -> None:
    said = words(whole(make_run()))
    for part in ("0.08", "[0.06 to 0.10]", "± 0.004", "Baseline: genre mean", "Baseline: mean", "0.00", "22.5", "506"):
        assert part in said
    assert "Validation: new songs" in said


def test_the_leaky_score_carries_a_warning_and_the_sample_its_label(words: Words) -> None:
    said = words(whole(make_run(protocol="rows", data=SAMPLE)))
    assert "Inflated by leakage" in said
    assert "Sample data (synthetic)" in said


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.CANCELLED])
def test_a_run_without_result_gives_its_reason_and_a_way_on(state: RunState, words: Words) -> None:
    said = words(whole(make_run(state, reason="It exceeded its time limit.")))
    assert "It exceeded its time limit." in said
    assert "Train again with these settings" in said


def test_a_stack_shows_what_it_is_made_of_and_neither_settings_nor_a_way_back_to_the_form(words: Words) -> None:
    first, second = "a" * 36, "b" * 36
    told = [{"run_id": first, "family": "ridge", "weight": 0.75}, {"run_id": second, "family": "knn", "weight": 0.25}]
    made = make_run(family="stack", members=(first, second), metrics={**metrics(), "stack": told})
    view = whole(made)
    said = words(view)
    assert f"{FAMILIES['ridge'].label} , weight 0.75" in said.replace(", weight", " , weight").replace("  ", " ")
    assert {f"/runs/{first}", f"/runs/{second}"} <= {getattr(one, "href", None) for one in view._traverse()}
    for state in RunState:
        said = words(whole(make_run(state, family="stack", members=(first, second))))
        assert not any(part in said for part in ("Train again", "Defaults", "Settings"))


def test_a_stack_tells_its_own_time_apart_from_that_of_the_runs_it_is_made_of(words: Words) -> None:
    timings = {"weighing_seconds": 1.0, "fit_seconds": 41.0, "total_seconds": 2.0}
    said = words(whole(make_run(family="stack", members=("a" * 36, "b" * 36), timings=timings)))
    assert "Weighing" in said
    assert "With the final fits of its runs" in said
    assert "Final fit " not in said


def test_settings_that_were_left_alone_are_the_librarys_own(words: Words) -> None:
    said = words(whole(make_run(defaults="library")))
    assert "the library's own" in said
    assert "scikit-learn's own" not in said


def test_a_cancelled_run_is_no_alarm_and_does_not_repeat_itself(words: Words) -> None:
    view = whole(make_run(RunState.CANCELLED, reason="Cancelled."))
    assert "It ended before there was a result." in words(view)
    assert "callout" not in str(view)


def test_an_active_run_can_be_cancelled_and_offers_no_downloads(words: Words) -> None:
    view = whole(make_run(RunState.RUNNING))
    assert len(parts(view, RunView.CANCEL)) == 1
    assert parts(view, RunView.FILE) == []


def test_cross_validation_predictions_are_offered_only_where_there_are_some() -> None:
    kinds = [one.id["kind"] for one in parts(whole(make_run(cv_folds=0)), RunView.FILE)]
    assert kinds == ["test", "request", "bundle", "onnx"]


def test_the_request_file_trains_the_same_model_again() -> None:
    from core.requests import parse_request

    again = make_run(family="knn", params={"n_neighbors": 50}, protocol="album")
    assert parse_request(__import__("json").loads(run.request_json(again))) == again.request


# -- prediction --------------------------------------------------------------------------------------------------------


def test_the_answer_is_whole_points_with_interval_protocol_and_baseline(words: Words) -> None:
    said = words(prediction.answer(make_run(data=SAMPLE), Predicted(41.3, 12.2, 69.8, 0.9), 39.3))
    for part in ("41", "90% between 12 and 70", "average of all tracks is 39", "2 points above it", "new songs"):
        assert part in said
    assert "synthetic sample" in said


def test_the_answer_of_a_leaky_run_claims_no_share(words: Words) -> None:
    leaked = Predicted(41, 12, 70, 0.9, keeps_its_share=False, promise="The interval is too narrow.")
    said = words(prediction.answer(make_run(protocol="rows"), leaked, 39))
    assert "Between 12 and 70" in said
    assert "too narrow" in said
    assert "90%" not in said


def test_the_chosen_model_is_told_in_full_below_the_list() -> None:
    said = prediction.run_facts(make_run(data=SAMPLE, protocol="rows"))
    assert said.startswith("R² 0.08, inflated, synthetic sample · Leaky: raw rows · ")


def test_a_clearly_better_model_is_named_below_the_chosen_one(words: Words) -> None:
    chosen = make_run()
    better = make_run(family="random_forest", metrics=metrics(0.12, interval=(0.11, 0.13)))
    told = html.Div(model_choice(chosen, [Offered(chosen), Offered(better)]))
    assert "Random forest  did better on the same held-out tracks: R² 0.12." in words(told)
    (link,) = [one for one in told._traverse() if str(getattr(one, "href", "")).endswith(f"/predict?run={better.id}")]
    assert link.children == "Random forest"
    assert "did better" not in words(html.Div(model_choice(better, [Offered(chosen), Offered(better)])))


def test_a_started_track_shows_its_actual_popularity(words: Words) -> None:
    assert "actual popularity of the track that you started from is 66" in words(
        prediction.answer(make_run(), Predicted(41, 12, 70, 0.9), 39, actual=66.0)
    )


def test_kept_predictions_show_what_was_changed(words: Words) -> None:
    kept = Scenario("id", "Ridge", 41, 12, 70, "a typical track", ("energy 0.7 → 0.9",))
    assert "energy 0.7 → 0.9" in words(prediction.kept_list(Kept((kept,)), can_undo=False))


def test_a_title_with_markup_stays_text(words: Words) -> None:
    track = {"position": 1, "name": "<img onerror=x>", "artist": "=cmd", "popularity": 3.0}
    assert "<img onerror=x>" in words(prediction.found([track], "img"))


def test_a_chart_gives_its_numbers_to_the_card(words: Words) -> None:
    import plotly.graph_objects as go

    chart = run.Chart(RunView.BANDS, "Bands", go.Figure(), "Reading.", 3, pd.DataFrame({"band": ["0–19"], "n": [3]}))
    assert "0–19" in words(whole(make_run(), [chart]))
