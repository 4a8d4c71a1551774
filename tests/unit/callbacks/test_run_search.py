from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from dash import Patch, no_update

from callbacks import run_search
from core.errors import NotFound
from core.runs.model import Run, RunState
from layouts.ids import Search
from layouts.run_search import CHARTS
from tests.fakes.events import candidate, curve, fold, search
from tests.fakes.finished import make_run, metrics

TUNING = {"method": "random", "iterations": 7, "folds": 3}
PER_CHART = 6


class Telling:
    """Runs that know one run and what it tells, each event under a number of its own."""

    def __init__(self, run: Run, *events: dict[str, Any]) -> None:
        self.run, self.told, self.runs = run, list(events), self
        self.asked: list[int] = []

    def get(self, run_id: str, owner: str) -> Run:
        if (run_id, owner) != (self.run.id, "me"):
            raise NotFound("There is no such run.")
        return self.run

    def events(self, run_id: str, owner: str, after: int) -> tuple[int, list[dict[str, Any]]]:
        self.get(run_id, owner)
        self.asked.append(after)
        return max(after, len(self.told)), self.told[after:]


@pytest.fixture
def run() -> Run:
    return make_run(RunState.RUNNING, family="hist_gradient_boosting", tuning=TUNING)


def chart(answer: tuple[Any, ...], part: Search) -> tuple[Any, ...]:
    """Hidden, figure, reading, alternative, n and table of one chart."""
    start = 6 + PER_CHART * CHARTS.index(part)
    return answer[start : start + PER_CHART]


def test_a_page_that_knows_everything_is_left_alone(run: Run) -> None:
    services = Telling(run, *search())
    seen = run_search.news(services, "me", run.id, None, "light")[1]
    answer = run_search.news(services, "me", run.id, seen, "light")
    assert all(one is no_update for one in answer)


def test_the_end_is_told_even_when_nothing_else_is_new(run: Run) -> None:
    services = Telling(run, candidate(1, 22.0), fold(1))
    seen = run_search.news(services, "me", run.id, None, "light")[1]
    services.run = dataclasses.replace(run, state=RunState.CANCELLED)
    ticks, _, _, head, said, folds, *_ = run_search.news(services, "me", run.id, seen, "light")
    assert (ticks, said) == (run_search.STOP, "The search has ended.")
    assert head == "1 candidates tried, best RMSE 22.00"
    assert "to go" not in str(folds)


@pytest.mark.parametrize("part", [Search.BEST, Search.SECONDS, Search.PARALLEL])
@pytest.mark.parametrize("end", [RunState.FINISHED, RunState.FAILED, RunState.CANCELLED])
def test_the_numbers_of_every_search_chart_are_whole_at_the_end(run: Run, part: Search, end: RunState) -> None:
    many = run_search.LIVE_ROWS + 3
    services = Telling(run, *(candidate(number, 22.0 + number) for number in range(1, many + 1)))
    first = run_search.news(services, "me", run.id, None, "light")
    services.run = dataclasses.replace(run, state=end)
    last = run_search.news(services, "me", run.id, first[1], "light")
    rows = [str(chart(answer, part)[-1]).count("Tr(") - 1 for answer in (first, last)]
    assert rows == [run_search.LIVE_ROWS, many]


def test_what_comes_while_a_page_is_drawn_is_drawn_the_next_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    services = Telling(run, candidate(1, 22.0))
    draw = run_search.headline

    def with_another_tab(*given: Any) -> str:
        services.told.append(candidate(len(services.told) + 1, 21.0))
        run_search._logs.read(services, run.id, "me")
        return draw(*given)

    monkeypatch.setattr(run_search, "headline", with_another_tab)
    assert run_search.news(services, "me", run.id, None, "light")[1]["seq"] == 1


def test_only_what_is_new_is_asked_of_the_registry(run: Run) -> None:
    services = Telling(run, candidate(1, 22.0))
    run_search.news(services, "me", run.id, None, "light")
    services.told.append(candidate(2, 21.0))
    run_search.news(services, "me", run.id, None, "light")
    assert services.asked == [0, 1]


def test_a_new_candidate_changes_its_charts_and_no_other(run: Run) -> None:
    services = Telling(run, candidate(1, 22.0), curve())
    seen = run_search.news(services, "me", run.id, None, "light")[1]
    services.told.append(candidate(2, 21.0))
    answer = run_search.news(services, "me", run.id, seen, "light")
    hidden, figure, reading, *_ = chart(answer, Search.BEST)
    assert (hidden, isinstance(figure, Patch)) == (False, True)
    assert "Candidate 2 is the best" in reading
    assert all(one is no_update for one in chart(answer, Search.CURVE))


