"""Prediction view: a track's values at the left, what a model expects of it at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
import plotly.graph_objects as go
from dash import dcc, html

from core.prediction import Prediction as Predicted
from core.runs.model import Run
from layouts import wording
from layouts.components import control, empty_state, graph_card, icon, page_header
from layouts.ids import Prediction
from layouts.links import address, button_link, run_address
from layouts.prediction_controls import SHOWN_IN, FeatureControl, Shown, feature_controls
from layouts.run_words import is_leaky, is_no_forecast, measure, model_name, protocol_name

__all__ = [
    "SHOWN_IN",
    "FeatureControl",
    "Kept",
    "Shown",
    "Start",
    "answer",
    "feature_controls",
    "found",
    "kept_list",
    "layout",
    "nothing_to_choose",
    "run_facts",
    "run_label",
    "track_card",
    "trouble",
    "warning",
]


@dataclass(frozen=True)
class Start:
    """What the sliders were set from: a typical track, or a real one with its actual popularity and its genre."""

    label: str
    values: Mapping[str, float | str]
    position: int | None = None
    actual: float | None = None
    genre: str = ""

    def to_dict(self, run_id: str) -> dict[str, Any]:
        """For the page's store."""
        of_track = {"position": self.position, "actual": self.actual, "genre": self.genre}
        return {"run": run_id, "label": self.label, "values": dict(self.values), **of_track}


@dataclass(frozen=True)
class Kept:
    """A prediction that was kept."""

    run: str
    title: str
    predicted: float
    low: float
    high: float
    start: str
    changes: tuple[str, ...]


def nothing_to_choose() -> html.Div:
    """Draw the view when no run has finished."""
    return html.Div(
        [
            page_header("Predict", PURPOSE),
            empty_state(
                "No finished run yet",
                "A prediction needs a trained model. Train one: the linear ones take seconds.",
                button_link([icon("play-fill"), " Train models"], address("/train")),
                icon_name="sliders",
            ),
        ]
    )


PURPOSE = "What a model expects of a track like this one: a description of the table, not advice."


def layout(
    run: Run,
    runs: Sequence[Run],
    controls: Sequence[FeatureControl],
    start: Start,
    figure: go.Figure,
    tracks: int,
    *,
    missing: str = "",
) -> html.Div:
    """Draw the view.

    Parameters
    ----------
    run : Run
        The chosen run.
    runs : sequence of Run
        Finished runs to choose from, newest first.
    controls : sequence of FeatureControl
        One for each feature that the run's model reads.
    start : Start
        What the controls are set to.
    figure : Figure
        Distribution of popularity, to which the answer adds its marks.
    tracks : int
        Tracks behind the figure.
    missing : str
        Why another run is chosen than was asked for.
    """
    warnings = [warning(missing)] if missing else []
    left = html.Div([_model(run, runs), _track_search(), _values(controls)], className="stack view-controls")
    right = html.Div(
        html.Div([_answer_panel(), _position(figure, tracks), _kept_panel()], className="stays-in-view"),
        className="view-results",
    )
    stores = [
        dcc.Store(id=Prediction.START, data=start.to_dict(run.id)),
        dcc.Store(id=Prediction.VALUES),
        dcc.Store(id=Prediction.ANSWERED),
        dcc.Store(id=Prediction.ASKED),
        dcc.Store(id=Prediction.BIN),
    ]
    return html.Div(
        [page_header("Predict", PURPOSE), *warnings, html.Div([left, right], className="work predict-work"), *stores]
    )


def run_label(run: Run) -> str:
    """One line that tells runs apart in a list."""
    inflated = ", inflated" if is_leaky(run) else ", no forecast" if is_no_forecast(run) else ""
    sample = ", synthetic sample" if run.data.get("is_synthetic") else ""
    protocol = protocol_name(run.request.protocol).split(" (")[0]
    score = f"R² {wording.score(measure(run, 'r2'))}{inflated}{sample}"
    return " · ".join([model_name(run), score, protocol, wording.ago(run.created_at)])


