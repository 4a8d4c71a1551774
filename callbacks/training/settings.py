"""What the settings do by themselves: which are shown, drawn when opened, checked at once, counted and reset."""

from __future__ import annotations

from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, no_update

from callbacks.training.form import find_param, typed_values
from core.errors import InvalidRequest
from core.families import FAMILIES
from core.search_space import Choice
from layouts.ids import Training
from layouts.training.settings import DEFAULT, family_settings

_FAMILY = {"type": Training.PARAM, "family": MATCH, "name": ALL}
_EVERY = {"type": Training.PARAM, "family": ALL, "name": ALL}
_EVERY_SAID = {"type": Training.PARAM_SAID, "family": ALL, "name": ALL}
_EVERY_CHANGED = {"type": Training.PARAMS_CHANGED, "family": ALL}
_SECTIONS = {"type": Training.PARAMS, "family": ALL}


def register_settings(app: Dash) -> None:
    """Attach what shows, draws, checks, counts and resets settings, and what opens the search."""

    @app.callback(
        Output({"type": Training.PARAMS_BODY, "family": MATCH}, "children"),
        Input({"type": Training.PARAMS_OPEN, "family": MATCH}, "n_clicks"),
        State({"type": Training.PARAMS_OPEN, "family": MATCH}, "id"),
        State(_FAMILY, "id"),
        State(Training.TYPED, "data"),
        prevent_initial_call=True,
    )
    def draw_fields(clicks: Any, opened: Any, fields: Any, typed: Any) -> Any:
        return fields_of(opened, typed) if clicks and not fields else no_update

    @app.callback(
        Output(_FAMILY, "value"),
        Input({"type": Training.RESET, "family": MATCH}, "n_clicks"),
        State(_FAMILY, "id"),
        prevent_initial_call=True,
    )
    def reset(clicks: Any, fields: Any) -> list[Any]:
        return [empty_value(field) if clicks else no_update for field in fields]

    _register_clientside(app)


def fields_of(opened: Any, typed: Any) -> Any:
    """Draw the fields of the family that was opened, with what was typed into them before.

    Raises
    ------
    InvalidRequest
        When there is no such family.
    """
    key = opened.get("family") if isinstance(opened, dict) else None
    if not isinstance(key, str) or key not in FAMILIES:
        raise InvalidRequest("There is no such model.")
    values = {name: value for name, value in typed_values(typed).get(key, {}).items() if isinstance(value, str)}
    key_of_form = typed.get("key")
    return family_settings(FAMILIES[key], values, key_of_form if isinstance(key_of_form, str) and key_of_form else True)


def empty_value(field: Any) -> str:
    """Give what a field holds while it keeps the default.

    Raises
    ------
    InvalidRequest
        When there is no such setting.
    """
    return DEFAULT if isinstance(find_param(field), Choice) else ""


def _register_clientside(app: Dash) -> None:
    # One call for all fields, which sets what changes: every part that an answer names makes the page look at itself.
    app.clientside_callback(
        ClientsideFunction("training", "readFields"),
        Output(Training.TYPED, "data"),
        Input(_EVERY, "value"),
        Input(Training.DEFAULTS, "value"),
        State(_EVERY, "id"),
        State(_EVERY, "placeholder"),
        State(_EVERY_SAID, "id"),
        State(_EVERY_SAID, "children"),
        State(_EVERY_CHANGED, "id"),
        State(_EVERY_CHANGED, "children"),
        State(Training.RULES, "data"),
        State(Training.TYPED, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("training", "showSections"),
        Output(Training.SETTINGS_EMPTY, "hidden"),
        Input({"type": Training.FAMILIES, "group": ALL}, "value"),
        State(_SECTIONS, "id"),
        State(_SECTIONS, "hidden"),
        State(Training.SETTINGS_EMPTY, "hidden"),
    )
    app.clientside_callback(
        ClientsideFunction("training", "isOff"),
        Output(Training.TUNE_FIELDS, "hidden"),
        Input(Training.TUNE, "value"),
        State(Training.TUNE_FIELDS, "hidden"),
    )
