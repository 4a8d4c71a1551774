"""The history gives each owner their runs: searched, filtered, sorted, described, and nobody else's."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import InvalidRequest, NotFound, Refused
from core.runs.history import Asked, parse_asked
from core.runs.model import SHELL_OWNER, Run, now
from core.runs.registry import Registry
from core.runs.tables import RUNS
from tests.fakes.finished import REAL
from tests.fakes.runs import request

Make = Callable[..., Run]


@pytest.fixture
def make(registry: Registry) -> Make:
    def made(owner: str = "ann", rmse: float | None = 20.0, **changes: Any) -> Run:
        job = registry.submit(owner, [request(**changes).model_dump(mode="json")], str(uuid.uuid4()), None)
        run_id = job.runs[0].id
        registry.start(run_id, data=REAL, versions={})
        if rmse is None:
            registry.fail(run_id, "no")
        else:
            scores = {"test": {"rmse": rmse, "r2": 1 / rmse}}
            registry.finish(run_id, metrics=scores, timings={"total_seconds": rmse}, notices=[], digests={})
        found = registry.run(run_id)
        assert found is not None
        return found

    return made


def ids(registry: Registry, owner: str | None = "ann", **asked: Any) -> list[str]:
    return [run.id for run in registry.history.page(owner, Asked(**asked)).runs]


def test_an_owner_sees_their_own_runs_and_those_of_the_shell_newest_first(registry: Registry, make: Make) -> None:
    mine, shells, other = make(), make(SHELL_OWNER), make("bob")
    assert ids(registry) == [shells.id, mine.id]
    assert set(ids(registry, None)) == {mine.id, shells.id, other.id}


def test_runs_are_sorted_by_any_metric_and_those_without_it_come_last(registry: Registry, make: Make) -> None:
    middle, failed, best, worst = make(rmse=20), make(rmse=None), make(rmse=10), make(rmse=30)
    assert ids(registry, sort="rmse", ascending=True) == [best.id, middle.id, worst.id, failed.id]
    assert ids(registry, sort="rmse") == [worst.id, middle.id, best.id, failed.id]
    assert ids(registry, sort="r2") == [best.id, middle.id, worst.id, failed.id]
    assert ids(registry, sort="total_seconds", ascending=True)[0] == best.id


def test_each_filter_leaves_only_what_fits(registry: Registry, make: Make) -> None:
    ridge, knn = make(), make(family="knn", protocol="artist", features=("energy", "tempo"))
    failed = make(rmse=None, family="svr")
    assert ids(registry, family="knn") == [knn.id]
    assert ids(registry, protocol="artist") == [knn.id]
    assert ids(registry, features="energy,tempo") == [knn.id]
    assert ids(registry, state="failed") == [failed.id]
    assert ids(registry, data="0" * 64) == []
    assert ids(registry, data=REAL["sha256"], family="ridge") == [ridge.id]


def test_a_period_leaves_out_what_is_older(registry: Registry, make: Make) -> None:
    old, new = make(), make()
    with registry._database.writing() as connection:
        long_ago = now() - timedelta(days=8)
        connection.execute(sa.update(RUNS).where(RUNS.c.id == old.id).values(created_at=long_ago))
    assert ids(registry, period="week") == [new.id]
    assert ids(registry, period="month") == [new.id, old.id]


@pytest.mark.parametrize("text", ["forest bet", "second", "Random FOREST", "best%", "zebra"])
def test_the_search_reads_name_note_tag_and_model_and_takes_signs_as_they_are(
    registry: Registry, make: Make, text: str
) -> None:
    forest, ridge = make(family="random_forest"), make()
    registry.history.describe(forest.id, "ann", 0, name="Better 100% best%", note="a second look", tags=["zebra"])
    assert ids(registry, text=text) == [forest.id]
    assert ids(registry, text=ridge.id[:8]) == [ridge.id]
    assert ids(registry, text="bes%x") == []


@pytest.mark.parametrize("text", ["New artists", "artist"])
def test_the_search_finds_a_validation_by_the_name_that_the_list_shows(
    registry: Registry, make: Make, text: str
) -> None:
    on_artists, _on_songs = make(protocol="artist"), make(protocol="song")
    assert ids(registry, text=text) == [on_artists.id]
    assert ids(registry, text="sides") == []  # said of the validation elsewhere, not in the list


def test_tags_are_matched_whole_and_stars_can_be_asked_for(registry: Registry, make: Make) -> None:
    one, two = make(), make()
    registry.history.describe(one.id, "ann", 0, tags=["paper", "paper", " try "], is_starred=True)
    registry.history.describe(two.id, "ann", 0, tags=["paper-2"])
    assert ids(registry, tag="paper") == [one.id]
    assert ids(registry, starred=True) == [one.id]
    assert registry.history.choices("ann").tags == ["paper", "paper-2", "try"]


def test_pages_follow_one_another_without_gap_or_repetition(registry: Registry, make: Make) -> None:
    made = {make(rmse=20).id for _ in range(7)}
    pages = [registry.history.page("ann", Asked(sort="rmse", offset=at, limit=3)) for at in (0, 3, 6)]
    assert [run.id for page in pages for run in page.runs].__len__() == 7
    assert {run.id for page in pages for run in page.runs} == made
    assert {page.total for page in pages} == {7}


def test_the_second_of_two_changes_at_once_is_refused(registry: Registry, make: Make) -> None:
    run = make()
    changed = registry.history.describe(run.id, "ann", run.edition, name="First")
    with pytest.raises(Refused, match="elsewhere"):
        registry.history.describe(run.id, "ann", run.edition, name="Second")
    assert registry.history.describe(run.id, "ann", changed.edition, note="n").name == "First"


def test_foreign_and_deleted_runs_are_not_there_and_the_shells_are_not_ones_own(registry: Registry, make: Make) -> None:
    run, shells = make(), make(SHELL_OWNER)
    for run_id, owner in ((run.id, "bob"), ("nonsense", "ann"), (str(uuid.uuid4()), "ann")):
        with pytest.raises(NotFound):
            registry.history.describe(run_id, owner, 0, name="x")
    with pytest.raises(Refused):
        registry.history.describe(shells.id, "ann", 0, name="x")
    registry.bin.put(run.id)
    assert ids(registry) == [shells.id]
    with pytest.raises(NotFound):
        registry.history.describe(run.id, "ann", 0, name="x")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * 121},
        {"note": "x" * 4001},
        {"tags": ["a|b"]},
        {"tags": ["x" * 31]},
        {"tags": list("abcdefghijklm")},
        {"name": "a\x00"},
        {"note": "\ud800"},
        {"tags": ["a", "\udfff"]},
    ],
)
def test_texts_that_are_too_long_or_cannot_be_stored_and_tags_with_bars_are_refused(
    registry: Registry, make: Make, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequest):
        registry.history.describe(make().id, "ann", 0, **changes)


@pytest.mark.parametrize(
    "values",
    [
        {"sort": "id; DROP"},
        {"limit": 10**9},
        {"offset": -1},
        {"text": 3},
        {"starred": "yes"},
        {"period": "x"},
        {"text": "\ud800"},
        {"tag": "\x00"},
        {"features": "\udfff"},
        {"data": "\ud800"},
    ],
)
def test_what_cannot_be_asked_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        parse_asked(values)


def test_only_what_occurs_can_be_chosen(registry: Registry, make: Make) -> None:
    make()
    make("bob", family="knn")
    found = registry.history.choices("ann")
    assert (found.families, found.protocols, found.tables) == (["ridge"], ["song"], [(REAL["sha256"], "Songs")])


def test_in_brief_a_run_has_its_scores_and_choices_and_nothing_long(registry: Registry, make: Make) -> None:
    made, failed = make(rmse=20), make(rmse=None)
    found = {run.id: run for run in registry.history.page("ann", Asked(), in_brief=True).runs}
    assert found[made.id] == replace(made, versions={}, notices=[], digests={}, progress=None)
    assert found[failed.id].metrics is None
