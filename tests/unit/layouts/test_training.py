"""The training form and the leaderboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.families import FAMILIES
from core.families.model import ModelFamily
from core.runs.model import RunState
from core.search_space import Choice
from layouts import training
from layouts.ids import Training
from layouts.training import families
from layouts.training.board import can_be_combined
from layouts.training.settings import bounds, family_settings, rules
from tests.fakes.finished import SAMPLE, make_run, metrics
from tests.unit.layouts.test_views import parts

Words = Callable[[Any], str]


def test_every_setting_shows_its_bounds_its_unit_and_its_default() -> None:
    forest = FAMILIES["random_forest"]
    view = family_settings(forest, {}, True)
    trees = next(one for one in parts(view, Training.PARAM) if one.id["name"] == "n_estimators")
    assert trees.placeholder == str(forest.recommended["n_estimators"])
    assert bounds(forest.allowed["n_estimators"]).startswith("1 to 2,000")


def test_advanced_settings_are_folded_away_until_one_is_given(words: Words) -> None:
    family = next(one for one in FAMILIES.values() if any(param.advanced for param in one.params))
    param = next(param for param in family.params if param.advanced)
    folded = family_settings(family, {}, True)
    given = family_settings(family, {param.name: 1}, True)
    states = [[one.open for one in view._traverse() if getattr(one, "className", "") == "advanced-settings"]
              for view in (folded, given)]  # fmt: skip
    assert states == [[False], [True]]


@pytest.mark.parametrize("family", [each for each in FAMILIES.values() if each.params], ids=lambda each: each.key)
def test_every_setting_of_a_family_has_a_field_and_they_can_be_reset(family: ModelFamily) -> None:
    view = family_settings(family, {}, True)
    fields = [(one.id["family"], one.id["name"]) for one in parts(view, Training.PARAM)]
    assert sorted(fields) == sorted((family.key, param.name) for param in family.params)
    assert [one.id["family"] for one in parts(view, Training.RESET)] == [family.key]


def test_fields_wait_until_their_family_is_opened_but_for_those_that_a_run_filled() -> None:
    assert parts(training.layout(training.TrainingForm(), "key"), Training.PARAM) == []
    filled = training.TrainingForm(families=("ridge", "svr"), params={("ridge", "alpha"): 3.5})
    view = training.layout(filled, "key")
    assert {one.id["family"] for one in parts(view, Training.PARAM)} == {"ridge"}
    assert [one.value for one in parts(view, Training.PARAM) if one.id["name"] == "alpha"] == ["3.5"]
    (typed,) = [one for one in view._traverse() if getattr(one, "id", None) == Training.TYPED]
    assert typed.data["values"] == {"ridge": {"alpha": "3.5"}}


def test_the_browser_checks_by_the_bounds_of_the_server() -> None:
    for key, known in rules().items():
        for name, rule in known.items():
            param = FAMILIES[key].allowed[name]
            if not isinstance(param, Choice):
                assert (rule["low"], rule["high"]) == (param.low, param.high)


def test_a_family_that_misses_a_library_cannot_be_chosen_and_says_what_adds_it(
    monkeypatch: pytest.MonkeyPatch, words: Words
) -> None:
    lacking = replace(FAMILIES["ridge"], requires=("no_such_library",))
    monkeypatch.setattr(families, "FAMILIES", {**FAMILIES, "ridge": lacking})
    form = training.TrainingForm(families=("ridge",))
    (linear,) = [one for view in families.family_choice(form) for one in parts(view, Training.FAMILIES)
                 if one.id["group"] == "Linear"]  # fmt: skip
    option = next(option for option in linear.options if option["value"] == "ridge")
    assert option["disabled"]
    assert "pip install" in words(option["label"])
    assert "ridge" not in linear.value
    assert "ridge" not in families.all_models()


def test_train_all_is_every_model_but_baselines_and_combined_ones() -> None:
    chosen = families.all_models()
    assert {"ridge", "random_forest", "svr"} <= set(chosen)
    assert not {"mean", "genre_mean", "stack"} & set(chosen)
    assert [key for group in families.all_models_by_group() for key in group] == chosen


def test_a_search_is_off_at_first_and_its_fields_are_hidden() -> None:
    view = training.layout(training.TrainingForm(), "key")
    fields = next(one for one in view._traverse() if getattr(one, "id", None) == Training.TUNE_FIELDS)
    assert fields.hidden


def test_the_leaderboard_has_comparable_finished_runs_only_best_first() -> None:
    best, other = make_run(metrics=metrics(r2=0.2)), make_run(metrics=metrics(r2=0.1))
    strangers = [make_run(protocol="artist"), make_run(data=SAMPLE), make_run(seed=1), make_run(RunState.FAILED)]
    assert training.compared([other, *strangers, best]) == [best, other]


def test_the_leaderboard_stays_while_a_run_with_another_split_goes_on_and_turns_to_it_at_its_end() -> None:
    old, new = make_run(), make_run(protocol="artist")
    assert training.compared([make_run(RunState.RUNNING, protocol="artist"), old]) == [old]
    assert training.compared([new, old]) == [new]


def test_a_score_stands_with_its_interval_its_protocol_and_the_yardstick(words: Words) -> None:
    said = words(training.leaderboard([make_run(data=SAMPLE)]))
    for part in ("0.08", "0.06 to 0.10", "New songs", "synthetic sample", "knowing only the genre gives R² 0.03"):
        assert part in said
    assert "inflated" in words(training.leaderboard([make_run(protocol="rows")]))


def test_runs_can_be_combined_where_there_are_two_that_were_cross_validated(words: Words) -> None:
    two = training.leaderboard([make_run(), make_run()], can_combine=True)
    one = training.leaderboard([make_run(), make_run(cv_folds=0)], can_combine=True)
    assert len(parts(two, Training.MEMBER)) == 2
    assert parts(one, Training.MEMBER) == []
    assert not can_be_combined(make_run(family="stack", members=("a" * 36, "b" * 36)))


def test_without_a_finished_run_there_is_no_leaderboard() -> None:
    assert training.leaderboard([]) is None
    assert training.compared([make_run(RunState.QUEUED, data={})]) == []


def in_progress(jobs: str) -> list[Any]:
    """A run that is being made and four that wait, of the jobs named by a letter each."""
    families = ("ridge", "knn", "svr", "lasso", "linear")
    states = (RunState.RUNNING, *[RunState.QUEUED] * 4)
    return [
        make_run(state, family=key, job_id=job * 36) for state, key, job in zip(states, families, jobs, strict=True)
    ]


def test_many_waiting_models_are_one_line_and_can_be_cancelled_together(words: Words) -> None:
    view = training.live(in_progress("aaaaa"))
    assert "Next: Nearest neighbours, Support vector regression, Lasso regression and 1 more" in words(view)
    assert "Cancel all 5" in words(view)
    assert [one.id["job"] for one in parts(view, Training.CANCEL_ALL)] == ["a" * 36]
    assert len(parts(view, Training.CANCEL)) == 5


def test_each_of_several_jobs_can_be_cancelled(words: Words) -> None:
    view = training.live(in_progress("aaabb"))
    assert [one.id["job"] for one in parts(view, Training.CANCEL_ALL)] == ["a" * 36, "b" * 36]
    assert "Cancel job 1 (3)" in words(view)
    assert "Cancel job 2 (2)" in words(view)


def test_a_run_that_failed_gives_its_reason_among_the_recent_ones(words: Words) -> None:
    assert "The target is constant." in words(
        training.recent([make_run(RunState.FAILED, reason="The target is constant.")])
    )
