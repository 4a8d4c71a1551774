"""Plain components as HTML text, for what changes too often to be drawn by Dash.

Dash makes every component on a page look whether it changed, for each message to its store; text that the browser puts
in place at once costs nothing of that (``assets/prediction.js``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from dash.development.base_component import Component

_RENAMED: Final = {"className": "class", "tabIndex": "tabindex", "colSpan": "colspan", "rowSpan": "rowspan"}
_PLAIN: Final = frozenset({"title", "type", "scope", "role", "href", "hidden", "open", "lang"})
_VOID: Final = frozenset({"br", "hr"})
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


def markup(part: Any) -> str:
    """Write components of ``dash.html`` as HTML text; whatever came from people or files is escaped.

    Parameters
    ----------
    part : component, str, number, None, or list of these

    Raises
    ------
    TypeError
        For a component or a property that cannot be written: one that is not of ``dash.html``, or has an id.

    Examples
    --------
    >>> from dash import html
    >>> markup(html.P(["1 < 2 ", html.Strong("yes")], className="note"))
    '<p class="note">1 &lt; 2 <strong>yes</strong></p>'
    """
    if part is None:
        return ""
    if isinstance(part, list | tuple):
        return "".join(map(markup, part))
    if isinstance(part, Component):
        return _element(part)
    if isinstance(part, str | int | float) and not isinstance(part, bool):
        return escape(str(part), quote=False)
    raise TypeError(f"{type(part).__name__} cannot be written as HTML.")


def _element(part: Component) -> str:
    told = part.to_plotly_json()
    if told["namespace"] != "dash_html_components":
        raise TypeError(f"{told['type']} cannot be written as HTML: only components of dash.html can.")
    tag = told["type"].lower()
    written = [_attribute(name, value) for name, value in told["props"].items() if name != "children"]
    start = " ".join([tag, *(one for one in written if one)])
    if tag in _VOID:
        return f"<{start}>"
    return f"<{start}>{markup(getattr(part, 'children', None))}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if name == "style":
        value = _style(value)
    elif not (name in _RENAMED or name in _PLAIN or name.startswith(("data-", "aria-"))):
        raise TypeError(f"The property {name} cannot be written as HTML.")
    if name == "href" and str(value).strip().lower().startswith(("javascript:", "data:", "vbscript:")):
        raise TypeError("A link leads to a page.")
    written = _RENAMED.get(name, name)
    return written if value is True else f'{written}="{escape(str(value), quote=True)}"'


def _style(style: Mapping[str, Any]) -> str:
    return ";".join(f"{_property(name)}:{value}" for name, value in style.items())


def _property(name: str) -> str:
    return name if name.startswith("--") else _CAPITAL.sub("-", name).lower()
