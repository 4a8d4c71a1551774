"""Where the values come from: a real track, a genre's typical track, a typical track of the table, an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from dash.development.base_component import Component

from callbacks.prediction.controls import make_controls, typical_start
from callbacks.prediction.knowledge import columns_of
from core.errors import BundleError, InvalidRequest
from core.features import FEATURES, feature_frame, is_extra
from core.inputs import TEXTS
from core.release_dates import DATE
from core.runs.model import Run
from core.scenario_address import Asked
from core.scenarios import Scenario
from core.validation import PROTOCOLS
from data.schema import TARGET
from layouts import prediction as view

Begun = tuple[view.Start, Component | None]
"""A start, and the card that says what it is."""


def start_from_track(services: Any, run: Run, owner: str, position: int) -> Begun:
    """Start from a real track of the run's table, the row of which was checked."""
    dataset = services.tracks_of_run(run, owner)[0].dataset
    track = dataset.tracks.iloc[position]
    known = _known_values(dataset.tracks, run, position)
    controls = make_controls(dataset.tracks, run, known)
    gaps = [one.label for one in controls if one.name not in known]
    name = track["track_name"] if isinstance(track["track_name"], str) else "(no title)"
    artist = track["track_artist"] if isinstance(track["track_artist"], str) else "(no artist)"
    actual = float(track[TARGET])
    genre = track.get("genre")
    values = {one.name: one.value for one in controls}
    start = view.Start(
        f"{name}, {artist}", values, position, actual, genre if isinstance(genre, str) else "", str(track["track_id"])
    )
    standing = _standing(services, run, owner, str(track["track_id"]), dataset.sha256)
    return start, view.track_card(name, artist, actual, standing, gaps)


def start_from_genre(tracks: pd.DataFrame, run: Run, genre: object) -> Begun:
    """Start from the middle values of a genre's tracks.

    Raises
    ------
    InvalidRequest
        When there is no such genre in the table.
    """
    if not isinstance(genre, str) or genre not in genres_of(tracks):
        raise InvalidRequest(f"There is no genre {str(genre)[:40]!r} in the table.")
    of_genre = tracks[tracks["genre"] == genre]
    typical = {one.name: one.value for one in make_controls(of_genre, run, {})}
    controls = make_controls(tracks, run, {**typical, "genre": genre})
    values = {one.name: one.value for one in controls}
    start = view.Start(f"a typical {genre} track", values, genre=genre, typical=genre)
    return start, view.typical_card(genre, len(of_genre))


def start_from_address(services: Any, run: Run, owner: str, asked: Asked) -> tuple[Begun, list[str]]:
    """Start from what an address names; what of it is not there is said.

    A genre that no control asks for tells whose interval to use, as that of the start does.
    """
    tracks = services.tracks_of_run(run, owner)[0].dataset.tracks
    begun = _start_named(services, run, owner, asked.track, asked.genre)
    missing = [] if begun or not (asked.track or asked.genre) else [NO_TRACK if asked.track else NO_GENRE]
    start, card = begun or (typical_start(make_controls(tracks, run, {})), None)
    if is_interval_genre(run, tracks, genre := asked.values.get("genre", "")):
        start = replace(start, genre=genre)
    return (start, card), missing


NO_TRACK, NO_GENRE = "the track is not in this table", "the genre is not in this table"


def start_from_scenario(services: Any, run: Run, owner: str, one: Scenario, values: Mapping[str, float | str]) -> Begun:
    """Start where a kept prediction started; from the kept values where that is not there, or was not kept."""
    tracks = services.tracks_of_run(run, owner)[0].dataset.tracks
    begun = _start_named(services, run, owner, one.track, one.typical)
    typical = typical_start(make_controls(tracks, run, {}))
    otherwise = typical if one.start == typical.label else view.Start(one.name or one.start, values)
    start, card = begun or (otherwise, None)
    return replace(start, genre=one.genre or start.genre), card


def _start_named(services: Any, run: Run, owner: str, track: str, genre: str) -> Begun | None:
    """Start from a track by its id, else from a genre's typical one; None where there is no such thing."""
    tracks = services.tracks_of_run(run, owner)[0].dataset.tracks
    if track:
        rows = (tracks["track_id"] == track).to_numpy().nonzero()[0]
        return start_from_track(services, run, owner, int(rows[0])) if len(rows) else None
    return start_from_genre(tracks, run, genre) if genre in genres_of(tracks) else None


def is_interval_genre(run: Run, tracks: pd.DataFrame, genre: str) -> bool:
    """Whether a genre tells nothing but whose interval to use: the model does not look at it."""
    return "genre" not in columns_of(run) and genre in genres_of(tracks)


def genres_of(tracks: pd.DataFrame) -> list[str]:
    """Genres of a table, by name."""
    return sorted(map(str, tracks["genre"].dropna().unique())) if "genre" in tracks else []


def parse_position(position: object, n_tracks: int) -> int:
    """Check the row of a track that the page names.

    Raises
    ------
    InvalidRequest
    """
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position < n_tracks:
        raise InvalidRequest("There is no such track in the table.")
    return position


def _known_values(tracks: pd.DataFrame, run: Run, position: int) -> dict[str, float | str]:
    """The values of a track that the table knows, as the page shows them."""
    track = tracks.iloc[position]
    typical = [one.name for one in make_controls(tracks, run, {})]
    here = [name for name in typical if not is_extra(name) or name in tracks]
    row = feature_frame(tracks.iloc[[position]], [name for name in here if name not in TEXTS and name != DATE]).iloc[0]
    known = {str(name): _shown_value(str(name), row[name]) for name in row.index if not pd.isna(row[name])}
    known |= {name: track[name] for name in here if name in TEXTS and isinstance(track[name], str)}
    if DATE in here and DATE in tracks:
        known[DATE] = "" if pd.isna(track[DATE]) else str(track[DATE])[:10]
    return known


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