def _model(run: Run, runs: Sequence[Run]) -> html.Section:
    options = [{"value": one.id, "label": run_label(one)} for one in runs]
    select = dbc.Select(id=Prediction.RUN, options=options, value=run.id)
    facts = html.Div(run_facts(run), id=Prediction.RUN_FACTS)
    return html.Section(control("Model", select, facts), className="panel form-section")


def run_facts(run: Run) -> str:
    """What tells the chosen run from others of its family, in full: the list cuts it off."""
    return run_label(run).split(" · ", 1)[1]


def _track_search() -> html.Section:
    field = dbc.Input(
        id=Prediction.SEARCH, type="search", placeholder="Title or artist", debounce=200,
        autocomplete="off", maxlength=100,
    )  # fmt: skip
    return html.Section(
        [
            control("Start from a real track", field),
            html.Div(id=Prediction.FOUND, role="status"),
            html.Div(id=Prediction.TRACK),
        ],
        className="panel form-section",
    )


def _values(controls: Sequence[FeatureControl]) -> html.Section:
    reset = html.Button(
        [icon("arrow-counterclockwise"), " Reset"], id=Prediction.RESET, type="button", className="quiet-button"
    )
    head = html.Div([html.H2("The track"), reset], className="panel-head")
    return html.Section(
        [head, html.Div(feature_controls(controls), id=Prediction.CONTROLS)], className="panel form-section"
    )


def _answer_panel() -> html.Section:
    keep = dbc.Button(
        [icon("bookmark-plus"), " Keep this prediction"],
        id=Prediction.KEEP,
        color="primary",
        outline=True,
        type="button",
    )
    waiting = html.P("Predicting…", className="control-help")
    return html.Section(
        [
            html.H2("Predicted popularity"),
            html.Div(waiting, id=Prediction.ANSWER, className="answer-panel", **{"aria-live": "polite"}),
            html.Div(keep, className="button-row mt-2"),
        ],
        className="panel answer-section",
    )


def _position(figure: go.Figure, tracks: int) -> html.Figure:
    return graph_card(
        Prediction.GRAPH,
        figure,
        title="Where it stands among all tracks",
        reading="Bars: how popular the tracks of the table are. Line: the prediction; band: its interval.",
        n=tracks,
        height=240,
    )


def answer(run: Run, predicted: Predicted, mean: float, actual: float | None = None) -> html.Div:
    """Draw the answer: whole points with their interval, what they compare with and what they rest on."""
    share = f"{wording.share(predicted.coverage)} between" if predicted.keeps_its_share else "Between"
    interval = f"{share} {wording.points(predicted.low)} and {wording.points(predicted.high)}"
    lines = [html.P(html.Strong(interval)), html.P(_beside(predicted.popularity, mean, actual))]
    r2 = wording.score(measure(run, "r2"))
    protocol = wording.lower_first(protocol_name(run.request.protocol))
    basis: list[Any] = [
        f"{predicted.promise} ".lstrip(),
        html.A(model_name(run), href=run_address(run.id)),
        f", R² {r2} on held-out tracks{' (inflated by leakage)' if is_leaky(run) else ''}; validation: {protocol}. ",
    ]
    if is_no_forecast(run):
        basis.append(html.Strong("It looks at what is only known after a release: no forecast. "))
    if run.data.get("is_synthetic"):
        basis.append(html.Strong("Trained on the synthetic sample."))
    lines.append(html.P(basis, className="control-help"))
    number = html.Div(wording.points(predicted.popularity), className="answer-number")
    return html.Div([number, html.Div(lines, className="answer-words")], className="answer")


def _beside(predicted: float, mean: float, actual: float | None) -> str:
    said = f"The average of all tracks is {wording.points(mean)}"
    if actual is None:
        return f"{said}; this is {_distance(predicted, mean)}."
    return f"{said}; the actual popularity of the track that you started from is {wording.points(actual)}."


