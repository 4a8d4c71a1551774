"""Which hyperparameters a search tries, and whether the best of them lies at the edge of what was searched."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.search_space import Choice, Float, Int, Param, ParamValue

BORDER_SHARE = 0.05
"""A value within this share of the range (of its logarithm where steps are factors) lies at its border."""

Params = dict[str, ParamValue]


class LogInt:
    """Whole numbers whose logarithm is uniform, in the form that scikit-learn's searches draw from.

    Parameters
    ----------
    low, high : int
        Both included.
    """

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def rvs(self, random_state: Any = None) -> int:
        """Draw one number."""
        from sklearn.utils import check_random_state

        drawn = check_random_state(random_state).uniform(math.log(self.low), math.log(self.high + 1))
        return min(int(math.exp(drawn)), self.high)


def distributions(space: Sequence[Param]) -> dict[str, Any]:
    """What ``RandomizedSearchCV`` and ``ParameterSampler`` draw from, by name."""
    return {param.name: _distribution(param) for param in space}


def sample_candidates(space: Sequence[Param], number: int, seed: int) -> list[Params]:
    """The candidates of scikit-learn's ``ParameterSampler`` over `distributions`, in Python's own types.

    Returns
    -------
    list of dict
        ``number`` of them, or all there are where a space of choices has fewer.
    """
    import warnings

    from sklearn.model_selection import ParameterSampler

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a small space: the caller sees that there are fewer
        drawn = list(ParameterSampler(distributions(space), number, random_state=seed))
    names = [param.name for param in space]
    return [{name: _plain(each[name]) for name in names} for each in drawn]


def starting_point(space: Sequence[Param], resolved: Mapping[str, ParamValue]) -> Params:
    """What the run would have for the searched parameters without a search; library defaults stay unsaid."""
    return {param.name: resolved[param.name] for param in space if param.name in resolved}


def at_border(space: Sequence[Param], params: Mapping[str, ParamValue]) -> list[str]:
    """Names of the parameters whose value lies at an end of the range that was searched, and might go on beyond it."""
    return [param.name for param in space if _is_at_border(param, params.get(param.name))]


def _distribution(param: Param) -> Any:
    from scipy.stats import loguniform, randint, uniform

    if isinstance(param, Choice):
        return list(param.search or ())
    low, high = param.search or (param.low, param.high)
    if isinstance(param, Int):
        return LogInt(int(low), int(high)) if param.log else randint(int(low), int(high) + 1)
    return loguniform(low, high) if param.log else uniform(low, high - low)


def _plain(value: Any) -> ParamValue:
    plain: ParamValue = value.item() if isinstance(value, np.generic) else value
    return plain


def _is_at_border(param: Param, value: ParamValue) -> bool:
    if isinstance(param, Choice) or param.search is None or isinstance(value, bool | str) or value is None:
        return False
    low, high = (float(end) for end in param.search)
    if not low <= value <= high:
        return False
    share = _share(value, low, high, param.log)
    tolerance = BORDER_SHARE if isinstance(param, Float) or high - low > 1 / BORDER_SHARE else 1e-9
    is_low = share <= tolerance and param.low < low
    is_high = share >= 1 - tolerance and high < param.high
    return is_low or is_high


def _share(value: float, low: float, high: float, is_log: bool) -> float:
    """How far along the range a value lies, from 0 to 1."""
    if is_log:
        value, low, high = (math.log(each) for each in (value, low, high))
    return (value - low) / (high - low)
