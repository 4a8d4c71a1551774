"""What the page asks for, checked: it comes from a browser."""

from __future__ import annotations

from typing import Any

from core.errors import InvalidRequest, NotFound


def text_of(value: Any) -> str:
    """The id of a run.

    Raises
    ------
    InvalidRequest
        For anything but a text.
    """
    if not isinstance(value, str):
        raise InvalidRequest("The id of a run is a text.")
    return value


def one_of(value: Any, known: Any) -> str:
    """A choice of the page.

    Raises
    ------
    NotFound
        For what is none of those it offers.
    """
    if value not in known:
        raise NotFound("There is no such choice on this page.")
    return str(value)
