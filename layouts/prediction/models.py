"""Several models asked about one track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from layouts import wording
from layouts.components import icon
from layouts.links import run_address


@dataclass(frozen=True)
class Opinion:
    """What one model says of the track.

    Parameters
    ----------
    run, title, detail : str
        Id, name and what tells it from others of its family.
    predicted, low, high : float
        Points.
    filled : tuple of str
        What it looks at that the page has no control for, in words: a typical value stands there.
    problem : str
        Why it has no answer; the numbers mean nothing then.
    is_chosen : bool
        Whether it is the model that the page is about.
    """

    run: str
    title: str
    detail: str = ""
    predicted: float = 0.0
    low: float = 0.0
    high: float = 0.0
    filled: tuple[str, ...] = ()
    problem: str = ""
    is_chosen: bool = False


def opinions(found: Sequence[Opinion]) -> list[Any]:
    """Draw what the models say, one under the other on one scale, and how far they are apart."""
    if len(found) < 2:
        words = "Ask up to three more models about the same track, and see how far they agree."
        return [html.P(words, className="control-help")]
    rows = [_opinion(one) for one in found]
    return [
        html.P(disagreement(found)),
        html.Ul(rows, className="opinion-list"),
        html.P(SCALE, className="control-help"),
    ]


SCALE = "Dot: the prediction; bar: its interval; from 0 to 100 points."


def disagreement(found: Sequence[Opinion]) -> str:
    """Say how far models are apart, against how sure the chosen one is.

    Examples
    --------
    >>> one, other = Opinion("a", "Ridge", "", 40, 10, 70, is_chosen=True), Opinion("b", "KNN", "", 46, 20, 80)
    >>> disagreement([one, other])
    'They are 6 points apart (40 to 46), well within the interval of any one of them.'
    """
    said = [one for one in found if not one.problem]
    if len(said) < 2:
        return "Only one of them has an answer."
    low, high = (pick(one.predicted for one in said) for pick in (min, max))
    apart = round(high) - round(low)
    if not apart:
        return "They say the same."
    narrowest = min(one.high - one.low for one in said)
    within = (
        "well within the interval of any one of them"
        if apart <= narrowest / 4
        else "within the interval of any one of them"
        if apart <= narrowest / 2
        else "much beside their intervals: do not rest on one of them alone"
    )
    return (
        f"They are {wording.counted(apart, 'point')} apart ({wording.points(low)} to {wording.points(high)}), {within}."
    )


def _opinion(one: Opinion) -> html.Li:
    name = html.Span(
        [html.A(one.title, href=run_address(one.run)), html.Span(f" {one.detail}", className="quiet-note")]
    )
    parts: list[Any] = [name]
    if one.problem:
        parts.append(html.Span(one.problem, className="quiet-note"))
    else:
        points = html.Strong(wording.points(one.predicted))
        between = f" {wording.points(one.low)}–{wording.points(one.high)}"
        parts += [html.Span([points, between], className="number"), strip(one.predicted, one.low, one.high)]
    if one.filled:
        words = f"Also looks at {wording.listed(one.filled)}: typical values stand there."
        parts.append(html.Span(words, className="quiet-note opinion-note"))
    if not one.is_chosen:
        named = {"data-gone": one.run, "aria-label": f"Remove {one.title}"}
        parts.append(html.Button(icon("x-lg"), type="button", className="quiet-button", **named))
    return html.Li(parts, className="opinion opinion-chosen" if one.is_chosen else "opinion")


def strip(predicted: float, low: float, high: float) -> html.Div:
    """Draw a prediction and its interval on a line from 0 to 100."""
    place = {"--low": f"{low:.1f}", "--high": f"{high:.1f}", "--at": f"{predicted:.1f}"}
    return html.Div(html.Div(className="strip-dot"), className="strip", style=place, **{"aria-hidden": "true"})
