"""Predictions that were kept: checked when they come back from a browser, compared, and written as a table."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
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

NAMED: Final[Mapping[str, str]] = MappingProxyType({"duration_ms": "duration_s"})
"""Names, in addresses and files, of values that the page shows in another unit than that of their feature's name."""

Values = Mapping[str, float | str]

_TEXTS: Final = ("run", "title", "start")
_ADDED: Final = ("name", "track", "typical", "genre")
"""Texts that older versions did not write."""
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
    track : str
        Id of the real track that was started from; may be empty.
    typical : str
        Genre whose typical track was started from; may be empty.
    genre : str
        The genre whose interval was asked for where the model itself does not look at one: that of what was started
        from. May be empty.
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
    track: str = ""
    typical: str = ""
    genre: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For the browser's store."""
        return {**vars(self), "changes": list(self.changes), "values": dict(self.values)}


@dataclass(frozen=True)
class Kept:
    """What could be read of the predictions that a browser kept.

    Parameters
    ----------
    scenarios : tuple of Scenario
        Oldest first.
    n_unreadable : int
        Left out, since they do not say what was predicted.
    n_without_values : int
        Of those that are there, how many hold values that this version does not know: they are without values.
    """

    scenarios: tuple[Scenario, ...] = ()
    n_unreadable: int = 0
    n_without_values: int = 0


def read_scenarios(data: object) -> Kept:
    """Read kept predictions, which come back from the browser; what another version wrote, or nobody, is counted.

    Parameters
    ----------
    data : object
        A list of what `Scenario.to_dict` gave, of which the last 50 count. An older version wrote no ``id``, ``name``,
        ``values``, ``track``, ``typical`` and ``genre``; what a newer one adds is passed over.

    Examples
    --------
    >>> read_scenarios([{"run": "r"}, 3]).n_unreadable
    2
    """
    if data is None:
        return Kept()
    if not isinstance(data, list):
        return Kept(n_unreadable=1)
    first = max(0, len(data) - MOST_KEPT)
    found: dict[str, Scenario] = {}
    stripped = 0
    for number, one in enumerate(data[first:]):
        scenario = _read_one(one, number)
        if scenario is None or scenario.id in found:
            continue
        values, is_whole = _read_values(one.get("values", {}))
        stripped += not is_whole
        found[scenario.id] = replace(scenario, values=values)
    return Kept(tuple(found.values()), len(data) - len(found), stripped)


def _read_one(one: object, number: int) -> Scenario | None:
    """A kept prediction without its values; None where it does not say what was predicted."""
    if not isinstance(one, dict):
        return None
    texts: dict[str, Any] = {name: one.get(name) for name in _TEXTS}
    texts |= {"id": one.get("id", f"{number:08x}"), **{name: one.get(name, "") for name in _ADDED}}
    numbers: dict[str, Any] = {name: one.get(name) for name in _NUMBERS}
    changes: Any = one.get("changes")
    fits = all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts.values())
    fits = fits and all(_is_number(value) for value in numbers.values())
    fits = fits and isinstance(changes, list) and len(changes) <= MOST_VALUES
    fits = fits and all(isinstance(words, str) and len(words) <= LONGEST_TEXT for words in changes)
    if not fits or _ID.fullmatch(texts["id"]) is None or len(texts["name"]) > LONGEST_NAME:
        return None
    return Scenario(**texts, **numbers, changes=tuple(changes))


def _read_values(values: object) -> tuple[dict[str, float | str], bool]:
    """The values, and whether all of them are known: some alone would be another track."""
    try:
        return parse_values(values), True
    except InvalidRequest:
        return {}, False


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
            **{NAMED.get(name, name): one.values.get(name) for name in names},
        }
        for one in scenarios
    ]
    head = ["name", "model", "run", *_NUMBERS, "started_from", *(NAMED.get(name, name) for name in names)]
    return pd.DataFrame(rows, columns=head)


def _key(value: object) -> object:
    return f"{value:.9g}" if _is_number(value) else value


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and math.isfinite(value)
    )
