from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.model_selection import ParameterSampler

from core.families import FAMILIES
from core.search_space import Choice, Float, Int
from core.tuning.candidates import at_border, distributions, sample_candidates, starting_point

SPACE = (
    Float("rate", "Rate", "", 0.001, 2.0, search=(0.01, 1.0), log=True),
    Float("share", "Share", "", 0.1, 1.0, search=(0.3, 1.0)),
    Int("depth", "Depth", "", 1, 16, search=(3, 6)),
    Int("leaf", "Leaf", "", 1, 10_000, search=(20, 200), log=True),
    Choice("p", "P", "", (1, 2, 3), search=(1, 2)),
)


@pytest.mark.parametrize("key", [key for key, family in FAMILIES.items() if family.space])
def test_candidates_are_those_of_scikit_learns_sampler_and_each_makes_a_valid_request(key):
    family = FAMILIES[key]
    candidates = sample_candidates(family.space, 7, seed=3)
    assert candidates == list(ParameterSampler(distributions(family.space), len(candidates), random_state=3))
    assert candidates == sample_candidates(family.space, 7, seed=3)
    for params in candidates:
        assert list(params) == [param.name for param in family.space]
        assert not any(isinstance(value, np.generic) for value in params.values())
        assert family.check_params(params) == params


def test_values_lie_in_the_range_that_is_searched_and_reach_both_of_its_ends():
    drawn = sample_candidates(SPACE, 2000, seed=0)
    depths, leaves = ([each[name] for each in drawn] for name in ("depth", "leaf"))
    assert set(depths) == {3, 4, 5, 6}
    assert (min(leaves), max(leaves)) == (20, 200)
    assert {each["p"] for each in drawn} == {1, 2}
    rates = np.log([each["rate"] for each in drawn])
    assert np.median(rates) == pytest.approx((math.log(0.01) + math.log(1.0)) / 2, abs=0.15)
    assert np.median(np.log(leaves)) == pytest.approx((math.log(20) + math.log(201)) / 2, abs=0.1)


def test_a_space_of_few_choices_gives_each_of_them_once():
    drawn = sample_candidates((SPACE[-1],), 50, seed=1)
    assert sorted(each["p"] for each in drawn) == [1, 2]


def test_the_starting_point_has_the_searched_parameters_only():
    known = {"rate": 0.1, "leaf": 20, "loss": "linear"}
    assert starting_point(SPACE, known) == {"rate": 0.1, "leaf": 20}


@pytest.mark.parametrize(
    ("params", "border"),
    [
        ({"rate": 0.011}, ["rate"]),
        ({"rate": 0.98}, ["rate"]),
        ({"rate": 0.1}, []),
        ({"depth": 3, "leaf": 21}, ["depth", "leaf"]),
        ({"depth": 4, "leaf": 60}, []),
        ({"depth": 6}, ["depth"]),
        ({"share": 0.999}, []),  # nothing lies beyond 1
        ({"share": 0.31}, ["share"]),
        ({"p": 2}, []),
        ({"leaf": 5}, []),  # beyond what was searched
        ({"leaf": None, "rate": "auto"}, []),
    ],
)
def test_a_best_value_at_the_border_of_its_range_is_flagged_where_there_is_something_beyond(params, border):
    assert at_border(SPACE, params) == border
