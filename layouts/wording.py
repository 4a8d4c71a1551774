"""How numbers, moments and spans are said to people. Pure: values in, words out."""

from __future__ import annotations

import math
from datetime import UTC, datetime

MINUS = "\u2212"
NOTHING = "\u2013"


def is_number(value: object) -> bool:
    """Whether a value is a finite number that a float can hold (booleans are not).

    Examples
    --------
    >>> is_number(3), is_number(True), is_number(float("inf")), is_number(10**400)
    (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def count(value: float | None) -> str:
    """A whole number with its thousands separated.

    Examples
    --------
    >>> count(28356)
    '28,356'
    """
    return f"{value:,.0f}".replace("-", MINUS) if is_number(value) else NOTHING


def counted(value: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun in the right number.

    Examples
    --------
    >>> counted(1, "model"), counted(1204, "track")
    ('1 model', '1,204 tracks')
    """
    return f"{count(value)} {noun if value == 1 else plural or noun + 's'}"


def score(value: float | None) -> str:
    """An R2 with two decimals; never a negative zero.

    Examples
    --------
    >>> score(-0.001), score(0.0834), score(None)
    ('0.00', '0.08', '–')
    """
    return fixed(value, 2)


def score_sd(value: float | None) -> str:
    """A standard deviation of R2: two decimals, three where two would hide it.

    Examples
    --------
    >>> score_sd(0.021), score_sd(0.0041), score_sd(0.0001)
    ('0.02', '0.004', 'under 0.001')
    """
    if is_number(value) and 0 < value < 0.0005:  # type: ignore[operator]
        return "under 0.001"
    return fixed(value, 3 if is_number(value) and 0 < value < 0.005 else 2)  # type: ignore[operator]


def error_points(value: float | None) -> str:
    """An error in popularity points with one decimal.

    Examples
    --------
    >>> error_points(21.948)
    '21.9'
    """
    return fixed(value, 1)


def points(value: float | None) -> str:
    """A popularity as whole points.

    Examples
    --------
    >>> points(40.6)
    '41'
    """
    return fixed(value, 0)


def signed_points(value: float | None, decimals: int = 0) -> str:
    """A difference in points with its sign; nothing is written as plain zero.

    Examples
    --------
    >>> signed_points(6.2), signed_points(-0.2)
    ('+6', '0')
    """
    said = fixed(value, decimals)
    return f"+{said}" if is_number(value) and float(value) > 0 and float(_ascii(said)) else said  # type: ignore[arg-type]


def share(value: float | None) -> str:
    """A share between 0 and 1 as whole per cent; small but present shares are not rounded away.

    Examples
    --------
    >>> share(0.083), share(0.004), share(0.0)
    ('8%', 'less than 1%', '0%')
    """
    if not is_number(value):
        return NOTHING
    if 0 < value < 0.005:  # type: ignore[operator]
        return "less than 1%"
    return f"{fixed(value * 100, 0)}%"  # type: ignore[operator]


def duration(seconds: float | None) -> str:
    """A span of time in words, never more than two units.

    Examples
    --------
    >>> duration(0.2), duration(12.4), duration(192), duration(4000)
    ('under 1 s', '12 s', '3 min', '1 h 7 min')
    """
    if not is_number(seconds):
        return NOTHING
    left = max(0.0, float(seconds))  # type: ignore[arg-type]
    if left < 1:
        return "under 1 s"
    if left < 10 and round(left, 1) != round(left):
        return f"{left:.1f} s"
    if round(left) < 60:
        return f"{left:.0f} s"
    minutes = round(left / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def time_left(seconds: float) -> str:
    """How long something may still take.

    Examples
    --------
    >>> time_left(61), time_left(0.3)
    ('about 1 min left', 'nearly done')
    """
    return f"about {duration(seconds)} left" if seconds >= 1 else "nearly done"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago a moment was, in words.

    Examples
    --------
    >>> noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    >>> ago(datetime(2024, 5, 1, 11, 57, tzinfo=UTC), noon)
    '3 min ago'
    """
    if moment is None:
        return NOTHING
    seconds = ((now or datetime.now(UTC)) - _aware(moment)).total_seconds()
    if seconds < 45:
        return "just now"
    if seconds < 7 * 86400:
        whole = seconds // 86400 * 86400 if seconds >= 86400 else seconds // 3600 * 3600 if seconds >= 3600 else seconds
        return f"{duration(max(60, whole))} ago"
    return f"on {_aware(moment).strftime('%Y-%m-%d')}"


def moment(value: datetime | None) -> str:
    """A moment to the minute, in UTC.

    Examples
    --------
    >>> moment(datetime(2024, 5, 1, 11, 57, tzinfo=UTC))
    '2024-05-01 11:57 UTC'
    """
    return _aware(value).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if value else NOTHING


def spread(low: float | None, high: float | None, decimals: int = 2) -> str:
    """Both ends of an interval.

    Examples
    --------
    >>> spread(0.061, 0.104)
    '0.06 to 0.10'
    """
    return f"{fixed(low, decimals)} to {fixed(high, decimals)}"


def listed(words: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Words as one enumeration.

    Examples
    --------
    >>> listed(["energy", "tempo", "valence"])
    'energy, tempo and valence'
    """
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} {last} {found[-1]}" if found else ""


def lower_first(text: str) -> str:
    """A label inside a sentence; words that are names or abbreviations keep their capitals.

    Examples
    --------
    >>> lower_first("Random forest"), lower_first("SVR"), lower_first("AdaBoost")
    ('random forest', 'SVR', 'AdaBoost')
    """
    first = text.split(" ", 1)[0]
    return text if any(letter.isupper() for letter in first[1:]) else text[:1].lower() + text[1:]


def fixed(value: float | None, decimals: int) -> str:
    """A number with so many decimals and a true minus; never a negative zero, a dash where there is none.

    Examples
    --------
    >>> fixed(-0.04, 1), fixed(1234.56, 1), fixed(None, 2)
    ('0.0', '1,234.6', '–')
    """
    if not is_number(value):
        return NOTHING
    rounded = round(float(value), decimals)  # type: ignore[arg-type]
    return f"{rounded + 0.0:,.{decimals}f}".replace("-0" if rounded == 0 else "-", "0" if rounded == 0 else MINUS)


def _ascii(said: str) -> str:
    return said.replace(MINUS, "-").replace(",", "")


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)
