"""Sets the controls: another model, a real track, a genre, a kept prediction, or back to typical values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from callbacks.identity import current_owner, current_theme
from callbacks.prediction.controls import make_controls, typical_start, what_can_be_tried
from callbacks.prediction.knowledge import Knowledge
from callbacks.prediction.questions import genre_of, parse_question, position_of
from callbacks.prediction.starts import (
    Begun,
    genres_of,
    parse_position,
    start_from_genre,
    start_from_scenario,
    start_from_track,
)
from core.errors import InvalidRequest, NotFound
from core.figures.prediction import name_bins, plot_popularity_position
from core.runs.model import Run
from core.runs.offered import better_run, offered_runs
from core.scenarios import Scenario, read_scenarios
from layouts import prediction as view
from layouts.components.graph_card import card_part, count_text, graph_table
from layouts.ids import Prediction
from layouts.prediction.start import told_of

TABLE_GONE = "The table this model was trained on was deleted: tracks and ranges here come from another one."


def register(app: Dash, services: Any, knowledge: Knowledge) -> None:
    """Attach the search for a track, and everything that sets the controls."""
    _register_search(app, services)
    _register_begin(app, services, knowledge)


def _register_search(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Prediction.FOUND, "children"),
        Input(Prediction.SEARCH, "value"),
        State(Prediction.RUN, "value"),
        prevent_initial_call=True,
    )
    def search(text: Any, run_id: Any) -> Any:
        if text is not None and not isinstance(text, str):
            raise InvalidRequest("A search is a text.")
        words = (text or "").strip()[:100]
        if len(words) < 2:
            return None
        owner = current_owner()
        store, _ = services.tracks_of_run(services.runs.get(_text(run_id), owner), owner)
        return view.found(store.search(words, limit=8), words)


def _register_begin(app: Dash, services: Any, knowledge: Knowledge) -> None:
    @app.callback(
        output={name: Output(*place) for name, place in _PARTS.items()},
        inputs={
            "run_id": Input(Prediction.RUN, "value"),
            "asked": Input(Prediction.BEGIN, "data"),
            "genre": Input(Prediction.GENRE, "value"),
            "values": State(Prediction.VALUES, "data"),
            "start": State(Prediction.START, "data"),
            "kept": State(Prediction.KEPT, "data"),
        },
        prevent_initial_call=True,
    )
    def begin(run_id: Any, asked: Any, genre: Any, values: Any, start: Any, kept: Any) -> dict[str, Any]:
        beginning, chosen = Beginning(services, knowledge, current_owner(), start), _text(run_id)
        act = act_of(str(ctx.triggered_id), asked, genre)
        if act.get("kind") == "scenario":
            return beginning.scenario(_find(kept, act.get("id")))
        try:
            return beginning.do(chosen, act, values)
        except NotFound:  # the model was deleted: asked once more, the answer says so
            return {**NOTHING, "controls": view.leave_controls(chosen)}


_PARTS: Mapping[str, tuple[str, str]] = {
    "run": (Prediction.RUN, "value"),
    "start": (Prediction.START, "data"),
    "card": (Prediction.TRACK, "children"),
    "search": (Prediction.SEARCH, "value"),
    "genre": (Prediction.GENRE, "value"),
    "controls": (Prediction.DRAWN, "data"),
    "facts": (Prediction.RUN_FACTS, "children"),
    "figure": (Prediction.GRAPH, "figure"),
    "numbers": (card_part(Prediction.GRAPH, "table"), "children"),
    "n": (card_part(Prediction.GRAPH, "n"), "children"),
    "features": (Prediction.FEATURE, "options"),
    "feature": (Prediction.FEATURE, "value"),
    "locks": (Prediction.LOCKED, "options"),
    "locked": (Prediction.LOCKED, "value"),
}
NOTHING: Mapping[str, Any] = dict.fromkeys(_PARTS, no_update)


def act_of(triggered: str, asked: Any, genre: Any) -> Mapping[str, Any]:
    """What was done: a model or a genre was chosen from its list, or a button of the page was pressed.

    Examples
    --------
    >>> act_of("prediction-genre-select", None, "pop")
    {'kind': 'genre', 'genre': 'pop'}
    """
    if triggered == Prediction.RUN:
        return {"kind": "model"}
    if triggered == Prediction.GENRE:
        return {"kind": "genre", "genre": genre} if genre else {}
    return asked if isinstance(asked, dict) else {}


class Beginning:
    """Gives what of the page changes with another start or model.

    The controls stay, and are only set, where they are those of the chosen model. Where they are not they are drawn:
    the answer that should have drawn them may never have come, since a later question makes Dash drop it.

    Parameters
    ----------
    services : Services
    knowledge : Knowledge
    owner : str
    start : object
        What the page says that its controls were set from; it names the run whose controls they are.
    """

    def __init__(self, services: Any, knowledge: Knowledge, owner: str, start: Any = None) -> None:
        self.services, self.knowledge, self.owner, self.start = services, knowledge, owner, start

    def do(self, run_id: str, act: Mapping[str, Any], values: Any = None) -> dict[str, Any]:
        """Do for a run what `act_of` gave.

        Raises
        ------
        InvalidRequest, NotFound
        """
        if not act:
            return dict(NOTHING)
        run, kind = self._run(run_id), act.get("kind")
        if kind == "model" or (kind == "track" and not self._has_tracks_of_page(run)):
            return self.other_model(run, values)
        if kind == "track":
            row = parse_position(act.get("position"), len(self._tracks(run)))
            return self._shown(run, start_from_track(self.services, run, self.owner, row))
        if kind == "genre":
            return self._shown(run, start_from_genre(self._tracks(run), run, act.get("genre")))
        if kind == "reset":
            return self._shown(run, (typical_start(make_controls(self._tracks(run), run, {})), None))
        raise InvalidRequest("A prediction starts from a track, a genre, a kept prediction or typical values.")

    def scenario(self, one: Scenario) -> dict[str, Any]:
        """Show a kept prediction again, with its model.

        Raises
        ------
        NotFound
        """
        try:
            run = self._run(one.run)
        except NotFound as error:
            raise NotFound("The model of this kept prediction is not there any more: it was deleted.") from error
        values = {each.name: each.value for each in make_controls(self._tracks(run), run, one.values)}
        begun = start_from_scenario(self.services, run, self.owner, one, values)
        return {**self._shown(run, begun, values), "run": run.id}

    def other_model(self, run: Run, values: Any) -> dict[str, Any]:
        """Another model for the values that are set; what it reads besides starts where the others did."""
        begun = self._same_start(run)
        given = parse_question(values).values if values else {}
        return self._redrawn(run, begun, {**begun[0].values, **given})

    def _same_start(self, run: Run) -> Begun:
        """Where the page started, in the table of another run if that is the same one."""
        store, is_own = self.services.tracks_of_run(run, self.owner)
        tracks, start = store.dataset.tracks, self.start
        position = position_of(start)
        if position is not None and 0 <= position < len(tracks) and self._has_tracks_of_page(run):
            return start_from_track(self.services, run, self.owner, position)
        typical = start.get("typical") if isinstance(start, dict) else None
        genres = genres_of(tracks)
        if isinstance(typical, str) and typical in genres:
            return start_from_genre(tracks, run, typical)
        genre = genre_of(start)
        begun = replace(typical_start(make_controls(tracks, run, {})), genre=genre if genre in genres else "")
        return begun, None if is_own else view.warning(TABLE_GONE)

    def _has_tracks_of_page(self, run: Run) -> bool:
        """Whether the page shows tracks of a run's table; the position of a track means nothing in another one."""
        drawn = self._drawn_run()
        if drawn == run.id:
            return True
        try:
            before = self._run(_text(drawn))
        except NotFound:
            return False
        return self.services.tracks_of_run(before, self.owner)[0] is self.services.tracks_of_run(run, self.owner)[0]

    def _shown(self, run: Run, begun: Begun, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Set the controls, to the values of the start where there are no others; draw them where they are others."""
        start, card = begun
        values = start.values if values is None else values
        if run.id != self._drawn_run():
            return self._redrawn(run, begun, values)
        return {**NOTHING, "start": {**start.to_dict(run.id), "place": values}, "card": card, "search": "", "genre": ""}

    def _drawn_run(self) -> Any:
        return self.start.get("run") if isinstance(self.start, dict) else None

    def _redrawn(self, run: Run, begun: Begun, values: Mapping[str, Any]) -> dict[str, Any]:
        start, card = begun
        store = self.services.tracks_of_run(run, self.owner)[0]
        controls = make_controls(store.dataset.tracks, run, values)
        bins, choices = self.knowledge.bins(store), what_can_be_tried(run, controls)
        options = view.options_of(choices.features)
        return {
            "run": no_update,
            "start": start.to_dict(run.id),
            "card": card,
            "search": "",
            "genre": "",
            "controls": view.draw_controls(run.id, controls),
            "facts": told_of(run, better_run(offered_runs(self.services.runs, self.owner), run)),
            "figure": plot_popularity_position(bins, theme=current_theme()),
            "numbers": graph_table(name_bins(bins), view.POSITION_TITLE),
            "n": count_text(len(store.dataset.tracks)),
            "features": options,
            "feature": next(iter(choices.features), None),
            "locks": options,
            "locked": list(choices.locked),
        }

    def _run(self, run_id: str) -> Run:
        run: Run = self.services.runs.get(run_id, self.owner)
        return run

    def _tracks(self, run: Run) -> Any:
        return self.services.tracks_of_run(run, self.owner)[0].dataset.tracks


def _find(kept: Any, scenario_id: object) -> Scenario:
    found = next((one for one in read_scenarios(kept).scenarios if one.id == scenario_id), None)
    if found is None or not found.values:
        raise InvalidRequest("This kept prediction cannot be used again: it does not hold its values.")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NotFound("There is no such run.")
    return value
