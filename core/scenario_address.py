"""The address of a scenario: everything that it takes to see the same again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.address import read_pairs
from core.errors import InvalidRequest
from core.features import FEATURES
from core.inputs import TEXTS
from core.release_dates import DATE
from core.scenarios import LONGEST_TEXT, MOST_VALUES, NAMED

MOST_MODELS: Final = 4
"""Models that are asked about one track, the chosen one included."""
LONGEST_QUERY: Final = 8000
_FEATURE_OF: Final[Mapping[str, str]] = {written: name for name, written in NAMED.items()}
RUN, TRACK, GENRE, BESIDE = "run", "track", "typical", "beside"


@dataclass(frozen=True)
class Asked:
    """What an address asks for; nothing of it was looked up.

    Parameters
    ----------
    run : str
        Id of the run, or empty.
    track : str
        Id of the track that was started from, or empty.
    genre : str
        Genre whose typical track was started from, or empty.
    beside : tuple of str
        Ids of further runs that are asked as well.
    values : mapping of str to str
        Values that are set, by feature, text or ``release_date``, as they are written.
    ignored : tuple of str
        What was not understood.
    """

    run: str = ""
    track: str = ""
    genre: str = ""
    beside: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def read_address(query: str) -> Asked:
    """Read the query of an address; whatever is not understood is named, never an error.

    Addresses of older versions name the duration ``duration_ms``, though it is in seconds, as the page shows it.

    Parameters
    ----------
    query : str
        With or without its question mark.

    Examples
    --------
    >>> asked = read_address("?run=1&energy=0.5&genre=pop&vibe=3")
    >>> asked.run, dict(asked.values), asked.ignored
    ('1', {'energy': '0.5', 'genre': 'pop'}, ('vibe',))
    """
    try:
        pairs = read_pairs(query, longest=LONGEST_QUERY, most=MOST_VALUES + 10, blanks=True)
    except InvalidRequest:
        return Asked(ignored=("the address, which is too long or holds what is no text",))
    given = {_FEATURE_OF.get(name, name): value[:LONGEST_TEXT] for name, value in pairs}
    fixed = {name: given.pop(name, "") for name in (RUN, TRACK, GENRE, BESIDE)}
    values = {name: value for name, value in given.items() if name == DATE or name in TEXTS or name in FEATURES}
    ignored = tuple(name[:40] for name in given if name not in values)
    beside = tuple(dict.fromkeys(one for one in fixed[BESIDE].split(",") if one))[: MOST_MODELS - 1]
    return Asked(fixed[RUN], fixed[TRACK], fixed[GENRE], beside, values, ignored)


def write_address(
    run: str,
    values: Mapping[str, float | str],
    *,
    track: str = "",
    typical: str = "",
    genre: str = "",
    beside: Sequence[str] = (),
) -> dict[str, str]:
    """Give the parts of the query of a scenario's address, in their order.

    Parameters
    ----------
    run : str
    values : mapping
        As the page shows them.
    track, typical : str
        The track, or the genre whose typical track, was started from.
    genre : str
        Whose interval is asked for; it is written where neither values nor start tell it.
    beside : sequence of str
        Further runs.

    Examples
    --------
    >>> write_address("1", {"energy": 0.5, "genre": "r&b"}, track="abc")
    {'run': '1', 'track': 'abc', 'energy': '0.5', 'genre': 'r&b'}
    >>> write_address("1", {"energy": 0.5}, genre="pop")
    {'run': '1', 'energy': '0.5', 'genre': 'pop'}
    >>> write_address("1", {"duration_ms": 201.573})
    {'run': '1', 'duration_s': '201.573'}
    """
    start = {TRACK: track, GENRE: "" if track else typical, BESIDE: ",".join(beside)}
    texts = {name: value if isinstance(value, str) else f"{value:.9g}" for name, value in values.items()}
    written = {NAMED.get(name, name): text for name, text in texts.items()}
    if genre and not track and not typical and "genre" not in written:
        written["genre"] = genre
    return {RUN: run, **{name: value for name, value in start.items() if value}, **written}
