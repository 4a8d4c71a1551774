from __future__ import annotations

import pytest

from core.errors import InvalidRequest
from core.search_space import Choice, Float, Int

TREES = Int("n_estimators", "Trees", "", 1, 2000)
SHARE = Float("max_samples", "Rows", "", 0.01, 1.0, also=(None, "sqrt"))
WEIGHTS = Choice("weights", "Weights", "", ("uniform", "distance", True))


@pytest.mark.parametrize(("value", "expected"), [(1, 1), (2000, 2000), (100.0, 100)])
def test_whole_numbers_within_bounds_become_ints(value, expected):
    found = TREES.check(value)
    assert found == expected
    assert type(found) is int


@pytest.mark.parametrize("value", [0, 2001, 1.5, True, "100", None, float("nan"), float("inf"), 10**400, [1], {}])
def test_other_values_are_no_whole_number(value):
    with pytest.raises(InvalidRequest, match="a whole number from 1 to 2000, got"):
        TREES.check(value)


@pytest.mark.parametrize("value", [1, 1.0])
def test_a_whole_number_becomes_a_float_where_one_is_meant(value):
    assert type(SHARE.check(value)) is float


@pytest.mark.parametrize("value", [None, "sqrt"])
def test_other_accepted_values_pass_as_they_are(value):
    assert SHARE.check(value) == value


@pytest.mark.parametrize("value", [0, 1.1, -1, float("nan"), float("-inf"), 10**400, False, "0.5", "log2"])
def test_other_values_are_no_share(value):
    with pytest.raises(InvalidRequest, match=r"'max_samples' expects a number from 0\.01 to 1 or none or 'sqrt', got"):
        SHARE.check(value)


def test_a_choice_keeps_true_and_one_apart():
    assert WEIGHTS.check(True) is True
    with pytest.raises(InvalidRequest, match="one of 'uniform', 'distance', True, got 1"):
        WEIGHTS.check(1)


def test_a_long_value_is_shortened_in_the_message():
    with pytest.raises(InvalidRequest) as caught:
        WEIGHTS.check("x" * 10_000)
    assert len(str(caught.value)) < 250


def test_the_unit_is_named_where_a_value_is_refused():
    leaf = Int("leaf", "Leaf size", "Fewest tracks.", 1, 10_000_000, unit="tracks", advanced=True)
    assert leaf.advanced
    with pytest.raises(InvalidRequest, match="a whole number from 1 to 10000000 tracks, got 0"):
        leaf.check(0)
