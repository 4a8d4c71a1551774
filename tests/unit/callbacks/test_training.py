from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from callbacks import training
from callbacks.training.features import values_of_set
from callbacks.training.first import form_choices
from callbacks.training.form import Choices, parse_form
from callbacks.training.live import digest_of
from callbacks.training.plan import describe_plan, dropped_in_words
from callbacks.training.settings import fields_of
from core.errors import InvalidRequest
from core.families import FAMILIES
from core.features import DEFAULT_FEATURES, FEATURE_SETS, feature_groups
from core.runs.model import Limits, RunState
from layouts import run_search
from layouts.ids import Training
from layouts.training import DEFAULT, DEFAULT_FAMILIES, TrainingForm
from tests.fakes.finished import make_run

FORM = Choices(
    families=[["mean"], ["ridge"], None],
    features=[list(DEFAULT_FEATURES), [], [], []],
    protocol="song",
    test_percent=20,
    cv_folds=5,
    seed=42,
    defaults="recommended",
    typed={"values": {"ridge": {"alpha": "3,5", "fit_intercept": "default"}, "svr": {"C": None}}},
)


def params(family: str, name: str, value: Any) -> dict[str, Any]:
    choices = replace(FORM, families=[[family]], typed={"values": {family: {name: value}}})
    (request,) = parse_form(choices)
    return request.params


def test_each_chosen_family_becomes_one_request_with_the_same_split() -> None:
    requests = parse_form(FORM)
    assert [one.family for one in requests] == ["mean", "ridge"]
    assert {(one.protocol, one.test_share, one.cv_folds, one.seed) for one in requests} == {("song", 0.2, 5, 42)}


def test_a_wrong_value_in_the_hidden_field_of_a_model_that_is_not_chosen_does_not_matter() -> None:
    hidden = replace(FORM, typed={"values": {"ridge": {"alpha": "3,5"}, "svr": {"C": "nonsense"}}})
    assert parse_form(hidden) == parse_form(FORM)
    with pytest.raises(InvalidRequest, match="Support vector regression"):
        parse_form(replace(hidden, families=[["svr"]]))


def test_settings_go_to_their_family_and_empty_ones_nowhere() -> None:
    assert [one.params for one in parse_form(FORM)] == [{}, {"alpha": 3.5}]


@pytest.mark.parametrize(
    ("family", "name", "typed", "read"),
    [
        ("random_forest", "n_estimators", "100", 100),
        ("random_forest", "max_features", "SQRT", "sqrt"),
        ("random_forest", "max_features", "0.4", 0.4),
        ("random_forest", "max_depth", "none", None),
        ("random_forest", "bootstrap", "false", False),
        ("svr", "kernel", "rbf", "rbf"),
    ],
)
def test_what_is_typed_becomes_what_the_setting_expects(family: str, name: str, typed: str, read: Any) -> None:
    assert params(family, name, typed) == {name: read}


@pytest.mark.parametrize("typed", ["many", "1e999", "nan", "-5", "0.5", "99999999999", "1; drop"])
def test_a_setting_out_of_bounds_is_refused_in_words(typed: str) -> None:
    with pytest.raises(InvalidRequest, match="n_estimators"):
        params("random_forest", "n_estimators", typed)


def test_the_fields_of_a_family_are_drawn_with_what_was_typed_into_them_before() -> None:
    typed = {"key": "", "values": {"random_forest": {"n_estimators": "33", "max_depth": 3}}}
    drawn = fields_of({"type": Training.PARAMS_OPEN, "family": "random_forest"}, typed)
    fields = {part.id["name"]: part.value for part in drawn._traverse()
              if isinstance(getattr(part, "id", None), dict) and part.id["type"] == Training.PARAM}  # fmt: skip
    assert set(fields) == set(FAMILIES["random_forest"].allowed)
    assert {name: value for name, value in fields.items() if value not in {"", DEFAULT}} == {"n_estimators": "33"}


@pytest.mark.parametrize(
    ("opened", "typed"),
    [({"family": "rigde"}, {"values": {}}), ("ridge", {"values": {}}), ({"family": ["ridge"]}, {"values": {}}),
     ({"family": "ridge"}, {"values": 3}), ({"family": "ridge"}, None)],
)  # fmt: skip
def test_fields_of_what_is_no_model_are_not_drawn(opened: Any, typed: Any) -> None:
    with pytest.raises(InvalidRequest):
        fields_of(opened, typed)