def _distance(predicted: float, mean: float) -> str:
    gap = round(predicted) - round(mean)
    if gap == 0:
        return "the same"
    return f"{wording.counted(abs(gap), 'point')} {'above' if gap > 0 else 'below'} it"


def trouble(message: str) -> html.Div:
    """Say why there is no answer, with a way on."""
    way = html.A("See all runs", href=address("/runs"))
    return html.Div([icon("exclamation-triangle-fill"), " ", message, " ", way], className="callout callout-danger")


def warning(message: str) -> html.Div:
    """Say what to keep in mind about what is shown."""
    return html.Div([icon("exclamation-triangle-fill"), " ", message], className="callout callout-warning")


def found(tracks: Sequence[Mapping[str, Any]], text: str) -> Any:
    """Draw the tracks that were found, each a button."""
    if not tracks:
        return html.P(f"No track or artist with “{text}”.", className="control-help")
    return html.Ul([html.Li(_found_track(track)) for track in tracks], className="found-list")


def _found_track(track: Mapping[str, Any]) -> html.Button:
    words = html.Span([track["name"], html.Span(f" {track['artist']}", className="quiet-note")])
    return html.Button(
        [words, html.Span(wording.points(track["popularity"]), className="quiet-note", title="actual popularity")],
        id={"type": Prediction.PICK, "position": track["position"]},
        type="button",
        className="found-track",
    )


def track_card(name: str, artist: str, actual: float, standing: str, gaps: Sequence[str] = ()) -> html.Div:
    """Draw the track that the sliders were set from, with what the model knows of it.

    Parameters
    ----------
    standing : str
        Whether the model has learned from this track.
    gaps : sequence of str
        Labels of features that the table does not know for this track.
    """
    lines = [
        html.P([html.Strong(name), html.Span(f" {artist}", className="quiet-note")], className="mb-1"),
        html.P([f"Actual popularity {wording.points(actual)}. ", standing], className="control-help"),
    ]
    if gaps:
        words = f"Not known for this track, so a typical value stands there: {wording.listed(list(gaps))}."
        lines.append(html.P(words, className="control-help"))
    return html.Div(lines, className="mt-2")


def _kept_panel() -> html.Div:
    return html.Div(id=Prediction.KEPT_LIST)


def kept_list(kept: Sequence[Kept], *, can_undo: bool) -> Any:
    """Draw the kept predictions, newest first; nothing when there are none and none to bring back."""
    undo = dbc.Button(
        "Undo", id=Prediction.UNDO, color="link", type="button", class_name="p-0 ms-2" if can_undo else "d-none"
    )
    clear = html.Button(
        [icon("trash"), " Clear"], id=Prediction.CLEAR, type="button", className="quiet-button", hidden=not kept
    )
    if not kept:
        words = "Kept predictions were cleared." if can_undo else ""
        shown = [words, undo, clear]
        return html.Div(shown, className="callout" if can_undo else "d-none", role="status")
    head = html.Div([html.H2("Kept predictions"), html.Div([undo, clear])], className="panel-head")
    names = ("Predicted", "Between", "Model", "Started from", "Changed")
    rows = [_kept_row(one, names) for one in reversed(kept)]
    table = html.Table(
        [
            html.Caption("Kept predictions, newest first", className="visually-hidden"),
            html.Thead(html.Tr([html.Th(name, scope="col") for name in names])),
            html.Tbody(rows),
        ],
        className="runs-table kept-table",
    )
    return html.Section([head, table], className="panel")


def _kept_row(one: Kept, names: Sequence[str]) -> html.Tr:
    cells: list[Any] = [
        f"{wording.points(one.low)} and {wording.points(one.high)}",
        html.A(one.title, href=run_address(one.run)),
        one.start,
        wording.listed(one.changes) or "nothing",
    ]
    drawn = [html.Td(cell) for cell in cells]
    for cell, name in zip(drawn, names[1:], strict=True):
        setattr(cell, "data-label", name)
    return html.Tr([html.Th(wording.points(one.predicted), scope="row"), *drawn])
