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

    @app.callback(
        output={
            "run": Output(Prediction.RUN, "value"),
            "start": Output(Prediction.START, "data"),
            "card": Output(Prediction.TRACK, "children"),
            "search": Output(Prediction.SEARCH, "value"),
            "genre": Output(Prediction.GENRE, "value"),
            "controls": Output(Prediction.DRAWN, "data"),
            "facts": Output(Prediction.RUN_FACTS, "children"),
            "figure": Output(Prediction.GRAPH, "figure"),
            "numbers": Output(card_part(Prediction.GRAPH, "table"), "children"),
            "n": Output(card_part(Prediction.GRAPH, "n"), "children"),
            "features": Output(Prediction.FEATURE, "options"),
            "feature": Output(Prediction.FEATURE, "value"),
            "locks": Output(Prediction.LOCKED, "options"),
            "locked": Output(Prediction.LOCKED, "value"),
        },
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
        beginning, chosen = _Beginning(services, knowledge, current_owner()), _text(run_id)
        if ctx.triggered_id == Prediction.BEGIN and isinstance(asked, dict) and asked.get("kind") == "scenario":
            return beginning.scenario(_find(kept, asked.get("id")), chosen)
        try:
            if ctx.triggered_id == Prediction.RUN:
                return beginning.other_model(chosen, values, start)
            if ctx.triggered_id == Prediction.GENRE:
                return beginning.genre(chosen, genre) if genre else NOTHING
            return beginning.asked(chosen, asked)
        except NotFound:  # the model was deleted: asked once more, the answer says so
            return {**NOTHING, "controls": view.leave_controls(chosen)}


_PARTS = (
    "run",
    "start",
    "card",
    "search",
    "genre",
    "controls",
    "facts",
    "figure",
    "numbers",
    "n",
    "features",
    "feature",
    "locks",
    "locked",
)
NOTHING: Mapping[str, Any] = dict.fromkeys(_PARTS, no_update)


class _Beginning:
    """Gives what of the page changes with another start or model."""

    def __init__(self, services: Any, knowledge: Knowledge, owner: str) -> None:
        self.services, self.knowledge, self.owner = services, knowledge, owner

    def asked(self, run_id: str, asked: Any) -> dict[str, Any]:
        """What a button of the page asked for."""
        if not isinstance(asked, dict):
            return dict(NOTHING)
        if asked.get("kind") == "track":
            return self.track(run_id, asked.get("position"))
        if asked.get("kind") == "reset":
            return self.typical(run_id)
        raise InvalidRequest("A prediction starts from a track, a genre, a kept prediction or typical values.")

    def track(self, run_id: str, position: object) -> dict[str, Any]:
        run = self._run(run_id)
        row = parse_position(position, len(self._tracks(run)))
        return self._placed(run, start_from_track(self.services, run, self.owner, row))

    def genre(self, run_id: str, genre: object) -> dict[str, Any]:
        run = self._run(run_id)
        return self._placed(run, start_from_genre(self._tracks(run), run, genre))

    def typical(self, run_id: str) -> dict[str, Any]:
        run = self._run(run_id)
        return self._placed(run, (typical_start(make_controls(self._tracks(run), run, {})), None))

    def scenario(self, one: Scenario, run_id: str) -> dict[str, Any]:
        try:
            run = self._run(one.run)
        except NotFound as error:
            raise NotFound("The model of this kept prediction is not there any more: it was deleted.") from error
        controls = make_controls(self._tracks(run), run, one.values)
        values = {each.name: each.value for each in controls}
        begun = start_from_scenario(self.services, run, self.owner, one, values)
        if one.run == run_id:
            return self._placed(run, begun, values)
        return {**self._redrawn(run, begun, controls), "run": run.id}

    def other_model(self, run_id: str, values: Any, start: Any) -> dict[str, Any]:
        """Another model for the values that are set; what it reads besides starts where the others did."""
        run = self._run(run_id)
        begun = self._same_start(run, start)
        given = parse_question(values).values if values else {}
        controls = make_controls(self._tracks(run), run, {**begun[0].values, **given})
        return self._redrawn(run, begun, controls)

    def _same_start(self, run: Run, start: Any) -> Begun:
        """Where the page started, in the table of another run if that is the same one."""
        store, is_own = self.services.tracks_of_run(run, self.owner)
        tracks = store.dataset.tracks
        position = position_of(start)
        if position is not None and 0 <= position < len(tracks) and self._is_of(store, start):
            return start_from_track(self.services, run, self.owner, position)
        typical = start.get("typical") if isinstance(start, dict) else None
        genres = genres_of(tracks)
        if isinstance(typical, str) and typical in genres:
            return start_from_genre(tracks, run, typical)
        genre = genre_of(start)
        begun = replace(typical_start(make_controls(tracks, run, {})), genre=genre if genre in genres else "")
        return begun, None if is_own else view.warning(TABLE_GONE)

    def _is_of(self, store: Any, start: Mapping[str, Any]) -> bool:
        """Whether the track that the page started from is of this table; a position means nothing in another one."""
        try:
            before = self._run(_text(start.get("run")))
        except NotFound:
            return False
        return self.services.tracks_of_run(before, self.owner)[0] is store

    def _placed(self, run: Run, begun: Begun, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Controls that stay are set by the browser, to the values of the start where there are no others."""
        start, card = begun
        data = {**start.to_dict(run.id), "place": start.values if values is None else values}
        return {**NOTHING, "start": data, "card": card, "search": "", "genre": ""}

    def _redrawn(self, run: Run, begun: Begun, controls: list[view.FeatureControl]) -> dict[str, Any]:
        start, card = begun
        store = self.services.tracks_of_run(run, self.owner)[0]
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
