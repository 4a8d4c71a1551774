"""Predictions that were kept: checked when they come back from a browser, compared, and written as a table."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from core.errors import InvalidRequest
from core.features import FEATURES
from core.inputs import TEXTS
from core.release_dates import DATE

MOST_KEPT: Final = 50
LONGEST_TEXT: Final = 300
LONGEST_NAME: Final = 80
MOST_VALUES: Final = len(FEATURES) + 64
"""Values a scenario may hold: the features of every table, and the columns of one's own."""

Values = Mapping[str, float | str]

_TEXTS: Final = ("id", "name", "run", "title", "start")
_NUMBERS: Final = ("predicted", "low", "high")
_ID: Final = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class Scenario:
    """A prediction that was kept.

    Parameters
    ----------
    run : str
        Id of the run whose model predicted.
    title : str
        The model in words.
    predicted, low, high : float
        Points.
    start : str
        What the values were set from, in words.
    changes : tuple of str
        What differs from there, in words.
    values : mapping
        The values as the page shows them; empty for one that an older version kept.
    name : str
        What the person calls it; may be empty.
    id : str
        Eight hexadecimal digits that tell it from the others of the board.
    """

    run: str
    title: str
    predicted: float
    low: float
    high: float
    start: str
    changes: tuple[str, ...]
    values: Values = field(default_factory=dict)
    name: str = ""
    id: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For the browser's store."""
        return {**vars(self), "changes": list(self.changes), "values": dict(self.values)}


def parse_scenarios(data: object) -> list[Scenario]:
    """Check kept predictions, which come back from the browser.

    Raises
    ------
    InvalidRequest
        For anything but a list of at most 50 predictions as `Scenario.to_dict` gives them; an older version wrote no
        ``id``, ``name`` and ``values``.
    """
    if data is None:
        return []
    if not isinstance(data, list) or len(data) > MOST_KEPT:
        raise InvalidRequest(f"Kept predictions are a list of at most {MOST_KEPT}.")
    found = [_parse_one(one, number) for number, one in enumerate(data)]
    if len({one.id for one in found}) < len(found):
        raise InvalidRequest("Two kept predictions have the same id.")
    return found


def _parse_one(one: object, number: int) -> Scenario:
    if not isinstance(one, dict):
        raise InvalidRequest("A kept prediction does not have the expected fields.")
    whole = {"id": f"{number:08x}", "name": "", "values": {}, **one}
    fits = set(whole) == {*_TEXTS, *_NUMBERS, "changes", "values"}
    fits = fits and all(isinstance(whole[key], str) and len(whole[key]) <= LONGEST_TEXT for key in _TEXTS)
    fits = fits and all(_is_number(whole[key]) for key in _NUMBERS)
    fits = fits and isinstance(whole["changes"], list) and len(whole["changes"]) <= MOST_VALUES
    fits = fits and all(isinstance(words, str) and len(words) <= LONGEST_TEXT for words in whole["changes"])
    fits = fits and _ID.fullmatch(whole["id"]) is not None and len(whole["name"]) <= LONGEST_NAME
    if not fits:
        raise InvalidRequest("A kept prediction does not have the expected fields.")
    return Scenario(**{**whole, "changes": tuple(whole["changes"]), "values": parse_values(whole["values"])})


def parse_values(values: object) -> dict[str, float | str]:
    """Check the values of a track as the page shows them.

    Parameters
    ----------
    values : object
        By feature, by the text that features come from, or ``release_date``; an empty text is not known.

    Raises
    ------
    InvalidRequest
        For an unknown name, or a value of another kind than the name's.
    """
    if not isinstance(values, dict) or len(values) > MOST_VALUES:
        raise InvalidRequest(f"The values of a track are an object with at most {MOST_VALUES} entries.")
    return {name: _parse_value(name, value) for name, value in values.items()}


def _parse_value(name: object, value: object) -> float | str:
    if name == DATE or name in TEXTS:
        if value is None:
            return ""
        return _text(TEXTS.get(str(name), "Release date"), value)
    feature = FEATURES.get(str(name))
    if feature is None:
        raise InvalidRequest(f"Unknown feature {str(name)[:40]!r}.")
    if feature.kind == "category" and isinstance(value, str):
        return _text(feature.label, value)
    if not _is_number(value):
        raise InvalidRequest(f"The value of {feature.label} is {str(value)[:40]!r}: a finite number is expected.")
    return value  # type: ignore[return-value]


def _text(label: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InvalidRequest(f"The value of {label} is no text of at most {LONGEST_TEXT} characters.")
    return value


def differing(scenarios: Sequence[Scenario]) -> list[str]:
    """Names of the values in which scenarios differ, in the order in which they come; those that keep none apart.

    Examples
    --------
    >>> one = Scenario("r", "Ridge", 40, 10, 70, "", (), {"energy": 0.5, "tempo": 120.0})
    >>> other = Scenario("r", "Ridge", 42, 12, 72, "", (), {"energy": 0.7, "tempo": 120.0})
    >>> differing([one, other])
    ['energy']
    """
    kept = [one.values for one in scenarios if one.values]
    names = dict.fromkeys(name for values in kept for name in values)
    return [name for name in names if len({_key(values.get(name)) for values in kept}) > 1]


def to_frame(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Write scenarios as a table, one row each.

    Returns
    -------
    DataFrame
        ``name``, ``model``, ``run``, ``predicted``, ``low``, ``high`` (points), ``started_from``, and a column for each
        value, in the units of the page.
    """
    names = dict.fromkeys(name for one in scenarios for name in one.values)
    rows = [
        {
            "name": one.name,
            "model": one.title,
            "run": one.run,
            "predicted": one.predicted,
            "low": one.low,
            "high": one.high,
            "started_from": one.start,
            **{name: one.values.get(name) for name in names},
        }
        for one in scenarios
    ]
    head = ["name", "model", "run", *_NUMBERS, "started_from", *names]
    return pd.DataFrame(rows, columns=head)


def _key(value: object) -> object:
    return f"{value:.9g}" if _is_number(value) else value


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and math.isfinite(value)
    )
