"""Spans of time that are limits: said to the second, as rounding a limit would be wrong."""

from __future__ import annotations

_UNITS = (("d", 86_400), ("h", 3600), ("min", 60))


def in_words(seconds: float) -> str:
    """A limit in words, with nothing rounded but parts of a second.

    Parameters
    ----------
    seconds : float, seconds

    Examples
    --------
    >>> in_words(12), in_words(90), in_words(2160), in_words(3600), in_words(0.5)
    ('12 s', '1 min 30 s', '36 min', '1 h', '0.5 s')
    """
    left = round(max(0.0, seconds), 1)
    parts = []
    for name, length in _UNITS:
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count:g} {name}")
    left = round(left, 1)
    if left or not parts:
        parts.append(f"{left:g} s")
    return " ".join(parts)
