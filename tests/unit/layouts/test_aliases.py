"""Champion and candidate in words: who sees which form, and what a deletion leaves empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core.runs.aliases import Alias, Promotion
from core.runs.model import SHELL_OWNER, RunState
from layouts import aliases as view
from layouts.ids import Standing
from tests.fakes.finished import NOON, make_run

Words = Callable[[Any], str]


def promotion(**changes: Any) -> Promotion:
    held = {"run_id": "r", "owner": "me", "alias": Alias.CHAMPION, "purpose": "popularity", "since": NOON, "by": "me"}
    return Promotion(**{**held, "why": "", "family": "ridge", "run_name": "", "is_deleted": False, **changes})


def ids(part: Any, kind: str) -> list[Any]:
    return [one.id for one in part._traverse() if isinstance(getattr(one, "id", None), dict) and one.id["type"] == kind]


def test_ones_own_run_has_a_form_and_says_who_holds_the_place_now(words: Words) -> None:
    run = make_run()
    panel = view.panel(run, [], [promotion(run_name="Spring model")], "me")
    assert ids(panel, Standing.PROMOTE) == [{"type": Standing.PROMOTE, "run": run.id}]
    assert "At present champion for popularity: Spring model." in words(panel)


def test_a_run_of_the_shell_has_its_mark_but_no_form(words: Words) -> None:
    run = make_run(owner=SHELL_OWNER)
    told = [promotion(owner=SHELL_OWNER, by=SHELL_OWNER, run_id=run.id)]
    panel = view.panel(run, told, told, "me")
    assert ids(panel, Standing.PROMOTE) == ids(panel, Standing.WITHDRAW) == []
    assert "where it can be promoted" in words(panel)
    assert "Champion for popularity" in words(panel)


def test_a_run_without_a_model_cannot_be_promoted() -> None:
    assert view.panel(make_run(RunState.FAILED), [], [], "me") == []


def test_the_history_says_from_when_until_when_by_whom_and_why(words: Words) -> None:
    ended = promotion(
        why="best", until=NOON + timedelta(hours=1), ended_by="me", ended_why="Another run took its place."
    )
    said = words(view.champions([], [ended, promotion(by=SHELL_OWNER, is_deleted=True)], "me"))
    for part in ("2024-05-01 12:00 UTC", "2024-05-01 13:00 UTC", "you", "best", "Another run took its place.",
                 "the command line", "now, but the run is deleted", "Nobody is champion"):  # fmt: skip
        assert part in said


def test_a_deletion_names_the_places_that_it_leaves_empty() -> None:
    assert view.deleted_words([]) == ""
    assert view.deleted_words([promotion(until=NOON)]) == ""
    assert "It was the champion for popularity: that place is empty until you undo this" in view.deleted_words(
        [promotion()]
    )


def test_the_mark_names_a_purpose_only_where_it_is_not_the_usual_one(words: Words) -> None:
    marks = view.marks([promotion(), promotion(alias=Alias.CANDIDATE, purpose="radio")])
    assert [words(mark).strip() for mark in marks] == ["Champion", "Candidate for radio"]
