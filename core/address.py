"""The query of an address, as every page reads it: bounded, and of texts that can be stored."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from core.errors import InvalidRequest
from core.texts import check_text

LONGEST: Final = 40_000
"""Characters; a page that names a thousand runs needs nearly as many."""
MOST: Final = 200


def read_pairs(query: str, *, longest: int = LONGEST, most: int = MOST, blanks: bool = False) -> list[tuple[str, str]]:
    """The names and values of an address, in its order.

    Parameters
    ----------
    query : str
        With or without its question mark.
    longest, most : int
        Characters and values that it may have.
    blanks : bool
        Whether names without a value are given as well.

    Raises
    ------
    InvalidRequest
        When it has more, or holds what is no text.

    Examples
    --------
    >>> read_pairs("?runs=a,b&by=mae&by=")
    [('runs', 'a,b'), ('by', 'mae')]
    """
    if len(query) > longest:
        raise InvalidRequest(f"The address has more than {longest:,} characters.")
    try:
        pairs = parse_qsl(query.lstrip("?"), keep_blank_values=blanks, max_num_fields=most)
    except ValueError:
        raise InvalidRequest(f"The address has more than {most} values.") from None
    for pair in pairs:
        for text in pair:
            check_text("address", text)
    return pairs


def read_values(query: str) -> dict[str, str]:
    """The first value of each name of an address.

    Raises
    ------
    InvalidRequest
        As `read_pairs` does.

    Examples
    --------
    >>> read_values("?section=audit&section=table")
    {'section': 'audit'}
    """
    return dict(reversed(read_pairs(query)))
