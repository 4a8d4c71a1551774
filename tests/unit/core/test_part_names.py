"""Parts of a stack can be told apart by their names."""

from __future__ import annotations

from typing import Any

import pytest

from core.features import DEFAULT_FEATURES
from core.part_names import part_names
from core.requests import TrainingRequest


def ridge(**changes: Any) -> TrainingRequest:
    return TrainingRequest(**{"family": "ridge", **changes})


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ({}, {"family": "knn"}, ["Ridge regression", "Nearest neighbours"]),
        (
            {},
            {"features": (*DEFAULT_FEATURES, "genre")},
            ["Ridge regression (10 features)", "Ridge regression (11 features, Genre among them)"],
        ),
        (
            {},
            {"defaults": "library"},
            ["Ridge regression (recommended settings)", "Ridge regression (library settings)"],
        ),
        (
            {},
            {"tuning": {"iterations": 3}},
            ["Ridge regression (not searched)", "Ridge regression (settings searched)"],
        ),
        ({}, {}, ["Ridge regression no. 1", "Ridge regression no. 2"]),
    ],
)
def test_what_differs_tells_parts_of_one_family_apart(
    first: dict[str, Any], second: dict[str, Any], names: list[str]
) -> None:
    assert part_names([ridge(**first), ridge(**second)]) == names


def test_settings_are_named_as_the_form_names_them() -> None:
    first, second = part_names([ridge(), ridge(params={"alpha": 3.5})])
    assert first == "Ridge regression (recommended settings)"
    assert second == "Ridge regression (penalty 3.5)"
