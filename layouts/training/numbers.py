"""A field for a number. Its text is sent as it was typed, so that what does not fit can be refused by name.

A field of the kind "number" sends nothing for a value out of its bounds, as if the field were empty.
"""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from layouts.components import control


def number_field(
    label: str,
    part: str,
    value: float | None,
    help: str,
    kept: dict[str, Any],
    *,
    term: str = "",
    whole: bool = True,
) -> html.Div:
    """Draw a field with its label and what it takes.

    Parameters
    ----------
    label : str
    part : str
        Id of the field.
    value : float or None
        First value; None for an empty field.
    help : str
        What it takes.
    kept : dict
        How the browser keeps changes.
    term : str
        The term of art.
    whole : bool
        Whether only whole numbers make sense: it decides the keyboard of a phone.
    """
    field = dbc.Input(
        id=part,
        type="text",
        inputmode="numeric" if whole else "decimal",
        autocomplete="off",
        value=written(value),
        **kept,
    )
    return control(label, field, help, term=term)


def written(value: float | None) -> str:
    """Write a number as a person would type it.

    Examples
    --------
    >>> written(20.0), written(1.5), written(4294967295), written(None)
    ('20', '1.5', '4294967295', '')
    """
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else str(value)
