"""Events of one kind, and how the scores of a search are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from core.metrics import METRICS

Event = Mapping[str, Any]
_NAMES = {"fold": "number", "candidate": "number", "curve": "fit"}


def events_of(events: Iterable[Event], kind: str) -> list[Event]:
    """Give the events of a kind: one a fold or candidate by number, one a fit in the order of their coming.

    Examples
    --------
    >>> events_of([{"kind": "fold", "number": 2}, {"kind": "fold", "number": 1}], "fold")
    [{'kind': 'fold', 'number': 1}, {'kind': 'fold', 'number': 2}]
    """
    found = {event[_NAMES[kind]]: event for event in events if event.get("kind") == kind}
    return list(found.values()) if kind == "curve" else [found[name] for name in sorted(found)]


def finite(value: object) -> float | None:
    """Give a finite number as a float, anything else as None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def is_better(metric: str) -> bool:
    """Whether more of a metric is better; an unknown one counts as an error."""
    return metric in METRICS and METRICS[metric].greater_is_better


def metric_title(metric: str) -> str:
    """Name a metric on an axis, with its unit.

    Examples
    --------
    >>> metric_title("rmse"), metric_title("r2")
    ('RMSE (points)', 'R²')
    """
    found = METRICS.get(metric)
    if found is None:
        return metric
    return f"{found.label} ({found.unit})" if found.unit else found.label


def metric_name(metric: str) -> str:
    """Name a metric inside a sentence."""
    return METRICS[metric].label if metric in METRICS else metric


def in_digits(value: float | None, metric: str) -> str:
    """Write a score so that candidates can be told apart: R2 with three decimals, errors with two.

    Examples
    --------
    >>> in_digits(0.0831, "r2"), in_digits(21.948, "rmse"), in_digits(None, "r2")
    ('0.083', '21.95', '–')
    """
    if value is None or not math.isfinite(value):
        return "\u2013"
    decimals = 3 if metric == "r2" else 0 if metric == "mse" else 2
    said = f"{value:,.{decimals}f}"
    return said.replace("-", "\u2212") if float(said.replace(",", "")) else said.replace("-", "")


UNSAID = "library default"
"""What stands for a setting that a candidate does not name: its library chooses, which is not the value None."""


def in_words(value: object) -> str:
    """Write the value of a hyperparameter: at most four digits, "none" for nothing.

    Examples
    --------
    >>> in_words(0.0312345), in_words(None), in_words(True), in_words(250)
    ('0.03123', 'none', 'yes', '250')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
