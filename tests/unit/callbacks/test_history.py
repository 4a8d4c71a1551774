"""The address of the history, and its exports."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import pytest
from dash import no_update

from callbacks import compare, history
from callbacks.history import address
from core.errors import InvalidRequest
from core.runs.history import Asked, Choices, HistoryPage
from core.runs.model import Run, RunState
from layouts import history as view
from layouts.ids import History
from tests.fakes.finished import make_run


def test_what_is_asked_survives_its_address() -> None:
    asked = Asked(text="a&b=c %", family="ridge", starred=True, sort="rmse", ascending=True, offset=60, limit=30)
    assert address.read_query(address.write_query(asked)) == asked
    assert address.write_query(Asked(limit=30)) == ""


@pytest.mark.parametrize("query", ["?page=-1", "?page=x", "?sort=nonsense", "?state=happy", "?text=" + "x" * 300])
def test_an_address_that_makes_no_sense_is_refused(query: str) -> None:
    with pytest.raises(InvalidRequest):
        address.read_query(query)


def test_exports_hold_every_run_and_run_nothing_in_a_spreadsheet() -> None:
    runs = [make_run(name="=1+1", tags=("a", "b")), make_run(family="knn")]
    rows = list(csv.DictReader(io.StringIO(history.make_file(runs, "csv")["content"])))
    assert [row["family"] for row in rows] == ["ridge", "knn"]
    assert rows[0]["name"] == "'=1+1"
    assert float(rows[0]["test_rmse"]) == 22.49
    found = json.loads(history.make_file(runs, "json")["content"])
    assert (found[0]["name"], found[0]["tags"]) == ("=1+1", ["a", "b"])
    with pytest.raises(InvalidRequest):
        history.make_file(runs, "exe")


def test_an_address_names_each_run_once() -> None:
    assert compare.read_ids("?runs=a,b,a&runs=c") == ["a", "b", "c"]
    assert compare.read_ids("") == []


NAMES = [*view.FILTER_LABELS, "sort"]
PAGE = address.PAGE_ROWS
TURN = {"type": History.TURN, "page": 2}


def controls_of(asked: Asked) -> dict[str, object]:
    given = view.values(asked)
    order = "up" if asked.ascending else "down"
    return {
        "values": [given[name] for name in NAMES],
        "text": asked.text,
        "starred": asked.starred,
        "order": order,
    }


@pytest.mark.parametrize(
    "query", ["", "?text=two+words&starred=1", "?family=ridge&sort=rmse&ascending=1", "?tag=a%26b"]
)
def test_controls_set_by_an_address_ask_for_the_same_so_that_nothing_goes_round(query: str) -> None:
    asked = address.told(query)
    assert address.write_query(asked) == query
    assert address.by_hand(NAMES, controls_of(asked)) == asked
    left_alone = address.unless_same(asked, NAMES, controls_of(asked))
    assert {*left_alone.pop("values"), *left_alone.values()} == {no_update}


def test_going_back_sets_only_the_controls_that_stand_elsewhere() -> None:
    now = controls_of(Asked(family="ridge", text="x", limit=PAGE))
    wanted = address.unless_same(Asked(family="knn", limit=PAGE), NAMES, now)
    assert [value for value in wanted["values"] if value is not no_update] == ["knn"]
    assert (wanted["text"], wanted["starred"]) == ("", no_update)


def test_a_page_is_kept_until_another_one_or_something_else_is_asked_for() -> None:
    shown = Asked(family="ridge", offset=PAGE, limit=PAGE)
    same = Asked(family="ridge", limit=PAGE)
    assert address.next_asked(same, shown) == shown
    assert address.next_asked(same, shown, TURN).offset == 2 * PAGE
    assert address.next_asked(Asked(family="knn", limit=PAGE), shown).offset == 0


def test_ticks_stay_while_pages_turn_until_they_are_taken_away_or_the_run_is_deleted() -> None:
    assert history.next_picked(["a"], {"b": True, "c": False}, "") == ["a", "b"]
    assert history.next_picked(["a", "b"], {"b": False}, "") == ["a"]
    assert history.next_picked(["a", "b"], {"b": True}, "deleted b") == ["a"]
    run = make_run()
    drawn = str(view.runs_table(HistoryPage([run], 1), Asked(), picked=[run.id]))
    assert "value=True" in drawn
    assert "value=True" not in str(view.runs_table(HistoryPage([run], 1), Asked()))


def test_a_list_is_not_drawn_anew_while_somebody_types_into_it() -> None:
    run = make_run(name="Mine", tags=("a", "b"))

    def fields(name: str | None) -> list[list[dict[str, object]]]:
        return [[{"id": {"run": run.id}, "value": value}] for value in (name, "a, b", "")]

    assert not history.is_being_typed([run], *fields("Mine"))
    assert history.is_being_typed([run], *fields("Mine, bett"))
    assert not history.is_being_typed([], *fields("of a run that has gone"))


def test_what_is_asked_can_be_chosen_even_where_no_run_has_it_and_empty_filters_are_hidden() -> None:
    choices = view.options(Asked(tag="gone"), Choices(tags=["new"]))
    assert [one["value"] for one in choices["tag"]] == [view.ALL, "new", "gone"]
    assert view.is_idle(choices["family"])
    assert not view.is_idle(choices["tag"])


class _History:
    """A history of some runs, whatever is asked."""

    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs

    def page(self, _owner: str, asked: Asked, **_how: object) -> HistoryPage:
        return HistoryPage(self.runs[asked.offset : asked.offset + asked.limit], len(self.runs))

    def choices(self, _owner: str) -> Choices:
        return Choices()


def _page(runs: list[Run], query: str) -> str:
    services = SimpleNamespace(runs=SimpleNamespace(history=_History(runs), sweep=lambda: None))
    return str(history.page(services, "me", query))


def test_an_address_opens_its_page_and_beyond_the_last_one_the_last() -> None:
    runs = [make_run() for _ in range(PAGE + 1)]
    assert "data=['?page=2', " in _page(runs, "?page=2")
    assert "data=['?page=2', " in _page(runs, "?page=9")
    assert "data=['', " in _page(runs, "")


def test_only_a_page_with_a_run_under_way_looks_again_by_itself() -> None:
    assert "disabled=False, interval=" in _page([make_run(RunState.RUNNING)], "")
    assert "disabled=True, interval=" in _page([make_run()], "")
