from __future__ import annotations

import pytest

from core.errors import InvalidRequest
from dashboard.cli.requests import GivenParam, expand_features, parse_param, parse_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-2", -2),
        ("0.5", 0.5),
        ("1e-3", 0.001),
        ("TRUE", True),
        ("false", False),
        ("None", None),
        ("null", None),
        ("sqrt", "sqrt"),
        ("", ""),
        ("inf", "inf"),
        ("nan", "nan"),
    ],
)
def test_values_are_read_as_the_simplest_type_that_fits(text: str, value: object) -> None:
    found = parse_value(text)
    assert found == value
    assert type(found) is type(value)


def test_a_parameter_may_be_meant_for_one_family() -> None:
    assert parse_param("knn.n_neighbors=5") == GivenParam("knn", "n_neighbors", 5)
    assert parse_param(" alpha = 0.5 ") == GivenParam(None, "alpha", 0.5)


@pytest.mark.parametrize("text", ["alpha", "=1", ".alpha=1", "", "knn.=1"])
def test_a_parameter_without_name_or_value_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="NAME=VALUE"):
        parse_param(text)


def test_a_group_stands_for_its_features() -> None:
    assert expand_features("tonality,energy") == ["key", "mode", "energy"]
    assert expand_features(None) is None


def test_unknown_features_name_the_nearest() -> None:
    with pytest.raises(InvalidRequest, match="'energy'"):
        expand_features("enrgy")
