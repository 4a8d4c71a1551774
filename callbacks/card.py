"""Model card view: gathers what a card needs, draws it, hands it out as one file."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from callbacks.identity import current_owner
from core.card import Card, make_card, write_html
from core.errors import BundleError, DashboardError, DataError, InvalidRequest
from core.runs.model import Run
from layouts import card as view
from layouts.aliases import trouble_notice
from layouts.components import empty_state
from layouts.ids import CardView
from layouts.links import button_link, run_address

EXPLANATION = "explanation.json"


def page(services: Any, owner: str, run_id: str = "", query: str = "") -> Component:
    """Draw the card of a run.

    Raises
    ------
    NotFound
        When this owner has no such run; absent and foreign answer alike.
    """
    try:
        return view.layout(card_of(services, run_id, owner))
    except BundleError as error:
        return empty_state("No model card", str(error), button_link("To the run", run_address(run_id)))


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""

    @app.callback(
        Output(CardView.DOWNLOAD, "data"),
        Output(CardView.NOTICE, "children"),
        Input(CardView.SAVE, "n_clicks"),
        State(CardView.RUN, "data"),
        prevent_initial_call=True,
    )
    def save(clicks: Any, run_id: Any) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        if not isinstance(run_id, str):
            raise InvalidRequest("The id of a run is a text.")
        try:
            return make_file(services, run_id, current_owner()), None
        except DashboardError as error:
            return no_update, trouble_notice(str(error))


def make_file(services: Any, run_id: str, owner: str | None) -> dict[str, Any]:
    """Make the content of the download.

    Raises
    ------
    NotFound, BundleError
        As for ``card_of``.
    """
    card = card_of(services, run_id, owner)
    origin = "synthetic-" if card.is_synthetic else ""
    name = f"{origin}model-card-{card.run_id[:8]}.html"
    return {"content": write_html(card), "filename": name, "type": "text/html"}


def card_of(services: Any, run_id: str, owner: str | None) -> Card:
    """Give the card of a run with everything that is at hand of it.

    Parameters
    ----------
    services : Services
    run_id : str
    owner : str or None
        Who asks; None is the operator.

    Raises
    ------
    NotFound
        When this owner may not see the run.
    BundleError
        When it is not finished.
    """
    run = services.runs.get(run_id, owner)
    held = [one for one in services.runs.promotions.of_run(run.id, owner) if one.until is None]
    test = _test_part(services, run, owner)
    genres = None if test is None else _genres(services, run, owner, test)
    return make_card(run, test, genres=genres, explanation=_explanation(services, run), held=held)


def _test_part(services: Any, run: Run, owner: str | None) -> pd.DataFrame | None:
    try:
        predictions = services.runs.predictions(run.id, owner)
    except BundleError:
        return None
    return predictions[predictions["part"] == "test"].reset_index(drop=True)


def _genres(services: Any, run: Run, owner: str | None, test: pd.DataFrame) -> pd.Series | None:
    """Genre of each held-out track, where the run's own table is still there."""
    try:
        store, is_own = services.tracks_of_run(run, run.owner if owner is None else owner)
        if not is_own or store.facts.sha256 != run.data.get("sha256"):
            return None
        tracks = store.dataset.tracks.drop_duplicates("track_id").set_index("track_id")
    except DataError:
        return None
    return test["track_id"].map(tracks["genre"].astype("object")) if "genre" in tracks else None


def _explanation(services: Any, run: Run) -> dict[str, Any] | None:
    """What the bundle states of the features; None where it states nothing that can be used."""
    if EXPLANATION not in run.digests:
        return None
    try:
        found = json.loads(services.runs.context.bundles.read(run.id, EXPLANATION, run.digests))
    except (BundleError, ValueError):
        return None
    return found if isinstance(found, dict) else None
