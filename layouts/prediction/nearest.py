"""The real tracks that are most like the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from layouts import wording


@dataclass(frozen=True)
class NearTrack:
    """A real track.

    Parameters
    ----------
    position : int
        Row of the table.
    name, artist : str
    popularity : float
        Points.
    is_same : bool
        Whether nothing that is compared differs from the input.
    """

    position: int
    name: str
    artist: str
    popularity: float
    is_same: bool = False


def nearest_tracks(tracks: Sequence[NearTrack], around: Sequence[float]) -> list[Any]:
    """Draw the nearest tracks, each a button that starts from it.

    Parameters
    ----------
    tracks : sequence of NearTrack
        The nearest first.
    around : sequence of float
        Popularity of more of the nearest tracks, in order of size; points.
    """
    if not tracks:
        words = "This model looks at nothing that tracks could be compared by."
        return [html.P(words, className="control-help")]
    rows = [_track(one) for one in tracks]
    return [html.P(_summary(around), className="control-help"), html.Ul(rows, className="found-list")]


def _summary(around: Sequence[float]) -> str:
    n = len(around)
    if n < 8:
        return "The real tracks nearest by what the model looks at of sound, genre and year."
    low, middle, high = (around[int(share * (n - 1))] for share in (0.25, 0.5, 0.75))
    return (
        f"Of the {n} real tracks nearest in sound, genre and year, half have {wording.points(low)} to "
        f"{wording.points(high)} points (median {wording.points(middle)}). The first ones, and their popularity:"
    )


def _track(one: NearTrack) -> html.Li:
    words = html.Span([one.name, html.Span(f" {one.artist}", className="quiet-note"), *_same(one)])
    points = html.Span(wording.points(one.popularity), className="near-points", title="actual popularity")
    return html.Li(track_button(one.position, [words, points]))


def _same(one: NearTrack) -> list[Any]:
    return [html.Span(" (the same values)", className="quiet-note")] if one.is_same else []


def track_button(position: int, words: Any) -> html.Button:
    """Draw a button that starts from a track of the table (``assets/prediction.js`` hears it)."""
    told = {"data-begin": "track", "data-position": str(position)}
    return html.Button(words, type="button", className="found-track", title="Start from this track", **told)
