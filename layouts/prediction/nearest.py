"""The real tracks that are most like the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from core.features import FEATURES, is_extra
from layouts import wording
from layouts.run_words import feature_in_words

FEW = 3
"""So many features are named one by one."""
KINDS = {"audio": "sound", "genre": "genre", "release": "year"}
"""What groups of features are called where tracks are compared by them; key and mode are named."""


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


def nearest_tracks(
    tracks: Sequence[NearTrack], around: Sequence[float], compared: Sequence[str] = (), *, is_besides: bool = False
) -> list[Any]:
    """Draw the nearest tracks, each a button that starts from it.

    Parameters
    ----------
    tracks : sequence of NearTrack
        The nearest first.
    around : sequence of float
        Popularity of more of the nearest tracks, in order of size; points.
    compared : sequence of str
        Features that tracks were compared by.
    is_besides : bool
        Whether the track that was started from is left out, as no track is its own neighbour.
    """
    if not tracks:
        words = "This model looks at nothing that tracks could be compared by."
        return [html.P(words, className="control-help")]
    rows = [_track(one) for one in tracks]
    return [
        html.P(_summary(around, compared_in_words(compared), is_besides), className="control-help"),
        html.Ul(rows, className="found-list"),
    ]


def compared_in_words(features: Sequence[str]) -> str:
    """Name what tracks were compared by: each feature where there are few, else their kinds.

    Examples
    --------
    >>> compared_in_words(["energy", "tempo"])
    'energy and tempo'
    >>> compared_in_words(["energy", "tempo", "valence", "liveness", "release_year"])
    'sound and year'
    """
    if len(features) <= FEW:
        return wording.listed([feature_in_words(name) for name in features])
    groups = {FEATURES[name].group for name in features}
    kinds = [words for group, words in KINDS.items() if group in groups]
    named = [feature_in_words(name) for name in features if FEATURES[name].group == "tonality"]
    own = [feature_in_words(name) for name in features if is_extra(name)]
    columns = own if len(own) <= FEW else [f"{len(own)} columns of the table's own"]
    return wording.listed([*kinds[:1], *named, *kinds[1:], *columns])


def _summary(around: Sequence[float], compared: str, is_besides: bool) -> str:
    n, besides = len(around), " (the one you started from left out)" if is_besides else ""
    if n < 8:
        return f"The real tracks nearest in {compared}{besides}."
    low, middle, high = (around[int(share * (n - 1))] for share in (0.25, 0.5, 0.75))
    return (
        f"Of the {n} real tracks nearest in {compared}{besides}, half have {wording.points(low)} to "
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
