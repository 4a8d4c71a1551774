"""An imported run is marked wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from core.comparison import HeldOut, build_board
from core.runs.aliases import Alias, Promotion
from core.runs.history import Asked, HistoryPage
from layouts import comparison, exchange, history, run_facts
from layouts import run as run_view
from layouts.aliases import name_of
from layouts.run_words import model_name
from tests.fakes.finished import NOON, make_run
from tests.unit.callbacks.test_exchange import IMPORTED

LATER = NOON + timedelta(days=3)
Words = Callable[[object], str]
RUN = make_run(imported=IMPORTED)


def test_its_name_says_it_everywhere_and_that_of_others_does_not() -> None:
    assert model_name(RUN) == "Ridge regression (imported)"
    assert model_name(make_run()) == "Ridge regression"


def test_the_leaderboard_and_champions_say_it_too() -> None:
    nothing = np.zeros(2)
    held_out = HeldOut(pd.DataFrame(), nothing, {RUN.id: nothing}, np.arange(2), "tracks")
    assert [one.name for one in build_board([RUN], held_out, {}).entries if one.run] == ["Ridge regression (imported)"]
    given = {"run_id": RUN.id, "owner": "me", "alias": Alias.CHAMPION, "purpose": "p", "since": NOON, "by": "me"}
    one = Promotion(**given, why="", family="ridge", run_name="Best", is_deleted=False, is_imported=True)
    assert name_of(one) == "Best (imported)"


@pytest.mark.parametrize(("difference", "said"), [(2e-6, "0.000002"), (0.00031, "0.00031"), (0.0, "a millionth")])
def test_a_difference_is_said_in_plain_decimals(difference: float, said: str, words: Words) -> None:
    told = words(exchange.onnx_said(difference, 20, 5_000))
    assert f"20 tracks of the test, and of 5,000 made-up ones like them, to within {said} points" in told


def test_its_page_says_where_it_comes_from_and_when(words: Words) -> None:
    said = words(run_view.content(RUN, []))
    assert "Ridge regression (imported)" in said
    assert "Imported 2024-05-02 12:00 UTC, from lab-2, exported 2024-05-01 12:00 UTC" in said
    facts = words(run_facts.facts(RUN))
    assert IMPORTED["run_id"] in facts
    assert IMPORTED["key"] in facts
    assert "Made by" not in facts
    assert "Imported" not in words(run_view.content(make_run(), [])) + words(run_facts.facts(make_run()))


def test_a_table_that_did_not_come_along_is_not_called_deleted(words: Words) -> None:
    said = words(run_view.content(RUN, [], is_table_gone=True))
    assert "is not on this dashboard" in said
    assert "has been deleted" not in said


def test_the_history_marks_it_also_under_a_name_of_its_own(words: Words) -> None:
    named = make_run(imported=IMPORTED, name="Best")
    for run in (RUN, named):
        page = HistoryPage([run, make_run()], 2)
        assert "Ridge regression (imported)" in words(history.runs_table(page, Asked(), LATER))


def test_the_runs_page_takes_a_file_and_says_what_is_refused(words: Words) -> None:
    said = words(comparison.layout([], None, ""))
    assert "Import a run" in said
    assert "changed, even by a byte" in said


def test_the_parts_of_an_imported_stack_are_no_links_as_they_did_not_travel() -> None:
    members = ("a" * 36, "b" * 36)
    own, imported = (
        run_facts.facts(make_run(family="stack", members=members, imported=each)) for each in (None, IMPORTED)
    )
    assert members[0] in str(own)
    assert f"/runs/{members[0]}" not in str(imported)


def test_moments_that_cannot_be_read_are_a_dash() -> None:
    assert "exported" in exchange.origin(make_run(imported={**IMPORTED, "exported_at": "soon"}))
