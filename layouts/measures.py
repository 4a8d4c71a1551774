"""How scores are written: each measure with the digits and the sign that it deserves."""

from __future__ import annotations

from core.metrics import MEASURES, Metric
from layouts import wording

MOST_DECIMALS = 6
"""Of a difference whose range ends next to zero."""


def number(key: str, value: float | None) -> str:
    """A score as it stands in a table or a sentence; per cent carry their sign, points do not.

    Examples
    --------
    >>> number("r2", 0.0834), number("rmse", 21.948), number("wmape", 49.44), number("pinball", None)
    ('0.08', '21.9', '49.4%', '–')
    """
    said = wording.fixed(value, MEASURES[key].decimals)
    return f"{said}%" if MEASURES[key].unit == "%" and wording.is_number(value) else said


def spread(key: str, low: float | None, high: float | None) -> str:
    """Both ends of the interval of a score.

    Examples
    --------
    >>> spread("rmse", 21.71, 22.04), spread("wmape", 48.2, 50.1)
    ('21.7 to 22.0', '48.2% to 50.1%')
    """
    return f"{number(key, low)} to {number(key, high)}"


def finer(key: str) -> int:
    """Decimals of a difference between two scores: one more than a score has, where it has any."""
    decimals = MEASURES[key].decimals
    return decimals + 1 if decimals else 0


def difference(key: str, value: float, low: float, high: float) -> str:
    """A difference between two scores and its range, with as many digits as show on which side of zero the range lies.

    Parameters
    ----------
    key : str
        Measure, from ``MEASURES``.
    value, low, high : float
        In its unit, signed.

    Examples
    --------
    >>> difference("rmse", 0.18, -0.05, 0.36), difference("rmse", 0.18, 0.004, 0.36), difference("mse", 9, 0.2, 17)
    ('+0.18 (−0.05 to 0.36)', '+0.180 (0.004 to 0.360)', '+9.0 (0.2 to 17.0)')
    """
    decimals = finer(key)
    if low * high > 0:
        nearest = min(abs(low), abs(high))
        decimals = next((at for at in range(decimals, MOST_DECIMALS) if round(nearest, at)), MOST_DECIMALS)
    return f"{wording.signed_points(value, decimals)} ({wording.spread(low, high, decimals)})"


def with_unit(metric: Metric) -> str:
    """Name of a measure at the head of a column; per cent stand in the cells."""
    return f"{metric.label}, {metric.unit}" if metric.unit not in ("", "%") else metric.label
