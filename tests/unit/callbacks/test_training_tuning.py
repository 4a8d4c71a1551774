"""The search, intervals, estimates, resets and combining: from what a browser sends to requests and words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import dash_bootstrap_components as dbc
import pytest

from callbacks.training.combine import stack_of
from callbacks.training.estimates import Pace, fits_of, paces_of, time_in_words
from callbacks.training.first import first_form, form_choices, within_server
from callbacks.training.form import parse_form
from callbacks.training.live import digest_of, state_in_words
from callbacks.training.plan import describe_plan
from callbacks.training.settings import empty_value
from core.errors import InvalidRequest, NotFound
from core.runs.model import Run, RunState
from layouts.training import TrainingForm, TuningForm
from layouts.training.settings import DEFAULT
from layouts.training.tuning import tuning_choice
from layouts.training.validation import validation_choice
from tests.fakes.finished import NOON, make_run, metrics

TUNED = TrainingForm(families=("ridge",), tuning=TuningForm(is_on=True, tries=4, folds=3, minutes=1.5, n_jobs=2))
FORM = form_choices(TUNED)


def test_the_search_becomes_part_of_the_request() -> None:
    (request,) = parse_form(FORM)
    assert request.tuning is not None
    found = request.tuning
    assert (found.method, found.iterations, found.folds, found.scoring) == ("random", 4, 3, "rmse")
    assert (found.seconds, found.n_jobs) == (90, 2)


def test_a_search_that_is_switched_off_asks_for_nothing() -> None:
    assert parse_form(replace(FORM, tune=False, tune_tries=None))[0].tuning is None


def test_a_family_without_anything_to_search_is_trained_as_it_is() -> None:
    requests = parse_form(replace(FORM, families=[["linear", "ridge"]]))
    assert [one.tuning is None for one in requests] == [True, False]
    assert "Linear regression: nothing to search" in " ".join(describe_plan(requests, 28356)[0])


def test_a_family_whose_settings_are_all_given_is_trained_with_them() -> None:
    given = {"typed": {"values": {"ridge": {"alpha": "3"}}}}
    assert parse_form(replace(FORM, **given))[0].tuning is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tune": "yes"}, "on or off"),
        ({"tune_tries": 1}, "2 to 200"),
        ({"tune_tries": None}, "number of tries"),
        ({"tune_folds": 11}, "2 to 10"),
        ({"tune_minutes": 0.1}, "0.5 to 1,440"),
        ({"tune_minutes": "soon"}, "0.5 to 1,440"),
        ({"tune_minutes": "0.05"}, "0.5 to 1,440 minutes or empty, got 0.05"),
        ({"tune_minutes": "100000"}, "0.5 to 1,440 minutes or empty, got 100000"),
        ({"tune_tries": "500"}, "from 2 to 200, got 500"),
        ({"tune_jobs": 0}, "1 to 64"),
        ({"tune_scoring": "accuracy"}, "Unknown metric"),
        ({"tune_method": "grid"}, "method"),
        ({"interval": "wide"}, "interval"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        parse_form(replace(FORM, **change))


def test_numbers_are_read_as_they_are_typed() -> None:
    typed = {"tune_minutes": "1,5", "tune_tries": " 4 ", "tune_jobs": "2", "test_percent": "12.5", "seed": "7"}
    (request,) = parse_form(replace(FORM, **typed), jobs=2)
    assert request.tuning is not None
    assert (request.tuning.seconds, request.tuning.iterations, request.tuning.n_jobs) == (90, 4, 2)
    assert (request.test_share, request.seed) == (0.125, 7)
    (request,) = parse_form(replace(FORM, tune_minutes=""))
    assert request.tuning is not None
    assert request.tuning.seconds is None


def test_the_form_and_its_refusal_name_the_same_bounds() -> None:
    with pytest.raises(InvalidRequest, match="from 1 to 2, got 16"):
        parse_form(replace(FORM, tune_jobs="16"), jobs=2)
    with pytest.raises(InvalidRequest, match="is 1 on this server, got 16"):
        parse_form(replace(FORM, tune_jobs="16"), jobs=1)
    assert within_server(TUNED, 1).tuning.n_jobs == 1


def test_no_number_field_swallows_what_does_not_fit() -> None:
    fields = [
        part
        for drawn in (*tuning_choice(TUNED, 2, 2160), *validation_choice(TUNED))
        for part in drawn._traverse()
        if isinstance(part, dbc.Input)
    ]
    assert len(fields) == 7
    assert {field.type for field in fields} == {"text"}
    assert {field.inputmode for field in fields} == {"numeric", "decimal"}


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1.5, "for 1 min 30 s at most;"),
        (None, "for 36 min at most (a run may take 1 h on this server, and its search 60% of that);"),
        (50, "for 36 min at most (a run may take 1 h on this server, and its search 60% of that);"),
    ],
)
def test_the_plan_tells_how_long_a_search_may_take(minutes: float | None, words: str) -> None:
    lines, _ = describe_plan(parse_form(replace(FORM, tune_minutes=minutes)), 28356, 3600)
    assert words in " ".join(lines)
    assert "At most" in " ".join(lines)


def test_quantiles_are_asked_only_of_families_that_have_them() -> None:
    requests = parse_form(
        replace(FORM, tune=False, families=[["ridge", "hist_gradient_boosting"]], interval="quantile")
    )
    assert [one.interval for one in requests] == ["split", "quantile"]
    assert "Ridge regression cannot learn quantiles" in " ".join(describe_plan(requests, 28356)[0])


def test_the_plan_counts_the_fits_of_a_search() -> None:
    (request,) = parse_form(replace(FORM, cv_folds=2, tune_minutes=None))
    assert fits_of(request, 28356) == ((4 + 1) * 3 + 2 + 1, False)
    assert fits_of(parse_form(FORM)[0], 28356)[1], "with a time limit the count is only the most"


def test_times_are_judged_by_runs_on_the_same_table_only() -> None:
    runs = [make_run(timings={"fit_seconds": each}, started_at=None) for each in (1.0, 9.0, 2.0)]
    runs += [make_run(timings={"fit_seconds": 99.0}, data={"sha256": "other"}), make_run(RunState.FAILED)]
    assert paces_of(runs, "ab" * 32, 28356) == {"ridge": Pace(2.0)}


def test_what_a_run_takes_beside_its_fits_counts_once() -> None:
    lasted = {"started_at": NOON, "finished_at": NOON + timedelta(seconds=20)}
    run = make_run(timings={"fit_seconds": 3.0}, **lasted)
    fits, _ = fits_of(run.request, 28356)
    assert paces_of([run], "ab" * 32, 28356) == {"ridge": Pace(3.0, 20.0 - 3.0 * fits)}
    (request,) = parse_form(replace(FORM, tune=False, families=[["ridge"]], cv_folds=0))
    assert time_in_words([request], 28356, {"ridge": Pace(3.0, 6.0)}, 1).startswith("Roughly 9 s")
    quick = make_run(timings={"fit_seconds": 99.0}, **lasted)
    assert paces_of([quick], "ab" * 32, 28356) == {"ridge": Pace(99.0)}, "never less than nothing"


def test_an_estimate_names_what_it_does_not_know() -> None:
    requests = parse_form(replace(FORM, tune=False, families=[["ridge", "knn"]]))
    assert "not known yet" in time_in_words(requests, 28356, {}, 1)
    said = time_in_words(requests, 28356, {"ridge": Pace(10.0)}, 1)
    assert said.startswith("Ridge regression about 1 min")
    assert said.endswith("not known yet for Nearest neighbours.")
    assert time_in_words(requests, 28356, {"ridge": Pace(0.01)}, 1).startswith("Ridge regression under 1 s, ")
    assert "Roughly" not in said, "no time for all where one of them is not known"


def test_an_estimate_warns_of_slow_models_that_it_knows_nothing_of() -> None:
    slow = ["random_forest", "extra_trees", "hist_gradient_boosting"]
    requests = parse_form(replace(FORM, tune=False, families=[["ridge", *slow]]))
    said = time_in_words(requests, 28356, {"ridge": Pace(10.0)}, 1)
    assert said.endswith("Random forest and Extra trees often take a minute or more each.")
    assert "minute or more" not in time_in_words(requests, 1_000, {"ridge": Pace(10.0)}, 1)
    one = time_in_words(requests[:2], 28356, {}, 1)
    assert one.endswith(
        "none of these models has been trained on this table. Random forest often takes a minute or more."
    )
    assert "minute or more" not in time_in_words(requests, 28356, dict.fromkeys(["ridge", *slow], Pace(1.0)), 1)


def test_an_estimate_never_exceeds_the_time_limit_of_the_search() -> None:
    (request,) = parse_form(replace(FORM, cv_folds=0, tune_tries=200))
    assert time_in_words([request], 28356, {"ridge": Pace(10.0)}, 1).startswith("Roughly 2 min")


class OneRun:
    """Services that know one run."""

    def __init__(self, run: Run) -> None:
        self.run, self.runs, self.extras = run, self, ()

    def get(self, run_id: str, owner: str) -> Run:
        if run_id != self.run.id:
            raise NotFound("There is no such run.")
        return self.run

    def tracks_for(self, owner: str) -> OneRun:
        return self


def test_train_again_brings_the_search_back_or_what_it_found() -> None:
    found = {"best_params": {"alpha": 7.5}}
    run = make_run(tuning={"iterations": 9, "seconds": 60}, metrics={**metrics(), "search": found})
    again = first_form(OneRun(run), "me", f"?from={run.id}")
    assert (again.tuning, again.params) == (TuningForm(True, tries=9, minutes=1.0), {})
    best = first_form(OneRun(run), "me", f"?from={run.id}&settings=best")
    assert (best.tuning.is_on, best.params) == (False, {("ridge", "alpha"): 7.5})
    assert "the settings that the search found" in best.origin


def test_a_reset_gives_each_field_what_it_holds_while_it_keeps_the_default() -> None:
    fields = [{"family": "svr", "name": "kernel"}, {"family": "svr", "name": "C"}]
    assert [empty_value(field) for field in fields] == [DEFAULT, ""]
    with pytest.raises(InvalidRequest, match="no such setting"):
        empty_value({"family": "svr", "name": "n_jobs"})


def test_ticked_runs_become_a_stack() -> None:
    boxes = [{"type": "x", "run": name} for name in ("a" * 36, "b" * 36, "c" * 36)]
    request = stack_of([True, None, True], boxes)
    assert (request.family, request.members) == ("stack", ("a" * 36, "c" * 36))


@pytest.mark.parametrize(("ticks", "boxes", "words"), [
    ([True], [{"run": "a"}], "two or more"),
    ([True, True], [{"run": "a"}], "do not fit"),
    ([True, True], [{"run": "a"}, {"run": 7}], "do not fit"),
    ([True, "yes"], [{"run": "a"}, {"run": "b"}], "two or more"),
])  # fmt: skip
def test_ticks_that_make_no_stack_are_refused_in_words(ticks: Any, boxes: Any, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        stack_of(ticks, boxes)


def test_what_is_read_aloud_stays_the_same_while_only_progress_moves() -> None:
    runs = [make_run(RunState.RUNNING, progress={"done": done}) for done in (1, 2)]
    assert state_in_words(runs[:1], runs[:1]) == state_in_words(runs[1:], runs[1:]) == "Ridge regression is training."
    assert state_in_words([], [make_run(finished_at=NOON)]) == "Ridge regression: finished."


def test_progress_changes_the_mark_of_what_runs_and_not_of_what_has_ended() -> None:
    ended = make_run()
    before, after = (
        digest_of([make_run(RunState.RUNNING, id="r" * 36, progress={"done": done}), ended]) for done in (1, 2)
    )
    assert before[0] != after[0]
    assert before[1] == after[1]
