from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.export import to_csv
from core.scenario_address import LONGEST_QUERY, read_address, write_address
from core.scenarios import LONGEST_NAME, MOST_KEPT, Scenario, differing, read_scenarios, to_frame

OLD = {
    "run": "id", "title": "Ridge", "start": "a typical track", "predicted": 41.0, "low": 12.0, "high": 70.0,
    "changes": ["energy 0.7 → 0.9"],
}  # fmt: skip
KEPT = {
    **OLD, "id": "0a1b2c3d", "name": "louder", "values": {"energy": 0.9, "genre": "pop", "track_name": ""},
    "track": "4uLU6", "typical": "", "genre": "pop",
}  # fmt: skip


def test_a_kept_prediction_comes_back_as_it_was_kept() -> None:
    (one,) = read_scenarios([KEPT]).scenarios
    assert (one.name, one.values["energy"], one.changes) == ("louder", 0.9, ("energy 0.7 → 0.9",))
    assert (one.track, one.genre) == ("4uLU6", "pop")
    assert one.to_dict() == KEPT
    assert read_scenarios(None).scenarios == ()


def test_predictions_that_an_older_version_kept_are_understood() -> None:
    read = read_scenarios([OLD, OLD])
    first, second = read.scenarios
    assert (first.values, first.name, first.track, first.genre) == ({}, "", "", "")
    assert first.id != second.id
    assert (read.n_unreadable, read.n_without_values) == (0, 0)


def test_what_a_newer_version_adds_is_passed_over() -> None:
    read = read_scenarios([{**KEPT, "mood": "fine"}])
    assert read.scenarios[0].to_dict() == KEPT
    assert read.n_unreadable == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"predicted": "41"}, {"predicted": 10**400}, {"title": "x" * 9999}, {"changes": [1]}, {"changes": "x"},
        {"id": "../../etc"}, {"id": 3}, {"name": "x" * (LONGEST_NAME + 1)}, {"track": 3}, {"genre": ["pop"]},
        {"run": None},
    ],
)  # fmt: skip
def test_what_does_not_say_what_was_predicted_is_left_out_and_counted(wrong: dict[str, Any]) -> None:
    read = read_scenarios([{**KEPT, **wrong}, {**KEPT, "id": "00000001"}])
    assert [one.id for one in read.scenarios] == ["00000001"]
    assert read.n_unreadable == 1


@pytest.mark.parametrize(
    "values",
    [
        [], {"vibe": 1}, {"energy": "loud"}, {"energy": None}, {"energy": True}, {"energy": float("nan")},
        {"genre": "x" * 301}, {"track_name": 3}, {f"extra:{i}": 1 for i in range(500)},
    ],
)  # fmt: skip
def test_of_values_that_are_not_known_the_prediction_alone_stays(values: Any) -> None:
    read = read_scenarios([{**KEPT, "values": values}])
    assert read.scenarios[0].predicted == 41.0
    assert read.scenarios[0].values == {}
    assert (read.n_unreadable, read.n_without_values) == (0, 1)


@pytest.mark.parametrize("data", ["x", 3, {}, [1], [{}], [None]])
def test_whatever_a_tab_holds_it_is_never_an_error(data: Any) -> None:
    read = read_scenarios(data)
    assert (read.scenarios, read.n_unreadable) == ((), 1)


def test_of_too_many_the_newest_stay_and_of_two_alike_the_first() -> None:
    many = [{**KEPT, "id": f"{number:08x}"} for number in range(MOST_KEPT + 5)]
    read = read_scenarios(many)
    assert [one.id for one in read.scenarios] == [one["id"] for one in many[5:]]
    assert read.n_unreadable == 5
    assert len(read_scenarios([KEPT, KEPT]).scenarios) == 1


def scenario(**values: Any) -> Scenario:
    return Scenario("r", "Ridge", 40, 10, 70, "a typical track", (), values, name="=cmd|x")


def test_what_differs_is_named_and_what_is_missing_differs_too() -> None:
    both = [scenario(energy=0.5, tempo=120.0), scenario(energy=0.5, tempo=121.0), scenario(energy=0.5)]
    assert differing(both) == ["tempo"]
    assert differing([scenario(), scenario(energy=0.1)]) == []


def test_the_table_of_scenarios_has_a_column_for_each_value_and_no_formulas() -> None:
    frame = to_frame([scenario(energy=0.5, genre="pop"), scenario(energy=0.75)])
    assert frame["energy"].tolist() == [0.5, 0.75]
    assert frame["genre"].tolist()[0] == "pop"
    text = to_csv(frame)
    assert "'=cmd|x" in text
    assert "0.75" in text
    assert to_frame([]).empty


def test_an_address_leads_back_to_the_same_values() -> None:
    values = {"energy": 0.123456789, "tempo": 120.0, "genre": "r&b", "track_name": "Ein Lied? ü", "extra:my col": 3.0}
    parts = write_address("run-id", values, track="id1", typical="pop", genre="pop", beside=["a", "b"])
    asked = read_address("?" + urlencode(parts))
    assert (asked.run, asked.track, asked.genre, asked.beside, asked.ignored) == ("run-id", "id1", "", ("a", "b"), ())
    assert {name: float(asked.values[name]) for name in ("energy", "tempo")} == {"energy": 0.123456789, "tempo": 120.0}
    assert asked.values["genre"] == "r&b"
    assert asked.values["track_name"] == "Ein Lied? ü"


def test_a_duration_in_seconds_is_called_so_and_old_addresses_are_still_read() -> None:
    assert "duration_s=201.573" in urlencode(write_address("r", {"duration_ms": 201.573}))
    for query in ("duration_s=201.573", "duration_ms=201.573"):
        assert read_address(query).values == {"duration_ms": "201.573"}
    assert to_frame([scenario(duration_ms=201.573)])["duration_s"].tolist() == [201.573]


def test_the_genre_of_the_interval_is_written_where_nothing_else_tells_it() -> None:
    assert write_address("r", {"energy": 0.5}, genre="pop")["genre"] == "pop"
    assert "genre" not in write_address("r", {"energy": 0.5}, genre="pop", track="id1")
    assert "genre" not in write_address("r", {"energy": 0.5}, genre="pop", typical="pop")
    assert write_address("r", {"genre": "rap"}, genre="pop")["genre"] == "rap"


@given(st.text(max_size=300))
def test_no_address_is_an_error(query: str) -> None:
    asked = read_address(query)
    assert len(asked.beside) <= 3
    assert all(len(value) <= 300 for value in asked.values.values())


def test_an_address_without_end_is_not_read() -> None:
    assert read_address("?" + "a" * LONGEST_QUERY).ignored
    assert read_address("&".join(f"a{number}=1" for number in range(1000))).ignored