def test_features_are_put_in_the_order_of_the_registry() -> None:
    requests = parse_form(replace(FORM, features=[["tempo", "danceability"], ["mode", "key"]]))
    assert requests[0].features == ("danceability", "tempo", "key", "mode")


def test_what_stands_behind_the_switch_is_taken_only_while_it_is_on() -> None:
    choices = replace(FORM, features=[["tempo"], ["n_playlists"]])
    assert parse_form(choices)[0].features == ("tempo",)
    asked = parse_form(replace(choices, allow_unknowable=True))[0]
    assert asked.features == ("tempo", "n_playlists")
    assert asked.allow_unknowable


def test_the_plan_warns_of_what_is_only_known_after_a_release() -> None:
    choices = replace(FORM, features=[["tempo"], ["n_playlists"]], allow_unknowable=True)
    _, warning = describe_plan(parse_form(choices), 1000)
    assert "playlists" in warning
    assert "no forecast" in warning


@pytest.mark.parametrize("chosen", FEATURE_SETS, ids=lambda each: each.key)
def test_a_ready_choice_ticks_its_features_and_nothing_else(chosen: Any) -> None:
    groups = [{"type": "any", "group": group.key} for group in feature_groups(["mood", "streams"])]
    ticked = values_of_set(chosen.key, groups)
    assert tuple(name for names in ticked for name in names) == chosen.features


@pytest.mark.parametrize("key", ["all", None, 3, ["new"]])
def test_a_ready_choice_that_is_not_there_is_refused(key: Any) -> None:
    with pytest.raises(InvalidRequest):
        values_of_set(key, [])


