"""Icons: always beside words, so always hidden from a screen reader."""

from __future__ import annotations

from dash import html


def icon(name: str, class_name: str = "") -> html.I:
    """Draw a Bootstrap icon.

    Parameters
    ----------
    name : str
        Name in Bootstrap Icons, without the prefix: "play-fill", "download".
    class_name : str
        Further classes.
    """
    return html.I(className=f"bi bi-{name} {class_name}".strip(), **{"aria-hidden": "true"})
