"""Prediction view: a track's values at the left, what a model expects of it at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from core.runs.model import Run
from core.runs.offered import Offered
from layouts.components import control, empty_state, graph_card, icon, page_header
from layouts.ids import Prediction
from layouts.links import address, button_link
from layouts.prediction.answer import Standing, answer, flag, position_in_words, trouble, value_in_words, warning
from layouts.prediction.board import kept_list
from layouts.prediction.controls import (
    SHOWN_IN,
    FeatureControl,
    Shown,
    control_of,
    draw_controls,
    feature_controls,
    leave_controls,
)
from layouts.prediction.models import Opinion, opinions
from layouts.prediction.nearest import NearTrack, nearest_tracks
from layouts.prediction.spread import draw_spread
from layouts.prediction.start import (
    Start,
    found,
    model_choice,
    reset_button,
    run_facts,
    run_label,
    start_choice,
    track_card,
    typical_card,
)
from layouts.prediction.what_if import Choices, labels_of, options_of, suggestions, sweep_list, what_if, whose_tracks
from layouts.prediction.why import Contribution, contributions

__all__ = [
    "POSITION_TITLE",
    "SHOWN_IN",
    "Choices",
    "Contribution",
    "FeatureControl",
    "NearTrack",
    "Opinion",
    "Shown",
    "Standing",
    "Start",
    "View",
    "answer",
    "contributions",
    "control_of",
    "draw_controls",
    "draw_spread",
    "feature_controls",
    "flag",
    "found",
    "kept_list",
    "labels_of",
    "layout",
    "leave_controls",
    "nearest_tracks",
    "nothing_to_choose",
    "opinions",
    "options_of",
    "position_in_words",
    "run_facts",
    "run_label",
    "suggestions",
    "sweep_list",
    "track_card",
    "trouble",
    "typical_card",
    "value_in_words",
    "warning",
    "whose_tracks",
]

PURPOSE = "What a model expects of a track like this one: a description of the table, not advice."


@dataclass(frozen=True)
class View:
    """What the view shows at first.

    Parameters
    ----------
    run : Run
        The chosen run.
    offered : sequence of Offered
        Finished runs to choose from.
    controls : sequence of FeatureControl
        One for each thing that the run's model reads.
    start : Start
        What the controls were set from; they may have been changed since.
    card : component or None
        The track that was started from.
    genres : sequence of str
        Whose typical track can be started from.
    choices : Choices
        What can be tried.
    beside : mapping of str to str
        Further runs that are asked, and their labels.
    figure : Figure
        Distribution of popularity, to which the answer adds its marks.
    tracks : int
        Tracks behind the figure.
    bins : DataFrame or None
        The numbers behind it.
    notes : sequence of str
        What to keep in mind.
    theme : str
    """

    run: Run
    offered: Sequence[Offered]
    controls: Sequence[FeatureControl]
    start: Start
    figure: go.Figure
    tracks: int
    bins: pd.DataFrame | None = None
    card: Any = None
    genres: Sequence[str] = ()
    choices: Choices = field(default_factory=lambda: Choices({}))
    beside: Sequence[str] = ()
    notes: Sequence[str] = ()
    theme: str = "light"


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


def layout(view: View) -> html.Div:
    """Draw the view."""
    left = html.Div(
        [model_choice(view.run, view.offered), start_choice(view.genres, view.card), _values()],
        className="stack view-controls",
    )
    pair = html.Div([_why(), _nearest()], className="predict-pair")
    second = html.Div([_position(view.figure, view.tracks, view.bins), _models(view.offered)], className="predict-pair")
    sections = [_answer_panel(), pair, second, what_if(view.choices, view.theme), html.Div(id=Prediction.KEPT_LIST)]
    right = html.Div(sections, className="view-results")
    return html.Div(
        [
            page_header("Predict", PURPOSE),
            *([warning(" ".join(view.notes))] if view.notes else []),
            html.Div([left, right], className="work predict-work"),
            *_stores(view),
        ]
    )


def _stores(view: View) -> list[Any]:
    set_at_first: Mapping[Prediction, Any] = {
        Prediction.DRAWN: draw_controls(view.run.id, view.controls),
        Prediction.START: view.start.to_dict(view.run.id),
        Prediction.BESIDE: list(view.beside),
    }
    names = (
        Prediction.DRAWN, Prediction.START, Prediction.BESIDE, Prediction.BEGIN, Prediction.VALUES, Prediction.ANSWERED,
        Prediction.BIN, Prediction.BOARD, Prediction.BESIDE_GONE, Prediction.OPENED,
    )  # fmt: skip
    return [*(dcc.Store(id=name, data=set_at_first.get(name)) for name in names), dcc.Download(id=Prediction.DOWNLOAD)]


def _values() -> html.Section:
    head = html.Div([html.H2("The track"), reset_button()], className="panel-head")
    return html.Section([head, html.Div(id=Prediction.CONTROLS)], className="panel form-section")


LATE = {
    "data-late": "The server has not answered for these values yet: what stands here is of earlier ones. "
    "It is asked again by itself.",
    "data-none": "The server has not answered yet. It is asked again by itself.",
}
"""What `assets/prediction.js` says while an answer is overdue."""


MORE = "More about this answer"
"""On a phone the answer stays in view and says what matters most; opened, it says everything (``prediction.css``)."""


def _answer_panel() -> html.Section:
    keep = dbc.Button(
        [icon("bookmark-plus"), " Keep this prediction"],
        id=Prediction.KEEP,
        color="primary",
        outline=True,
        type="button",
    )
    share = html.Button(
        [icon("link-45deg"), html.Span(" Copy link", className="button-words")], id=Prediction.SHARE, type="button",
        className="quiet-button", title="Copy the address that shows this prediction", **{"data-copy": ""},
    )  # fmt: skip
    return html.Section(
        [
            html.H2("Predicted popularity"),
            html.P(id=Prediction.LATE, className="answer-late", role="status", **LATE),
            html.Div(id=Prediction.ANSWER, className="answer-panel awaited", **{"aria-live": "polite"}),
            html.Details(html.Summary(MORE), className="answer-more", **{"data-fold": "prediction-answer"}),
            html.Div([keep, share], className="button-row mt-2"),
        ],
        className="panel answer-section",
    )


def _why() -> html.Section:
    parts = [html.H2("What each value adds"), html.Div(id=Prediction.WHY)]
    return html.Section(parts, className="panel")


def _nearest() -> html.Section:
    return html.Section([html.H2("Real tracks like it"), html.Div(id=Prediction.NEAREST)], className="panel")


def _models(offered: Sequence[Offered]) -> html.Section:
    options = [{"value": one.run.id, "label": run_label(one.run, one.standing)} for one in offered]
    select = dbc.Select(id=Prediction.ADD_MODEL, options=options, value="", placeholder="Choose a model", size="sm")
    return html.Section(
        [html.H2("Other models"), html.Div(id=Prediction.MODELS), control("Ask another model as well", select)],
        className="panel models-section",
    )


POSITION_TITLE = "Where it stands among all tracks"
POSITION_READING = (
    "Bars: how popular the tracks of the table are. Solid line: the prediction; band: its interval; dashed line: the "
    "actual popularity, where a real track was started from."
)


def _position(figure: go.Figure, tracks: int, bins: pd.DataFrame | None) -> html.Figure:
    return graph_card(
        Prediction.GRAPH,
        figure,
        title=POSITION_TITLE,
        reading=POSITION_READING,
        n=tracks,
        table=bins,
        height=240,
    )
