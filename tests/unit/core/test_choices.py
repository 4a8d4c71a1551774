"""Which column is what, as a form sends it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import InvalidRequest
from core.tables.choices import NAMED, NOT_THERE, checked_choices, read_choices


def test_choices_become_a_mapping_and_a_used_column_is_not_kept_as_well() -> None:
    values, ids = [NAMED + "bpm", NOT_THERE], [{"target": "tempo"}, {"target": "energy"}]
    assert read_choices(values, ids, ["bpm", "plays", "plays"]) == ({"tempo": "bpm", "energy": None}, ["plays"])


@pytest.mark.parametrize(
    ("values", "keep"),
    [(["bpm"], []), ([None], []), ([3], []), ([NOT_THERE, NOT_THERE], []), ([NOT_THERE], [1]), ("x", [])],
)
def test_choices_of_another_shape_are_refused(values: Any, keep: Any) -> None:
    with pytest.raises(InvalidRequest):
        read_choices(values, [{"target": "tempo"}], keep)


def test_a_column_is_chosen_once_and_is_in_the_file() -> None:
    found = SimpleNamespace(columns=[SimpleNamespace(name="a"), SimpleNamespace(name="b")])
    checked_choices(found, {"tempo": "a", "energy": None}, ["b"])
    with pytest.raises(InvalidRequest, match="twice"):
        checked_choices(found, {"tempo": "a", "energy": "a"}, [])
    with pytest.raises(InvalidRequest, match="not in the file"):
        checked_choices(found, {"tempo": "c"}, [])
    with pytest.raises(InvalidRequest):
        checked_choices(found, {"nonsense": "a"}, [])
