"""Short messages that come and go at the corner of the window."""

from __future__ import annotations

from typing import Any, Final, Literal

import dash_bootstrap_components as dbc
from dash import dcc, html

from layouts.components.icon import icon

Kind = Literal["success", "info", "warning", "danger"]

_HEADS: Final = {
    "success": ("Done", "check-circle-fill"),
    "info": ("Note", "info-circle-fill"),
    "warning": ("Please note", "exclamation-triangle-fill"),
    "danger": ("That did not work", "x-octagon-fill"),
}


def toast(message: Any, kind: Kind = "success", href: str | None = None, link_text: str | None = None) -> dbc.Toast:
    """Make a message for ``Output(Shell.TOASTS, "children", allow_duplicate=True)``.

    A callback appends it (``patch = Patch(); patch.append(toast(...)); return patch``).

    Parameters
    ----------
    message : str or component
        One sentence: what happened, what to do.
    kind : {"success", "info", "warning", "danger"}
        Trouble (warning, danger) stays until it is closed, the rest goes after eight seconds.
    href : str, optional
        Where to look; already relative to the base path.
    link_text : str, optional
        Words of the link.
    """
    title, name = _HEADS[kind]
    body = [html.Span(message)]
    if href:
        body += [" ", dcc.Link(link_text or "Open", href=href, className="toast-link")]
    return dbc.Toast(
        body,
        header=html.Span([icon(name), " ", title]),
        class_name=f"toast-{kind}",
        dismissable=True,
        duration=None if kind in {"warning", "danger"} else 8000,
        is_open=True,
    )
