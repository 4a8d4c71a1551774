"""Why view: reads what a run keeps of its explanation, and draws it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from callbacks.identity import current_owner, current_theme
from callbacks.why import cards
from callbacks.why.choices import one_of, text_of
from callbacks.why.keeping import stored_of
from callbacks.why.models import other_models, two_models
from callbacks.why.tracks import one_track
from core.address import read_values
from core.errors import BundleError, InvalidRequest
from core.explanation.stored import Stored
from core.export import to_csv
from core.runs.model import Run
from layouts import why as view
from layouts.components.graph_card import card_part
from layouts.ids import Why

__all__ = ["content", "make_file", "page", "register", "stored_of"]

MOST_TRACKS = 100
NOTHING_ASKED: Mapping[str, str] = MappingProxyType({})


def page(services: Any, owner: str, run_id: str = "", query: str = "") -> Component:
    """Draw the view.

    Raises
    ------
    NotFound
        When this owner has no such run; absent and foreign answer alike.
    """
    run = services.runs.get(run_id, owner)
    try:
        stored = stored_of(services, run)
    except BundleError as error:
        return view.layout(run, view.nothing_kept(run, str(error)), is_explained=False)
    shown = content(services, run, stored, owner, current_theme(), read_query(query))
    return view.layout(run, shown, is_explained=True)


def content(
    services: Any, run: Run, stored: Stored, owner: str, theme: str, asked: Mapping[str, str] = NOTHING_ASKED
) -> list[Any]:
    """Every part of the page, as its address asks; what it asks that there is not, is as usual."""
    importance = stored.importance
    at = place_of(asked.get("track"), len(stored.values))
    words = "From what the model says of any track to what it says of this one."
    track = html.Div(one_track(services, run, owner, stored, at, theme), id=Why.TRACK_PANEL)
    return [
        view.method(stored),
        cards.overall(stored, importance, theme),
        cards.features(stored, importance, theme, asked.get("feature", ""), asked.get("colour", "")),
        view.section("One track", words, view.track_controls(stored, MOST_TRACKS, at), track),
        cards.together(stored, importance, theme),
        cards.groups(stored, theme, asked.get("first", ""), asked.get("second", "")),
        other_models(services, run, owner, stored, asked.get("other", ""), theme),
    ]


def _parts_of(graph_id: str) -> tuple[Output, ...]:
    parts = (Output(card_part(graph_id, part), "children") for part in ("reading", "alternative", "table"))
    return (Output(graph_id, "figure"), *parts)


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""
    _keep_in_address(app)

    def asked(run_id: Any) -> Stored:
        return stored_of(services, services.runs.get(text_of(run_id), current_owner()))

    @app.callback(
        *_parts_of(Why.PARTIAL),
        *_parts_of(Why.DEPENDENCE),
        Input(Why.FEATURE, "value"),
        Input(Why.COLOUR, "value"),
        State(Why.RUN, "data"),
        prevent_initial_call=True,
    )
    def vary(feature: Any, colour: Any, run_id: Any) -> tuple[Any, ...]:
        stored = asked(run_id)
        chosen = one_of(feature, stored.features), one_of(colour, (view.NOTHING, *stored.features))
        partial, dependence = cards.of_feature(stored, *chosen, current_theme())
        return *partial, *dependence

    @app.callback(
        Output(Why.TRACK_PANEL, "children"),
        Input(Why.TRACK, "value"),
        State(Why.RUN, "data"),
        prevent_initial_call=True,
    )
    def explain(at: Any, run_id: Any) -> Any:
        owner = current_owner()
        run = services.runs.get(text_of(run_id), owner)
        stored = stored_of(services, run)
        place = int(one_of(at, [str(place) for place in range(len(stored.values))]))
        return one_track(services, run, owner, stored, place, current_theme())

    @app.callback(
        *_parts_of(Why.COHORTS),
        Input(Why.FIRST, "value"),
        Input(Why.SECOND, "value"),
        State(Why.RUN, "data"),
        prevent_initial_call=True,
    )
    def compare(first: Any, second: Any, run_id: Any) -> Any:
        stored = asked(run_id)
        names = tuple(stored.cohorts())
        return cards.of_groups(stored, one_of(first, names), one_of(second, names), current_theme())

    @app.callback(
        Output(Why.OTHER_PANEL, "children"),
        Input(Why.OTHER, "value"),
        State(Why.RUN, "data"),
        prevent_initial_call=True,
    )
    def beside(other_id: Any, run_id: Any) -> Any:
        if not other_id:
            return None
        run, other = (services.runs.get(text_of(each), current_owner()) for each in (run_id, other_id))
        return two_models((run, other), (stored_of(services, run), stored_of(services, other)), current_theme())

    @app.callback(
        Output(Why.DOWNLOAD, "data"), Input(Why.SAVE, "n_clicks"), State(Why.RUN, "data"), prevent_initial_call=True
    )
    def save(clicks: Any, run_id: Any) -> Any:
        if not clicks:
            return no_update
        return make_file(services, text_of(run_id), current_owner())


def _keep_in_address(app: Dash) -> None:
    """Write what is chosen to the address: by part, as not every run has every part."""
    parts = {
        "whyFeature": (Why.FEATURE, Why.COLOUR),
        "whyTrack": (Why.TRACK,),
        "whyGroups": (Why.FIRST, Why.SECOND),
        "whyOther": (Why.OTHER,),
    }
    for name, selects in parts.items():
        inputs = [Input(select, "value") for select in selects]
        app.clientside_callback(ClientsideFunction("address", name), *inputs, prevent_initial_call=True)


def place_of(track: str | None, n_tracks: int) -> int:
    """Place in the sample of the track that an address names; the first where there is none such to choose.

    Examples
    --------
    >>> place_of("7", 50), place_of("70", 50), place_of("x", 50)
    (7, 0, 0)
    """
    known = [str(place) for place in range(min(n_tracks, MOST_TRACKS))]
    return known.index(track) if track in known else 0


def read_query(query: str) -> Mapping[str, str]:
    """What an address asks; nothing where it makes no sense."""
    try:
        return read_values(query)
    except InvalidRequest:
        return NOTHING_ASKED


def make_file(services: Any, run_id: str, owner: str) -> dict[str, Any]:
    """Make the content of the download: the sample with what the model read and each contribution.

    Raises
    ------
    NotFound, BundleError
        As for the page.
    """
    run = services.runs.get(run_id, owner)
    origin = "synthetic-" if run.data.get("is_synthetic") else ""
    return {"content": to_csv(stored_of(services, run).table()), "filename": f"{origin}contributions-{run.id[:8]}.csv"}
