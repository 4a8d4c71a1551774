"""The board of kept predictions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from callbacks.identity import current_owner
from callbacks.prediction.questions import genre_of, list_changes, parse_question, predict
from core.errors import InvalidRequest
from core.export import to_csv
from core.runs.model import Run
from core.scenario_address import write_address
from core.scenarios import LONGEST_NAME, LONGEST_TEXT, MOST_KEPT, Scenario, read_scenarios, to_frame
from layouts import prediction as view
from layouts.ids import Prediction
from layouts.links import address
from layouts.run_words import is_leaky, is_no_forecast, model_name


@dataclass(frozen=True)
class Board:
    """Kept predictions, oldest first, and those that were thrown away last."""

    kept: tuple[Scenario, ...] = ()
    thrown: tuple[Scenario, ...] = ()


def register(app: Dash, services: Any) -> None:
    """Attach keeping, naming, removing, clearing with undo, and the file."""

    @app.callback(
        Output(Prediction.KEPT, "data"),
        Output(Prediction.BIN, "data"),
        Input(Prediction.KEEP, "n_clicks"),
        Input(Prediction.BOARD, "data"),
        State(Prediction.KEPT, "data"),
        State(Prediction.BIN, "data"),
        State(Prediction.VALUES, "data"),
        State(Prediction.START, "data"),
        running=[(Output(Prediction.KEEP, "disabled"), True, False)],  # kept.js waits for it, too
        prevent_initial_call=True,
    )
    def change(clicks: Any, act: Any, kept: Any, thrown: Any, asked: Any, start: Any) -> tuple[Any, Any]:
        board = Board(read_scenarios(kept).scenarios, read_scenarios(thrown).scenarios)
        if ctx.triggered_id == Prediction.KEEP:
            if not clicks or asked is None:
                return no_update, no_update
            made = make_scenario(services, current_owner(), asked, start, board.kept)
            return [one.to_dict() for one in (*board.kept, made)[-MOST_KEPT:]], no_update
        if not isinstance(act, dict):
            return no_update, no_update
        return _stored(apply(board, act))

    @app.callback(
        Output(Prediction.KEPT_LIST, "children"),
        Input(Prediction.KEPT, "data"),
        Input(Prediction.BIN, "data"),
    )
    def show_kept(kept: Any, thrown: Any) -> Any:
        can_undo = bool(read_scenarios(thrown).scenarios)
        return view.kept_list(read_scenarios(kept), can_undo=can_undo, address_of=address_of)

    @app.callback(
        Output(Prediction.DOWNLOAD, "data"),
        Input(Prediction.CSV, "n_clicks"),
        State(Prediction.KEPT, "data"),
        prevent_initial_call=True,
    )
    def write_csv(clicks: Any, kept: Any) -> Any:
        if not clicks:
            return no_update
        content = to_csv(to_frame(read_scenarios(kept).scenarios))
        return {"content": content, "filename": "kept-predictions.csv", "type": "text/csv"}


def make_scenario(services: Any, owner: str, asked: Any, start: Any, kept: tuple[Scenario, ...]) -> Scenario:
    """Ask again, and keep the answer: what the page shows is not taken on trust.

    Raises
    ------
    InvalidRequest, NotFound, BundleError
    """
    question = parse_question(asked)
    run = services.runs.get(question.run, owner)
    genre = genre_of(start, question.values)
    predicted = predict(services, run, owner, question.values, genre)
    label, changes = list_changes(start, question.values)
    return Scenario(
        run.id, _title(run), predicted.popularity, predicted.low, predicted.high, label, tuple(changes),
        question.values, _free_name(kept), secrets.token_hex(4), _told(start, "track"), _told(start, "typical"), genre,
    )  # fmt: skip


def _told(start: Any, name: str) -> str:
    """What the page says of its start; whether there is such a thing is looked up when it is used."""
    told = start.get(name) if isinstance(start, dict) else None
    return told if isinstance(told, str) and len(told) <= LONGEST_TEXT else ""


def apply(board: Board, act: Mapping[str, Any]) -> Board:
    """Do what was pressed on the board.

    Raises
    ------
    InvalidRequest
        For anything that cannot be pressed there.
    """
    kind = act.get("kind")
    if not isinstance(kind, str) or kind not in ACTS:
        raise InvalidRequest("Kept predictions can be named, removed, cleared and brought back.")
    return ACTS[kind](board, act)


def _clear(board: Board, _act: Mapping[str, Any]) -> Board:
    return Board((), board.kept)


def _undo(board: Board, _act: Mapping[str, Any]) -> Board:
    known = {one.id for one in board.kept}
    return Board((*(one for one in board.thrown if one.id not in known), *board.kept)[-MOST_KEPT:])


def _remove(board: Board, act: Mapping[str, Any]) -> Board:
    gone = tuple(one for one in board.kept if one.id == act.get("id"))
    return Board(tuple(one for one in board.kept if one not in gone), gone or board.thrown)


def _name(board: Board, act: Mapping[str, Any]) -> Board:
    text = act.get("text")
    if not isinstance(text, str):
        raise InvalidRequest("A name is a text.")
    name = " ".join(text.split())[:LONGEST_NAME]
    return replace(board, kept=tuple(replace(o, name=name) if o.id == act.get("id") else o for o in board.kept))


ACTS: Mapping[str, Callable[[Board, Mapping[str, Any]], Board]] = MappingProxyType(
    {"clear": _clear, "undo": _undo, "remove": _remove, "name": _name}
)


def address_of(one: Scenario) -> str:
    """The address that shows a kept prediction again."""
    start = {"track": one.track, "typical": one.typical, "genre": one.genre}
    return address("/predict", **write_address(one.run, one.values, **start))


def _stored(board: Board) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return [one.to_dict() for one in board.kept], [one.to_dict() for one in board.thrown]


def _free_name(kept: tuple[Scenario, ...]) -> str:
    taken = {one.name for one in kept}
    return next(name for number in range(1, len(kept) + 2) if (name := f"Scenario {number}") not in taken)


def _title(run: Run) -> str:
    notes = [words for words, holds in (
        ("inflated score", is_leaky(run)), ("no forecast", is_no_forecast(run)),
        ("synthetic sample", run.data.get("is_synthetic")),
    ) if holds]  # fmt: skip
    return f"{model_name(run)} ({', '.join(notes)})" if notes else model_name(run)
