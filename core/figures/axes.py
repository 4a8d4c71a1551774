"""Ticks and names of axes that charts of runs share."""

from __future__ import annotations

import math


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 and their tenths and tens between two positive ends; fewer steps where the span is wide.

    Examples
    --------
    >>> log_ticks(0.9, 6.0)
    [1.0, 2.0, 5.0]
    """
    first, last = math.log10(max(low, 1e-9)) - 0.1, math.log10(max(high, 1e-9)) + 0.1
    steps = (1, 2, 5) if last - first < 2 else (1, 3) if last - first < 4 else (1,)
    every = [step * 10.0**power for power in range(math.floor(first), math.ceil(last) + 1) for step in steps]
    return [each for each in every if first <= math.log10(each) <= last]


def wrapped(name: str, most: int = 16) -> str:
    """A long name on two lines, broken at the space that is nearest to its middle.

    Examples
    --------
    >>> wrapped("Gradient boosting (histogram)"), wrapped("Lasso")
    ('Gradient boosting<br>(histogram)', 'Lasso')
    """
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    if len(name) <= most or not spaces:
        return name
    at = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:at]}<br>{name[at + 1 :]}"
