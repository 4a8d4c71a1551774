"""Who is asking: the owner that the server found in the request."""

from __future__ import annotations

from flask import g


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
    """Give "light" or "dark" while a page is being built, so that its figures start in the visitor's theme."""
    return "dark" if g.get("theme") == "dark" else "light"
