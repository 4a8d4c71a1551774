"""Numbers of a card as people read them; what is not known is a dash."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any, TypeGuard

from core.metrics import MEASURES

NOTHING = "–"
_MINUS = "−"


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number (booleans are not)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def decimals(value: Any, digits: int) -> str:
    """A number with so many decimals, never a negative zero.

    Examples
    --------
    >>> decimals(-0.001, 2), decimals(1234.5, 0), decimals(None, 1)
    ('0.00', '1,234', '–')
    """
    if not is_number(value):
        return NOTHING
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", _MINUS)


def measure(key: str, value: Any) -> str:
    """A score in the digits that its metric deserves.

    Examples
    --------
    >>> measure("r2", 0.0834), measure("rmse", 21.948)
    ('0.08', '21.9')
    """
    said = decimals(value, MEASURES[key].decimals)
    return f"{said}%" if MEASURES[key].unit == "%" and is_number(value) else said


def count(value: Any) -> str:
    """A whole number with its thousands separated."""
    return decimals(value, 0)


def share(value: Any) -> str:
    """A share between 0 and 1 as whole per cent.

    Examples
    --------
    >>> share(0.893)
    '89%'
    """
    return f"{decimals(100 * value, 0)}%" if is_number(value) else NOTHING


def spread(key: str, ends: Any) -> str:
    """Both ends of an interval of a score, or a dash.

    Examples
    --------
    >>> spread("r2", [0.061, 0.104]), spread("r2", None)
    ('0.06 to 0.10', '–')
    """
    if not is_pair(ends):
        return NOTHING
    return f"{measure(key, ends[0])} to {measure(key, ends[1])}"


def is_pair(ends: Any) -> bool:
    """Whether it is an interval: two numbers."""
    return isinstance(ends, list | tuple) and len(ends) == 2 and all(map(is_number, ends))


def marked_up(value: object) -> str:
    """Text that stays text in HTML and SVG, whatever somebody called their run; without what no document may hold.

    Examples
    --------
    >>> marked_up("R&B <live>")
    'R&amp;B &lt;live&gt;'
    """
    return escape("".join(letter for letter in str(value) if letter >= " " or letter in "\n\t"))


def listed(words: Sequence[str]) -> str:
    """Words as one enumeration.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


def duration(seconds: Any) -> str:
    """A span of time.

    Examples
    --------
    >>> duration(0.4), duration(12.3), duration(200)
    ('0.4 s', '12 s', '3 min 20 s')
    """
    if not is_number(seconds):
        return NOTHING
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
