"""What the model says where one value is another one, and changes under which it expects more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html

from core.figures.theme import empty_figure
from core.suggestions import Change, Suggestions
from layouts import wording
from layouts.components import control, graph_card, icon
from layouts.ids import Prediction
from layouts.prediction.answer import value_in_words
from layouts.prediction.controls import SHOWN_IN
from layouts.run_words import feature_in_words

READING = "Line: the prediction if this one value were another, all else as it is; band: its interval; dot: now."


@dataclass(frozen=True)
class Choices:
    """What can be tried.

    Parameters
    ----------
    features : mapping of str to str
        Features for which there is a curve, and their labels.
    locked : tuple of str
        Those that suggestions leave as they are at first.
    """

    features: Mapping[str, str]
    locked: tuple[str, ...] = ()


def what_if(choices: Choices, theme: str) -> html.Details:
    """Draw the section, folded: nothing of it is computed before it is opened."""
    body = [_curve(choices, theme), _suggest(choices), dcc.Store(id=Prediction.CURVE_ASKED)]
    summary = html.Summary(html.H2("What if one value were another?"))
    return html.Details([summary, html.Div(body, className="stack")], id=Prediction.WHAT_IF, className="panel what-if")


def options_of(features: Mapping[str, str]) -> list[dict[str, str]]:
    """Give features as the options of a select or a list."""
    return [{"value": name, "label": label} for name, label in features.items()]


def _curve(choices: Choices, theme: str) -> html.Div:
    options = options_of(choices.features)
    first = next(iter(choices.features), None)
    select = dbc.Select(id=Prediction.FEATURE, options=options, value=first, size="sm")
    figure = empty_figure("What if", "Working it out…", theme=theme)
    card = graph_card(Prediction.CURVE, figure, title="One value at a time", reading=READING, height=320)
    sweep = html.Div(id=Prediction.SWEEP, role="status")
    return html.Div([sweep, control("Draw the curve of", select), card])


def whose_tracks(genre: str) -> str:
    """Name the tracks whose values are usual: those of a genre, or all.

    Examples
    --------
    >>> whose_tracks("pop"), whose_tracks("")
    ('pop tracks', 'all tracks')
    """
    return f"{genre} tracks" if genre else "all tracks"


def sweep_list(found: pd.DataFrame, labels: Mapping[str, str], now: float, genre: str = "") -> list[Any]:
    """Draw how far each feature moves the prediction over its realistic values, each row a button for its curve.

    Parameters
    ----------
    found : DataFrame
        As ``core.what_if.sweep`` gives it.
    labels : mapping of str to str
    now : float
        The prediction as it stands, points.
    genre : str
        Whose tracks tell what is usual; empty for all.
    """
    if found.empty:
        return [html.P("This model looks at no value that could be another one.", className="control-help")]
    rows = [_span(row, labels, now) for row in found.to_dict("records")]
    words = (
        "How far the prediction moves when one value goes through what is usual for "
        f"{whose_tracks(genre)} (1st to 99th percentile), all else as it is. "
        "The line is the prediction as it stands. Press one for its curve."
    )
    return [html.P(words, className="control-help"), html.Ul(rows, className="sweep-list")]


def _span(row: Mapping[str, Any], labels: Mapping[str, str], now: float) -> html.Li:
    label = labels.get(row["feature"], feature_in_words(row["feature"]))
    place = {"--low": f"{row['lowest']:.2f}", "--high": f"{row['highest']:.2f}", "--at": f"{now:.2f}"}
    ends = f"{wording.points(row['lowest'])} to {wording.points(row['highest'])}"
    parts = [
        html.Span(label),
        html.Div(
            [html.Div(className="span-bar"), html.Div(className="span-now")],
            className="span-lane",
            style=place,
            **{"aria-hidden": "true"},
        ),
        html.Span(ends, className="number"),
    ]
    return html.Li(html.Button(parts, type="button", className="sweep-row", **{"data-curve": row["feature"]}))


def _suggest(choices: Choices) -> html.Div:
    options = options_of(choices.features)
    locked = dbc.Checklist(
        id=Prediction.LOCKED, options=options, value=list(choices.locked), class_name="feature-columns"
    )
    press = dbc.Button(
        [icon("search"), " Look for changes"], id=Prediction.SUGGEST, color="primary", outline=True, type="button"
    )
    words = "Values that real tracks have, one at a time, for which the model expects more."
    folded = html.Details([html.Summary("Leave unchanged"), control("Leave unchanged", locked)], className="mt-2")
    return html.Div(
        [
            html.H3("Where would the model expect more?"),
            html.P(words, className="control-help"),
            folded,
            html.Div(press, className="button-row mt-2"),
            html.Div(id=Prediction.SUGGESTIONS, role="status"),
        ],
        className="suggest",
    )


def suggestions(found: Suggestions, genre: str, labels: Mapping[str, str]) -> html.Div:
    """Draw the changes that were found: the reliable ones, then those that drown in the model's uncertainty.

    ``genre`` is that of the tracks whose values were tried; empty for all.
    """
    whose = whose_tracks(genre)
    if not found.n_tried:
        return html.Div(html.P("Nothing is left that may change: untick something above."), className="callout")
    parts: list[Any] = [html.P(_headline(found, whose))]
    if found.reliable:
        parts.append(html.Ul([_change(one, labels) for one in found.reliable], className="change-list"))
    if rest := [one for one in found.changes if not one.is_reliable]:
        summary = html.Summary(
            f"{wording.counted(len(rest), 'change')} for which the model expects more, but not reliably"
        )
        drowned = html.Ul([_change(one, labels) for one in rest], className="change-list mt-2")
        parts.append(html.Details([summary, drowned], className="mt-2"))
    parts += [html.P(words, className="control-help") for words in _basis(found, labels)]
    return html.Div(parts, className="suggestions")


def _headline(found: Suggestions, whose: str) -> Any:
    n = len(found.reliable)
    if n:
        said = f"{wording.counted(n, 'change')} {'stands' if n == 1 else 'stand'} out from the model's uncertainty. "
    else:
        said = "No reliable change. "
    of_features = f"{wording.counted(found.n_values, 'value')} of {wording.counted(found.n_tried, 'feature')}"
    return [html.Strong(said), f"{of_features} tried within what is usual for {whose}."]


def _change(one: Change, labels: Mapping[str, str]) -> html.Li:
    before, after = (_shown(one.feature, value) for value in (one.before, one.after))
    known = wording.is_number(one.uncertainty)
    unsure = f"seen {wording.signed_points(one.seen, 1)} ± {wording.error_points(one.uncertainty)}" if known else ""
    verdict = "stands out" if one.is_reliable else "no reliable change"
    label = labels.get(one.feature, feature_in_words(one.feature))
    said = [
        html.Span([html.Strong(label), f" {after} instead of {before}"]),
        html.Span(
            [
                f"{wording.signed_points(one.effect, 1)} points, to {wording.points(one.predicted)}",
                html.Span(unsure, className="change-seen"),
            ],
        ),
        html.Span(verdict, className="change-good" if one.is_reliable else "quiet-note"),
    ]
    tried = {"data-set": one.feature, "data-value": str(_raw(one.feature, one.after)), "title": "Set this value"}
    return html.Li([*said, html.Button("Try it", type="button", className="quiet-button", **tried)], className="change")


def _basis(found: Suggestions, labels: Mapping[str, str]) -> list[str]:
    said = []
    if found.n_near:
        said.append(
            f"Seen: how much more popular the {found.n_near} real tracks nearest to the changed values are than those "
            f"nearest to the track as it is; the model was tested on them. ±: how far chance may move that, for all "
            f"{wording.count(found.n_values)} values looked at together (95%), since the best of so many looks good by "
            "chance. A change stands out when what the model says and what is seen both exceed it. A single track "
            "strays farther, by the interval of the prediction."
        )
    else:
        said.append(
            "Too few tracks near these were held out to say how far off the model is there: nothing is reliable."
        )
    if found.unlike:
        named = wording.listed([labels.get(name, name) for name in found.unlike])
        said.append(f"Left out, since no real track is like what it gives: {named}.")
    said.append("It says how tracks of these kinds differ, not what a change would bring about.")
    return said


def _raw(feature: str, value: Any) -> Any:
    shown = SHOWN_IN.get(feature)
    return value / shown.factor if shown and wording.is_number(value) else value


def _shown(feature: str, value: Any) -> str:
    shown = SHOWN_IN.get(feature)
    return value_in_words(_raw(feature, value)) + (f" {shown.unit}" if shown else "")


def labels_of(controls: Sequence[Any]) -> dict[str, str]:
    """Give the labels of the features that controls stand for."""
    return {one.name: one.label for one in controls}
