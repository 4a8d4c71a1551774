"""One date of release in place of year, month, day and weekday, so that these can never contradict each other."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from core.errors import InvalidRequest
from core.features import FEATURES

DATE: Final = "release_date"
EXACTNESS: Final = "release_exactness"
DATE_FEATURES: Final = ("release_year", "release_month", "release_day", "release_weekday", EXACTNESS)
"""Features that a date and its exactness decide."""
YEARS: Final = (1000, 9999)

Value = float | str | None


def has_date(features: Collection[str]) -> bool:
    """Whether a model looks at more of a date than its year, so that one date has to stand for all of it.

    Examples
    --------
    >>> has_date(["energy", "release_year"]), has_date(["release_year", "release_weekday"])
    (False, True)
    """
    return any(name in features for name in DATE_FEATURES[1:])


def parse_date(text: object) -> date | None:
    """Read a date as a browser writes it; None for an empty one, which is not known.

    Raises
    ------
    InvalidRequest

    Examples
    --------
    >>> parse_date("2019-06-14"), parse_date("")
    (datetime.date(2019, 6, 14), None)
    """
    if text is None or text == "":
        return None
    try:
        found = date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or not YEARS[0] <= found.year <= YEARS[1]:
        raise InvalidRequest(f"{str(text)[:40]!r} is no date: a day such as 2019-06-14 is expected.")
    return found


def with_date(values: Mapping[str, Value]) -> dict[str, Value]:
    """Put year, month, day, weekday and exactness in the place of a date.

    Parameters
    ----------
    values : mapping
        With ``release_date`` as "2019-06-14" (empty or None: not known), and perhaps ``release_exactness`` ("Day",
        "Month" or "Year"; "Day" where it is absent). Without a date, nothing is changed.

    Returns
    -------
    dict
        The values with all of ``DATE_FEATURES`` and without the date. What is not stated exactly enough is None, as in
        the table: a release of which only the year is known has no month.

    Raises
    ------
    InvalidRequest

    Examples
    --------
    >>> with_date({"release_date": "2019-06-14", "release_exactness": "Month"})["release_month"]
    6.0
    >>> with_date({"release_date": "2019-06-14"})["release_weekday"]
    'Friday'
    """
    if DATE not in values:
        return dict(values)
    rest = {name: value for name, value in values.items() if name not in (DATE, *DATE_FEATURES)}
    day, exactness = parse_date(values[DATE]), values.get(EXACTNESS)
    exactness = _exactness("Day" if exactness is None else exactness)
    if day is None:
        return {**rest, **dict.fromkeys(DATE_FEATURES)}
    months, days = exactness != "Year", exactness == "Day"
    weekdays = FEATURES["release_weekday"].categories or ()
    return {
        **rest,
        "release_year": float(day.year),
        "release_month": float(day.month) if months else None,
        "release_day": float(day.day) if days else None,
        "release_weekday": weekdays[day.weekday()] if days else None,
        EXACTNESS: exactness,
    }


def in_year(values: Mapping[str, Value], year: int) -> dict[str, Value]:
    """Move a release into another year: the same day of the same month, on the weekday that this is there.

    Parameters
    ----------
    values : mapping
        As `with_date` gives them.
    year : int

    Examples
    --------
    >>> moved = in_year(with_date({"release_date": "2020-02-29"}), 2019)
    >>> moved["release_day"], moved["release_weekday"]
    (28.0, 'Thursday')
    """
    moved: dict[str, Value] = {**values, "release_year": float(year)}
    month, day = values.get("release_month"), values.get("release_day")
    if not isinstance(month, float) or not isinstance(day, float) or "release_weekday" not in values:
        return moved
    last = calendar.monthrange(year, int(month))[1]
    weekdays = FEATURES["release_weekday"].categories or ()
    on = date(year, int(month), min(int(day), last))
    return {**moved, "release_day": float(on.day), "release_weekday": weekdays[on.weekday()]}


def describe_date(values: Mapping[str, Any]) -> str:
    """Say what the date means to a model: its weekday, or what is not known of it.

    Examples
    --------
    >>> describe_date({"release_date": "2019-06-14"})
    'A Friday.'
    >>> describe_date({"release_date": "2019-06-14", "release_exactness": "Year"})
    'Only the year counts.'
    """
    day = parse_date(values.get(DATE))
    if day is None:
        return "Not known: the model takes what is usual."
    exactness = values.get(EXACTNESS, "Day")
    if exactness == "Day":
        return f"A {calendar.day_name[day.weekday()]}."
    return "Only the year counts." if exactness == "Year" else "Only month and year count."


def _exactness(given: object) -> str:
    known = FEATURES[EXACTNESS].categories or ()
    if isinstance(given, float | int) and not isinstance(given, bool) and given in range(len(known)):
        return known[int(given)]
    if not isinstance(given, str) or given not in known:
        raise InvalidRequest(f"The exactness of a date is one of {', '.join(known)}, not {str(given)[:40]!r}.")
    return given
