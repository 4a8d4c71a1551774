"""What the settings do by themselves: which are shown, checked at once, counted and reset."""

from __future__ import annotations

from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, no_update

from callbacks.training.form import find_param, names_of
from core.search_space import Choice
from layouts.ids import Training
from layouts.training.settings import DEFAULT

_VALUE = {"type": Training.PARAM, "family": MATCH, "name": MATCH}
_FAMILY = {"type": Training.PARAM, "family": MATCH, "name": ALL}
_EVERY = {"type": Training.PARAM, "family": ALL, "name": ALL}


def register_settings(app: Dash) -> None:
    """Attach what shows, checks, counts and resets settings, and what opens the search."""

    @app.callback(
        Output({"type": Training.PARAMS, "family": ALL}, "hidden"),
        Output(Training.SETTINGS_EMPTY, "hidden"),
        Input({"type": Training.FAMILIES, "group": ALL}, "value"),
        State({"type": Training.PARAMS, "family": ALL}, "id"),
    )
    def show_settings(families: Any, sections: Any) -> tuple[list[bool], bool]:
        chosen = set(names_of(families, "model"))
        hidden = [section["family"] not in chosen for section in sections]
        return hidden, not all(hidden)

    @app.callback(
        Output(_FAMILY, "value"),
        Input({"type": Training.RESET, "family": MATCH}, "n_clicks"),
        State(_FAMILY, "id"),
        prevent_initial_call=True,
    )
    def reset(clicks: Any, fields: Any) -> list[Any]:
        return [empty_value(field) if clicks else no_update for field in fields]

    _register_clientside(app)


def empty_value(field: Any) -> str:
    """Give what a field holds while it keeps the default.

    Raises
    ------
    InvalidRequest
        When there is no such setting.
    """
    return DEFAULT if isinstance(find_param(field), Choice) else ""


def _register_clientside(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("training", "check"),
        Output({"type": Training.PARAM_SAID, "family": MATCH, "name": MATCH}, "children"),
        Output(_VALUE, "invalid"),
        Input(_VALUE, "value"),
        State(_VALUE, "id"),
        State(Training.RULES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("training", "countChanged"),
        Output({"type": Training.PARAMS_CHANGED, "family": MATCH}, "children"),
        Input(_FAMILY, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("training", "showDefaults"),
        Output(_EVERY, "placeholder"),
        Input(Training.DEFAULTS, "value"),
        State(_EVERY, "id"),
        State(Training.RULES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("training", "isOff"),
        Output(Training.TUNE_FIELDS, "hidden"),
        Input(Training.TUNE, "value"),
    )
