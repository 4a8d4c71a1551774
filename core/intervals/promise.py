"""What a prediction interval promises, in sentences that claim no more than was shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.intervals.conformal import is_enough
from core.validation import PROTOCOLS, Protocol


def keeps_its_share(interval: Mapping[str, Any]) -> bool:
    """Whether the interval may be named by its coverage.

    Not where its residuals were leaked, where there were too few of them, or where what is to come may differ from what
    was held out (by time).

    Parameters
    ----------
    interval : mapping
        ``TrainingResult.interval``; of an older run ``n`` or ``protocol`` may be absent.
    """
    protocol = _protocol(interval)
    is_shaky = protocol is not None and (protocol.is_leaky or protocol.by_time)
    return not is_shaky and _has_enough(interval)


def describe_interval(interval: Mapping[str, Any], genre: str | None = None) -> str:
    """Say in a sentence what the interval promises: that depends on the protocol and on what was held out.

    Parameters
    ----------
    interval : mapping
        As for `keeps_its_share`.
    genre : str, optional
        The genre whose own interval is used.

    Examples
    --------
    >>> describe_interval({"coverage": 0.9, "protocol": "song", "n": 5000})
    'The interval holds the truth for about 90% of tracks like those held out.'
    >>> describe_interval({"coverage": 0.9, "protocol": "song", "n": 5000, "by_genre": {"pop": {}}}, "pop")
    'The interval holds the truth for about 90% of pop tracks like those held out.'
    """
    share = f"{100 * interval['coverage']:.0f}%"
    own = genre if genre in interval.get("by_genre", {}) else None
    if not _has_enough(interval):
        n = interval.get("units", interval["n"])
        return f"Too few tracks were held out ({n}) for a {share} interval: it is the whole scale."
    protocol = _protocol(interval)
    if protocol is not None and protocol.is_leaky:
        return (
            f"The interval is too narrow: it held the truth for {share} of held-out rows, but their tracks were in the "
            "training as well. Of new tracks it holds fewer."
        )
    if protocol is not None and protocol.by_time:
        return _of_the_newest(interval, share, own)
    kind = f"{own} tracks" if own else "tracks"
    return f"The interval holds the truth for about {share} of {kind} like those held out."


def name_interval(interval: Mapping[str, Any], genre: str = "") -> str:
    """Name the interval of a prediction in a few words, for a cell of a table.

    Examples
    --------
    >>> name_interval({"coverage": 0.9, "protocol": "song", "n": 5000}, "pop")
    '90%, pop tracks'
    >>> name_interval({"coverage": 0.9, "protocol": "time", "n": 5000})
    'no guarantee, all tracks'
    """
    if not _has_enough(interval):
        return "whole scale, too few tracks held out"
    share = f"{100 * interval['coverage']:.0f}%" if keeps_its_share(interval) else "no guarantee"
    return f"{share}, {genre or 'all'} tracks"


def _of_the_newest(interval: Mapping[str, Any], share: str, genre: str | None) -> str:
    """What was seen on the newest tracks, and that it binds nothing."""
    kind = "tracks"
    if found := _measured(interval, genre):
        share = f"{100 * found['coverage']:.0f}%"
        kind = f"{genre} tracks" if genre else "tracks"
    return (
        f"The interval held the truth for {share} of the newest {kind} in the table; what comes out next may differ, "
        "so that is no promise."
    )


def _measured(interval: Mapping[str, Any], genre: str | None) -> Mapping[str, Any] | None:
    measured = interval.get("measured")
    if not measured:
        return None
    if genre is None:
        found: Mapping[str, Any] = measured["overall"]
        return found
    return next((one for one in measured["by_genre"] if one["genre"] == genre), None)


def _protocol(interval: Mapping[str, Any]) -> Protocol | None:
    return PROTOCOLS.get(interval.get("protocol", ""))


def _has_enough(interval: Mapping[str, Any]) -> bool:
    n = interval.get("units", interval.get("n"))
    return n is None or is_enough(n, interval["coverage"])
