"""Prediction view: answers sliders, starts from real tracks, keeps predictions."""

from __future__ import annotations

from typing import Any

from dash import Dash
from dash.development.base_component import Component

from callbacks.identity import current_theme
from callbacks.prediction import answering, beginning, board, browser, what_if
from callbacks.prediction.beginning import TABLE_GONE
from callbacks.prediction.controls import make_controls, values_from_address, what_can_be_tried
from callbacks.prediction.knowledge import Knowledge
from callbacks.prediction.questions import predict
from callbacks.prediction.starts import genres_of, is_interval_genre, start_from_address, start_from_track
from core.figures.prediction import compute_popularity_bins, name_bins, plot_popularity_position
from core.runs.offered import offered_runs, shown_runs
from core.scenario_address import read_address
from data.schema import TARGET
from layouts import prediction as view
from layouts import wording

__all__ = ["TABLE_GONE", "make_controls", "page", "predict", "register", "start_from_track"]


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view for the champion, else the best run of the newest job, or for all that the address names."""
    asked = read_address(query)
    offered = offered_runs(services.runs, owner, (asked.run, *asked.beside))
    if not offered:
        return view.nothing_to_choose()
    run = next((one.run for one in offered if one.run.id == asked.run), offered[0].run)
    notes = ["The run in the address is not there; this is another one."] if asked.run not in ("", run.id) else []
    store, is_own = services.tracks_of_run(run, owner)
    if not is_own:
        notes.append(TABLE_GONE)
    tracks = store.dataset.tracks
    (start, card), missing = start_from_address(services, run, owner, asked)
    written = dict(asked.values)
    if is_interval_genre(run, tracks, written.get("genre", "")):
        del written["genre"]  # the start has it
    given, problems = values_from_address(make_controls(tracks, run, {}), written)
    controls = make_controls(tracks, run, {**start.values, **given})
    if ignored := [*missing, *problems, *asked.ignored]:
        notes.append(f"Not everything in the address could be used: {wording.listed(ignored[:5])}.")
    beside = [one.run.id for one in offered if one.run.id in asked.beside and one.run.id != run.id]
    theme = current_theme()
    bins = compute_popularity_bins(tracks[TARGET])
    figure = plot_popularity_position(bins, theme=theme)
    return view.layout(
        view.View(
            run, shown_runs(offered, run), controls, start, figure, len(tracks), name_bins(bins), card,
            genres_of(tracks),
            what_can_be_tried(run, controls), beside, notes, theme,
        )
    )  # fmt: skip


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    knowledge = Knowledge(services)
    browser.register(app)
    answering.register(app, services, knowledge)
    beginning.register(app, services, knowledge)
    board.register(app, services)
    what_if.register(app, services, knowledge)
