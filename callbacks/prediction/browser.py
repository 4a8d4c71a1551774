"""What the browser does by itself: ``assets/prediction.js``."""

from __future__ import annotations

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State

from layouts.ids import Prediction


def register(app: Dash) -> None:
    """Attach sliders, their questions, the address, and the choice of further models."""
    _register_controls(app)
    app.clientside_callback(
        ClientsideFunction("prediction", "heard"),
        Input(Prediction.ANSWERED, "data"),
        State(Prediction.VALUES, "data"),
        State(Prediction.START, "data"),
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


def _register_controls(app: Dash) -> None:
    slider, number = {"type": Prediction.SLIDER, "name": MATCH}, {"type": Prediction.NUMBER, "name": MATCH}
    app.clientside_callback(
        ClientsideFunction("prediction", "pair"),
        Output(slider, "value"),
        Output(number, "value"),
        Input(slider, "value"),
        Input(number, "value"),
        State(slider, "min"),
        State(slider, "max"),
        prevent_initial_call=True,
    )
    sliders, selects = {"type": Prediction.SLIDER, "name": ALL}, {"type": Prediction.SELECT, "name": ALL}
    app.clientside_callback(
        ClientsideFunction("prediction", "settle"),
        Output(Prediction.VALUES, "data"),
        Input(sliders, "value"),
        Input(selects, "value"),
        Input(Prediction.RUN, "value"),
        Input(Prediction.BESIDE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("prediction", "place"),
        Output(sliders, "value", allow_duplicate=True),
        Output(selects, "value", allow_duplicate=True),
        Input(Prediction.START, "data"),
        State(sliders, "id"),
        State(selects, "id"),
        prevent_initial_call=True,
    )
