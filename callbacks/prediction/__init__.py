"""Prediction view: answers sliders, starts from real tracks, keeps predictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

import pandas as pd
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks.identity import current_owner, current_theme
from callbacks.prediction.controls import make_controls, typical_start
from callbacks.prediction.kept import LONGEST_TEXT, MOST_KEPT, MOST_VALUES, Values, as_dict, list_changes, parse_kept
from core.errors import BundleError, InvalidRequest, NotFound
from core.features import FEATURES, feature_frame, is_extra
from core.figures.prediction import compute_popularity_bins, plot_popularity_position, position_marks
from core.inputs import TEXTS
from core.prediction import Prediction as Predicted
from core.runs.model import Run, RunState
from core.validation import PROTOCOLS
from data.schema import TARGET
from layouts import prediction as view
from layouts import wording
from layouts.ids import Prediction, Shell
from layouts.run_words import is_leaky, is_no_forecast, model_name

OFFERED = 50
TABLE_GONE = "The table this model was trained on was deleted: tracks and ranges here come from another one."


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view for the newest finished run, or the one that ``?run=`` names."""
    runs = [run for run in services.runs.list(owner) if run.state is RunState.FINISHED]
    if not runs:
        return view.nothing_to_choose()
    asked = parse_qs(query.lstrip("?")).get("run", [""])[0]
    run = next((one for one in runs if one.id == asked), runs[0])
    missing = "The run in the address is not there; this is the newest one." if asked and run.id != asked else ""
    offered = runs[:OFFERED] if run in runs[:OFFERED] else [run, *runs[: OFFERED - 1]]
    store, is_own = services.tracks_of_run(run, owner)
    tracks = store.dataset.tracks
    note = " ".join(words for words in (missing, "" if is_own else TABLE_GONE) if words)
    controls = make_controls(tracks, run, {})
    figure = plot_popularity_position(compute_popularity_bins(tracks[TARGET]), theme=current_theme())
    return view.layout(run, offered, controls, typical_start(controls), figure, len(tracks), missing=note)


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    _register_clientside(app)
    _register_answer(app, services)
    _register_start(app, services)
    _register_kept(app, services)


