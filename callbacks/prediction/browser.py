"""What the browser does by itself: ``assets/prediction.js``."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from layouts.ids import Prediction


def register(app: Dash) -> None:
    """Attach sliders, their questions, the address, and the choice of further models."""
    app.clientside_callback(
        ClientsideFunction("prediction", "draw"),
        Input(Prediction.DRAWN, "data"),
        Input(Prediction.BESIDE, "data"),
        State(Prediction.START, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("prediction", "place"),
        Input(Prediction.START, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("prediction", "heard"),
        Input(Prediction.ANSWERED, "data"),
        State(Prediction.VALUES, "data"),
        State(Prediction.FEATURE, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("prediction", "beside"),
        Output(Prediction.BESIDE, "data"),
        Output(Prediction.ADD_MODEL, "value"),
        Input(Prediction.ADD_MODEL, "value"),
        Input(Prediction.BESIDE_GONE, "data"),
        State(Prediction.BESIDE, "data"),
        State(Prediction.RUN, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("prediction", "curve"),
        Output(Prediction.CURVE_ASKED, "data"),
        Input(Prediction.FEATURE, "value"),
        Input(Prediction.OPENED, "data"),
        State(Prediction.VALUES, "data"),
        prevent_initial_call=True,
    )
