"""What the choice of features does by itself: ready sets, and the switch of what is only known after release."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from core.errors import InvalidRequest
from core.features import FEATURE_SETS, FEATURES
from layouts.ids import Training


def register_features(app: Dash) -> None:
    """Attach the ready sets and the switch."""

    @app.callback(
        Output({"type": Training.FEATURES, "group": ALL}, "value", allow_duplicate=True),
        Input({"type": Training.FEATURE_SET, "key": ALL}, "n_clicks"),
        State({"type": Training.FEATURES, "group": ALL}, "id"),
        prevent_initial_call=True,
    )
    def choose_set(clicks: Any, groups: Any) -> Any:
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or not any(clicks):
            return [no_update] * len(groups)
        return values_of_set(pressed.get("key"), groups)

    app.clientside_callback(
        ClientsideFunction("training", "isOff"),
        Output(Training.AFTERWARDS, "hidden"),
        Input(Training.UNKNOWABLE, "value"),
        State(Training.AFTERWARDS, "hidden"),
    )


def values_of_set(key: Any, groups: Any) -> list[list[str]]:
    """Give what is ticked in each group when a ready set is chosen.

    Raises
    ------
    InvalidRequest
    """
    chosen = next((each for each in FEATURE_SETS if each.key == key), None)
    if chosen is None:
        raise InvalidRequest("There is no such choice of features.")
    return [[name for name in chosen.features if FEATURES[name].group == group.get("group")] for group in groups]
