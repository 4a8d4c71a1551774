"""The address of the history, and its exports."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from dash import Dash, html, no_update
from flask import g

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

    def fields(name: str | None, edition: int = run.edition) -> list[list[dict[str, object]]]:
        return [[{"id": {"run": run.id, "edition": edition}, "value": value}] for value in (name, "a, b", "")]

    assert not history.is_being_typed([run], *fields("Mine"))
    assert history.is_being_typed([run], *fields("Mine, bett"))
    assert not history.is_being_typed([], *fields("of a run that has gone"))
    assert not history.is_being_typed([run], *fields("before it was renamed in another tab", run.edition - 1))


def test_an_editor_stays_open_while_other_runs_move_and_closes_when_it_is_kept() -> None:
    def fold(run: Run) -> str:
        drawn = view.runs_table(HistoryPage([run], 1), Asked())
        (editor,) = [one for one in drawn._traverse() if getattr(one, "className", "") == "history-edit"]
        return str(getattr(editor, "data-fold"))

    run = make_run()
    assert fold(run) == fold(dataclasses.replace(run, name="Drawn anew"))
    assert len({fold(run), fold(make_run()), fold(dataclasses.replace(run, edition=run.edition + 1))}) == 3


def test_an_address_that_waits_for_its_answer_counts_when_a_run_changes_meanwhile() -> None:
    seen = ["?page=2", "...", "?page=9"]  # there is no ninth page, so the last one was drawn
    assert not address.is_address_told("?page=9", seen, History.CHANGED)
    assert address.is_address_told("?family=ridge", seen, History.CHANGED)
    assert address.is_address_told("?family=ridge", seen, History.URL)
    assert not address.is_address_told("?family=ridge", seen, History.TEXT)


def test_a_page_turn_that_waits_for_its_answer_counts_when_a_run_changes_meanwhile() -> None:
    older, newer = ({"id": {"type": History.TURN, "page": page}, "value": 1} for page in (2, 0))
    assert address.pressed_turn([{**newer, "value": None}, older]) == TURN
    assert address.pressed_turn([newer, {**older, "triggered": True}]) == TURN
    assert address.pressed_turn([{**newer, "value": None}]) is None


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
    assert "max_intervals=-1" in _page([make_run(RunState.RUNNING)], "")
    assert "max_intervals=0" in _page([make_run()], "")


def test_a_tick_waits_for_the_answer_to_the_one_before() -> None:
    app = Dash(__name__)
    history.register(app, SimpleNamespace())
    (asking,) = [one for one in app._callback_list if any(each["id"] == History.TICK for each in one["inputs"])]
    assert asking["running"]["running"] == {f"{History.TICK}.disabled": True}


def _find(runs: list[Run], changed: str, turns: list[dict[str, object]], search: str) -> dict[str, Any]:
    """Ask the callback that draws the list, as a browser does, on a page that shows the first runs."""
    app = Dash(__name__, suppress_callback_exceptions=True)
    app.layout = html.Div()
    app.server.before_request(lambda: setattr(g, "owner", "me"))
    history.register(app, SimpleNamespace(runs=SimpleNamespace(history=_History(runs), sweep=lambda: None)))
    (output,) = [key for key in app.callback_map if key.startswith(f"..{History.LIST}.children...{History.URL}")]
    values = {History.URL: {"search": search, "pathname": "/history"}, History.TEXT: "", History.STARRED: False}
    filters = [{"id": {"type": History.FILTER, "name": name}, "value": view.ALL} for name in view.FILTER_LABELS]
    filters += [{"id": {"type": History.FILTER, "name": "sort"}, "value": "created"}]
    several = {History.FILTER: filters, History.TURN: turns, History.FIELD: []}

    def filled(row: dict[str, str]) -> Any:
        name, prop = row["id"], row["property"]
        if name.startswith("{"):
            some = several[History(json.loads(name)["type"])]
            return [
                {"id": one["id"], "property": prop, "value": one["id" if prop == "id" else "value"]} for one in some
            ]
        given = {**values, History.ASCENDING: "down", History.CHANGED: "moved", History.SEEN: ["", "as it was", ""],
                 History.PICKED: []}[History(name)]  # fmt: skip
        return {"id": name, "property": prop, "value": given[prop] if isinstance(given, dict) else given}

    def place(written: str) -> Any:
        name, _, prop = written.rpartition(".")
        if not name.startswith("{"):
            return {"id": name, "property": prop}
        return [{"id": one["id"], "property": prop} for one in several[History(json.loads(name)["type"])]]

    spec = app.callback_map[output]
    body = {
        "output": output,
        "outputs": [place(each) for each in output.strip(".").split("...")],
        "inputs": [filled(each) for each in spec["inputs"]],
        "state": [filled(each) for each in spec["state"]],
        "changedPropIds": [changed],
    }
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(answer.get_json()["response"])


@pytest.mark.parametrize("is_turned", [True, False])
def test_a_page_asked_for_is_drawn_even_if_a_run_changes_before_it_comes(is_turned: bool) -> None:
    turns = [{"id": {"type": History.TURN, "page": 1}, "value": 1 if is_turned else None}]
    found = _find([make_run() for _ in range(PAGE + 1)], f"{History.CHANGED}.data", turns,
                  "" if is_turned else "?page=2")  # fmt: skip
    assert found[History.SEEN]["data"][::2] == ["?page=2", "?page=2"]
    assert (found.get(History.URL) == {"search": "?page=2"}) is is_turned