def _register_clientside(app: Dash) -> None:
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
    app.clientside_callback(
        ClientsideFunction("prediction", "heard"),
        Output(Prediction.ASKED, "data"),
        Input(Prediction.ANSWERED, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("prediction", "address"),
        Output(Prediction.ASKED, "data", allow_duplicate=True),
        Input(Prediction.RUN, "value"),
        prevent_initial_call=True,
    )


def _register_answer(app: Dash, services: Any) -> None:
    drawn: WeakKeyDictionary[Any, dict[str, dict[str, Any]]] = WeakKeyDictionary()

    def background(store: Any, theme: str) -> dict[str, Any]:
        """The distribution of all tracks, drawn once a table and theme."""
        known = drawn.setdefault(store, {})
        if theme not in known:
            bins = compute_popularity_bins(store.dataset.tracks[TARGET])
            known[theme] = plot_popularity_position(bins, theme=theme).to_plotly_json()
        return known[theme]

    @app.callback(
        Output(Prediction.ANSWER, "children"),
        Output(Prediction.GRAPH, "figure"),
        Output(Prediction.ANSWERED, "data"),
        Input(Prediction.VALUES, "data"),
        State(Prediction.START, "data"),
        State(Shell.THEME, "data"),
        prevent_initial_call=True,
    )
    def respond(asked: Any, start: Any, theme: Any) -> tuple[Any, Any, Any]:
        if asked is None:
            return no_update, no_update, no_update
        run_id, values = parse_values(asked)
        theme = "dark" if theme == "dark" else "light"
        heard = {"number": asked.get("number")}
        owner = current_owner()
        run = services.runs.get(run_id, owner)
        try:
            predicted = predict(services, run, owner, values, _genre(start))
        except BundleError as error:
            return view.trouble(str(error)), no_update, heard
        actual = _actual(start)
        store, _ = services.tracks_of_run(run, owner)
        figure = _marked(background(store, theme), predicted, actual)
        return view.answer(run, predicted, store.facts.popularity_mean, actual), figure, heard


def predict(services: Any, run: Run, owner: str, values: Values, genre: str = "") -> Predicted:
    """Ask a run's model about one track, in the units that the page shows.

    ``genre`` is that of the real track that was started from: it tells whose interval to use where the model does not
    ask for a genre.
    """
    real = {name: (value or None) if name in TEXTS else _in_table_units(name, value) for name, value in values.items()}
    predicted: Predicted = services.runs.predictor(run.id, owner).predict_one({"genre": genre or None, **real})
    return predicted


def parse_values(asked: Any) -> tuple[str, Values]:
    """Check what the page asks: a run and one value a feature.

    Raises
    ------
    InvalidRequest
    """
    if (
        not isinstance(asked, dict)
        or not isinstance(asked.get("run"), str)
        or not isinstance(asked.get("values"), dict)
    ):
        raise InvalidRequest("A question names a run and the values of a track.")
    values = asked["values"]
    if len(values) > MOST_VALUES:
        raise InvalidRequest("There are more values than features.")
    for name, value in values.items():
        if name in TEXTS and (value is None or isinstance(value, str)):
            _check_length(TEXTS[name], value or "")
            continue
        feature = FEATURES.get(name)
        if feature is None:
            raise InvalidRequest(f"Unknown feature {str(name)[:40]!r}.")
        if not wording.is_number(value) and not (feature.kind == "category" and isinstance(value, str)):
            raise InvalidRequest(f"The value of {feature.label} is {str(value)[:40]!r}: a finite number is expected.")
        if isinstance(value, str):
            _check_length(feature.label, value)
    return asked["run"], values


def _check_length(label: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InvalidRequest(f"The value of {label} is too long.")


def _in_table_units(name: str, value: float | str) -> float | str:
    shown = view.SHOWN_IN.get(name)
    return value if shown is None or isinstance(value, str) else value * shown.factor


def _actual(start: Any) -> float | None:
    actual = start.get("actual") if isinstance(start, dict) else None
    return float(actual) if wording.is_number(actual) and 0 <= actual <= 100 else None


def _genre(start: Any) -> str:
    genre = start.get("genre") if isinstance(start, dict) else None
    return genre if isinstance(genre, str) and len(genre) <= LONGEST_TEXT else ""


def _marked(figure: dict[str, Any], predicted: Predicted, actual: float | None) -> dict[str, Any]:
    """Add the marks. The figure is sent whole: a Patch would fail where the visitor has left the page meanwhile."""
    shapes, notes = position_marks(predicted.popularity, predicted.low, predicted.high, actual=actual)
    layout = {**figure["layout"], "shapes": shapes, "annotations": notes}
    return {"data": figure["data"], "layout": layout}


def _register_start(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Prediction.FOUND, "children"),
        Input(Prediction.SEARCH, "value"),
        State(Prediction.RUN, "value"),
        prevent_initial_call=True,
    )
    def search(text: Any, run_id: Any) -> Any:
        if text is not None and not isinstance(text, str):
            raise InvalidRequest("A search is a text.")
        words = (text or "").strip()[:100]
        if len(words) < 2:
            return None
        owner = current_owner()
        store, _ = services.tracks_of_run(services.runs.get(_text(run_id), owner), owner)
        return view.found(store.search(words, limit=8), words)

    @app.callback(
        Output(Prediction.START, "data"),
        Output(Prediction.TRACK, "children"),
        Output(Prediction.SEARCH, "value"),
        Input({"type": Prediction.PICK, "position": ALL}, "n_clicks"),
        Input(Prediction.RESET, "n_clicks"),
        State(Prediction.RUN, "value"),
        prevent_initial_call=True,
    )
    def start_from(picks: Any, _reset: Any, run_id: Any) -> tuple[Any, Any, Any]:
        pressed = ctx.triggered_id
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            return no_update, no_update, no_update
        owner = current_owner()
        run = services.runs.get(_text(run_id), owner)
        tracks = services.tracks_of_run(run, owner)[0].dataset.tracks
        if pressed == Prediction.RESET:
            controls = make_controls(tracks, run, {})
            return typical_start(controls).to_dict(run.id), None, ""
        start, card = _from_track(services, run, owner, _position(pressed, len(tracks)))
        return start.to_dict(run.id), card, ""

    @app.callback(
        Output(Prediction.CONTROLS, "children"),
        Output(Prediction.START, "data", allow_duplicate=True),
        Output(Prediction.TRACK, "children", allow_duplicate=True),
        Output(Prediction.RUN_FACTS, "children"),
        Input(Prediction.RUN, "value"),
        State(Prediction.VALUES, "data"),
        State(Prediction.START, "data"),
        prevent_initial_call=True,
    )
    def change_run(run_id: Any, asked: Any, start: Any) -> tuple[Any, Any, Any, str]:
        owner = current_owner()
        run = services.runs.get(_text(run_id), owner)
        store, is_own = services.tracks_of_run(run, owner)
        tracks = store.dataset.tracks
        position = start.get("position") if isinstance(start, dict) else None
        card: Any
        is_here = isinstance(position, int) and 0 <= position < len(tracks)
        if is_here and _has_started_from(services, start, owner, store):
            found, card = _from_track(services, run, owner, position)
        else:
            found, card = typical_start(make_controls(tracks, run, {})), None if is_own else view.warning(TABLE_GONE)
        values = parse_values(asked)[1] if asked else {}
        controls = make_controls(tracks, run, {**found.values, **values})
        began = no_update if card is None else found.to_dict(run.id)
        return view.feature_controls(controls), began, card, view.run_facts(run)


def _has_started_from(services: Any, start: Mapping[str, Any], owner: str, store: Any) -> bool:
    """Whether the track that the page started from is of this table; a position means nothing in another one."""
    try:
        before = services.runs.get(_text(start.get("run")), owner)
    except NotFound:
        return False
    return services.tracks_of_run(before, owner)[0] is store


def _position(pressed: Any, n_tracks: int) -> int:
    position = pressed.get("position") if isinstance(pressed, dict) else None
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position < n_tracks:
        raise InvalidRequest("There is no such track in the table.")
    return position


def _from_track(services: Any, run: Run, owner: str, position: int) -> tuple[view.Start, Component]:
    """The start that a real track gives, and the card that introduces it."""
    dataset = services.tracks_of_run(run, owner)[0].dataset
    track = dataset.tracks.iloc[position]
    typical = make_controls(dataset.tracks, run, {})
    here = [one.name for one in typical if not is_extra(one.name) or one.name in dataset.tracks]
    row = feature_frame(dataset.tracks.iloc[[position]], [name for name in here if name not in TEXTS]).iloc[0]
    known = {name: _shown_value(name, row[name]) for name in row.index if not pd.isna(row[name])}
    known |= {name: track[name] for name in here if name in TEXTS and isinstance(track[name], str)}
    controls = make_controls(dataset.tracks, run, known)
    gaps = [one.label for one in controls if one.name not in known]
    name = track["track_name"] if isinstance(track["track_name"], str) else "(no title)"
    artist = track["track_artist"] if isinstance(track["track_artist"], str) else "(no artist)"
    actual = float(track[TARGET])
    genre = track.get("genre")
    values = {one.name: one.value for one in controls}
    start = view.Start(f"{name}, {artist}", values, position, actual, genre=genre if isinstance(genre, str) else "")
    standing = _standing(services, run, owner, str(track["track_id"]), dataset.sha256)
    return start, view.track_card(name, artist, actual, standing, gaps)


def _shown_value(name: str, value: Any) -> float | str:
    feature = FEATURES[name]
    if feature.is_text:
        return str(value)
    if feature.categories is not None:
        return feature.categories[int(value)]
    shown = view.SHOWN_IN.get(name)
    return float(value) / shown.factor if shown else float(value)


def _standing(services: Any, run: Run, owner: str, track_id: str, sha256: str) -> str:
    """Say honestly whether the model knows the track already."""
    if run.data.get("sha256") != sha256:
        return "The model was trained on another table, which may hold this track too."
    try:
        predictions = services.runs.predictions(run.id, owner)
    except BundleError:
        return "Whether the model learned from this track is not known."
    if PROTOCOLS[run.request.protocol].is_leaky:
        return "Under this leaky protocol the model may have learned from this very track."
    is_held_out = ((predictions["part"] == "test") & (predictions["track_id"] == track_id)).any()
    if is_held_out:
        return "It was held out: the model has not seen it."
    return "The model learned from this track, so the prediction is no test of it."


def _register_kept(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Prediction.KEPT, "data"),
        Input(Prediction.KEEP, "n_clicks"),
        State(Prediction.KEPT, "data"),
        State(Prediction.VALUES, "data"),
        State(Prediction.START, "data"),
        prevent_initial_call=True,
    )
    def keep(clicks: Any, kept: Any, asked: Any, start: Any) -> Any:
        if not clicks or asked is None:
            return no_update
        rows = [as_dict(one) for one in parse_kept(kept)]
        owner = current_owner()
        run_id, values = parse_values(asked)
        run = services.runs.get(run_id, owner)
        predicted = predict(services, run, owner, values, _genre(start))
        label, changes = list_changes(start, values)
        one = view.Kept(
            run.id, _kept_title(run), predicted.popularity, predicted.low, predicted.high, label, tuple(changes)
        )
        return [*rows, as_dict(one)][-MOST_KEPT:]

    @app.callback(
        Output(Prediction.KEPT_LIST, "children"),
        Input(Prediction.KEPT, "data"),
        Input(Prediction.BIN, "data"),
    )
    def show_kept(kept: Any, binned: Any) -> Any:
        return view.kept_list(parse_kept(kept), can_undo=bool(parse_kept(binned)))

    @app.callback(
        Output(Prediction.KEPT, "data", allow_duplicate=True),
        Output(Prediction.BIN, "data"),
        Input(Prediction.CLEAR, "n_clicks"),
        Input(Prediction.UNDO, "n_clicks"),
        State(Prediction.KEPT, "data"),
        State(Prediction.BIN, "data"),
        prevent_initial_call=True,
    )
    def clear(_clear: Any, _undo: Any, kept: Any, binned: Any) -> tuple[Any, Any]:
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            return no_update, no_update
        rows, thrown = ([as_dict(one) for one in parse_kept(part)] for part in (kept, binned))
        if ctx.triggered_id == Prediction.UNDO:
            return [*thrown, *rows][-MOST_KEPT:], []
        return [], rows


def _kept_title(run: Run) -> str:
    notes = [words for words, holds in (
        ("inflated score", is_leaky(run)), ("no forecast", is_no_forecast(run)),
        ("synthetic sample", run.data.get("is_synthetic")),
    ) if holds]  # fmt: skip
    return f"{model_name(run)} ({', '.join(notes)})" if notes else model_name(run)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NotFound("There is no such run.")
    return value
