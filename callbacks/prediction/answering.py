"""One callback a slider move: prediction, chances, contributions, nearest tracks, further models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State, no_update

from callbacks.identity import current_owner
from callbacks.prediction.controls import make_controls
from callbacks.prediction.knowledge import Knowledge, columns_of
from callbacks.prediction.questions import (
    Question,
    actual_of,
    genre_of,
    in_table_units,
    parse_question,
    position_of,
    predict,
)
from callbacks.prediction.starts import start_from_track
from core.errors import BundleError, DashboardError, InvalidRequest, NotFound
from core.explanation import METHODS, Explanation
from core.features import FEATURES
from core.figures.prediction import position_marks
from core.hits import share_below
from core.neighbours import Likeness
from core.prediction import Prediction as Predicted
from core.release_dates import DATE, describe_date
from core.runs.model import Run
from data.schema import TARGET
from layouts import prediction as view
from layouts.components.graph_card import card_part
from layouts.components.markup import markup
from layouts.ids import Prediction
from layouts.prediction.controls import TEXT_LABELS
from layouts.run_words import model_name

AROUND, LISTED = 25, 5
"""Nearest tracks that are summed up, and that are named."""
ALTERNATIVE = card_part(Prediction.GRAPH, "alternative")
_PARTS = (Prediction.ANSWER, Prediction.WHY, Prediction.NEAREST, Prediction.MODELS, ALTERNATIVE)


def register(app: Dash, services: Any, knowledge: Knowledge) -> None:
    """Attach the answer."""

    @app.callback(
        Output(Prediction.ANSWERED, "data"),
        Input(Prediction.VALUES, "data"),
        State(Prediction.START, "data"),
        prevent_initial_call=True,
    )
    def respond(asked: Any, start: Any) -> Any:
        if asked is None:
            return no_update
        return answer_to(services, knowledge, current_owner(), parse_question(asked), start)


def answer_to(services: Any, knowledge: Knowledge, owner: str, question: Question, start: Any) -> dict[str, Any]:
    """What the page says to a question; where there is no answer, why, and nothing of the answer before."""
    try:
        run = services.runs.get(question.run, owner)
        return Answer(services, knowledge, owner, run, question, start).draw()
    except NotFound:
        return _without_answer(question, GONE, is_gone=True)
    except BundleError as error:  # its files are gone
        return _without_answer(question, str(error), is_gone=True)
    except InvalidRequest as error:  # a date that was half typed
        return _without_answer(question, str(error))


GONE = "This model is not there any more: it was deleted. Choose another one."


def _without_answer(question: Question, why: str, *, is_gone: bool = False) -> dict[str, Any]:
    """Say why there is no answer; nothing of the one before stays."""
    said = {Prediction.ANSWER: view.trouble(why), ALTERNATIVE: "There is no prediction."}
    parts = {part: markup(said.get(part)) for part in _PARTS}
    return {"number": question.number, "parts": parts, "shapes": [], "annotations": [], "gone": is_gone}


class Answer:
    """Everything that is said of one track.

    Parameters
    ----------
    services : Services
    knowledge : Knowledge
    owner : str
    run : Run
        The chosen one, which the owner may see.
    question : Question
    start : object
        What the page says that the controls were set from.
    """

    def __init__(
        self, services: Any, knowledge: Knowledge, owner: str, run: Run, question: Question, start: Any
    ) -> None:
        self.services, self.knowledge, self.owner, self.run = services, knowledge, owner, run
        self.question, self.start = question, start
        self.genre = genre_of(start, question.values)
        self.values = in_table_units(question.values, self.genre)
        self.store = services.tracks_of_run(run, owner)[0]

    def draw(self) -> dict[str, Any]:
        """Give the parts of the page, as HTML text by their ids, and what the browser marks in the chart."""
        number = self.question.number
        predictor = self.services.runs.models.of(self.run)
        predicted, explained = predictor.answer_one(self.values)
        likeness, near = self._near()
        mean, actual = self.store.facts.popularity_mean, actual_of(self.start)
        unmet = predictor.unmet(self.values)
        said = view.answer(self.run, predicted, mean, actual, self._standing(predicted), likeness, self._notes(), unmet)
        shapes, notes = position_marks(predicted.popularity, predicted.low, predicted.high, actual=actual)
        told = view.position_in_words(predicted, mean, actual)
        drawn = zip(_PARTS, (said, self._why(explained), near, self._models(predicted), told), strict=True)
        parts = {part: markup(what) for part, what in drawn}
        return {"number": number, "parts": parts, "shapes": shapes, "annotations": notes}

    def _notes(self) -> list[str]:
        date = describe_date(self.question.values) if DATE in self.question.values else ""
        return [f"Release date: {date[:1].lower()}{date[1:]}"] if date else []

    def _standing(self, predicted: Predicted) -> view.Standing:
        below = share_below(self.knowledge.popularity(self.store), predicted.popularity)
        held_out = self.knowledge.held_out(self.store, self.run, self.owner)
        if held_out.odds is None:
            return view.Standing(below, no_odds=held_out.why_not)
        odds = held_out.odds
        at = predicted.popularity
        return view.Standing(below, odds.predictions_below(at), odds.at(at), odds.base)

    def _why(self, explained: Explanation) -> Any:
        controls = list(self.question.values)
        summed: dict[str, float] = {}
        for feature, points in zip(explained.features, explained.values[0].tolist(), strict=True):
            name = view.control_of(feature, controls)
            summed[name] = summed.get(name, 0.0) + points
        parts = [view.Contribution(_label(name), self._shown(name), points) for name, points in summed.items()]
        error = explained.standard_error
        sampled = float(error.max()) if error is not None and error.size else None
        base, predicted = float(explained.base), float(explained.predicted[0])
        method, references = METHODS[explained.method], explained.n_background
        return view.contributions(parts, base, predicted, method, sampled, references)

    def _shown(self, name: str) -> str:
        value = self.question.values.get(name)
        unit = shown.unit if (shown := view.SHOWN_IN.get(name)) else ""
        if not unit and name in FEATURES and FEATURES[name].kind == "number":
            unit = FEATURES[name].unit if FEATURES[name].unit not in ("", "0–1", "ms", "year") else ""
        return f"{view.value_in_words(value)} {unit}".strip() if name in self.question.values else ""

    def _near(self) -> tuple[Likeness | None, Any]:
        space = self.knowledge.neighbourhood(self.store, columns_of(self.run))
        if not space:
            return None, view.nearest_tracks([], [])
        own = position_of(self.start)
        found = space.nearest(self.values, AROUND, besides=own)
        tracks = self.store.dataset.tracks
        popularity = tracks[TARGET].to_numpy()[found.positions]
        named = [
            view.NearTrack(
                int(position), _text(tracks["track_name"].iloc[position], "(no title)"),
                _text(tracks["track_artist"].iloc[position], "(no artist)"), float(points), bool(distance < 1e-3),
            )
            for position, distance, points in zip(
                found.positions[:LISTED], found.distances[:LISTED], popularity[:LISTED], strict=True
            )
        ]  # fmt: skip
        around = sorted(float(one) for one in popularity if one == one)
        compared = (*space.numbers, *space.categories)
        listed = view.nearest_tracks(named, around, compared, is_besides=own is not None)
        return space.likeness(self.values, found), listed

    def _models(self, predicted: Predicted) -> Any:
        chosen = _opinion(self.run, predicted, is_chosen=True)
        others = [run_id for run_id in self.question.beside if run_id != self.run.id]
        return view.opinions([chosen, *(self._other(run_id) for run_id in others)])

    def _other(self, run_id: str) -> view.Opinion:
        try:
            run = self.services.runs.get(run_id, self.owner)
            values, filled = self._filled(run)
            found = predict(self.services, run, self.owner, values, self.genre)
        except DashboardError as error:
            return view.Opinion(run_id, "A model", problem=str(error))
        return _opinion(run, found, filled=tuple(_label(name).lower() for name in filled))

    def _filled(self, run: Run) -> tuple[Mapping[str, float | str], list[str]]:
        """The values that another model reads: those of the page, else of the track that was started from."""
        given, position = self.question.values, position_of(self.start)
        usual = self.knowledge.of(self.store, run.id, ("usual", position), lambda: self._usual(run, position))
        gaps = [name for name in usual if name not in given]
        return {**usual, **given}, gaps if position is None else []

    def _usual(self, run: Run, position: int | None) -> dict[str, float | str]:
        tracks = self.store.dataset.tracks
        if position is not None and 0 <= position < len(tracks):
            same = self.services.tracks_of_run(run, self.owner)[0] is self.store
            if same:
                return dict(start_from_track(self.services, run, self.owner, position)[0].values)
        return {one.name: one.value for one in make_controls(tracks, run, {})}


def _opinion(run: Run, found: Predicted, *, filled: tuple[str, ...] = (), is_chosen: bool = False) -> view.Opinion:
    detail = " · ".join(view.run_label(run).split(" · ")[1:3])
    low, high = found.low, found.high
    return view.Opinion(run.id, model_name(run), detail, found.popularity, low, high, filled, is_chosen=is_chosen)


def _label(name: str) -> str:
    return TEXT_LABELS[name] if name in TEXT_LABELS else FEATURES[name].label


def _text(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise
