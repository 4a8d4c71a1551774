"""Where the values come from: the model that is asked, a real track, a genre's typical one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.runs.model import Run
from core.runs.offered import Offered, better_run
from layouts import wording
from layouts.components import control, icon
from layouts.ids import Prediction
from layouts.links import address
from layouts.prediction.nearest import track_button
from layouts.run_words import is_leaky, is_no_forecast, measure, model_name, protocol_name


@dataclass(frozen=True)
class Start:
    """What the controls were set from: a typical track, or a real one with its actual popularity and its genre."""

    label: str
    values: Mapping[str, float | str]
    position: int | None = None
    actual: float | None = None
    genre: str = ""
    track: str = ""
    typical: str = ""

    def to_dict(self, run_id: str) -> dict[str, Any]:
        """For the page's store."""
        of_track = {"position": self.position, "actual": self.actual, "genre": self.genre, "track": self.track}
        return {"run": run_id, "label": self.label, "values": dict(self.values), "typical": self.typical, **of_track}


def run_label(run: Run, standing: str = "") -> str:
    """One line that tells runs apart in a list."""
    inflated = ", inflated" if is_leaky(run) else ", no forecast" if is_no_forecast(run) else ""
    sample = ", synthetic sample" if run.data.get("is_synthetic") else ""
    protocol = protocol_name(run.request.protocol).split(" (")[0]
    score = f"R² {wording.score(measure(run, 'r2'))}{inflated}{sample}"
    first = f"{standing}: {model_name(run)}" if standing else model_name(run)
    return " · ".join([first, score, protocol, wording.ago(run.created_at)])


def run_facts(run: Run) -> str:
    """What tells the chosen run from others of its family, in full: the list cuts it off."""
    return run_label(run).split(" · ", 1)[1]


def told_of(run: Run, better: Run | None = None) -> list[Any]:
    """Draw what is to be known of the chosen run, and the way to one that did clearly better.

    Parameters
    ----------
    run : Run
    better : Run or None
        As `core.runs.offered.better_run` finds it.
    """
    lines: list[Any] = [html.Div(run_facts(run))]
    if better is not None:
        link = dcc.Link(model_name(better), href=address("/predict", run=better.id))
        score = f" did better on the same held-out tracks: R² {wording.score(measure(better, 'r2'))}."
        lines.append(html.Div([link, score]))
    return lines


def model_choice(run: Run, offered: Sequence[Offered]) -> html.Section:
    """Draw the choice of the model."""
    options = [{"value": one.run.id, "label": run_label(one.run, one.standing)} for one in offered]
    select = dbc.Select(id=Prediction.RUN, options=options, value=run.id)
    facts = html.Div(told_of(run, better_run(offered, run)), id=Prediction.RUN_FACTS)
    return html.Section(control("Model", select, facts), className="panel form-section")


def start_choice(genres: Sequence[str], card: Any = None) -> html.Section:
    """Draw the search for a real track, and the choice of a genre."""
    field = dbc.Input(
        id=Prediction.SEARCH, type="search", placeholder="Title or artist", debounce=200,
        autocomplete="off", maxlength=100,
    )  # fmt: skip
    options = [{"value": name, "label": name} for name in genres]
    select = dbc.Select(id=Prediction.GENRE, options=options, value="", placeholder="Choose a genre", size="sm")
    return html.Section(
        [
            control("Start from a real track", field),
            html.Div(id=Prediction.FOUND, role="status"),
            control("or from a genre's typical track", select) if genres else html.Div(select, hidden=True),
            html.Div(card, id=Prediction.TRACK),
        ],
        className="panel form-section",
    )


def reset_button() -> html.Button:
    """Draw the button that goes back to the start."""
    told = {"data-begin": "reset", "title": "Back to the middle of all tracks"}
    return html.Button([icon("arrow-counterclockwise"), " Reset"], type="button", className="quiet-button", **told)


def found(tracks: Sequence[Mapping[str, Any]], text: str) -> Any:
    """Draw the tracks that were found, each a button."""
    if not tracks:
        return html.P(f"No track or artist with “{text}”.", className="control-help")
    return html.Ul([html.Li(_found_track(track)) for track in tracks], className="found-list")


def _found_track(track: Mapping[str, Any]) -> html.Button:
    words = html.Span([track["name"], html.Span(f" {track['artist']}", className="quiet-note")])
    points = html.Span(wording.points(track["popularity"]), className="quiet-note", title="actual popularity")
    return track_button(track["position"], [words, points])


def track_card(name: str, artist: str, actual: float, standing: str, gaps: Sequence[str] = ()) -> html.Div:
    """Draw the track that the controls were set from, with what the model knows of it.

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


def typical_card(genre: str, n_tracks: int) -> html.Div:
    """Draw what the controls were set from where it is a genre's typical track."""
    said = (
        f"The middle value of each number, and the most frequent of each choice, over {wording.count(n_tracks)} tracks."
    )
    return html.Div(
        [html.P(html.Strong(f"A typical {genre} track"), className="mb-1"), html.P(said, className="control-help")],
        className="mt-2",
    )
