"""What champion and candidate must do in every store (PostgreSQL too, where TEST_POSTGRES_URL names a database)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from core.errors import InvalidRequest, NotFound, Refused
from core.runs.aliases import Promotion
from core.runs.model import SHELL_OWNER, now
from core.runs.registry import Registry
from core.runs.tables import ALIASES
from tests.contracts.test_registry import RESULT, opener, registry, running, submitted

__all__ = ["opener", "registry"]


def finished(registry: Registry, owner: str = "ann", key: str = "k") -> str:
    run_id = running(registry, owner=owner, key=key)
    registry.finish(run_id, **RESULT)
    return run_id


def held(found: list[Promotion]) -> list[tuple[str, str, str]]:
    return [(one.run_id, one.alias.value, one.purpose) for one in found]


def test_a_promotion_says_who_what_when_and_why(registry: Registry) -> None:
    run_id, before = finished(registry), now()
    made = registry.promotions.promote(run_id, "ann", "champion", "playlist  picks ", "best on\nnew artists")
    assert (made.run_id, made.by, made.why, made.purpose) == (run_id, "ann", "best on new artists", "playlist picks")
    assert before <= made.since <= now()
    assert (made.family, made.until) == ("ridge", None)
    assert registry.promotions.current("ann") == [made]


def test_a_new_champion_takes_the_place_of_the_old_one_and_both_stay_in_the_history(registry: Registry) -> None:
    old, new = finished(registry, key="1"), finished(registry, key="2")
    registry.promotions.promote(old, "ann", "champion")
    registry.promotions.promote(new, "ann", "champion", why="better")
    assert held(registry.promotions.current("ann")) == [(new, "champion", "popularity")]
    first, second = registry.promotions.history("ann")
    assert (first.run_id, first.until) == (new, None)
    assert (second.run_id, second.ended_by, second.ended_why) == (old, "ann", "Another run took its place.")
    assert second.until == first.since
    assert [one.run_id for one in registry.promotions.of_run(old, "ann")] == [old]


def test_a_candidate_that_becomes_champion_is_no_candidate_any_more(registry: Registry) -> None:
    run_id = finished(registry)
    registry.promotions.promote(run_id, "ann", "candidate")
    registry.promotions.promote(run_id, "ann", "champion")
    assert held(registry.promotions.current("ann")) == [(run_id, "champion", "popularity")]
    assert registry.promotions.of_run(run_id, "ann")[1].ended_why == "It became the champion."


def test_purposes_are_apart_and_the_champion_comes_before_the_candidate(registry: Registry) -> None:
    one, other = finished(registry, key="1"), finished(registry, key="2")
    registry.promotions.promote(one, "ann", "candidate")
    registry.promotions.promote(other, "ann", "champion")
    registry.promotions.promote(one, "ann", "champion", "Radio")
    registry.promotions.promote(other, "ann", "champion", "radio")
    expected = [(other, "champion", "popularity"), (one, "candidate", "popularity"), (other, "champion", "Radio")]
    assert held(registry.promotions.current("ann")) == expected


def test_promoting_twice_changes_nothing(registry: Registry) -> None:
    run_id = finished(registry)
    first = registry.promotions.promote(run_id, "ann", "champion", why="first")
    assert registry.promotions.promote(run_id, "ann", "champion", why="second") == first
    assert registry.promotions.history("ann") == [first]


def test_an_alias_can_be_taken_away_and_the_history_keeps_it(registry: Registry) -> None:
    run_id = finished(registry)
    registry.promotions.promote(run_id, "ann", "champion")
    registry.promotions.withdraw(run_id, "ann", "champion", "POPULARITY", "found a leak")
    assert registry.promotions.current("ann") == []
    assert registry.promotions.history("ann")[0].ended_why == "found a leak"
    with pytest.raises(NotFound, match="not the champion"):
        registry.promotions.withdraw(run_id, "ann", "champion")


def test_two_owners_never_see_each_others_aliases(registry: Registry) -> None:
    mine, theirs = finished(registry, "ann"), finished(registry, "bob")
    registry.promotions.promote(mine, "ann", "champion")
    registry.promotions.promote(theirs, "bob", "champion")
    assert held(registry.promotions.current("ann")) == [(mine, "champion", "popularity")]
    assert [one.run_id for one in registry.promotions.history("bob")] == [theirs]
    assert registry.promotions.of_run(mine, "bob") == []
    for act in (registry.promotions.promote, registry.promotions.withdraw):
        with pytest.raises(NotFound, match="no such run"):
            act(mine, "bob", "champion")


def test_runs_of_the_shell_are_promoted_by_the_operator_alone_and_seen_by_all(registry: Registry) -> None:
    shells, mine = finished(registry, SHELL_OWNER), finished(registry, "ann")
    with pytest.raises(Refused, match="command line"):
        registry.promotions.promote(shells, "ann", "champion")
    registry.promotions.promote(shells, None, "champion")
    with pytest.raises(Refused, match="command line"):
        registry.promotions.withdraw(shells, "ann", "champion")
    registry.promotions.promote(mine, "ann", "champion")
    found = registry.promotions.current("ann")
    assert [(one.run_id, one.by) for one in found] == [(mine, "ann"), (shells, SHELL_OWNER)]
    assert [one.run_id for one in registry.promotions.current("bob")] == [shells]


def test_the_operator_promotes_a_run_for_its_owner(registry: Registry) -> None:
    run_id = finished(registry)
    made = registry.promotions.promote(run_id, None, "champion")
    assert (made.owner, made.by) == ("ann", SHELL_OWNER)
    assert registry.promotions.current("bob") == []


def test_only_finished_runs_can_be_promoted(registry: Registry) -> None:
    failed = running(registry, key="f")
    registry.fail(failed, "no")
    for run_id in (submitted(registry, key="q"), running(registry, key="r"), failed):
        with pytest.raises(Refused, match="Only a finished run"):
            registry.promotions.promote(run_id, "ann", "champion")
    with pytest.raises(NotFound):
        registry.promotions.promote("../etc", "ann", "champion")


def test_a_deleted_champion_is_offered_no_more_and_comes_back_with_its_run(registry: Registry) -> None:
    run_id = finished(registry)
    registry.promotions.promote(run_id, "ann", "champion")
    registry.bin.put(run_id)
    assert registry.promotions.current("ann") == []
    assert registry.promotions.of_run(run_id, "ann")[0].is_deleted
    with pytest.raises(NotFound):
        registry.promotions.promote(run_id, "ann", "candidate")
    registry.bin.take_out(run_id)
    assert held(registry.promotions.current("ann")) == [(run_id, "champion", "popularity")]


def test_a_deleted_champion_that_was_replaced_comes_back_as_an_ordinary_run(registry: Registry) -> None:
    old, new = finished(registry, key="1"), finished(registry, key="2")
    registry.promotions.promote(old, "ann", "champion")
    registry.bin.put(old)
    registry.promotions.promote(new, "ann", "champion")
    registry.bin.take_out(old)
    assert held(registry.promotions.current("ann")) == [(new, "champion", "popularity")]


def test_runs_promoted_at_once_leave_one_champion(opener: Callable[[], Registry]) -> None:
    doors = [opener() for _ in range(4)]
    runs = [finished(doors[0], key=str(number)) for number in range(8)]
    start, trouble = threading.Barrier(8), []

    def promote(number: int) -> None:
        start.wait()
        try:
            doors[number % 4].promotions.promote(runs[number], "ann", "champion")
        except Exception as error:
            trouble.append(error)

    threads = [threading.Thread(target=promote, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert len(doors[0].promotions.current("ann")) == 1
    assert len(doors[0].promotions.history("ann")) == 8


@pytest.mark.parametrize(
    ("alias", "purpose", "why", "said"),
    [
        ("winner", "popularity", "", "Unknown alias"),
        ("champion", "  ", "", "for which purpose"),
        ("champion", "x" * 61, "", "at most 60"),
        ("champion", "popularity", "x" * 501, "at most 500"),
        (["champion"], "popularity", "", "Unknown alias"),
        ("champion", None, "", "is a text"),
        ("champion", "a\x00b", "", "purpose holds U\\+0000"),
        ("champion", "popularity", "\ud800", "reason holds U\\+D800"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    registry: Registry, alias: object, purpose: object, why: str, said: str
) -> None:
    with pytest.raises(InvalidRequest, match=said):
        registry.promotions.promote(finished(registry), "ann", alias, purpose, why)  # type: ignore[arg-type]


def test_the_table_reads_as_postgresql_too() -> None:
    table = str(CreateTable(ALIASES).compile(dialect=postgresql.dialect()))
    assert "id SERIAL NOT NULL" in table
    indexes = [str(CreateIndex(index).compile(dialect=postgresql.dialect())) for index in ALIASES.indexes]
    assert any("UNIQUE" in index and "WHERE until IS NULL" in index for index in indexes)