def test_two_tabs_of_which_one_is_behind_both_see_everything(run: Run) -> None:
    services = Telling(run, candidate(1, 22.0))
    behind = run_search.news(services, "me", run.id, None, "light")[1]
    services.told.append(candidate(2, 21.0))
    ahead = run_search.news(services, "me", run.id, behind, "light")
    late = run_search.news(services, "me", run.id, behind, "light")
    assert chart(late, Search.BEST)[2] == chart(ahead, Search.BEST)[2]
    assert late[1] == ahead[1]


def test_a_page_that_changed_its_theme_gets_the_colours_with_the_next_change(run: Run) -> None:
    services = Telling(run, candidate(1, 22.0))
    seen = run_search.news(services, "me", run.id, None, "light")[1]
    services.told.append(candidate(2, 21.0))

    def changes(theme: str) -> str:
        return str(chart(run_search.news(services, "me", run.id, seen, theme), Search.BEST)[1].to_plotly_json())

    assert "'template'" in changes("dark")
    assert "'template'" not in changes("light")


def test_another_run_draws_everything_anew(run: Run) -> None:
    services = Telling(run, candidate(1, 22.0))
    answer = run_search.news(services, "me", run.id, {"run": "another", "seq": 99, "theme": "light"}, "light")
    assert not isinstance(chart(answer, Search.BEST)[1], Patch)
    assert chart(answer, Search.CURVE)[0] is True


def test_when_there_is_no_run_any_more_the_panel_hides(run: Run) -> None:
    assert run_search.news(Telling(run), "me", None, {"run": run.id, "seq": 3}, "light")[2] is True
    assert run_search.news(Telling(run), "someone else", run.id, {"run": run.id, "seq": 3}, "light")[2] is True


def test_what_a_run_tells_is_for_its_owner_even_when_it_is_kept(run: Run) -> None:
    services = Telling(run, *search())
    run_search.news(services, "me", run.id, None, "light")
    with pytest.raises(NotFound):
        run_search.panel(services, "run", run, "someone else", "light")


@pytest.mark.parametrize("seen", [None, 3, [], {"run": 7}, {"run": "x", "seq": "many"}, {"seq": True}])
def test_a_mark_that_makes_no_sense_counts_as_none(seen: Any, run: Run) -> None:
    answer = run_search.news(Telling(run, candidate(1, 22.0)), "me", run.id, seen, "light")
    assert answer[1]["run"] == run.id


def test_the_headline_counts_candidates_and_names_the_best(run: Run) -> None:
    assert run_search.headline(run, search()) == "5 of 8 candidates tried, best RMSE 22.10"
    assert run_search.headline(make_run(RunState.RUNNING), []) == ""


def test_what_is_read_aloud_changes_at_each_quarter_only(run: Run) -> None:
    said = [run_search.milestone(run, [candidate(n, 22.0) for n in range(1, ended + 1)]) for ended in range(1, 9)]
    assert len(set(said)) == 5
    assert said[-1] == "100% of the search is done."


def test_folds_appear_one_by_one_with_those_to_go(run: Run) -> None:
    services = Telling(run, fold(1), fold(2, 23.0))
    folds = str(run_search.news(services, "me", run.id, None, "light")[5])
    for part in ("Fold 1", "Fold 2", "RMSE 23.0", "3 folds to go"):
        assert part in folds


def test_a_finished_search_has_its_result_and_every_candidate() -> None:
    found = {"method": "random", "scoring": "rmse", "tried": 6, "folds": 3, "best_params": {"learning_rate": 0.03}}
    run = make_run(family="hist_gradient_boosting", tuning=TUNING, metrics={**metrics(), "search": found})
    result, candidates = run_search.result(Telling(run, *search()), run, "me")
    assert "0.03" in str(result)
    assert "All 6 candidates" in str(candidates)


def test_a_run_without_a_search_has_no_result_of_one() -> None:
    run = make_run()
    assert run_search.result(Telling(run), run, "me") == (None, None)


def test_what_has_ended_is_asked_for_once_more_and_then_no_more() -> None:
    run = make_run(family="hist_gradient_boosting", tuning=TUNING)
    answer = run_search.news(Telling(run, candidate(1, 22.0)), "me", run.id, None, "light")
    assert answer[0] == run_search.STOP
    assert "Candidate 1 is the best" in chart(answer, Search.BEST)[2]
    assert run_search.news(Telling(run), "me", None, None, "light")[0] == run_search.STOP


def test_a_kind_that_another_tab_learns_of_meanwhile_breaks_no_answer() -> None:
    log = run_search.Log(changed={"fold": 3, "curve": 1})

    class Asked(int):
        def __lt__(self, last: int) -> bool:
            log.changed["candidate"] = 4
            return int(self) < last

    assert log.kinds_since(Asked(2)) == {"fold"}
