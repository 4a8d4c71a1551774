"""Plain components as HTML text, for what changes too often to be drawn by Dash.

Dash makes every component on a page look whether it changed, for each message to its store; text that the browser puts
in place at once costs nothing of that (``assets/prediction.js``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final, Literal

from dash.development.base_component import Component

_RENAMED: Final = {"className": "class", "tabIndex": "tabindex", "colSpan": "colspan", "rowSpan": "rowspan"}
_OF_ALL: Final = frozenset({"class", "hidden", "href", "id", "lang", "open", "role", "scope", "title", "type"})
_OF_FIELDS: Final = frozenset(
    {"autocomplete", "list", "max", "maxlength", "min", "name", "placeholder", "selected", "step", "value"}
)
_KEPT_BY_DASH: Final = frozenset(
    {"children", "_prop_names", "_valid_wildcard_attributes", "available_properties", "available_wildcard_properties"}
)
"""What a component of Dash holds beside the properties that it was given."""
_ALLOWED: Final = frozenset(_RENAMED) | _OF_ALL | _OF_FIELDS
_VOID: Final = frozenset({"br", "hr", "input"})
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Element:
    """An element that ``dash.html`` does not have, or would keep to itself: a field of a form.

    Parameters
    ----------
    tag : str
    attributes : mapping
        As HTML names them.
    children : object
        As for `markup`.
    """

    tag: Literal["input", "select", "option", "datalist"]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    children: Any = None


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
        return _of_component(part)
    if isinstance(part, Element):
        return _written(part.tag, [_attribute(*pair) for pair in part.attributes.items()], part.children)
    if isinstance(part, str | int | float) and not isinstance(part, bool):
        return escape(str(part), quote=False)
    raise TypeError(f"{type(part).__name__} cannot be written as HTML.")


def _of_component(part: Component) -> str:
    if part._namespace != "dash_html_components":
        raise TypeError(f"{part._type} cannot be written as HTML: only components of dash.html can.")
    given = vars(part)
    if "id" in given:
        raise TypeError("A component that callbacks know by its id cannot be written as HTML.")
    attributes = [_attribute(name, value) for name, value in sorted(given.items()) if name not in _KEPT_BY_DASH]
    return _written(part._type.lower(), attributes, given.get("children"))


def _written(tag: str, attributes: Sequence[str], children: Any) -> str:
    start = " ".join([tag, *(one for one in attributes if one)])
    return f"<{start}>" if tag in _VOID else f"<{start}>{markup(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if name == "style":
        value = _style(value)
    elif not (name in _ALLOWED or name.startswith(("data-", "aria-"))):
        raise TypeError(f"The property {name} cannot be written as HTML.")
    if name == "href" and str(value).strip().lower().startswith(("javascript:", "data:", "vbscript:")):
        raise TypeError("A link leads to a page.")
    written = _RENAMED.get(name, name)
    return written if value is True else f'{written}="{escape(str(value), quote=True)}"'


def _style(style: Mapping[str, Any]) -> str:
    return ";".join(f"{_property(name)}:{value}" for name, value in style.items())


def _property(name: str) -> str:
    return name if name.startswith("--") else _CAPITAL.sub("-", name).lower()
