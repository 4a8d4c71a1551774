from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.export import to_csv
from core.scenario_address import LONGEST_QUERY, read_address, write_address
from core.scenarios import Scenario, differing, parse_scenarios, to_frame

OLD = {
    "run": "id", "title": "Ridge", "start": "a typical track", "predicted": 41.0, "low": 12.0, "high": 70.0,
    "changes": ["energy 0.7 → 0.9"],
}  # fmt: skip
KEPT = {**OLD, "id": "0a1b2c3d", "name": "louder", "values": {"energy": 0.9, "genre": "pop", "track_name": ""}}


def test_a_kept_prediction_comes_back_as_it_was_kept() -> None:
    (one,) = parse_scenarios([KEPT])
    assert (one.name, one.values["energy"], one.changes) == ("louder", 0.9, ("energy 0.7 → 0.9",))
    assert one.to_dict() == KEPT
    assert parse_scenarios(None) == []


def test_predictions_that_an_older_version_kept_are_understood() -> None:
    first, second = parse_scenarios([OLD, OLD])
    assert (first.values, first.name) == ({}, "")
    assert first.id != second.id


@pytest.mark.parametrize(
    "data",
    [
        "x", [1], [{}], [KEPT] * 51, [KEPT, KEPT],
        *([{**KEPT, **wrong}] for wrong in (
            {"more": 1}, {"predicted": "41"}, {"predicted": 10**400}, {"title": "x" * 9999}, {"changes": [1]},
            {"id": "../../etc"}, {"id": 3}, {"name": "x" * 81}, {"values": []}, {"values": {"vibe": 1}},
            {"values": {"energy": "loud"}}, {"values": {"energy": None}}, {"values": {"energy": True}},
            {"values": {"energy": float("nan")}}, {"values": {"genre": "x" * 301}}, {"values": {"track_name": 3}},
            {"values": {f"extra:{i}": 1 for i in range(500)}},
        )),
    ],
)  # fmt: skip
def test_kept_predictions_that_were_tampered_with_are_refused(data: Any) -> None:
    with pytest.raises(InvalidRequest):
        parse_scenarios(data)


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
    parts = write_address("run-id", values, track="id1", genre="pop", beside=["a", "b"])
    from urllib.parse import urlencode

    asked = read_address("?" + urlencode(parts))
    assert (asked.run, asked.track, asked.genre, asked.beside, asked.ignored) == ("run-id", "id1", "", ("a", "b"), ())
    assert {name: float(asked.values[name]) for name in ("energy", "tempo")} == {"energy": 0.123456789, "tempo": 120.0}
    assert asked.values["genre"] == "r&b"
    assert asked.values["track_name"] == "Ein Lied? ü"


@given(st.text(max_size=300))
def test_no_address_is_an_error(query: str) -> None:
    asked = read_address(query)
    assert len(asked.beside) <= 3
    assert all(len(value) <= 300 for value in asked.values.values())


def test_an_address_without_end_is_not_read() -> None:
    assert read_address("?" + "a" * LONGEST_QUERY).ignored
    assert read_address("&".join(f"a{number}=1" for number in range(1000))).ignored