def test_a_family_that_looks_at_no_feature_needs_none() -> None:
    assert parse_form(replace(FORM, families=[["mean"]], features=[[], []]))[0].family == "mean"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"families": [[], None]}, "at least one model"),
        ({"features": [[]]}, "at least one feature"),
        ({"families": [["rigde"]]}, "Did you mean 'ridge'"),
        ({"families": "ridge"}, "list of lists"),
        ({"families": [[1]]}, "list of names"),
        ({"families": [["ridge"] * 999]}, "short list"),
        ({"features": [["energy", "vibe"]]}, "Unknown feature 'vibe'"),
        ({"features": [["energy", "energy"]]}, "named twice"),
        ({"protocol": "row"}, "Unknown protocol"),
        ({"protocol": None}, "protocol"),
        ({"test_percent": None}, "5 to 50"),
        ({"test_percent": 99}, "5 to 50"),
        ({"test_percent": True}, "5 to 50"),
        ({"cv_folds": 1}, "2 to 20"),
        ({"cv_folds": 2.5}, "whole number"),
        ({"cv_folds": 10**400}, "whole number"),
        ({"seed": -1}, "seed"),
        ({"seed": "forty"}, "seed is a whole number from 0 to 4,294,967,295, got 'forty'"),
        ({"test_percent": "60"}, "from 5 to 50 per cent, got 60"),
        ({"test_percent": " "}, "got nothing"),
        ({"cv_folds": "5e0"}, "got '5e0'"),
        ({"defaults": "best"}, "defaults"),
        ({"typed": None}, "do not fit"),
        ({"typed": [1]}, "do not fit"),
        ({"typed": {"values": {"ridge": [1]}}}, "do not fit"),
        ({"typed": {"values": {"svr": {"n_jobs": 1}}}}, "no such setting"),
        ({"typed": {"values": {"rigde": {"alpha": 1}}}}, "no such setting"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        parse_form(replace(FORM, **change))


def test_the_plan_counts_models_rows_and_fits() -> None:
    lines, warning = describe_plan(parse_form(FORM), 28356)
    said = " ".join(lines)
    for part in ("the ten audio features", "20% of the 28,356 tracks", "5-fold", "12 fits", "genre mean"):
        assert part in said
    assert warning == ""


def test_the_plan_warns_of_the_leaky_protocol() -> None:
    lines, warning = describe_plan(parse_form(replace(FORM, protocol="rows")), 28356)
    assert "raw rows" in lines[1]
    assert "better than it is" in warning


def part(page: Any, name: str) -> Any:
    return next(one for one in page._traverse() if getattr(one, "id", None) == name)


def shown(*runs: Any, newest: int = 50, limits: Limits | None = None) -> Any:
    """The page as it comes, before any callback; so many of the runs are among the newest ones."""
    facts = SimpleNamespace(tracks=28356, sha256="ab" * 32)
    store = SimpleNamespace(facts=facts, table=None, extras=())
    services = SimpleNamespace(
        runs=SimpleNamespace(
            list=lambda owner, limit: list(runs[:newest]),
            active=lambda owner: [run for run in runs if run.is_active],
            events=lambda run_id, owner, after: (after, []),
            context=SimpleNamespace(limits=limits or Limits()),
        ),
        tracks_for=lambda owner: store,
    )
    return training.page(services, "me")


def test_the_page_comes_with_its_plan_its_button_and_the_leaderboard() -> None:
    page = shown(make_run())
    assert "28,356 tracks" in str(part(page, Training.PLAN))
    assert "Train 3 models" in str(part(page, Training.SUBMIT).children)
    assert not part(page, Training.SUBMIT).disabled
    assert "Ridge regression" in str(part(page, Training.BOARD))
    assert part(page, Training.ACTIVE).data == 0


def test_the_page_of_someone_with_a_job_in_progress_says_why_the_button_waits() -> None:
    page = shown(make_run(RunState.RUNNING))
    assert part(page, Training.SUBMIT).disabled
    assert "in progress" in part(page, Training.REASON).children
    assert "Ridge regression" in str(part(page, Training.LIVE))


def test_a_run_in_progress_is_shown_however_many_newer_runs_there_are() -> None:
    page = shown(make_run(), make_run(), make_run(RunState.RUNNING, family="svr"), newest=2)
    assert "Support vector" in str(part(page, Training.LIVE))
    assert part(page, Training.ACTIVE).data == 1


def test_where_two_jobs_are_allowed_the_button_waits_for_the_second() -> None:
    two = Limits(jobs_per_user=2)
    jobs = [make_run(RunState.RUNNING, job_id=number * 36) for number in ("a", "a", "b")]
    page = shown(*jobs[:2], limits=two)
    assert not part(page, Training.SUBMIT).disabled
    assert not part(page, Training.TRAIN_ALL).disabled
    page = shown(*jobs, limits=two)
    assert part(page, Training.SUBMIT).disabled
    assert part(page, Training.TRAIN_ALL).disabled
    assert "2 jobs in progress, the most that one person may have" in part(page, Training.REASON).children


def test_remembered_settings_that_no_longer_exist_are_named_in_the_plan() -> None:
    assert dropped_in_words({"values": {}, "dropped": ["shrinkage of ridge"]}) == [
        "Left out, as this version of the page has no such setting: shrinkage of ridge."
    ]
    assert dropped_in_words({"values": {}}) == dropped_in_words(None) == dropped_in_words({"dropped": 3}) == []


def test_what_the_browser_remembers_of_a_choice_belongs_to_what_can_be_chosen() -> None:
    form = TrainingForm()
    assert form.kept_among(["a", "b"]) != form.kept_among(["a", "c"])
    assert form.kept_among(["a"]) != replace(form, run_id="x").kept_among(["a"])


def test_the_first_form_is_read_like_one_that_a_browser_sends() -> None:
    form = TrainingForm(families=("ridge",), params={("ridge", "alpha"): 3.5}, cv_folds=0)
    (request,) = parse_form(form_choices(form))
    assert (request.family, request.params, request.cv_folds) == ("ridge", {"alpha": 3.5}, 0)
    assert [one.family for one in parse_form(form_choices(TrainingForm()))] == list(DEFAULT_FAMILIES)


def test_runs_are_drawn_anew_when_their_age_is_said_in_other_words() -> None:
    now = datetime.now(UTC)
    new, same, older = (
        [make_run(id="a" * 36, created_at=moment, finished_at=moment)]
        for moment in (now, now - timedelta(seconds=5), now - timedelta(minutes=4))
    )
    assert digest_of(new) == digest_of(same) != digest_of(older)


def graphs(page: Any) -> int:
    return sum(type(one).__name__ == "Graph" for one in page._traverse())


def test_charts_are_drawn_only_while_there_is_a_run_to_follow() -> None:
    assert graphs(shown(make_run())) == 0
    assert graphs(shown(make_run(RunState.RUNNING))) == len(run_search.CHARTS)
