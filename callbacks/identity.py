"""Who is asking, and in which theme."""

from __future__ import annotations

from flask import g, request

THEME_HEADER = "X-Dashboard-Theme"


def current_owner() -> str:
    """Give the owner of the request being answered.

    Returns
    -------
    str
        "browser:<random>", "user:<name>" or "shared".

    Raises
    ------
    RuntimeError
        Outside a request, or when the request never passed the identity check.
    """
    owner = g.get("owner")
    if not isinstance(owner, str) or not owner:
        raise RuntimeError("The request has no owner: the identity check did not run.")
    return owner


def current_theme() -> str:
    """Give "light" or "dark": the theme of the page that asks, so that figures come in it (``assets/requests.js``)."""
    return "dark" if request.headers.get(THEME_HEADER) == "dark" else "light"
