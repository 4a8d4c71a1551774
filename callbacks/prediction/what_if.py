"""Curves of one value at a time, and changes for which the model expects more; computed where they are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from dash import Dash, Input, Output, State, no_update

from callbacks.identity import current_owner, current_theme
from callbacks.prediction.controls import make_controls, what_can_be_tried
from callbacks.prediction.knowledge import Knowledge, columns_of
from callbacks.prediction.questions import genre_of, in_table_units, parse_question, position_of
from core.errors import InvalidRequest
from core.features import FEATURES, is_extra
from core.figures.prediction import plot_sensitivity
from core.prediction import Predictor
from core.runs.model import Run
from core.suggestions import suggest
from core.what_if import Usual, can_vary, sensitivity, sweep
from data.schema import TARGET
from layouts import prediction as view
from layouts import wording
from layouts.components.graph_card import card_part, graph_table
from layouts.ids import Prediction

MOST_LOCKED = 200


def register(app: Dash, services: Any, knowledge: Knowledge) -> None:
    """Attach curve and suggestions."""

    @app.callback(
        Output(Prediction.CURVE, "figure"),
        Output(card_part(Prediction.CURVE, "title"), "children"),
        Output(card_part(Prediction.CURVE, "reading"), "children"),
        Output(card_part(Prediction.CURVE, "alternative"), "children"),
        Output(card_part(Prediction.CURVE, "table"), "children"),
        Output(Prediction.SWEEP, "children"),
        Input(Prediction.CURVE_ASKED, "data"),
        State(Prediction.START, "data"),
        prevent_initial_call=True,
    )
    def show_curve(asked: Any, start: Any) -> tuple[Any, ...]:
        if asked is None:
            return (no_update,) * 6
        if not isinstance(asked, dict):
            raise InvalidRequest("A curve names a track and a feature.")
        track = _track_of(services, knowledge, asked.get("question"), start)
        usual = track.usual()
        swept = sweep(track.predictor, track.values, usual.limits)
        rows = view.sweep_list(swept, track.labels, track.now, usual.genre)
        feature = asked.get("feature")
        if feature is None or feature == "":
            return *(no_update,) * 5, rows
        return *_curve(track, feature, usual), rows

    @app.callback(
        Output(Prediction.SUGGESTIONS, "children"),
        Input(Prediction.SUGGEST, "n_clicks"),
        State(Prediction.VALUES, "data"),
        State(Prediction.START, "data"),
        State(Prediction.LOCKED, "value"),
        prevent_initial_call=True,
        running=[(Output(Prediction.SUGGEST, "disabled"), True, False)],
    )
    def show_suggestions(clicks: Any, asked: Any, start: Any, locked: Any) -> Any:
        if not clicks or asked is None:
            return no_update
        track = _track_of(services, knowledge, asked, start)
        near = knowledge.neighbourhood(track.store, columns_of(track.run))
        residuals = knowledge.held_out(track.store, track.run, track.owner).residuals
        usual = track.usual()
        popularity = track.store.dataset.tracks[TARGET].to_numpy(dtype=np.float64)
        locks, own = _locked(locked), position_of(start)
        found = suggest(track.predictor, track.values, usual.limits, near, popularity, residuals, locks, own)
        return view.suggestions(found, usual.genre, track.labels)


@dataclass(frozen=True, eq=False)
class _Track:
    """A track that is tried at other values."""

    run: Run
    owner: str
    store: Any
    predictor: Predictor
    values: dict[str, Any]
    genre: str
    labels: dict[str, str]
    knowledge: Knowledge

    @property
    def now(self) -> float:
        """What is predicted of it as it is, points."""
        return self.predictor.predict_one(self.values).popularity

    def usual(self) -> Usual:
        """What is usual for tracks of its genre, or for all, of what is known of it."""
        found = self.knowledge.realistic(self.store, self.run.id, tuple(self.labels), self.genre)
        known = {name: one for name, one in found.limits.items() if self.values.get(name) is not None}
        return replace(found, limits=known)


def _track_of(services: Any, knowledge: Knowledge, asked: Any, start: Any) -> _Track:
    question = parse_question(asked)
    owner = current_owner()
    run = services.runs.get(question.run, owner)
    store = services.tracks_of_run(run, owner)[0]
    genre = genre_of(start, question.values)
    labels = knowledge.of(store, run.id, "labels", lambda: _labels(store, run))
    values = in_table_units(question.values, genre)
    predictor = services.runs.predictor(run.id, owner)
    return _Track(run, owner, store, predictor, values, genre, labels, knowledge)


def _labels(store: Any, run: Run) -> dict[str, str]:
    tracks = store.dataset.tracks
    found = dict(what_can_be_tried(run, make_controls(tracks, run, {})).features)
    return {name: label for name, label in found.items() if not is_extra(name) or name in tracks}


def _curve(track: _Track, feature: object, usual: Usual) -> tuple[Any, ...]:
    """The chart of one feature, its title, what it shows, the same for who does not see it, and its numbers."""
    if not isinstance(feature, str) or feature not in track.labels or not can_vary(feature, track.predictor.columns):
        raise InvalidRequest(f"There is no curve of {str(feature)[:40]!r} for this model.")
    limits = usual.limits.get(feature)
    if limits is None:
        raise InvalidRequest(f"The value of {track.labels[feature]} is not known, so there is no curve of it.")
    curve = sensitivity(track.predictor, track.values, feature, limits)
    shown, now = view.SHOWN_IN.get(feature), track.values.get(feature)
    unit = shown.unit if shown else FEATURES[feature].unit
    if shown is not None:
        curve = curve.assign(value=[value / shown.factor for value in curve["value"]])
        now = float(now) / shown.factor if wording.is_number(now) else now
    label = track.labels[feature]
    axis = f"{label} ({unit})" if unit and unit != "0–1" else label
    mean = track.store.facts.popularity_mean
    figure = plot_sensitivity(curve, axis, now, mean=mean, theme=current_theme())
    title = f"{label}: what if it were another?"
    reading = _reading(curve, label, view.whose_tracks("" if feature in ("genre", "subgenre") else usual.genre))
    return figure, title, reading, f"{reading} {_now(curve, now)}", graph_table(_numbers(curve, label), title)


def _now(curve: pd.DataFrame, now: Any) -> str:
    """Where the dot stands."""
    here = curve[curve["value"] == now]
    if here.empty:
        return ""
    row = here.iloc[0]
    between = f"between {wording.points(row['low'])} and {wording.points(row['high'])}"
    return f"Now, at {view.value_in_words(now)}, it is {wording.points(row['predicted'])} points, {between}."


def _reading(curve: pd.DataFrame, label: str, whose: str) -> str:
    low, high = curve["predicted"].min(), curve["predicted"].max()
    at_high = view.value_in_words(curve["value"].iloc[int(curve["predicted"].to_numpy().argmax())])
    apart = high - low
    if apart < 1:
        moved = f"by {wording.error_points(apart)} points over all values usual for {whose}"
        return f"{label} hardly moves this prediction: {moved}."
    width = float((curve["high"] - curve["low"]).mean())
    ends = f"from {wording.points(low)} to {wording.points(high)} points, the most at {at_high}"
    said = f"Over what is usual for {whose}: {ends}; all else as it is."
    beside = f"The band, in which a single track may lie, is about {wording.points(width)} points wide."
    return f"{said} {beside} Dotted: the mean of all tracks."


def _numbers(curve: pd.DataFrame, label: str) -> pd.DataFrame:
    return curve.rename(columns={"value": label, "predicted": "Predicted", "low": "Low", "high": "High"})


def _locked(locked: Any) -> frozenset[str]:
    names = locked or []
    if not isinstance(names, list) or len(names) > MOST_LOCKED or not all(isinstance(name, str) for name in names):
        raise InvalidRequest("What is left unchanged is a list of features.")
    return frozenset(names)
