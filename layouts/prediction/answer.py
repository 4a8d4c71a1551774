"""The answer: a number, its interval, where it stands, what it rests on, and when to mistrust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dash import html

from core.features import FEATURES
from core.hits import HIT, Odds
from core.neighbours import Edge, Likeness
from core.prediction import Prediction as Predicted
from core.runs.model import Run
from layouts import wording
from layouts.components import icon
from layouts.links import address
from layouts.prediction.controls import SHOWN_IN
from layouts.run_words import basis_of, feature_in_words


@dataclass(frozen=True)
class Standing:
    """Where a prediction stands.

    Parameters
    ----------
    below : float
        Share of all tracks that are less popular.
    predicted_below : float or None
        Share of the held-out predictions of the same model that are lower.
    odds : Odds or None
        How often tracks predicted alike were hits; None where nothing was held out for that.
    base : float
        Share of hits among the same tracks, whatever was predicted.
    no_odds : str
        Why there are none.
    """

    below: float
    predicted_below: float | None = None
    odds: Odds | None = None
    base: float = 0.0
    no_odds: str = ""


def answer(
    run: Run,
    predicted: Predicted,
    mean: float,
    actual: float | None = None,
    standing: Standing | None = None,
    likeness: Likeness | None = None,
    notes: Sequence[str] = (),
    unmet: Mapping[str, str] = MappingProxyType({}),
) -> html.Div:
    """Draw the answer: whole points with their interval, what they compare with and what they rest on.

    ``unmet`` are names of the track that the model never met, by feature.
    """
    share = f"{wording.share(predicted.coverage)} between" if predicted.keeps_its_share else "Between"
    interval = f"{share} {wording.points(predicted.low)} and {wording.points(predicted.high)}"
    lines = [html.P(html.Strong(interval)), html.P(_beside(predicted.popularity, mean, actual))]
    if standing is not None:
        lines += [_stands(standing), _odds(standing)]
    basis = [html.P(_basis(run, predicted)), *(html.P(note) for note in notes)]
    number = html.Div(wording.points(predicted.popularity), className="answer-number")
    parts = [number, html.Div(lines, className="answer-words"), html.Div(basis, className="answer-basis control-help")]
    flags = [never_met(unmet) if unmet else None, flag(likeness) if likeness is not None else None]
    return html.Div([html.Div(parts, className="answer"), *(one for one in flags if one is not None)])


def never_met(unmet: Mapping[str, str]) -> html.Div:
    """Say which names the model cannot know anything of."""
    named = wording.listed([f"the {feature_in_words(name)} “{value[:60]}”" for name, value in unmet.items()])
    return warning(f"The model never met {named}, so it cannot tell what that adds.")


def _basis(run: Run, predicted: Predicted) -> list[Any]:
    return [f"{predicted.promise} ".lstrip(), *basis_of(run)]


def _beside(predicted: float, mean: float, actual: float | None) -> str:
    said = f"The average of all tracks is {wording.points(mean)}"
    if actual is None:
        return f"{said}; this is {_distance(predicted, mean)}."
    return f"{said}; the actual popularity of the track that you started from is {wording.points(actual)}."


def position_in_words(predicted: Predicted, mean: float, actual: float | None = None) -> str:
    """Say what the chart of all tracks shows of a prediction, for someone who does not see it."""
    line = f"The line stands at {wording.points(predicted.popularity)} points"
    band = f"the band goes from {wording.points(predicted.low)} to {wording.points(predicted.high)}"
    rest = "" if actual is None else f" The dashed line, the actual popularity, stands at {wording.points(actual)}."
    return f"{line}, {band}; the mean of all tracks is {wording.points(mean)}.{rest}"


def _distance(predicted: float, mean: float) -> str:
    gap = round(predicted) - round(mean)
    if gap == 0:
        return "the same"
    return f"{wording.counted(abs(gap), 'point')} {'above' if gap > 0 else 'below'} it"


def _stands(standing: Standing) -> html.P:
    said = f"More than the popularity of {wording.share(standing.below)} of all tracks"
    if standing.predicted_below is None:
        return html.P(f"{said}.", className="answer-standing")
    rest = f", and than {wording.share(standing.predicted_below)} of what this model says of held-out tracks"
    return html.P([said, html.Span(rest, className="answer-detail"), "."], className="answer-standing")


def _odds(standing: Standing) -> html.P:
    if standing.odds is None:
        return html.P(f"Chance of a hit: {standing.no_odds}", className="control-help")
    odds = standing.odds
    said = html.Strong(f"{wording.share(odds.share)} of tracks predicted like this were hits")
    spread = f"{wording.share(odds.low)} to {wording.share(odds.high)}"
    rest = (
        f" ({HIT:.0f} points or more): seen of the {wording.count(odds.n)} nearest predictions in cross-validation, "
        f"95% sure of {spread}. Of all its tracks {wording.share(standing.base)} were."
    )
    return html.P([said, html.Span(rest, className="answer-detail")])


def flag(likeness: Likeness) -> Any:
    """Say that hardly any real track is like the input, or has one of its values; nothing where it is ordinary."""
    if not likeness.is_unlike and not likeness.edges:
        return None
    edges = wording.listed([_edge(edge) for edge in likeness.edges])
    if not likeness.is_unlike:
        said = [icon("info-circle"), f" Out of the ordinary: {edges}", html.Span(RARE, className="answer-detail"), "."]
        return html.Div(said, className="callout")
    parts = [
        icon("exclamation-triangle-fill"),
        html.Strong(" Unlike anything in the data. "),
        html.Span(UNLIKE, className="answer-detail"),
        f"It stands out by {edges}." if edges else "Its values do not occur together.",
    ]
    return html.Div(parts, className="callout callout-warning")


RARE = ", as in at most 1 of 200 tracks"
UNLIKE = (
    "It is farther from the nearest real tracks than more than 99 in 100 tracks are from theirs, so the model has "
    "hardly seen its like. "
)


def _edge(edge: Edge) -> str:
    side = "above" if edge.is_high else "below"
    shown = SHOWN_IN.get(edge.feature)
    factor, unit = (shown.factor, shown.unit) if shown else (1.0, FEATURES[edge.feature].unit)
    unit = "" if unit == "0–1" else f" {unit}"
    limit = value_in_words(edge.limit / factor)
    return f"{feature_in_words(edge.feature)} {side} {limit}{unit}"


def value_in_words(value: object) -> str:
    """Write a value as a control would show it, shortly.

    Examples
    --------
    >>> value_in_words(0.123456), value_in_words(2019.0), value_in_words("pop"), value_in_words("")
    ('0.123', '2019', 'pop', 'unknown')
    """
    if wording.is_number(value):
        text = f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"  # type: ignore[arg-type, str-format]
        return text.replace("-", wording.MINUS) if "e" not in text else text
    return str(value)[:60] if value not in (None, "") else "unknown"


def trouble(message: str) -> html.Div:
    """Say why there is no answer, with a way on."""
    way = html.A("See all runs", href=address("/runs"))
    return html.Div([icon("exclamation-triangle-fill"), " ", message, " ", way], className="callout callout-danger")


def warning(message: str) -> html.Div:
    """Say what to keep in mind about what is shown."""
    return html.Div([icon("exclamation-triangle-fill"), " ", message], className="callout callout-warning")
